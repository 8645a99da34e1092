"""Rules about contents: empty, white space only or null, and characters that providers or stores reject."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from chatdata.domain.lint import provider_messages
from chatdata.domain.lint.conversation import Conversation, Entry
from chatdata.domain.lint.values import LintFinding
from chatdata.domain.text import LONE_SURROGATES, readable_json

Emptiness = Literal["nothing", "white space"]

_NULL_MATTERS = ("system", "developer", "user", "tool", "function", "assistant")


def empty_content(talk: Conversation) -> Iterator[LintFinding]:
    """Finds user messages and non-final assistant messages that are empty."""
    for entry in _speaking(talk):
        if _emptiness(entry.content) == "nothing" and not _does_more(entry):
            turn = talk.turns[entry.at].turn
            row, path = ("A6", "messages") if isinstance(entry.content, list) else ("A5", f"messages.{turn}")
            rejected = provider_messages.empty(talk, entry.at, row, path)
            yield talk.finding("empty_content", entry.at, f"The {entry.role} message is empty.", rejected)


def whitespace_content(talk: Conversation) -> Iterator[LintFinding]:
    """Finds user and non-final assistant messages of only white space, which are rejected even beside calls."""
    for entry in _speaking(talk):
        if _emptiness(entry.content) == "white space":
            rejected = provider_messages.anthropic_like("A7", "messages")
            meaning = f"The {entry.role} message is only white space."
            yield talk.finding("whitespace_content", entry.at, meaning, rejected)


def null_content(talk: Conversation) -> Iterator[LintFinding]:
    """Finds null or missing content where a string is required."""
    for entry in talk.judged:
        if entry.content is None and entry.role in _NULL_MATTERS and not _does_more(entry):
            rejected = provider_messages.openai("O13", f"messages.[{entry.at}].content")
            yield talk.finding("null_content", entry.at, f"The {entry.role} message's content is null.", rejected)


def lone_surrogate(talk: Conversation) -> Iterator[LintFinding]:
    """Finds lone surrogates, as a truncated emoji leaves them; UTF-8 can't encode them."""
    char: int | None = None
    for entry in talk.judged:
        if any(not text.isascii() and LONE_SURROGATES.search(text) for text in strings(entry.fields)):
            char = first_half_character({"messages": list(talk.messages)}) if char is None else char
            rejected = provider_messages.anthropic("A12", "", column=char + 1, char=char)
            yield talk.finding("lone_surrogate", entry.at, "A text contains half a character.", rejected)


def nul_character(talk: Conversation) -> Iterator[LintFinding]:
    """Finds NUL characters, which providers accept and PostgreSQL rejects, so that the copies drift apart."""
    for entry in talk.judged:
        if any("\0" in text for text in strings(entry.fields)):
            meaning = "A text contains a NUL character: PostgreSQL rejects it, so the database never gets the message."
            yield talk.finding("nul_character", entry.at, meaning, severity="warning")


def strings(value: Any) -> Iterator[str]:
    """Yields every string and key of a JSON value, without recursion: nesting can exceed Python's recursion limit."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            pending.extend(item)
            pending.extend(item.values())
        elif isinstance(item, list | tuple):
            pending.extend(item)


def _speaking(talk: Conversation) -> Iterator[Entry]:
    """Yields user messages, and assistant messages that are not the last message."""
    last = len(talk.entries) - 1
    for entry in talk.judged:
        if entry.role == "user" or (entry.role == "assistant" and entry.at != last):
            yield entry


def _does_more(entry: Entry) -> bool:
    """Returns whether it is an assistant message with a call, a refusal or an audio answer, which needs no content."""
    return entry.role == "assistant" and bool(
        entry.calls or entry.fields.get("function_call") or entry.fields.get("refusal") or entry.spoken
    )


def _emptiness(content: Any) -> Emptiness | None:
    if isinstance(content, str):
        return _of_text(content)
    if content is None:
        return "nothing"
    if not isinstance(content, list):
        return None
    found = {_of_part(part) for part in content}
    if None in found:
        return None
    return "white space" if "white space" in found else "nothing"


def _of_part(part: Any) -> Emptiness | None:
    if isinstance(part, Mapping) and part.get("type", "text") == "text" and isinstance(part.get("text"), str):
        return _of_text(part["text"])
    return None


def _of_text(text: str) -> Emptiness | None:
    if not text:
        return "nothing"
    return "white space" if text.isspace() else None


def first_half_character(body: object) -> int:
    """Returns the offset of the first lone surrogate in a request body as JSON, where a parser stops."""
    try:
        text = readable_json(body)
    except (TypeError, ValueError, RecursionError):
        return 0
    found = LONE_SURROGATES.search(text)
    return found.start() if found else 0
