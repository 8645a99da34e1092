"""Chart colours contrast with both themes and with each other."""

import tomllib
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from pages.ui.widgets.charts import COLOURS
from pages.ui.widgets.csv import csv_text

THEMES = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text("utf-8"))["theme"]


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(one: str, other: str) -> float:
    low, high = sorted(
        sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear(c), strict=True)) for c in (one, other)
    )
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", COLOURS.values(), ids=list(COLOURS))
def test_marks_stand_out_by_three_to_one(theme: str, colour: str) -> None:
    assert contrast(colour, THEMES[theme]["backgroundColor"]) >= 3


# Viénot, Brettel and Mollon 1999: linear RGB as people without one kind of cone see it.
BLINDNESS = {
    "protanopia": ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),
    "deuteranopia": ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),
}


@pytest.mark.parametrize("kind", BLINDNESS)
def test_colours_of_one_chart_differ_for_people_who_see_fewer(kind: str) -> None:
    for one, other in combinations([COLOURS["blue"], COLOURS["vermillion"], COLOURS["grey"]], 2):
        seen = [
            [sum(w * part for w, part in zip(row, linear(c), strict=True)) for row in BLINDNESS[kind]]
            for c in (one, other)
        ]
        assert max(abs(a - b) for a, b in zip(*seen, strict=True)) > 0.1, (one, other)


def test_csv_runs_nothing_in_a_spreadsheet() -> None:
    frame = pd.DataFrame([{"user": "=HYPERLINK(1)", "tokens": -5, "more": None}, {"user": "a", "tokens": 1, "more": 2}])
    assert csv_text(frame) == "user,tokens,more\n'=HYPERLINK(1),-5,\na,1,2.0\n"
