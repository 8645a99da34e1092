"""The masked view of both copies: the same types with placeholders in every text, so that all other code accepts it."""

from collections.abc import Iterable, Mapping
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
from chatdata.domain.messages import ChatMessage, ChatSessionInfo
from chatdata.domain.redaction.masker import Masker, json_text
from chatdata.domain.redaction.people import People, people_in, people_in_broken
from chatdata.domain.streams import ErrorPart, Part, StreamedCall, StreamedTurn, TextPart
from chatdata.domain.turns import known_status

KNOWN_ROLES = frozenset({"user", "assistant", "system", "developer", "tool", "function", "reasoning"})


def people_of(copies: Copies) -> People:
    """Returns the people that the copies name."""
    found = People()
    searched: set[str] = set()
    for side in (copies.stored, copies.cached):
        match side:
            case StoredCopy() | CachedCopy():
                found |= _people_of_copy(side, searched)
            case CorruptDocument(raw=raw):
                found |= people_in_broken(raw.decode("utf-8", "replace"))
            case _:
                pass
    return found | people_of_streams(() if copies.turn is None else copies.turn.streams)


def people_of_streams(streams: Iterable[StreamedTurn]) -> People:
    """Returns the people that streamed turns name."""
    outputs = (streamed.output for streamed in streams)
    return people_in([_values(part) for output in outputs if output is not None for part in output.parts])


def _values(part: Part) -> list[Any]:
    """What a streamed part says."""
    match part:
        case TextPart() | ErrorPart():
            return [part.text]
        case StreamedCall():
            return [part.input, part.output]
        case _:
            return []


def _people_of_copy(side: StoredCopy | CachedCopy, searched: set[str]) -> People:
    messages = [item.message for item in side.messages]
    user_id = side.info.user_id
    named = People(
        frozenset({user_id} if user_id else ()),
        frozenset(item.name for item in messages if item.role == "user" and item.name),
    )
    more = side.document if isinstance(side, CachedCopy) else side.extras
    rest = {name: value for name, value in more.items() if name != "messages"}
    texts = [[vars(item), copy.extras] for item, copy in zip(messages, side.messages, strict=True)]
    return named | people_in([side.info.title, side.info.credentials, rest, texts], searched)


def masked_copies(copies: Copies, mask: Masker) -> Copies:
    """Returns both copies with placeholders; the session's ID stays, since the session is looked up by it."""
    return Copies(
        copies.session_id,
        _stored(copies.stored, mask, copies.session_id),
        _cached(copies.cached, mask, copies.session_id),
        copies.read_at,
    )


def _stored(side: StoredSide, mask: Masker, session_id: str) -> StoredSide:
    match side:
        case StoredCopy(info=info, messages=messages, extras=extras):
            masked = _messages(messages, mask)
            return replace(side, info=_info(info, mask, session_id), messages=masked, extras=_extras(extras, mask))
        case Unavailable(reason=reason):
            return Unavailable(mask.text(reason))
        case Absent() | Unconfigured():
            return side
        case _:
            assert_never(side)


def _cached(side: CachedSide, mask: Masker, session_id: str) -> CachedSide:
    match side:
        case CachedCopy():
            messages = _messages(side.messages, mask)
            info = _info(side.info, mask, session_id)
            return CachedCopy(info, messages, _document(side.document, info, messages, mask), side.size, side.expiry)
        case CorruptDocument(raw=raw, field=field):
            text = mask.text(raw.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
            named = None if field is None else mask.text(field)
            return CorruptDocument(text, mask.text(side.reason), side.offset, named, side.expiry, side.damage)
        case Unavailable(reason=reason):
            return Unavailable(mask.text(reason))
        case Absent() | Unconfigured():
            return side
        case _:
            assert_never(side)


def _info(info: ChatSessionInfo, mask: Masker, session_id: str) -> ChatSessionInfo:
    return info.model_copy(
        update={
            "session_id": info.session_id if info.session_id == session_id else mask.text(info.session_id),
            "user_id": None if info.user_id is None else mask.whole("user", info.user_id),
            "title": None if info.title is None else mask.text(info.title),
            "credentials": mask.value(info.credentials),
            "successful_agent_runs": mask.value(info.successful_agent_runs),
            "successful_agent_schedules": mask.value(info.successful_agent_schedules),
        }
    )


def _messages(messages: tuple[CopyMessage, ...], mask: Masker) -> tuple[CopyMessage, ...]:
    return tuple(
        CopyMessage(
            item.position,
            masked_message(item.message, mask),
            item.created_at,
            None if item.id is None else mask.text(item.id),
            mask.value(item.extras) if item.extras else {},
        )
        for item in messages
    )


def masked_message(message: ChatMessage, mask: Masker) -> ChatMessage:
    """Returns a message with placeholders; the name of a user message is always treated as a person's."""
    return message.model_copy(
        update={
            "content": _text(message.content, mask),
            "refusal": _text(message.refusal, mask),
            "tool_call_id": _text(message.tool_call_id, mask),
            "role": message.role if message.role in KNOWN_ROLES else mask.text(message.role),
            "name": _name(message, mask),
            "tool_calls": _calls(message.tool_calls, mask),
            "function_call": _json(message.function_call, mask),
        }
    )


def _text(text: str | None, mask: Masker) -> str | None:
    return None if text is None else mask.text(text)


def _name(message: ChatMessage, mask: Masker) -> str | None:
    if not message.name:
        return message.name
    return mask.whole("name", message.name) if message.role == "user" else mask.text(message.name)


def _calls(calls: Any, mask: Masker) -> Any:
    """Returns masked calls; a list that older rows hold as JSON text is masked like the parsed list."""
    if isinstance(calls, list) and len(calls) == 1 and isinstance(calls[0], str):
        return [json_text(mask, calls[0])]
    return mask.value(calls)


def _json(value: Any, mask: Masker) -> Any:
    return json_text(mask, value) if isinstance(value, str) else mask.value(value)


def _extras(extras: Mapping[str, Any], mask: Masker) -> Mapping[str, Any]:
    masked: dict[str, Any] = mask.value(
        {name: value for name, value in extras.items() if name not in ("metadata", "chatStatus")}
    )
    if "chatStatus" in extras:
        masked["chatStatus"] = masked_status(extras["chatStatus"], mask)
    if "metadata" in extras:
        masked["metadata"] = _json(extras["metadata"], mask)
    return masked


def masked_status(status: Any, mask: Masker, *, counted: bool = True) -> Any:
    """Returns a known status, or a placeholder for any other text, which may say anything about the conversation."""
    if isinstance(status, str):
        return known_status(status) or mask.whole("secret", status, counted=counted)
    return mask.value(status, counted=counted)


def _document(
    document: Mapping[str, Any], info: ChatSessionInfo, messages: tuple[CopyMessage, ...], mask: Masker
) -> Mapping[str, Any]:
    """Returns the parsed JSON with placeholders, equal to those in the messages, where they are counted."""
    masked: dict[str, Any] = {}
    for name, value in document.items():
        if name == "messages":
            masked[name] = [
                {**mask.value(raw, counted=False), "role": item.message.role, "name": item.message.name}
                for raw, item in zip(value, messages, strict=True)
            ]
        elif name == "session_id":
            masked[name] = info.session_id
        elif name == "chat_status":
            masked[name] = masked_status(value, mask)
        else:
            masked |= mask.value({name: value}, counted=name not in ChatSessionInfo.model_fields)
    return masked
