"""Where the words of a search occur in the messages of a conversation, with a snippet of the best match. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chatdata.domain.messages import ChatMessage
from chatdata.domain.text import readable_json

PROMPTS = frozenset({"system", "developer"})
"""The roles of messages that set a conversation up; many conversations have the same ones."""
_SPACE = re.compile(r"\s+")
_BEFORE, _AFTER = 24, 110
"""Characters of a snippet before and after the word; few before, since a narrow cell shows only the beginning."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A word as a message has it, between the text before and after it, all on one line."""

    before: str
    word: str
    after: str

    @property
    def marked(self) -> str:
        """The snippet with the word between angle quotes, for places that show plain text only."""
        return f"{self.before}«{self.word}»{self.after}"


@dataclass(frozen=True, slots=True)
class WordMatches:
    """The messages of one conversation that contain a word of a search."""

    messages: int
    """How many messages contain at least one of the words."""
    position: int
    """The position of the first message among those that contain the most different words, before a system message."""
    role: str
    """The role of that message."""
    snippet: Snippet
    """The text around the first of the search's words in that message."""


def find_words(messages: Iterable[tuple[int, ChatMessage]], words: Sequence[str]) -> WordMatches | None:
    """Returns the matches in messages with their positions; None if no message contains any of the words."""
    folded = [word.casefold() for word in words if word]
    count, most, best = 0, (False, 0), None
    for position, message in messages:
        texts = [text for text in searched_texts(message) if text]
        lower = [text.casefold() for text in texts]
        here = [word for word in folded if any(word in text for text in lower)]
        count += bool(here)
        rank = (message.role not in PROMPTS, len(here))
        if here and rank > most:
            most, best = rank, (position, message.role, texts, here[0])
    if best is None:
        return None
    position, role, texts, word = best
    snippet = next(filter(None, (_snippet(text, word) for text in texts)), None)
    return None if snippet is None else WordMatches(count, position, role, snippet)


def searched_texts(message: ChatMessage) -> tuple[str | None, ...]:
    """Returns the texts of a message that a search reads: content, names, refusal, tool call IDs and calls."""
    calls = (readable_json(call) if call else None for call in (message.tool_calls, message.function_call))
    return (message.content, message.name, message.refusal, message.tool_call_id, *calls)


def called_tools(message: ChatMessage) -> Iterator[str]:
    """Yields the names of the tools that a message calls; malformed calls are passed over."""
    calls: object = message.tool_calls
    functions = [call.get("function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    for function in (*functions, message.function_call):
        if isinstance(function, dict) and isinstance(function.get("name"), str):
            yield function["name"]


def _snippet(text: str, folded: str) -> Snippet | None:
    span = _span(text, folded)
    if span is None:
        return None
    start, end = span
    first, last = max(0, start - _BEFORE), min(len(text), end + _AFTER)
    if first:  # from the beginning of a word on, if there is one
        first = next((at + 1 for at in range(first, start) if text[at].isspace()), first)
    before, after = _one_line(text[first:start]).lstrip(), _one_line(text[end:last]).rstrip()
    cut_before, cut_after = "…" * (first > 0), "…" * (last < len(text))
    return Snippet(cut_before + before, _one_line(text[start:end]), after + cut_after)


def _span(text: str, folded: str) -> tuple[int, int] | None:
    """Returns where a case-folded word begins and ends in a text, whose own folding may be longer than it is."""
    whole = text.casefold()
    at = whole.find(folded)
    if at < 0:
        return None
    if len(whole) == len(text):
        return at, at + len(folded)
    origin = [index for index, character in enumerate(text) for _ in character.casefold()]
    return origin[at], origin[at + len(folded) - 1] + 1


def _one_line(text: str) -> str:
    """Returns a text in which each run of white space is one space."""
    return _SPACE.sub(" ", text)
