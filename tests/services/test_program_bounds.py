"""What is cut of a long answer, and that its pointers lead to the rest of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.summaries import Cursor, Sort
from chatdata.services.programs.bounds import Bounds, bounded, rest_of
from chatdata.services.programs.cursors import cursor_from, cursor_text
from chatdata.services.programs.questions import BadQuestion
from tests.support.builders import START

BOUNDS = Bounds(text=5, items=3, total=10_000)
_NAMES = st.text("a/~0 é", max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=20,
)


def whole(document: Any, pointer: str) -> Any:
    """A value read to its end, as a program would: window by window, and each cut inside them."""
    parts: list[Any] = []
    offset: int | None = 0
    while offset is not None:
        window = rest_of(document, pointer, offset, BOUNDS)
        parts.append(window)
        assert window["next"] is None or window["next"] > offset
        offset = window["next"]
    values = [part["value"] for part in parts]
    return "".join(values) if isinstance(values[0], str) else [item for value in values for item in value]


def at(document: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def test_what_is_short_stays_as_it_is() -> None:
    document = {"a": ["12345", {"b": None}], "c": 1.5}
    assert bounded(document, BOUNDS) == (document, [])


@given(VALUES)
def test_every_cut_has_a_pointer_from_which_all_can_be_read(value: Any) -> None:
    document = {"value": value}
    short, cuts = bounded(document, BOUNDS)
    assert len(json.dumps(short)) <= len(json.dumps(document))
    for cut in cuts:
        original = at(document, cut["pointer"])
        assert cut["length"] == len(original) > cut["shown"] >= 0
        read = whole(document, cut["pointer"])
        if isinstance(original, str):
            assert read == original
        else:
            assert len(read) == len(original)
    if not cuts:
        assert short == document


def test_an_object_is_read_on_as_a_list_of_keys_and_values() -> None:
    document = {"e": {f"k{number}": "x" * number for number in range(20)}}
    _, cuts = bounded(document, BOUNDS)
    assert {"pointer": "/e", "type": "object", "length": 20, "shown": 15} in cuts
    rest = rest_of(document, "/e", 15, BOUNDS)
    assert [item["key"] for item in rest["value"]] == ["k15", "k16", "k17"]
    assert rest["truncated"][0] == {"pointer": "/e/k15", "type": "text", "length": 15, "shown": 5}
    assert rest_of(document, rest["truncated"][0]["pointer"], 5, BOUNDS)["value"] == "x" * 5


@pytest.mark.parametrize(
    "hostile",
    [[["x" * 1000] * 1000] * 1000, {"k" * 10_000: 1}, {f"{n}" * 4: {} for n in range(100_000)}, [None] * 10**6],
    ids=["texts", "a long key", "keys", "nulls"],
)
def test_an_answer_is_bounded_whatever_the_document_is(hostile: Any) -> None:
    short, cuts = bounded({"extras": hostile}, Bounds(text=1_000, items=1_000, total=40_000))
    assert len(json.dumps(short)) < 300_000
    assert cuts


@pytest.mark.parametrize("pointer", ["nosuch", "/nosuch", "/list/9", "/list/-1", "/list/01x", "/text/0", "/list/١"])
def test_a_pointer_that_leads_nowhere_is_refused(pointer: str) -> None:
    with pytest.raises(BadQuestion, match="leads to nothing"):
        rest_of({"list": [1], "text": "x"}, pointer, 0, BOUNDS)


@pytest.mark.parametrize(("sort", "value"), [("active", START), ("started", START), ("messages", 7), ("tokens", 0)])
def test_a_cursor_comes_back_as_it_was(sort: Sort, value: Any) -> None:
    cursor = Cursor(value, "id/ü\udc80")
    assert cursor_from(cursor_text(cursor, sort), sort) == cursor


@pytest.mark.parametrize(
    "text", ["", "x", "bnVsbA", "W10", "\udc80", "WyJhY3RpdmUiLDEsIjEiXQ", "WyJtZXNzYWdlcyIsMSwxXQ"]
)
def test_a_cursor_that_is_none_is_refused(text: str) -> None:
    for sort in ("active", "messages"):
        with pytest.raises(BadQuestion, match="cursor"):
            cursor_from(text, sort)  # type: ignore[arg-type]


def test_a_cursor_of_another_order_is_refused() -> None:
    with pytest.raises(BadQuestion, match="same sort"):
        cursor_from(cursor_text(Cursor(7, "s-1"), "messages"), "tokens")
