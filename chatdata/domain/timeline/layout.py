"""JSON formatted for reading, token by token, and one-line summaries of tool results."""

import json
import re
from functools import lru_cache
from typing import Any, TypedDict

from chatdata.domain.text import readable_json

LONGEST_LAID_OUT = 1_000_000
"""The maximum length in characters; longer texts are shown as stored."""
_DEEPEST_INDENT = 24
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([^u]))")
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class Summary(TypedDict):
    """A tool result's own "type" and "message", and whether it is an error."""

    json: bool
    type: str | None
    message: str | None
    error: bool


@lru_cache(maxsize=8)
def laid_out(text: str) -> str | None:
    """Returns a JSON object or array on indented lines, or None where the text is neither or is too long.

    Formatting works on tokens: numbers, repeated keys and order stay as stored; \\u escapes become characters.
    """
    if not _container(text) or _parsed(text) is None:
        return None
    return _lay_out(text)


def unescaped(text: str) -> str:
    """Returns the text with JSON escapes decoded wherever they occur."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def summary(text: str) -> Summary:
    """Returns whether a tool result is JSON, its "type" and "message", and whether it reports an error."""
    parsed = _parsed(text) if _container(text) else None
    if not isinstance(parsed, dict):
        return Summary(json=parsed is not None, type=None, message=None, error=_error_text(text))
    return Summary(
        json=True, type=_line(parsed.get("type")), message=_line(parsed.get("message")), error=_error(parsed)
    )


def one_line(text: str, length: int) -> str:
    """Returns the beginning of a text, up to `length` characters, with runs of white space as single spaces."""
    line = " ".join(text[: length * 4].split())
    return line if len(line) <= length and len(text) <= length * 4 else f"{line[: length - 1]}…"


def _container(text: str) -> bool:
    return len(text) <= LONGEST_LAID_OUT and text[:64].lstrip()[:1] in ("{", "[")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _lay_out(text: str) -> str | None:
    parts: list[str] = []
    depth, size, limit, before = 0, 0, 6 * len(text) + 10_000, ""
    for token in _TOKEN.findall(text):
        depth -= token in "}]"
        piece = _piece(before, token, depth)
        size += len(piece)
        if size > limit:  # deep nesting with many leaves would be mostly indentation
            return None
        parts.append(piece)
        depth += token in "{["
        before = token
    return "".join(parts)


def _piece(before: str, token: str, depth: int) -> str:
    """Returns a token with the white space in front of it."""
    shown = _readable(token) if token[0] == '"' else token
    if not before or token in ",:":
        return shown
    if before == ":":
        return f" {shown}"
    if before in "{[" and token in "}]":
        return shown
    return "\n" + "  " * min(depth, _DEEPEST_INDENT) + shown


def _readable(token: str) -> str:
    return readable_json(json.loads(token, strict=False)) if "\\u" in token else token


def _character(match: re.Match[str]) -> str:
    high, low, single, letter = match.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    return chr(int(single, 16)) if single else _LETTERS.get(letter, letter)


def _line(value: object) -> str | None:
    return one_line(value, 200) if isinstance(value, str) and value else None


def _error(parsed: dict[str, Any]) -> bool:
    kind, status = parsed.get("type"), parsed.get("status")
    return (
        (isinstance(kind, str) and (kind == "error" or kind.endswith("_error")))
        or (isinstance(status, str) and status.lower() in ("error", "failed", "failure"))
        or bool(parsed.get("error"))
        or parsed.get("is_error") is True
        or parsed.get("success") is False
    )


def _error_text(text: str) -> bool:
    return text[:64].lstrip().lower().startswith(("error:", "error ", "traceback (most recent", "exception:"))
