"""Reading and writing the cached JSON document of a session. Pure.

Documents are written as the reference system writes them: pydantic's compact JSON, non-ASCII unescaped, nulls
included. Reading is more tolerant: anything that Python's JSON parser reads is accepted, and errors say where.
"""

import codecs
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticSerializationError

from chatdata.domain.copies import CachedCopy, CopyMessage, CorruptDocument, Damage, Expiry
from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo, Usage, in_utc
from chatdata.domain.messages.message import storable_json
from chatdata.domain.text import compact_json, count, sanitize

KEY_PREFIX = "chat:session:"
_MESSAGE_KEYS = frozenset(ChatMessage.model_fields)


def key_of(session_id: str) -> str:
    """Returns the cache key of a session's document."""
    return KEY_PREFIX + session_id


@dataclass(frozen=True, slots=True)
class HashFields:
    """The fields of a hash that stands under a session's key."""

    count: int
    names: tuple[str, ...]
    """Their names; empty for a hash with too many to read."""


class Broken(Exception):
    """Raised for bytes that are not a session document and for a session that can't be written as one."""

    def __init__(
        self, reason: str, offset: int | None = None, field: str | None = None, damage: Damage = "other"
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset
        self.field = field
        self.damage = damage


def encode(session: ChatSession) -> bytes:
    """Returns the document of a session whose text both stores can hold (`ChatSession.sanitize`).

    Raises Broken when the session is nested too deeply for Python's JSON writer, which goes deeper than pydantic's.
    """
    try:
        return session.model_dump_json().encode()
    except PydanticSerializationError:
        pass
    try:
        document = {**session.model_dump(), **session.model_dump(mode="json", include={"started_at", "updated_at"})}
        return compact_json(document).encode()
    except (PydanticSerializationError, RecursionError, ValueError):
        raise Broken("a session nested too deeply for JSON") from None


def encode_storable(session: ChatSession) -> bytes:
    """Returns the document of a session without the characters that a store can't hold. Raises Broken like `encode`."""
    raw = storable_json(session)
    return encode(session.sanitize()) if raw is None else raw


def decode(raw: bytes) -> ChatSession:
    """Returns the session in a document. Raises Broken when the bytes are not a session document."""
    try:
        session = ChatSession.model_validate_json(raw)
    except (ValidationError, OverflowError):
        session = _validated(parse(raw))
    session.mark_loaded()
    return session


class _Counted(BaseModel):
    """The part of a document that records the token usage of its turns."""

    usage: list[Usage]


def usage_of(raw: bytes) -> list[Usage]:
    """Returns the usage in a document, without making its messages. Raises Broken like `decode`."""
    try:
        return _Counted.model_validate_json(raw).usage
    except ValidationError:
        return decode(raw).usage


def parse(raw: bytes) -> dict[str, Any]:
    """Returns a document's JSON object, even where strict parsers reject it. Raises Broken when there is none."""
    text = _text(raw)
    try:
        parsed = json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        mark = len(codecs.BOM_UTF8) if raw.startswith(codecs.BOM_UTF8) else 0
        at = mark + len(text[: error.pos].encode("utf-8", "surrogatepass"))
        problem = error.msg.lower().removesuffix(" at")
        damage: Damage = "cut_off" if _ends_early(text, error) else "other"
        raise Broken(f"not JSON: {problem} at byte {at:,}", offset=at, damage=damage) from None
    except RecursionError:
        raise Broken("JSON nested too deeply to be read") from None
    except ValueError:
        raise Broken("JSON with a number too long to be read") from None
    if isinstance(parsed, str) and _is_object(parsed):
        raise Broken("JSON inside a JSON string: it was encoded twice", offset=0, damage="json_encoded_twice")
    if not isinstance(parsed, dict):
        raise Broken(f"JSON, but {_article(parsed)} where an object was expected", offset=0)
    return parsed


def _ends_early(text: str, error: json.JSONDecodeError) -> bool:
    """Returns whether the text could be the beginning of JSON."""
    if error.msg.startswith("Unterminated string"):
        return True
    rest = text[error.pos :].strip()
    return not rest or (len(rest) < _LONGEST_WORD and any(word.startswith(rest) for word in _WORDS))


_WORDS = ("true", "false", "null", "NaN", "Infinity", "-", "\\u0000", "u0000")
_LONGEST_WORD = 9


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text, strict=False), dict)
    except (ValueError, RecursionError):
        return False


def wrong_type(held: str, dump: bytes, expiry: Expiry, fields: HashFields | None = None) -> CorruptDocument:
    """Returns the damage of a key that is not a string, from its type as Redis names it and its serialized value."""
    reason = f"the key holds {_article_of(held)} where a string was expected{_with_fields(fields)}"
    return CorruptDocument(dump, reason, None, None, expiry, "wrong_type")


def _with_fields(fields: HashFields | None) -> str:
    """Returns the fields of a hash for a sentence: those that are names, not texts, and the number of the others."""
    if fields is None:
        return ""
    named = [name for name in sorted(fields.names) if _FIELD_NAME.fullmatch(name)][:_MOST_FIELDS]
    others = fields.count - len(named)
    if not named:
        return f", with {count(others, 'field')}"
    more = f" and {count(others, 'other field')}" if others > 0 else ""
    return f", with the {'field' if fields.count == 1 else 'fields'} {', '.join(named)}{more}"


_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,39}")
_MOST_FIELDS = 12


def _article_of(held: str) -> str:
    shown = {"zset": "sorted set"}.get(held, held)
    return f"a {shown}" if shown else "another type"


def patch(raw: bytes, changes: Mapping[str, Any]) -> bytes:
    """Returns the document with some keys set and all others unchanged. Raises Broken when it is not a JSON object."""
    document = {**parse(raw), **changes}
    try:
        return compact_json(document).encode()
    except UnicodeEncodeError:
        return json.dumps(document, separators=(",", ":")).encode()


def copy_of(raw: bytes, expiry: Expiry) -> CachedCopy | CorruptDocument:
    """Returns the document as a cached copy, or as a `CorruptDocument` when the bytes can't be read."""
    try:
        document = parse(raw)
        session = _validated(document)
    except Broken as broken:
        return CorruptDocument(raw, broken.reason, broken.offset, broken.field, expiry, broken.damage)
    items = zip(session.messages, document["messages"], strict=True)
    return CachedCopy(
        info=ChatSessionInfo(**{name: getattr(session, name) for name in ChatSessionInfo.model_fields}),
        messages=tuple(_copy_message(index, message, item) for index, (message, item) in enumerate(items)),
        document=document,
        size=len(raw),
        expiry=expiry,
    )


def _copy_message(index: int, message: ChatMessage, item: Mapping[str, Any]) -> CopyMessage:
    extras = {}
    if not item.keys() <= _MESSAGE_KEYS:
        extras = {key: value for key, value in item.items() if key not in _MESSAGE_KEYS and value is not None}
    identity = extras.get("id")
    return CopyMessage(
        position=index,
        message=message,
        created_at=_moment(extras.get("created_at")),
        id=identity if isinstance(identity, str) else None,
        extras=extras,
    )


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return in_utc(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        return None


_COMPRESSIONS = {
    b"\x1f\x8b": "gzip",
    b"\x78\x01": "zlib",
    b"\x78\x5e": "zlib",
    b"\x78\x9c": "zlib",
    b"\x78\xda": "zlib",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"\x04\x22\x4d\x18": "LZ4",
    b"\xff\x06\x00\x00sNaPpY": "Snappy",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
}
"""The first bytes of compressed data, by format."""


def _text(raw: bytes) -> str:
    compression = next((name for magic, name in _COMPRESSIONS.items() if raw.startswith(magic)), None)
    if compression is not None:
        raise Broken(f"compressed ({compression}) where JSON text was expected", offset=0, damage="compressed")
    try:
        return raw.decode("utf-8", "surrogatepass").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        damage: Damage = "cut_off" if error.reason == "unexpected end of data" else "other"
        raise Broken(f"not UTF-8 text: byte {error.start:,} is wrong", offset=error.start, damage=damage) from None


def _validated(document: dict[str, Any]) -> ChatSession:
    try:
        return ChatSession.model_validate(_with_totals(document))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        path = sanitize(field_path(first["loc"]))
        raise Broken(f"not a session: {path}: {_why_invalid(first)}", field=path) from None
    except (OverflowError, RecursionError) as error:
        raise Broken(f"not a session: {type(error).__name__}") from None


_EXPECTED = {
    "dict": "an object",
    "model": "an object",
    "list": "an array",
    "string": "a string",
    "int": "a whole number",
    "finite": "a whole number",
    "datetime": "a time",
}
"""What a document should have, by the first word of pydantic's error type; all its numbers are whole."""


def _why_invalid(error: ErrorDetails) -> str:
    """Returns what was found and what was expected, without the value and without the names of our types."""
    kind = error["type"]
    if kind == "missing":
        return "it is missing"
    expected = _EXPECTED.get(kind.split("_")[0])
    if expected is None:
        return error["msg"].removeprefix("Value error, ").lower()
    found = "a number with a fraction" if kind == "int_from_float" else _article(error["input"])
    return f"{found} where {expected} was expected"


def _with_totals(document: dict[str, Any]) -> dict[str, Any]:
    """Returns the document with a total in each usage item that has both counts but no total."""
    usage = document.get("usage")
    if not isinstance(usage, list) or all(_TOTAL in item for item in usage if isinstance(item, dict)):
        return document
    return {**document, "usage": [_with_total(item) for item in usage]}


_TOTAL = "total_tokens"


def _with_total(item: Any) -> Any:
    counts = [item.get(name) for name in ("prompt_tokens", "completion_tokens")] if isinstance(item, dict) else [None]
    if not all(type(count) is int for count in counts) or _TOTAL in item:
        return item
    return {**item, _TOTAL: sum(counts)}


def field_path(location: tuple[int | str, ...]) -> str:
    """Returns pydantic's location as a path: ("messages", 3, "role") → messages[3].role.

    A trailing union branch ("str", "function-plain[…]") is left out: it names our types, not the document's keys.
    """
    path = ""
    for part in location:
        if path and (part == "str" or str(part).startswith("function-")):
            break
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def _article(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
