"""Pairs of copies and mutations of them, each with the kind that it is found under."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from chatdata.domain.copies import CachedCopy, Copies, CopyMessage, Expiry, StoredCopy
from chatdata.domain.document import copy_of, encode
from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo, Usage, in_utc
from chatdata.services.demo.draft import message_row, session_row
from tests.support.builders import START, message, minutes, tool_call

READ_AT = START + minutes(60)
EXPIRY = Expiry(36_000.7, READ_AT + timedelta(seconds=36_000), READ_AT - timedelta(seconds=7_200))
PENDING = (
    '{"type":"operation_pending","message":"Wait.","session_id":"s-1","operation_id":"o-1","tool_name":"run_agent"}'
)

MIRRORED = {
    "unsaved_tail": "stale_cache",
    "stale_cache": "unsaved_tail",
    "missing_in_db": "missing_in_cache",
    "missing_in_cache": "missing_in_db",
    "tool_calls_lost": "tool_calls_stale",
    "tool_calls_stale": "tool_calls_lost",
    "windowed_cache": "missing_in_db",
    "context_injected": "content_changed",
}
"""What a kind becomes when the copies are swapped; the others stay."""


@dataclass(frozen=True)
class Mutated:
    """Messages of both copies after something went wrong."""

    kind: str
    count: int
    cached: list[ChatMessage]
    stored: list[ChatMessage]


# Copies


def cached_copy(session: ChatSession, expiry: Expiry = EXPIRY, **changes: Any) -> CachedCopy:
    """The session's document, read back."""
    copy = copy_of(encode(session.model_copy(update=changes)), expiry)
    assert isinstance(copy, CachedCopy)
    return copy


def stored_copy(
    session: ChatSession, *, times: Callable[[int], datetime] = lambda _: START, **columns: Any
) -> StoredCopy:
    """The session's rows, read back; `columns` are other values of its "ChatSession" row, or optional columns."""
    row = session_row(session, session.started_at) | columns
    rows = [
        message_row(item, row_id=f"m-{index}", at=times(index), session_id=session.session_id, sequence=index)
        for index, item in enumerate(session.messages)
    ]
    messages = tuple(
        CopyMessage(item["sequence"], ChatMessage.from_db(item), in_utc(item["createdAt"]), item["id"]) for item in rows
    )
    extras = {name: value for name, value in columns.items() if name not in session_row(session, START)}
    return StoredCopy(ChatSessionInfo.from_db(row), messages, extras)


def session_of(messages: Sequence[ChatMessage], **fields: Any) -> ChatSession:
    """A session of these messages, the same in all else."""
    return ChatSession(
        **{
            "session_id": "s-1",
            "user_id": "u-1",
            "title": "Trip",
            "usage": [Usage.of(100, 20), Usage.of(140, 30)],
            "credentials": {"github": {"kind": "oauth"}},
            "started_at": START,
            "updated_at": START,
            "successful_agent_runs": {"graph-1": 2},
            "messages": list(messages),
            **fields,
        }
    )


def copies_of(cached: Sequence[ChatMessage], stored: Sequence[ChatMessage]) -> Copies:
    """Copies that differ in their messages only."""
    return Copies("s-1", stored_copy(session_of(stored)), cached_copy(session_of(cached)), READ_AT)


# Conversations


@st.composite
def conversations(draw: st.DrawFn, least: int = 4) -> list[ChatMessage]:
    """A conversation in which each message says something of its own and each call is answered."""
    steps = draw(st.lists(st.sampled_from(["ask", "say", "use", "use two"]), min_size=least, max_size=12))
    messages: list[ChatMessage] = []
    for number, step in enumerate(steps):
        messages += _STEPS[step](number)
    return messages


def _use(number: int, calls: int = 1) -> list[ChatMessage]:
    ids = [f"call_{number}_{index}" for index in range(calls)]
    return [
        message("assistant", f"Using {number}", tool_calls=[tool_call(call_id) for call_id in ids]),
        *(message("tool", f'{{"type":"done","of":"{call_id}"}}', tool_call_id=call_id) for call_id in ids),
    ]


_STEPS: Mapping[str, Callable[[int], list[ChatMessage]]] = {
    "ask": lambda number: [message("user", f"Question {number}")],
    "say": lambda number: [message("assistant", f"Answer {number}")],
    "use": _use,
    "use two": lambda number: _use(number, 2),
}


# Mutations; of those with a direction only one, the other is its mirror


@st.composite
def dropped_tail(draw: st.DrawFn) -> Mutated:
    whole = draw(conversations())
    cut = draw(st.integers(0, len(whole) - 1))
    return Mutated("stale_cache", len(whole) - cut, whole[:cut], whole)


@st.composite
def dropped_between(draw: st.DrawFn) -> Mutated:
    whole = draw(conversations())
    start = draw(st.integers(1, len(whole) - 2))
    end = draw(st.integers(start + 1, len(whole) - 1))
    return Mutated("missing_in_cache", end - start, whole[:start] + whole[end:], whole)


@st.composite
def dropped_beginning(draw: st.DrawFn) -> Mutated:
    whole = draw(conversations())
    start = draw(st.integers(1, len(whole) - 1))
    return Mutated("windowed_cache", start, whole[start:], whole)


CONTEXT = "<memory_context>likes tea</memory_context>\n\n<env_context>\nUTC\n</env_context>\n\n"


@st.composite
def context_written(draw: st.DrawFn) -> Mutated:
    whole = [*draw(conversations()), message("user", "Question 99"), message("assistant", "Answer 99")]
    at = draw(st.sampled_from([index for index, item in enumerate(whole) if item.role == "user"]))
    return Mutated("context_injected", 1, whole, _with(whole, at, content=f"{CONTEXT}{whole[at].content}"))


@st.composite
def saved_mid_stream(draw: st.DrawFn) -> Mutated:
    whole = [*draw(conversations()), message("assistant", "Answer 99"), message("user", "Thanks")]
    at = draw(st.sampled_from([index for index, item in enumerate(whole) if item.role == "assistant"]))
    cut = draw(st.integers(1, len(whole[at].content or "") - 1))
    return Mutated("partial_text", 1, whole, _with(whole, at, content=(whole[at].content or "")[:cut]))


@st.composite
def split_steps(draw: st.DrawFn) -> Mutated:
    whole = [*draw(conversations()), *_use(99)]
    at = draw(st.sampled_from([index for index, item in enumerate(whole) if item.tool_calls]))
    steps = [
        whole[at].model_copy(update={"tool_calls": None}),
        whole[at].model_copy(update={"content": draw(st.sampled_from([None, ""]))}),
    ]
    return Mutated("split_message", 1, whole, [*whole[:at], *steps, *whole[at + 1 :]])


@st.composite
def swapped(draw: st.DrawFn) -> Mutated:
    whole = draw(conversations())
    at = draw(st.integers(0, len(whole) - 2))
    return Mutated("reordered", 1, whole, [*whole[:at], whole[at + 1], whole[at], *whole[at + 2 :]])


@st.composite
def moved(draw: st.DrawFn) -> Mutated:
    whole = draw(conversations())
    start, end = sorted(draw(st.lists(st.integers(0, len(whole) - 1), min_size=2, max_size=2, unique=True)))
    return Mutated(
        "reordered", 1, whole, [*whole[:start], *whole[start + 1 : end + 1], whole[start], *whole[end + 1 :]]
    )


@st.composite
def repeated(draw: st.DrawFn) -> Mutated:
    whole = draw(conversations())
    at, times = draw(st.integers(0, len(whole) - 1)), draw(st.integers(1, 3))
    return Mutated("duplicate_message", times, whole, [*whole[:at], *[whole[at]] * times, *whole[at:]])


@st.composite
def edited(draw: st.DrawFn) -> Mutated:
    whole = draw(conversations())
    at = draw(st.integers(0, len(whole) - 1))
    changes = [{"content": None}, {"content": ""}, {"content": "[removed]"}, {"name": "x"}, {"refusal": "No."}]
    return Mutated("content_changed", 1, whole, _with(whole, at, **draw(st.sampled_from(changes))))


@st.composite
def rewritten(draw: st.DrawFn) -> Mutated:
    whole = draw(conversations())
    start = draw(st.integers(0, len(whole) - 1))
    end = draw(st.integers(start + 1, len(whole)))
    other = [item.model_copy(update={"content": f"Other than {item.content}"}) for item in whole[start:end]]
    return Mutated("content_changed", end - start, whole, [*whole[:start], *other, *whole[end:]])


@st.composite
def calls_lost(draw: st.DrawFn) -> Mutated:
    whole = [*draw(conversations()), *_use(99, 2)]
    at = draw(st.sampled_from([index for index, item in enumerate(whole) if item.tool_calls]))
    kept = draw(st.sampled_from([None, [], (whole[at].tool_calls or [])[1:]]))
    return Mutated("tool_calls_lost", 1, whole, _with(whole, at, tool_calls=kept))


@st.composite
def placeholder_left(draw: st.DrawFn) -> Mutated:
    whole = [*draw(conversations()), *_use(99)]
    at = draw(st.sampled_from([index for index, item in enumerate(whole) if item.role == "tool"]))
    return Mutated("tool_result_stale", 1, _with(whole, at, content=PENDING), whole)


@st.composite
def diverged(draw: st.DrawFn) -> Mutated:
    whole = draw(conversations(least=0))
    sizes = draw(st.lists(st.integers(1, 6), min_size=2, max_size=2, unique=True))
    tails = [[message("assistant", f"{side} {number}") for number in range(size)] for side, size in enumerate(sizes)]
    return Mutated("diverged_tail", sizes[0], whole + tails[0], whole + tails[1])


def _with(messages: Sequence[ChatMessage], at: int, **changes: Any) -> list[ChatMessage]:
    return [*messages[:at], messages[at].model_copy(update=changes), *messages[at + 1 :]]


mutations = st.one_of(
    dropped_tail(),
    dropped_between(),
    dropped_beginning(),
    context_written(),
    saved_mid_stream(),
    split_steps(),
    swapped(),
    moved(),
    repeated(),
    edited(),
    rewritten(),
    calls_lost(),
    placeholder_left(),
    diverged(),
)

field_mutations: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.one_of(
    st.tuples(st.just("owner_mismatch"), st.fixed_dictionaries({"user_id": st.sampled_from([None, "", "u-2"])})),
    st.tuples(st.just("title_drift"), st.fixed_dictionaries({"title": st.sampled_from([None, "", "Trip 2"])})),
    st.tuples(st.just("usage_mismatch"), st.fixed_dictionaries({"usage": st.sampled_from([[], [Usage.of(240, 51)]])})),
    st.tuples(
        st.just("credentials_drift"), st.fixed_dictionaries({"credentials": st.sampled_from([{}, {"github": {}}])})
    ),
    st.tuples(
        st.just("run_counts_drift"),
        st.sampled_from([{"successful_agent_runs": {"graph-1": 3}}, {"successful_agent_schedules": {"graph-1": 1}}]),
    ),
    st.tuples(
        st.just("metadata_drift"),
        st.fixed_dictionaries({"started_at": st.sampled_from([START - minutes(2), START + minutes(90)])}),
    ),
)
"""A kind, and what a copy then has otherwise."""
