"""The two copies side by side as rows of an HTML table; equal stretches in one line."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from chatdata.domain.copies import Copies
from chatdata.domain.drift import Comparison
from chatdata.domain.report.visible import as_html
from chatdata.domain.side_by_side import SideBySide, align
from chatdata.domain.side_by_side.texts import Shown

_QUIET = frozenset({"equal", "windowed_cache"})


def difference_pieces(copies: Copies, comparison: Comparison) -> Iterator[str]:
    """Nothing where the copies are not compared, or have all the same messages."""
    kinds = {stretch.kind for stretch in comparison.stretches}
    if not kinds - _QUIET or "only_copy" in kinds:
        return
    aligned = align(copies, comparison)
    yield '<h3>Difference</h3>\n<table class="sides"><tr><th>Cache</th><th>Database</th></tr>\n'
    for number, rows in groupby(range(len(aligned.rows)), key=lambda at: aligned.rows[at].stretch):
        yield from _stretch(aligned, aligned.stretches[number].kind, list(rows))
    yield "</table>\n"


def _stretch(aligned: SideBySide, kind: str, ordinals: list[int]) -> Iterator[str]:
    words = kind.replace("_", " ")
    if kind in _QUIET:
        count = len(ordinals)
        yield f'<tr class="fold"><td colspan="2">{count:,} {words} message{"" if count == 1 else "s"}</td></tr>\n'
        return
    yield f'<tr class="fold"><td colspan="2">{words}</td></tr>\n'
    for ordinal in ordinals:
        row = aligned.window([ordinal])[0]
        yield f'<tr class="pair"><td>{_side(row["cache"])}</td><td>{_side(row["database"])}</td></tr>\n'


def _side(side: Mapping[str, Any] | None) -> str:
    if side is None:
        return '<span class="quiet">not here</span>'
    head = f'<span class="label">{side["position"]:,} {as_html(side["role"])}</span>'
    fields = "".join(_field(item) for item in side["fields"] if item["text"] or item["differs"])
    missing = "".join(f'<p class="quiet">no {as_html(name)}</p>' for name in side["missing"])
    return head + fields + missing


def _field(item: Mapping[str, Any]) -> str:
    label = "" if item["name"] == "content" else f'<p class="label">{as_html(item["name"])}</p>'
    if item["text"] is None:
        return label + '<p class="quiet">no content</p>'
    parts = item["pieces"]
    text = "".join(map(_piece, parts)) if parts else as_html(item["text"])
    rest = 0 if parts else item["length"] - item["cut"]  # pieces say themselves what they leave out
    return f"{label}<pre>{text}</pre>" + (f'<p class="quiet">{rest:,} characters more</p>' if rest > 0 else "")


def _piece(piece: Shown) -> str:
    match piece:
        case ("lacks", count):
            return f'<mark title="Only the other copy has {_characters(count)} here">‸</mark>'
        case (("equal" | "cut") as kind, int(count)):
            return f'<span class="quiet">… {_characters(count)} {"equal" if kind == "equal" else "more"} …</span>'
        case (kind, text):
            return f"<mark>{as_html(str(text))}</mark>" if kind == "only" else as_html(str(text))


def _characters(count: int | str) -> str:
    return f"{count:,} character{'' if count == 1 else 's'}"
