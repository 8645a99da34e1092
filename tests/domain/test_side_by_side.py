"""The side by side view: each message in a row of its own or next to its counterpart, with differences marked."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.copies import CachedCopy, Copies, CopyMessage, Expiry, StoredCopy
from chatdata.domain.drift import compare
from chatdata.domain.messages import ChatMessage
from chatdata.domain.side_by_side import align, clock, log_window
from chatdata.domain.side_by_side.texts import steps, surroundings
from tests.support.builders import START, any_sessions, message, new_session, talk, tool_call


def copies(cached: list[ChatMessage], stored: list[ChatMessage], left: float = 3600) -> Copies:
    info = new_session(messages=[])
    now = START + timedelta(hours=2)
    expiry = Expiry.read(int(left * 1000), 43200, now)
    rows = tuple(
        CopyMessage(index, item, START + timedelta(minutes=index), str(index)) for index, item in enumerate(stored)
    )
    document = tuple(CopyMessage(index, item) for index, item in enumerate(cached))
    return Copies("s-1", StoredCopy(info, rows), CachedCopy(info, document, {}, 1, expiry), now)


def pairs(both: Copies) -> list[tuple[int | None, int | None]]:
    rows = align(both, compare(both)).rows
    return [(row.left.position if row.left else None, row.right.position if row.right else None) for row in rows]


@given(any_sessions, any_sessions)
def test_every_message_of_both_copies_is_in_one_row_and_in_order(one: object, other: object) -> None:
    left, right = one.messages, other.messages  # type: ignore[attr-defined]
    found = pairs(copies(left, right))
    assert [cached for cached, _ in found if cached is not None] == list(range(len(left)))
    assert [stored for _, stored in found if stored is not None] == list(range(len(right)))


def test_a_stale_cache_has_rows_with_nothing_at_the_left() -> None:
    both = copies(talk(3), talk(5))
    assert pairs(both) == [(0, 0), (1, 1), (2, 2), (None, 3), (None, 4)]
    aligned = align(both, compare(both))
    assert aligned.first_difference == 3
    assert [(part["kind"], part["first"], part["count"]) for part in aligned.index["stretches"]] == [
        ("equal", 0, 3),
        ("stale_cache", 3, 2),
    ]
    assert aligned.index["cache"] == [0, 1, 2, -1, -1]


def test_what_differs_inside_a_message_is_marked_on_both_sides() -> None:
    both = copies([message("user", "buy two tents")], [message("user", "buy three tents")])
    (row,) = align(both, compare(both)).window([0])
    assert row["kind"] == "content_changed"
    assert row["cache"]["fields"][0]["pieces"] == [("same", "buy "), ("only", "two"), ("same", " tents")]
    assert row["database"]["fields"][0]["pieces"] == [("same", "buy "), ("only", "three"), ("same", " tents")]


def test_a_field_that_only_one_side_has_is_named_on_the_other() -> None:
    called = message("assistant", "", tool_calls=[tool_call("c1"), "damaged"])
    both = copies([called], [message("assistant", "")])
    (row,) = align(both, compare(both)).window([0, 9])
    assert row["database"]["missing"] == ["tool_calls"]
    calls = row["cache"]["fields"][1]
    assert (calls["name"], calls["differs"]) == ("tool_calls", True)
    assert calls["text"].startswith('find_agent c1\n{\n  "query": "news"\n}')


@given(any_sessions, any_sessions)
def test_windows_are_json_and_whole(one: object, other: object) -> None:
    both = copies(one.messages, other.messages)  # type: ignore[attr-defined]
    aligned = align(both, compare(both))
    rows = json.loads(json.dumps([aligned.index, aligned.window(range(len(aligned.rows)))]))[1]
    assert [row["ordinal"] for row in rows] == list(range(len(aligned.rows)))


def test_texts_of_many_words_end_and_stand_as_one_difference() -> None:
    found = steps("x " * 60_000 + "a " * 40_000, "x " * 60_000 + "b " * 40_000)
    assert [one == other for one, other in found] == [True, False, True]


TEXTS = st.text(alphabet="ab \n.é", max_size=60)


@given(TEXTS, TEXTS)
def test_stretches_add_up_to_both_texts_and_alternate(one: str, other: str) -> None:
    found = steps(one, other)
    assert ("".join(left for left, _ in found), "".join(right for _, right in found)) == (one, other)
    kinds = [left == right for left, right in found]
    assert all(first != second for first, second in pairwise(kinds))
    assert all(left == right for left, right in steps(one, one))


@given(TEXTS, TEXTS, st.integers(1, 9), st.integers(1, 30))
def test_surroundings_account_for_each_character(one: str, other: str, around: int, most: int) -> None:
    found = steps(one, other)
    for side, text in zip(surroundings(found, around, most), (one, other), strict=True):
        told = sum(len(value) if isinstance(value, str) else value for kind, value in side if kind != "lacks")
        assert told == len(text)
    assert all(shown[0] != "lacks" for shown in surroundings(found, 5, 100)[0]) or "" in [left for left, _ in found]


LONG = json.dumps([{"id": number, "title": f"Row {number}"} for number in range(120_000)])
"""5 MB on one line, as tools write it."""


def test_differences_far_inside_a_long_text_are_marked_with_their_surroundings() -> None:
    at = LONG.index("Row", 100_000)
    end = LONG.rindex('"title"')
    other = f"{LONG[:at]}Line{LONG[at + 3 : end]}changed {LONG[end:]}"
    left, right = surroundings(steps(LONG, other), 40, 6_000)
    assert [kind for kind, _ in left] == ["equal", "same", "only", "same", "equal", "same", "lacks", "same"]
    assert [value for kind, value in left if kind == "only"] == ["Row"]
    assert [value for kind, value in right if kind == "only"] == ["Line", " changed"]
    assert left[0] == right[0] == ("equal", at - 40)


def test_a_long_text_beside_a_wholly_other_one_is_cut_where_there_is_no_more_room() -> None:
    left, right = surroundings(steps("a" * 5_000_000, "b" * 5_000_000), 200, 6_000)
    assert (left, right) == (
        [("only", "a" * 6_000), ("cut", 4_994_000)],
        [("only", "b" * 6_000), ("cut", 4_994_000)],
    )


@pytest.mark.parametrize("place", [100_000, len(LONG) - 20], ids=["at 100,000", "at the end of 5 MB"])
def test_a_row_shows_a_difference_wherever_it_is(place: int) -> None:
    both = copies([message("user", LONG)], [message("user", f"{LONG[:place]} here {LONG[place:]}")])
    (row,) = align(both, compare(both)).window([0])
    only = [value for kind, value in row["database"]["fields"][0]["pieces"] if kind == "only"]
    assert len(only) == 1
    assert "here" in only[0]
    assert len(json.dumps(row)) < 40_000


def test_a_moved_message_says_where_it_is_in_the_other_copy() -> None:
    words = [message("user", text) for text in "abcd"]
    both = copies(words, [words[0], words[3], words[1], words[2]])
    aligned = align(both, compare(both))
    rows = aligned.window(range(len(aligned.rows)))
    moved = [(row["cache"], row["database"], row["elsewhere"]) for row in rows if row["kind"] == "reordered"]
    in_rows, in_cache = moved
    assert (in_rows[1]["position"], in_rows[2]["position"]) == (1, 3)
    assert (in_cache[0]["position"], in_cache[2]["position"]) == (3, 1)
    assert rows[in_rows[2]["ordinal"]]["cache"]["position"] == 3
    assert [row["elsewhere"] for row in rows if row["kind"] == "equal"] == [None] * 3


@pytest.mark.parametrize(
    ("cached", "stored", "events"),
    [
        (3, 5, ["started", "row_updated", "last_equal", "first_different", "read", "cache_expires"]),
        (5, 3, ["started", "row_updated", "last_equal", "read", "cache_expires"]),
        (3, 3, ["started", "row_updated", "read", "cache_expires"]),
    ],
    ids=["stale cache", "unsaved tail", "in sync"],
)
def test_the_clock_has_what_is_known_in_order(cached: int, stored: int, events: list[str]) -> None:
    both = copies(talk(cached), talk(stored))
    told = clock(both, compare(both))
    assert sorted(moment.at for moment in told) == [moment.at for moment in told]
    assert sorted(moment.event for moment in told if moment.event != "cache_written") == sorted(events)


def test_logs_are_searched_from_the_last_message_in_common_to_what_parted_them() -> None:
    both = copies(talk(3), talk(5))
    since, until = log_window(clock(both, compare(both))) or (None, None)
    assert since == START + timedelta(minutes=2, seconds=-30)
    assert until == START + timedelta(minutes=3, seconds=30)


def test_an_older_copy_that_was_written_back_is_searched_for_at_that_write() -> None:
    both = copies(talk(3), talk(5))
    told = clock(both, compare(both))
    (written,) = [moment.at for moment in told if moment.event == "cache_written"]
    since, until = log_window(told, "older_copy_written_back") or (None, None)
    assert (since, until) == (written - timedelta(seconds=30), written + timedelta(seconds=30))


def test_without_a_time_of_parting_there_is_no_window() -> None:
    assert log_window(()) is None
