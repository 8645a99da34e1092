"""Request bodies of other APIs as the rules take them: read by the readers of their formats, with their own places.

A result is a message of its own here, as the readers give it, so that the rules about calls and results judge a body
as its API would.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chatdata.domain.dialects import Dialect, LeftOut, ReadMessage, index_in, read_request, unwrapped
from chatdata.domain.lint.conversation import Conversation
from chatdata.domain.lint.rules.known_fields import carries_content
from chatdata.domain.lint.turns import Layout, TurnPlace, Turns
from chatdata.domain.lint.values import Provider

BLOCKS_IN: dict[Dialect, str] = {
    "anthropic-messages": "content",
    "bedrock-converse": "content",
    "gemini-contents": "parts",
}
"""The key of a message's blocks; the messages of the Responses API are items instead."""
TERMS: dict[Dialect, tuple[Provider, ...]] = {
    "anthropic-messages": ("anthropic", "openrouter-anthropic"),
    "bedrock-converse": ("bedrock",),
    "gemini-contents": ("gemini",),
    "openai-responses": ("openai-responses",),
}
"""The providers of each API whose bodies are judged in their own terms."""
_KNOWN_TYPES: dict[Dialect, re.Pattern[str]] = {
    "anthropic-messages": re.compile(r"server_tool_use|mcp_tool_use|\w+_tool_result|search_result|container_upload"),
    "openai-responses": re.compile(
        r"(web_search|file_search|computer|code_interpreter|image_generation|local_shell|shell|apply_patch|mcp)_call"
        r"(_output)?|mcp_list_tools|mcp_approval_(request|response)|compaction"
    ),
}
"""Blocks and items that an API knows and no conversation holds."""
_KNOWN_KEYS: dict[Dialect, frozenset[str]] = {
    "anthropic-messages": frozenset({"citations", "context", "caller"}),
    "bedrock-converse": frozenset({"guardContent", "citationsContent", "searchResult"}),
    "gemini-contents": frozenset({"executableCode", "codeExecutionResult", "parts", "scheduling", "videoMetadata"}),
    "openai-responses": frozenset({"phase", "summary", "annotations", "logprobs"}),
}
_LAST_INDEX = re.compile(r"\[(\d+)\]$")
_SOMETHING = "…"
"""The content of a message with nothing but parts that the stores can't hold, such as thinking."""


@dataclass(frozen=True, slots=True)
class Native:
    """One message as the rules take it."""

    message: dict[str, Any]
    at: int
    """The index in the body's own list."""
    path: str
    calls_at: tuple[str, ...] = ()


@dataclass(frozen=True)
class NativeBody:
    """A request body of another API."""

    dialect: Dialect
    body: Mapping[str, Any]
    """The object around the list; empty for a bare list."""
    key: str
    items: Sequence[Any]
    messages: tuple[Native, ...]
    unknown: tuple[str, ...]
    """The places of what is not understood."""

    @cached_property
    def talk(self) -> Conversation:
        """The messages with calls and results matched."""
        return Conversation([one.message for one in self.messages], layout=_layout(self.messages))

    @property
    def continues(self) -> bool:
        """Whether earlier items are kept by the provider, so that the body does not show them."""
        return bool(_kept_elsewhere(self.body, self.dialect))

    @property
    def is_invoked(self) -> bool:
        """Whether it is Anthropic's body as Bedrock's InvokeModel takes it."""
        version = self.body.get("anthropic_version")
        return self.dialect == "anthropic-messages" and isinstance(version, str) and version.startswith("bedrock")

    @property
    def terms(self) -> tuple[Provider, ...]:
        """The providers in whose terms the body is judged."""
        return ("bedrock",) if self.is_invoked else TERMS[self.dialect]

    def call_place(self, number: int, call_id: str | None) -> str | None:
        """The item of one call of a message, where calls are items of their own."""
        one = self.messages[number]
        if self.dialect != "openai-responses" or not one.calls_at:
            return None
        ids = [call.get("id") for call in one.message["tool_calls"]]
        return one.calls_at[ids.index(call_id)] if call_id in ids else one.calls_at[0]

    def blocks(self) -> Iterator[tuple[int, int, dict[str, Any]]]:
        """Yields each block that is an object, with the indices of its message and in it."""
        inside = BLOCKS_IN.get(self.dialect, "content")
        for at, item in enumerate(self.items):
            held = item.get(inside) if isinstance(item, Mapping) else None
            for number, block in enumerate(held if isinstance(held, list) else ()):
                if isinstance(block, dict):
                    yield at, number, block

    def place(self, at: int, number: int | None = None) -> str:
        """The path of an item, or of a block in it."""
        inside = "" if number is None else f".{BLOCKS_IN.get(self.dialect, 'content')}[{number}]"
        return f"{self.key}[{at}]{inside}"


def native_body(document: Any, dialect: Dialect) -> NativeBody:
    """Returns a request body as its format's reader reads it."""
    whole = _with_lists(unwrapped(document)) if dialect == "gemini-contents" else unwrapped(document)
    found = read_request(whole, dialect)
    strange = [item for item in found.left_out if item.kind in ("unknown_block", "key")]
    body = whole if isinstance(whole, Mapping) else {}
    unknown = [item.place for item in strange if not _is_known(item, dialect)] + _kept_elsewhere(body, dialect)
    hosted = {item.place for item in strange if dialect == "openai-responses" and item.kind == "unknown_block"}
    full = {index_in(item.place) for item in found.left_out if item.kind != "key"}
    return NativeBody(
        dialect,
        body,
        found.key,
        found.items,
        tuple(as_native(message, full) for message in found.messages if message.place not in hosted),
        tuple(dict.fromkeys([*found.unread, *unknown])),
    )


def _with_lists(whole: Any) -> Any:
    """Returns Gemini's body with one content or part in a list; its JSON takes one object for a list of them.

    Google's own examples of requests have both forms.
    """
    if isinstance(whole, list):
        return [_with_parts(item) for item in whole]
    if not isinstance(whole, Mapping):
        return whole
    return {key: _with_parts_in(value) if key in _GEMINI_LISTS else value for key, value in whole.items()}


_GEMINI_LISTS = ("contents", "history", "messages")


def _with_parts_in(held: Any) -> Any:
    if not isinstance(held, Mapping | list):
        return held
    return [_with_parts(item) for item in (held if isinstance(held, list) else [held])]


def _with_parts(item: Any) -> Any:
    is_one = isinstance(item, Mapping) and isinstance(item.get("parts"), Mapping)
    return {**item, "parts": [item["parts"]]} if is_one else item


def _kept_elsewhere(body: Mapping[str, Any], dialect: Dialect) -> list[str]:
    """Returns the keys that say that the provider keeps earlier items."""
    keys = ("previous_response_id", "conversation") if dialect == "openai-responses" else ()
    return [key for key in keys if body.get(key)]


def _is_known(item: LeftOut, dialect: Dialect) -> bool:
    """Returns whether the API knows a part that the messages do not hold, or whether it says nothing to a model."""
    keys = _KNOWN_KEYS.get(dialect, frozenset())
    if item.kind == "key":
        return item.name in keys or not carries_content(item.name, item.value)
    value = item.value if isinstance(item.value, Mapping) else {}
    types = _KNOWN_TYPES.get(dialect)
    kind = value.get("type")
    return (types is not None and isinstance(kind, str) and bool(types.fullmatch(kind))) or bool(keys & set(value))


def as_native(read: ReadMessage, full: Collection[int | None] = ()) -> Native:
    """Returns a message as the rules take it; `full` are the indices of messages with parts that it can't hold."""
    given, at = read.message, index_in(read.place) or 0
    message: dict[str, Any] = {"role": given.role, "content": given.content}
    if given.role == "tool":
        message["tool_call_id"] = given.tool_call_id
    elif not given.content and not given.tool_calls and at in full:
        message["content"] = _SOMETHING
    if given.tool_calls:
        message["tool_calls"] = given.tool_calls
    return Native(message, at, read.place, read.calls_at)


def _layout(messages: Sequence[Native]) -> Layout:
    places: list[TurnPlace] = []
    items: dict[int, int] = {}
    for number, one in enumerate(messages):
        for place in (one.path, *one.calls_at):
            items.setdefault(index_in(place) or 0, number)
        after = places[-1].block + 1 if number and messages[number - 1].at == one.at else 0
        block = _last_index(one.path) if one.message["role"] == "tool" else after
        places.append(TurnPlace(one.at, block, _last_index(one.calls_at[0]) if one.calls_at else block))
    return Layout(Turns(places), items)


def _last_index(place: str) -> int:
    found = _LAST_INDEX.search(place)
    return int(found[1]) if found else 0
