"""Any two sessions side by side: what differs about them, and their messages in rows."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import ClassVar, Final, Literal, get_args

from chatdata.domain.copies import CachedCopy, CopyMessage, StoredCopy
from chatdata.domain.messages.unknown import TokenCount
from chatdata.domain.side_by_side.aligned import AlignedRow, AlignedRows
from chatdata.domain.side_by_side.matched import Matched, RowKind, match
from chatdata.domain.side_by_side.sides import fields_of
from chatdata.domain.timeline.calls import read_calls

Copy = StoredCopy | CachedCopy
FieldName = Literal["title", "user_id", "messages", "prompt_tokens", "completion_tokens", "tools"]
FieldValue = str | int | Mapping[str, int] | None

ROW_LABELS: Final[Mapping[RowKind, str]] = MappingProxyType(
    {"equal": "Equal", "changed": "Changed", "only_a": "Only in A", "only_b": "Only in B", "moved": "Moved"}
)
FIELD_LABELS: Final[Mapping[FieldName, str]] = MappingProxyType(
    {
        "title": "Title",
        "user_id": "User",
        "messages": "Messages",
        "prompt_tokens": "Input tokens",
        "completion_tokens": "Output tokens",
        "tools": "Tools used",
    }
)


@dataclass(frozen=True)
class SessionRows(AlignedRows):
    """The messages of two sessions in rows."""

    runs: tuple[RowKind, ...]
    """The kind of each stretch."""
    names: ClassVar = ("a", "b")
    quiet: ClassVar = frozenset({"equal"})
    unmarked: ClassVar = frozenset({"equal"})

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each stretch."""
        return self.runs

    def differing_texts(self, ordinal: int) -> dict[str, tuple[str | None, str | None]]:
        """Returns the fields of a pair whose texts differ, by name; None for a field that a message lacks."""
        one, other = fields_of(self.rows[ordinal].left), fields_of(self.rows[ordinal].right)
        return {name: (one[name], other[name]) for name in one if name in other and one[name] != other[name]}


@dataclass(frozen=True, slots=True)
class SessionDiff:
    """What differs between two sessions, A and B. It has no texts, so that it holds at every privacy level."""

    matched: tuple[Matched, ...]
    fields: Mapping[FieldName, bool]
    """Whether each field is equal."""

    @property
    def counts(self) -> dict[RowKind, int]:
        """The number of messages by kind; a changed or moved message of both counts once."""
        found = Counter(row.kind for row in self.matched if row.kind != "moved" or row.a is not None)
        return {kind: found[kind] for kind in get_args(RowKind)}

    @property
    def equal(self) -> bool:
        """Whether all messages and all fields are equal."""
        return all(self.fields.values()) and all(row.kind == "equal" for row in self.matched)

    def rows(self, a: Copy, b: Copy) -> SessionRows:
        """Returns the messages of these copies, which may be redacted, in the rows of this comparison."""
        stretches = [list(run) for _, run in groupby(self.matched, key=lambda row: (row.kind, row.a is None))]
        rows = [
            AlignedRow(number, _at(a.messages, row.a), _at(b.messages, row.b))
            for number, run in enumerate(stretches)
            for row in run
        ]
        return SessionRows(tuple(rows), self._elsewhere(), tuple(run[0].kind for run in stretches))

    def _elsewhere(self) -> dict[int, int]:
        alone = {(row.a, row.b): ordinal for ordinal, row in enumerate(self.matched) if row.kind == "moved"}
        return {
            ordinal: alone[None, row.elsewhere] if row.b is None else alone[row.elsewhere, None]
            for ordinal, row in enumerate(self.matched)
            if row.kind == "moved"
        }


def compare_sessions(
    a: Copy, b: Copy, unknown: tuple[Collection[TokenCount], Collection[TokenCount]] = ((), ())
) -> SessionDiff:
    """Compares any two sessions: their messages, titles, users, tokens and tools; both copies are full ones.

    `unknown` names the token totals of each that are unknown; an unknown total differs from a known one.
    """
    matched = match([item.message for item in a.messages], [item.message for item in b.messages])
    one, other = fields_of_session(a, unknown[0]), fields_of_session(b, unknown[1])
    return SessionDiff(tuple(matched), {name: one[name] == other[name] for name in one})


def fields_of_session(copy: Copy, unknown: Collection[TokenCount] = ()) -> dict[FieldName, FieldValue]:
    """Returns what is compared beside the messages: tools with the number of their calls, unknown totals as None."""
    info = copy.info
    missing = {*unknown, *(copy.unknown if isinstance(copy, StoredCopy) else ())}
    return {
        "title": info.title,
        "user_id": info.user_id,
        "messages": len(copy.messages),
        "prompt_tokens": None if "prompt" in missing else info.prompt_tokens,
        "completion_tokens": None if "completion" in missing else info.completion_tokens,
        "tools": tools_used(copy.messages),
    }


def tools_used(messages: Sequence[CopyMessage]) -> dict[str, int]:
    """Returns the number of calls by tool, the most called first; damaged calls name none."""
    calls = (call for item in messages for call in read_calls(item.message.tool_calls))
    counted = Counter(call.name for call in calls if call.name is not None and not call.damaged)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _at(messages: Sequence[CopyMessage], index: int | None) -> CopyMessage | None:
    return None if index is None else messages[index]
