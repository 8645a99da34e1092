"""Where the words of a streamed turn are by now, and what its task alone says about a session."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.arrival import PartArrival, arrivals, is_pending
from chatdata.domain.copies import Absent, CachedCopy, Copies, CopyMessage, CorruptDocument, Expiry, StoredCopy
from chatdata.domain.live import places
from chatdata.domain.messages import ChatMessage, ChatSessionInfo
from chatdata.domain.streams import StreamedTurn, StreamOutput, Task, TextPart
from chatdata.domain.turns import TurnState, activity
from tests.support.builders import new_session

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
BEGAN = NOW - timedelta(minutes=1)
INFO = ChatSessionInfo.model_validate(new_session("s-1").model_dump())
NO_EXPIRY = Expiry(None, None, None)


def messages(texts: Sequence[str], at: datetime | None) -> tuple[CopyMessage, ...]:
    asked = CopyMessage(0, ChatMessage(role="user", content="?"), BEGAN - timedelta(minutes=5))
    said = (CopyMessage(n, ChatMessage(role="assistant", content=text), at) for n, text in enumerate(texts, start=1))
    return (asked, *said)


def stored(*texts: str, at: datetime = NOW) -> StoredCopy:
    return StoredCopy(INFO, messages(texts, at))


def cached(*texts: str) -> CachedCopy:
    return CachedCopy(INFO, messages(texts, None), {}, 0, NO_EXPIRY)


def found(text: str, rows: StoredCopy | Absent, document: CachedCopy | Absent | CorruptDocument) -> PartArrival:
    turn = StreamedTurn(Task("t", "s-1", "running", created_at=BEGAN), StreamOutput((TextPart(text),), 1))
    (where,) = arrivals(turn, Copies("s-1", rows, document, NOW))
    return where


@pytest.mark.parametrize(
    ("text", "rows", "expected"),
    [
        pytest.param("Hello there", ("Hello there",), 11, id="whole"),
        pytest.param("Hello there", ("Hello", " there"), 11, id="in two messages"),
        pytest.param("Hello there", ("First. Hello there. More.",), 11, id="with other text around"),
        pytest.param("Hello there", ("Hello t",), 7, id="its beginning, where the message ends"),
        pytest.param("Hello there", ("Hello you",), 0, id="a few letters that another text begins with too"),
        pytest.param(
            "I look at the list of all of our beds",
            ("I look at the list of all of our pots",),
            33,
            id="a long beginning",
        ),
        pytest.param("Hello\x00 there\n", ("Hello there",), 13, id="control characters and white space aside"),
        pytest.param("Hello there", (), 0, id="nothing"),
        pytest.param("  \n", (), 0, id="white space, which no copy needs"),
    ],
)
def test_a_text_has_arrived_as_far_as_messages_have_it(text: str, rows: tuple[str, ...], expected: int) -> None:
    assert found(text, stored(*rows), Absent()).database == expected


@given(st.text("ab c\n", min_size=1, max_size=60), st.integers(0, 60))
def test_a_beginning_that_ends_a_message_has_arrived_at_least_so_far(text: str, cut: int) -> None:
    where = found(text, stored(text[:cut]) if text[:cut].strip() else stored(), Absent())

    assert where.database is not None
    assert where.database >= len(text[:cut].rstrip())
    assert where.database <= len(text)


def test_a_cached_copy_without_times_counts_from_the_rows_before_the_turn() -> None:
    before = stored("Hello there", at=BEGAN - timedelta(hours=1))

    assert found("Hello there", before, cached("Hello there")) == PartArrival(11, 0, 0)
    assert found("Hello there", before, cached("Hello there", "Hello there")) == PartArrival(11, 0, 11)


def test_what_a_copy_that_can_not_be_read_has_is_unknown() -> None:
    corrupt = CorruptDocument(b"{", "broken", 1, None, NO_EXPIRY)

    where = found("Hello there", stored(), corrupt)

    assert (where.database, where.cache, where.unsaved) == (0, None, 0)
    assert list(places(where)) == [("unknown", 11)]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (PartArrival(10, 4, 7), [("both", 4), ("cache", 3), ("stream", 3)]),
        (PartArrival(10, 10, 10), [("both", 10)]),
        (PartArrival(10, 6, 0), [("database", 6), ("stream", 4)]),
        (PartArrival(10, None, None), [("unknown", 10)]),
        (PartArrival(0), []),
    ],
)
def test_the_pieces_of_a_part_add_up_to_it(where: PartArrival, expected: list[tuple[str, int]]) -> None:
    assert list(places(where)) == expected


@pytest.mark.parametrize(
    ("content", "pending"),
    [
        ('{"type":"operation_pending"}', True),
        ({"type": "operation_started"}, True),
        ('{"type":"agent_output"}', False),
        ('a text about "operation_pending"', False),
        (None, False),
    ],
)
def test_a_placeholder_is_told_from_a_result(content: object, pending: bool) -> None:
    assert is_pending(content) is pending


@pytest.mark.parametrize(
    ("task_status", "last", "locked", "expected"),
    [
        ("running", timedelta(seconds=5), False, "running"),
        ("running", timedelta(hours=1), False, "stuck"),
        ("running", timedelta(hours=1), True, "running"),
        ("completed", timedelta(seconds=5), False, "idle"),
        ("failed", timedelta(seconds=5), None, "idle"),
    ],
)
def test_without_a_status_in_the_row_the_task_tells_what_a_session_is_doing(
    task_status: str, last: timedelta, locked: bool | None, expected: str
) -> None:
    turn = StreamedTurn(Task("t", "s-1", task_status), StreamOutput(entries=1, last_at=NOW - last))

    assert activity(None, TurnState(locked, streams=(turn,)), NOW, NOW) == expected
    assert activity(None, TurnState(locked), NOW, NOW) == "unknown"


@pytest.mark.parametrize(
    ("task_status", "last", "locked", "expected"),
    [
        ("running", timedelta(seconds=5), False, "running"),
        ("running", timedelta(minutes=2), False, "idle"),
        ("running", timedelta(minutes=2), True, "running"),
        ("completed", timedelta(seconds=5), True, "idle"),
        ("failed", timedelta(seconds=5), None, "idle"),
    ],
)
def test_while_the_row_still_says_idle_a_task_that_runs_tells_more(
    task_status: str, last: timedelta, locked: bool | None, expected: str
) -> None:
    turn = StreamedTurn(Task("t", "s-1", task_status), StreamOutput(entries=1, last_at=NOW - last))

    assert activity("idle", TurnState(locked, streams=(turn,)), NOW, NOW) == expected
    assert activity("idle", TurnState(locked), NOW, NOW) == "idle"
