"""The formats, in the order in which they are tried: those with the most special keys first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chatdata.domain.dialects import (
    ai_sdk,
    anthropic,
    bedrock,
    chatgpt,
    claude_ai,
    claude_code,
    codex,
    evaluations,
    gemini,
    langchain,
    librechat,
    logs,
    open_webui,
    openai_chat,
    openai_responses,
    otel,
    otel_messages,
    pydantic_ai,
    sharegpt,
)
from chatdata.domain.dialects.bodies import Body, read_body
from chatdata.domain.dialects.fields import shown_key
from chatdata.domain.dialects.located import LocatedMessages, read_located
from chatdata.domain.dialects.shape import Shape, empty_list_in, shape_of
from chatdata.domain.dialects.values import Dialect, InvalidConversation, ReadConversation

_SHOWN_KEYS = 8
_WRAPPERS = ("body", "params", "values", "channel_values")
"""Keys under which batch lines and saved states hold the object with the messages."""
_HELD = frozenset({"messages", "input", "contents"})
Read = Callable[[object], list[ReadConversation | InvalidConversation]]


@dataclass(frozen=True, slots=True)
class Format:
    """One format: by what it is recognised, and how it is read."""

    name: Dialect
    title: str
    keys: tuple[str, ...]
    """The keys by which it is recognised, for the sentence about an unknown format."""
    recognises: Callable[[Any, Shape], bool]
    read: Read


def _by_shape(recognises: Callable[[Shape], bool]) -> Callable[[Any, Shape], bool]:
    return lambda _value, shape: recognises(shape)


def _by_value(recognises: Callable[[object], bool]) -> Callable[[Any, Shape], bool]:
    return lambda value, _shape: recognises(value)


def _by_events(is_event: Callable[[object], bool]) -> Callable[[Any, Shape], bool]:
    return lambda value, _shape: isinstance(value, list) and bool(value) and all(map(is_event, value))


def _body(body: Body) -> Read:
    return lambda value: [read_body(value, body)]


_REQUESTS: dict[Dialect, Body] = {
    body.dialect: body
    for body in (
        Body("openai-responses", openai_responses.messages, ("input", "items", "messages"), ("instructions",)),
        Body(
            "gemini-contents",
            gemini.messages,
            ("contents", "history", "messages"),
            ("systemInstruction", "system_instruction"),
        ),
        Body("bedrock-converse", bedrock.messages, system_keys=("system",)),
        Body("anthropic-messages", anthropic.messages, system_keys=("system",)),
    )
}
"""The request bodies of other APIs than OpenAI's chat completions."""
REQUESTS: tuple[Dialect, ...] = tuple(_REQUESTS)


FORMATS: tuple[Format, ...] = (
    Format("chatgpt", "ChatGPT export", ("mapping", "current_node"), _by_shape(chatgpt.recognises), chatgpt.read),
    Format("claude-ai", "claude.ai export", ("chat_messages", "uuid"), _by_shape(claude_ai.recognises), claude_ai.read),
    Format(
        "open-webui", "Open WebUI export", ("chat", "history"), _by_value(open_webui.recognises_value), open_webui.read
    ),
    Format(
        "librechat",
        "LibreChat export",
        ("conversationId", "messages", "isCreatedByUser"),
        _by_shape(librechat.recognises),
        librechat.read,
    ),
    Format(
        "claude-code",
        "Claude Code session",
        ("sessionId", "uuid", "type", "message"),
        _by_events(claude_code.is_event),
        claude_code.read,
    ),
    Format("codex", "Codex session", ("timestamp", "type", "payload"), _by_events(codex.is_event), codex.read),
    Format(
        "otel-genai",
        "OpenTelemetry GenAI",
        ("attributes", "gen_ai.input.messages"),
        lambda value, shape: otel.recognises_value(value) or otel_messages.recognises(shape),
        lambda value: (
            otel.read(value)
            if otel.recognises_value(value)
            else [read_body(value, Body("otel-genai", otel_messages.messages))]
        ),
    ),
    Format(
        "inspect",
        "Inspect log",
        ("eval", "samples"),
        _by_value(evaluations.recognises_inspect),
        evaluations.read_inspect,
    ),
    Format(
        "tau-bench",
        "tau-bench trajectory",
        ("task_id", "traj"),
        _by_value(evaluations.recognises_tau_bench),
        evaluations.read_tau_bench,
    ),
    Format(
        "swe-agent",
        "SWE-agent trajectory",
        ("history", "trajectory"),
        _by_value(evaluations.recognises_swe_agent),
        evaluations.read_swe_agent,
    ),
    Format(
        "litellm",
        "LiteLLM log",
        ("messages", "response", "call_type"),
        _by_value(logs.recognises_litellm),
        logs.read_litellm,
    ),
    Format(
        "langfuse",
        "Langfuse observation",
        ("input", "output", "traceId"),
        _by_value(logs.recognises_langfuse),
        logs.read_langfuse,
    ),
    Format(
        "helicone", "Helicone log", ("request", "response"), _by_value(logs.recognises_helicone), logs.read_helicone
    ),
    Format(
        "openai-responses",
        "OpenAI Responses",
        ("input", "instructions", "model"),
        lambda value, shape: openai_responses.recognises_value(value) or openai_responses.recognises(shape),
        _body(_REQUESTS["openai-responses"]),
    ),
    Format(
        "pydantic-ai",
        "pydantic-ai history",
        ("kind", "parts"),
        _by_shape(pydantic_ai.recognises),
        _body(Body("pydantic-ai", pydantic_ai.messages)),
    ),
    Format(
        "sharegpt",
        "ShareGPT",
        ("conversations", "from", "value"),
        _by_shape(sharegpt.recognises),
        _body(Body("sharegpt", sharegpt.messages, ("conversations", "items"), ("system",))),
    ),
    Format(
        "langchain",
        "LangChain messages",
        ("type", "data", "content"),
        _by_shape(langchain.recognises),
        _body(Body("langchain", langchain.messages, ("messages", "history"))),
    ),
    Format(
        "ai-sdk-model",
        "AI SDK model messages",
        ("role", "content", "toolCallId"),
        _by_shape(ai_sdk.recognises_model),
        _body(Body("ai-sdk-model", ai_sdk.model_messages, system_keys=("system",))),
    ),
    Format(
        "ai-sdk-ui",
        "AI SDK UI messages",
        ("role", "parts", "toolInvocations"),
        _by_shape(ai_sdk.recognises_ui),
        _body(Body("ai-sdk-ui", ai_sdk.ui_messages, system_keys=("system",))),
    ),
    Format(
        "gemini-contents",
        "Gemini contents",
        ("contents", "systemInstruction"),
        _by_shape(gemini.recognises),
        _body(_REQUESTS["gemini-contents"]),
    ),
    Format(
        "bedrock-converse",
        "Bedrock Converse",
        ("modelId", "messages", "inferenceConfig"),
        lambda value, shape: bedrock.recognises(shape) and not anthropic.recognises_value(value, shape),
        _body(_REQUESTS["bedrock-converse"]),
    ),
    Format(
        "anthropic-messages",
        "Anthropic Messages",
        ("system", "messages", "max_tokens"),
        lambda value, shape: anthropic.recognises(shape) or anthropic.recognises_value(value, shape),
        _body(_REQUESTS["anthropic-messages"]),
    ),
    Format(
        "openai-chat",
        "OpenAI chat",
        ("messages", "role", "content"),
        _by_shape(openai_chat.recognises),
        _body(Body("openai-chat", openai_chat.messages, ("messages", "conversations", "conversation"), ("system",))),
    ),
)
_BY_NAME = {item.name: item for item in FORMATS}
DIALECTS: tuple[Dialect, ...] = tuple(sorted(_BY_NAME))


def recognise(value: object) -> Dialect | None:
    """The format of a parsed JSON value; None if no reader recognises it."""
    return _recognised(unwrapped(value))


def read(value: object, dialect: Dialect | None = None) -> list[ReadConversation | InvalidConversation]:
    """The conversations in a value, in the format that is given or recognised.

    Most values hold one; a file of an evaluation holds several, of which an unreadable one is an InvalidConversation
    that says why. Raises InvalidConversation when the value as a whole can't be read.
    """
    value = unwrapped(value)
    if dialect is not None:
        return _read_as(_BY_NAME[dialect], value)
    found = _recognised(value)
    if found is None:
        raise InvalidConversation(unknown_format(value))
    return _BY_NAME[found].read(value)


def _read_as(chosen: Format, value: object) -> list[ReadConversation | InvalidConversation]:
    """The conversations in a value of a given format; a value that is none of that format is told by its keys."""
    try:
        found = chosen.read(value)
    except InvalidConversation as error:
        raise _not_as(chosen, value, error) from None
    empty = bool(found) and not any(isinstance(item, ReadConversation) and item.messages for item in found)
    if empty and isinstance(value, dict) and not set(value) & set(chosen.keys):
        raise _not_as(chosen, value, InvalidConversation(f"it has no messages when read as {chosen.title}"))
    return found


def _not_as(chosen: Format, value: object, error: InvalidConversation) -> InvalidConversation:
    """The error of the given format's reader, with the keys that were found unless they are those of the format."""
    if not isinstance(value, dict | list) or _recognised(value) == chosen.name:
        return error
    seen = keys_of(value)
    return InvalidConversation(f"{error}; {seen}") if seen else error


def read_request(value: object, dialect: Dialect) -> LocatedMessages:
    """The messages of a request body in one of `REQUESTS`, with their places; nothing in it is refused."""
    return read_located(unwrapped(value), _REQUESTS[dialect])


def is_event(value: object) -> Dialect | None:
    """The format of a session file whose lines look like this value; None for a value that stands on its own."""
    if claude_code.is_event(value):
        return "claude-code"
    return "codex" if codex.is_event(value) else None


def starts_session(value: object) -> bool:
    """Whether an event is the first one of its session."""
    return codex.starts_session(value)


def unwrapped(value: object) -> object:
    """The object with the messages, for values that hold it under a key; the other keys are kept beside it.

    One of Gemini's has lists where it was written with the one item that a list would have.
    """
    if not isinstance(value, dict) or _HELD & set(value):
        return gemini.with_lists(value)
    for key in _WRAPPERS:
        inner = value.get(key)
        if isinstance(inner, dict) and _HELD & set(inner) and not set(inner) & set(value):
            return gemini.with_lists({**{name: item for name, item in value.items() if name != key}, **inner})
    return value


def _recognised(value: object) -> Dialect | None:
    shape = shape_of(value)
    return next((item.name for item in FORMATS if item.recognises(value, shape)), None)


def unknown_format(value: object) -> str:
    """Says which keys were found in a value that no reader recognises, and the nearest format if one is near."""
    if not isinstance(value, dict | list):
        return "not a conversation: an object with messages, or a list of messages, is expected"
    if empty := empty_list_in(value):
        return f"{empty} is an empty list: there are no messages"
    seen = keys_of(value)
    return f"there is no list of messages in a known format: {seen}" if seen else "there is no list of messages"


def keys_of(value: dict[Any, Any] | list[Any]) -> str:
    """The keys of an object, or of a list's items, with the format they belong to or are near to; "" without keys.

    Keys are shortened and made safe to show; no value is quoted.
    """
    shape = shape_of(value)
    keys = sorted(shape.keys or shape.item_keys)
    if not keys:
        return ""
    shown = ", ".join(shown_key(key) for key in keys[:_SHOWN_KEYS]) + (", …" if len(keys) > _SHOWN_KEYS else "")
    return f"its keys are {shown}; {_why(value, frozenset(keys))}"


def _why(value: object, keys: frozenset[str]) -> str:
    if isinstance(value, dict) and (event_of := is_event(value)) is not None:
        return f"it is one line of a {_BY_NAME[event_of].title}: its lines are one conversation, which import reads"
    if (known := recognise(value)) is not None:
        return f"the format with these keys is {_BY_NAME[known].title} ({known})"
    if keys & {"choices", "candidates"} or {"output", "object"} <= keys:
        return "it is a model's answer without the messages it answers"
    if {"custom_id", "response"} <= keys:
        return (
            "it is a line of a batch's answers, without the messages they answer: those are in the batch's input file"
        )
    if {"chosen", "rejected"} <= keys:
        return "it is a prompt with answers to choose from, and messages was expected"
    if {"role", "content"} <= keys:
        return "it is one message, and a list of them was expected"
    if not any(keys & set(item.keys) for item in FORMATS):
        return "none of them belongs to a known format, and messages was expected"
    near = [item for item in FORMATS if _is_near(keys & set(item.keys))]
    if not near:
        return "no known format has more than one of them, and messages was expected"
    best = max(near, key=lambda item: len(keys & set(item.keys)) / len(item.keys))
    missing = ", ".join(key for key in best.keys if key not in keys)
    lacks = f"which has {missing} too" if missing else "but no messages are where it has them"
    return f"the nearest format is {best.title}, {lacks}"


_COMMON = frozenset(
    {
        *("attributes", "chat", "content", "contents", "conversations", "data", "eval", "from", "history", "input"),
        *("instructions", "kind", "message", "messages", "model", "output", "parts", "payload", "request", "response"),
        *("role", "samples", "system", "timestamp", "type", "uuid", "value"),
    }
)
"""Keys of formats that many objects of other programs have too."""


def _is_near(shared: frozenset[str]) -> bool:
    """Whether the keys that an object shares with a format tell anything: several, or one that few others have."""
    return len(shared) > 1 or bool(shared - _COMMON)
