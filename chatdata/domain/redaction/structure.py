"""The structure view of both copies: which messages there are, in which order, how long and when, without any text.

Contents become digests in the same types, so that all other code accepts them, and equal contents stay equal and
different ones different by the rules of `chatdata.domain.drift`. Under one key, equal texts have equal digests.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, assert_never

from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    CachedSide,
    Copies,
    CopyMessage,
    CorruptDocument,
    StoredCopy,
    StoredSide,
    Unavailable,
    Unconfigured,
)
from chatdata.domain.drift.findings.field_causes import LATER
from chatdata.domain.drift.matching.counterparts import is_placeholder
from chatdata.domain.drift.matching.equality import parsed, stripped, tokens
from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo, Usage
from chatdata.domain.messages.context_blocks import split_context
from chatdata.domain.messages.markers import split_marker, turn_end
from chatdata.domain.redaction.kinship import kin
from chatdata.domain.redaction.masked import KNOWN_ROLES
from chatdata.domain.redaction.masker import Masker
from chatdata.domain.text import CONTROL_CHARACTERS
from chatdata.domain.turns import known_status

_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_KNOWN_FIELDS = frozenset({*ChatSession.model_fields, *ChatMessage.model_fields, *Usage.model_fields})
_OF_ROWS = ("id", "sequence", "created_at", "session_id", "duration_ms")
_PLACE = re.compile(r"\[\d+\]|[^.\[\]]+|.")
_LARGEST = 2**31
_COLUMNS = {"chat_status": "chatStatus", **LATER}


class Structure:
    """Reduces values to the structure view; `mask` decides whether a tool's name is a secret."""

    def __init__(self, mask: Masker) -> None:
        self._mask = mask

    def copies(self, copies: Copies) -> Copies:
        """Returns both copies without text."""
        stored, cached = self._stored(copies.stored, copies), self._cached(copies.cached, copies)
        for source, index, content in kin(copies, self._kept):
            side = cached if source == "cache" else stored
            assert isinstance(side, CachedCopy | StoredCopy)
            told = side.messages[index].message.model_copy(update={"content": content})
            messages = (
                *side.messages[:index],
                replace(side.messages[index], message=told),
                *side.messages[index + 1 :],
            )
            if isinstance(side, CachedCopy):
                cached = replace(side, messages=messages, document=_retold(side, index, content))
            else:
                stored = replace(side, messages=messages)
        return Copies(copies.session_id, stored, cached, copies.read_at)

    def _kept(self, text: str) -> str:
        return self.text(text) or ""

    def text(self, text: str | None) -> str | None:
        """Returns a text's length and digest; empty text and None stay."""
        plain = stripped(text)
        return self._digest(f"{len(plain):,} characters", plain, plain) if plain else plain

    def value(self, value: Any) -> Any:
        """Returns a digest of a JSON value; true and empty values reveal nothing and stay."""
        if not value or value is True:
            return value
        return self._digest("value", value, "\0".join(map(_flat_text, tokens(value))))

    def id(self, kind: str, text: str | None) -> str | None:
        """Returns a placeholder for an ID or a name; empty text and None stay."""
        plain = stripped(text)
        return self._digest(kind, plain, plain) if plain else plain

    def _digest(self, kind: str, _value: Any, written: str) -> str:
        return f"[{kind} {self._mask.keyed.digest(kind, written)}]"

    def _stored(self, side: StoredSide, copies: Copies) -> StoredSide:
        match side:
            case StoredCopy():
                columns = {
                    column: self._column(column, side.extras[column])
                    for column in _COLUMNS.values()
                    if column in side.extras
                }
                messages = tuple(map(self._copy_message, side.messages))
                return StoredCopy(self._info(side.info, copies), messages, columns, side.damaged, side.unknown)
            case Unavailable(reason=reason):
                return Unavailable(_why("database", reason))
            case Absent() | Unconfigured():
                return side
            case _:
                assert_never(side)

    def _column(self, column: str, value: Any) -> Any:
        """Returns a column's value without text, except for the known statuses, which say nothing about anybody."""
        if column == "chatStatus" and known_status(value) is not None:
            return value
        return self.value(parsed(value) if column == "metadata" else value)

    def _cached(self, side: CachedSide, copies: Copies) -> CachedSide:
        match side:
            case CachedCopy():
                info, messages = self._info(side.info, copies), tuple(map(self._copy_message, side.messages))
                return CachedCopy(info, messages, self._document(side, info, messages), side.size, side.expiry)
            case CorruptDocument():
                return _corrupt(side)
            case Unavailable(reason=reason):
                return Unavailable(_why("cache", reason))
            case Absent() | Unconfigured():
                return side
            case _:
                assert_never(side)

    def _info(self, info: ChatSessionInfo, copies: Copies) -> ChatSessionInfo:
        same = stripped(info.session_id) == stripped(copies.session_id)
        return info.model_copy(
            update={
                "session_id": copies.session_id if same else self.id("session", info.session_id),
                "user_id": self.id("user", info.user_id),
                "title": self.text(info.title),
                "credentials": self._object(info.credentials),
                "successful_agent_runs": self._object(info.successful_agent_runs),
                "successful_agent_schedules": self._object(info.successful_agent_schedules),
            }
        )

    def _object(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {"digest": self.value(value)} if value else {}

    def _copy_message(self, item: CopyMessage) -> CopyMessage:
        numbers = {name: item.extras[name] for name in ("sequence", "duration_ms") if _is_number(item.extras.get(name))}
        return CopyMessage(item.position, self.message(item.message), item.created_at, self.id("row", item.id), numbers)

    def message(self, message: ChatMessage) -> ChatMessage:
        """Returns a message without text."""
        role = CONTROL_CHARACTERS.sub("", message.role)
        return message.model_copy(
            update={
                "role": role if role in KNOWN_ROLES else self.id("role", message.role),
                "content": self._content(message),
                "name": self.id("name", message.name),
                "refusal": self.text(message.refusal),
                "tool_call_id": self.id("call", message.tool_call_id),
                "tool_calls": self._calls(message.tool_calls),
                "function_call": self._function_call(message.function_call),
            }
        )

    def _content(self, message: ChatMessage) -> str | None:
        """Returns the digest of the content.

        Context blocks keep their names, and the placeholder of a pending result stays recognizable as one.
        """
        if message.role == "user" and (context := split_context(message.content or ""))[0]:
            blocks, words = context
            written = (f"<{block.name}>{self.text(block.text) or ''}</{block.name}>\n\n" for block in blocks)
            return "".join((*written, self.text(words) or ""))
        if message.role == "assistant" and turn_end(message) is not None:
            marker, words = split_marker(message.content or "")
            return f"{marker} {self.text(words) or ''}"
        digest = self.text(message.content)
        return f'{{"type":"operation_pending","content":"{digest}"}}' if is_placeholder(message) else digest

    def _calls(self, calls: list[Any] | None) -> list[Any] | None:
        if calls and len(calls) == 1 and isinstance(calls[0], str):
            value = parsed(calls[0])
            calls = value if isinstance(value, list) else [value]
        return [self._call(call) for call in calls] if calls else calls

    def _call(self, call: Any) -> Any:
        if not isinstance(call, Mapping):
            return self.value(call)
        rest = _named(call)
        made: dict[str, Any] = {}
        call_id, kind, function = rest.pop("id", None), rest.pop("type", None), rest.pop("function", None)
        if call_id is not None:
            made["id"] = self.id("call", call_id) if isinstance(call_id, str) else self.value(call_id)
        if kind is not None:
            made["type"] = kind if kind in ("function", "custom") else self.value(kind)
        if function is not None:
            made["function"] = self._function(function) if isinstance(function, Mapping) else self.value(function)
        return self._with_more(made, rest)

    def _function(self, function: Mapping[str, Any]) -> dict[str, Any]:
        rest = _named(function)
        made: dict[str, Any] = {}
        name, arguments = rest.pop("name", None), rest.pop("arguments", None)
        if name is not None:
            made["name"] = self.tool_name(name) if isinstance(name, str) else self.value(name)
        if arguments is not None:
            made["arguments"] = self.text(arguments) if isinstance(arguments, str) else self.value(arguments)
        return self._with_more(made, rest)

    def _with_more(self, made: dict[str, Any], rest: Mapping[str, Any]) -> dict[str, Any]:
        more = {name: value for name, value in rest.items() if value is not None}
        return {**made, "more": self._digest("value", more, "\0".join(map(_flat_text, tokens(more))))} if more else made

    def tool_name(self, name: str) -> str:
        """Returns a tool's name if it is valid for providers and no secret, else a placeholder."""
        plain = CONTROL_CHARACTERS.sub("", name)
        if not plain or (_TOOL_NAME.fullmatch(plain) and self._mask.text(plain, counted=False) == plain):
            return plain
        return self.id("tool", name) or ""

    def _function_call(self, call: Any) -> Any:
        value = parsed(call)
        if not value:
            return call if call is None or call == {} else {}
        return self._function(value) if isinstance(value, Mapping) else {"more": self.value(value)}

    def _document(
        self, side: CachedCopy, info: ChatSessionInfo, messages: tuple[CopyMessage, ...]
    ) -> Mapping[str, Any]:
        known = {name: getattr(info, name) for name in ChatSessionInfo.model_fields if name in side.document}
        known["usage"] = [item.model_dump() for item in info.usage]
        later = {name: self._column(_COLUMNS[name], side.document[name]) for name in _COLUMNS if name in side.document}
        raws = side.document.get("messages")
        items = [
            {**item.message.model_dump(), **{name: None for name in _OF_ROWS if name in raw and raw[name] is None}}
            for raw, item in zip(raws if isinstance(raws, list) else (), messages, strict=True)
        ]
        return {**known, **later, "messages": items}


def _retold(side: CachedCopy, index: int, content: str) -> Mapping[str, Any]:
    """Returns the document with one message's content replaced."""
    items = list(side.document["messages"])
    items[index] = {**items[index], "content": content}
    return {**side.document, "messages": items}


def _named(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {CONTROL_CHARACTERS.sub("", str(name)): inner for name, inner in value.items()}


def _flat_text(token: Any) -> str:
    """Returns a token of a flattened JSON value as text, the same for equal numbers."""
    if isinstance(token, float) and token.is_integer():
        token = int(token)
    return f"n{hex(token)}" if isinstance(token, int) else f"{type(token).__name__[0]}{token}"


def _is_number(value: object) -> bool:
    """Returns whether it is a number as small as counts and milliseconds; more digits could be a card number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


def _corrupt(side: CorruptDocument) -> CorruptDocument:
    """Returns the document reduced to its size and the place of the error."""
    reason = side.reason.split(": ")[0] if side.reason.startswith("not a session") else side.reason
    if side.damage == "wrong_type":
        reason = reason.split(", ")[0]  # the fields of a hash
    return CorruptDocument(b"." * len(side.raw), reason, side.offset, _path(side.field), side.expiry, side.damage)


def _path(field: str | None) -> str | None:
    """Returns a path with the field names that every document has; other keys come from the conversation."""
    if field is None:
        return None
    return "".join(
        part if part[0] == "[" or part in _KNOWN_FIELDS or part == "." else "…" for part in _PLACE.findall(field)
    )


def _why(store: str, reason: str) -> str:
    """Returns why a store did not answer, without quoting the store."""
    if "can't be reached" in reason:
        return f"The {store} can't be reached."
    return f"The {store} was stopped after the statement timeout." if "timeout" in reason else f"The {store} failed."
