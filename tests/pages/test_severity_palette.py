"""The one palette of severities: the same shades in charts, tables, headers, badges and boxes, and readable."""

import re
import tomllib
from pathlib import Path
from typing import Any, Literal

import pytest

from pages.ui.base.severity_marks import COLOURS, SHADES, SHAPES, Mark

ROOT = Path(__file__).resolve().parents[2]
THEMES = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
TINT = 0.12
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    parts = [value / 255 for value in _channels(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: str, other: str) -> float:
    low, high = sorted([_luminance(one), _luminance(other)])
    return (high + 0.05) / (low + 0.05)


def _tinted(colour: str, back: str) -> str:
    pairs = zip(_channels(colour), _channels(back), strict=True)
    return "#" + "".join(f"{round(TINT * over + (1 - TINT) * under):02x}" for over, under in pairs)


def _in_sheet(path: str) -> dict[str, tuple[str, str]]:
    pairs = re.findall(r"--(\w+): light-dark\((#\w{6}), (#\w{6})\)", (ROOT / path).read_text())
    return {name: (light, dark) for name, light, dark in pairs}


def test_tables_headers_boxes_and_reports_have_the_shades_of_charts() -> None:
    marks = SHADES["light"].keys()
    assert _in_sheet("pages/frontend/src/shared/severity.css") == {
        mark: (SHADES["light"][mark], SHADES["dark"][mark]) for mark in marks
    }
    report = _in_sheet("chatdata/domain/report/templates/page.css")
    assert all(report[mark] == (SHADES["light"][mark], SHADES["dark"][mark]) for mark in ("critical", "high", "medium"))
    assert _in_sheet("pages/ui/style.css")["high"] == (SHADES["light"]["high"], SHADES["dark"]["high"])
    for built in ("facts", "table"):
        assert "--critical" in (ROOT / f"pages/frontend/dist/{built}.css").read_text()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("mark", ["critical", "high", "medium", "good"])
def test_badges_have_the_same_shades_on_their_tint(scheme: Scheme, mark: Mark) -> None:
    theme: dict[str, Any] = THEMES[scheme]
    shade = SHADES[scheme][mark]
    assert theme[f"{COLOURS[mark]}TextColor"] == shade
    assert theme[f"{COLOURS[mark]}BackgroundColor"] == _tinted(shade, theme["backgroundColor"])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_shade_can_be_read_on_the_page_on_a_panel_and_on_its_tint(scheme: Scheme) -> None:
    theme: dict[str, Any] = THEMES[scheme]
    for shade in SHADES[scheme].values():
        backs = theme["backgroundColor"], theme["secondaryBackgroundColor"], _tinted(shade, theme["backgroundColor"])
        assert min(_contrast(shade, back) for back in backs) >= 4.5, shade


def test_no_two_severities_share_a_shape_or_a_shade() -> None:
    severities: tuple[Mark, ...] = ("critical", "high", "medium", "info")
    assert len({SHAPES[mark] for mark in severities}) == 4
    assert all(len({SHADES[scheme][mark] for mark in severities}) == 4 for scheme in SCHEMES)
