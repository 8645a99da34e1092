"""A fast check whether a document and its rows are surely equal, without building models or aligning messages.

True means that `compare` would have no finding, not even an info. False means nothing: `compare` has to decide. The
check therefore requires that every key is known, every value has exactly its type, every text is identical, and
everything else that `compare` examines (gaps, repeats, results without a call) is in order.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import UNSET

from chatdata.domain.messages import in_utc, is_unreadable
from chatdata.domain.messages.markers import MARKER
from chatdata.domain.text import CONTROL_CHARACTERS
from chatdata.stores.database import PlainRows

_APART = timedelta(seconds=59)
Calls = list[dict[str, str | int | dict[str, str | int | None] | None]] | None
"""Tool calls without booleans and floats, because Python's == does not tell them from integers: True == 1 == 1.0."""


class _Usage(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cache_read_tokens: int | None = None
    cache_creation_tokens: int | None = None


class _Message(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    role: str
    content: str | None = None
    name: str | None = None
    tool_call_id: str | None = None
    refusal: str | None = None
    tool_calls: Calls = None
    function_call: None = None
    id: str | None = None
    sequence: int | None = None
    duration_ms: int | None = None
    created_at: str | None = None
    session_id: str | None = None
    metadata: Any = None


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    session_id: str
    user_id: str | None
    usage: list[_Usage]
    started_at: datetime
    updated_at: datetime
    messages: list[_Message]
    title: str | None = None
    credentials: dict[str, Any] = {}
    successful_agent_runs: dict[str, Any] = {}
    successful_agent_schedules: dict[str, Any] = {}
    metadata: Any = UNSET
    chat_status: Any = UNSET
    organization_id: Any = UNSET
    team_id: Any = UNSET
    is_pinned: Any = UNSET


_decode = msgspec.json.Decoder(_Document).decode
_decode_calls = msgspec.json.Decoder(Calls).decode
_decode_any = msgspec.json.Decoder().decode
_decode_text = msgspec.json.Decoder(str).decode
_JSON_COLUMNS = (
    ("credentials", "credentials"),
    ("successful_agent_runs", "successfulAgentRuns"),
    ("successful_agent_schedules", "successfulAgentSchedules"),
)
_LATER_COLUMNS = (
    ("metadata", "metadata"),
    ("organization_id", "organizationId"),
    ("team_id", "teamId"),
    ("is_pinned", "isPinned"),
)
_NO_FUNCTION = frozenset({None, "null"})


def surely_same(raw: bytes, rows: PlainRows) -> bool:
    """Whether the document and the rows are surely equal and free of findings; False if that is not certain."""
    try:
        document = _decode(raw)
        in_utc(document.updated_at)
        return _same_fields(document, rows.session) and _same_messages(document.messages, rows.messages)
    except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError):
        return False


def _same_fields(document: _Document, row: Mapping[Any, Any]) -> bool:
    return (
        document.session_id == row["id"]
        and document.user_id == row["userId"]
        and document.title == row["title"]
        and sum([item.prompt_tokens for item in document.usage]) == row["totalPromptTokens"]
        and sum([item.completion_tokens for item in document.usage]) == row["totalCompletionTokens"]
        and abs(in_utc(document.started_at) - row["createdAt"]) < _APART
        and not (is_unreadable(row["createdAt"]) or is_unreadable(row["updatedAt"]))
        and all(_alike_json(getattr(document, key), row[column]) for key, column in _JSON_COLUMNS)
        and all(_same_later(getattr(document, key), row, column) for key, column in _LATER_COLUMNS)
    )


def _same_later(value: Any, row: Mapping[Any, Any], column: str) -> bool:
    """Whether a field of a later version is equal; a field that either copy lacks can't differ, but can be damaged."""
    if column not in row:
        return True
    if value is UNSET:
        return column != "metadata" or row[column] is None or isinstance(_decode_any(row[column]), dict)
    return _alike_json(value, row[column]) if column == "metadata" else _alike(value, row[column])


def _alike_json(value: Any, text: str | None) -> bool:
    if not value and text == "{}":
        return type(value) is dict
    return value is None if text is None else _alike(value, _decode_any(text))


def _same_messages(messages: Sequence[_Message], columns: Sequence[Sequence[Any]]) -> bool:
    """Whether the messages are equal to the rows; compared by column, since there are hundreds of thousands of them."""
    sequences, roles, contents, names, call_ids, refusals, calls, functions = columns
    return (
        sequences == list(range(len(messages)))
        and not (messages and messages[0].sequence)
        and [message.content for message in messages] == contents
        and [message.role for message in messages] == roles
        and [message.tool_call_id for message in messages] == call_ids
        and [message.name for message in messages] == names
        and [message.refusal for message in messages] == refusals
        and _NO_FUNCTION.issuperset(functions)
        and [message.tool_calls for message in messages] == [None if text is None else _parsed(text) for text in calls]
        and _in_order(messages)
    )


def _in_order(messages: Sequence[_Message]) -> bool:
    """Whether there is nothing to say about messages that both copies have."""
    answerable: Sequence[Any] = ()
    before = None
    for message in messages:
        role, content = message.role, message.content
        if (
            (before is not None and before.content == content and before.role == role and _repeats(before, message))
            or (role == "assistant" and content is not None and content.startswith(MARKER))
            or (role == "tool" and (not message.tool_call_id or message.tool_call_id not in answerable))
        ):
            return False
        if role != "tool":
            answerable = _ids(message)
        before = message
    return True


def _parsed(calls: str) -> Calls:
    """The tool calls in a JSON column; older rows hold them as a JSON string inside the JSON."""
    parsed: Calls = _decode_calls(_decode_text(calls) if calls.startswith('"') else calls)
    return parsed


def _repeats(one: _Message, two: _Message) -> bool:
    """Whether two neighbouring messages with the same content may be one message saved twice."""
    return _clean(one) == _clean(two)


def _clean(message: _Message) -> str | None:
    return None if message.tool_call_id is None else CONTROL_CHARACTERS.sub("", message.tool_call_id)


def _ids(message: _Message) -> Sequence[Any]:
    if message.role != "assistant" or not message.tool_calls:
        return ()
    return [call.get("id") for call in message.tool_calls]


def _alike(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal and have the same types at every level."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_alike(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    return bool(one == other)
