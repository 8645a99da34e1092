"""Tells which faults a message could have, as widely as any provider sees them.

The lint finds a fault as the providers that it judges define it; another one may be stricter, such as about an empty
text beside tool calls. So a fault that no finding shows is only said not to be there where no message could have it.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from chatdata.domain.lint.conversation import Conversation, Entry
from chatdata.domain.lint.values import Code

ALWAYS_FOUND: Final[frozenset[Code]] = frozenset(
    {
        "orphan_tool_result",
        "unanswered_tool_call",
        "late_tool_result",
        "duplicate_tool_result",
        "duplicate_tool_call_id",
        "reused_tool_call_id",
        "starts_with_assistant",
        "consecutive_users",
        "consecutive_assistants",
        "second_system",
        "user_after_tool",
        "lone_surrogate",
        "nul_character",
    }
)
"""Faults that the lint finds wherever messages have them, whoever is asked."""
FOUND_IN_BODIES: Final = ALWAYS_FOUND - {
    "lone_surrogate",
    "nul_character",
    "consecutive_users",
    "consecutive_assistants",
}
"""Those of them that messages read from a body of another API show as well as the body: its results are the user's."""
_OF_ANY_LIST: Final[frozenset[Code]] = frozenset({"no_messages"})
_OF_LAST: Final[frozenset[Code]] = frozenset({"ends_with_assistant", "trailing_whitespace"})
_SYSTEM = ("system", "developer")
_REASONING = ("reasoning_content", "reasoning", "reasoning_details")
_STRICTEST_ID = re.compile(r"[a-zA-Z0-9]{9}")
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_LONGEST_ID = 40
_MOST_CALLS = 128


def could_have(talk: Conversation, code: Code, entries: Sequence[Entry]) -> bool | None:
    """Returns whether one of some messages could have a fault; None where messages don't show that.

    It is asked only about faults that no finding shows at these messages.
    """
    if code in ALWAYS_FOUND:
        return False
    if code in _OF_ANY_LIST:
        return all(entry.role in _SYSTEM for entry in talk.sent)
    if code in _OF_LAST:
        last = talk.sent[-1:]
        return any(entry.role == "assistant" and _COULD[code](entry) for entry in last)
    test = _COULD.get(code)
    return None if test is None else any(test(entry) for entry in entries)


def texts_in(entry: Entry) -> Iterator[Any]:
    """Yields the content of a message, or the text of each of its parts; None for a part without one."""
    if not isinstance(entry.content, list):
        yield entry.content
        return
    for part in entry.content:
        if not isinstance(part, Mapping):
            yield part
        elif part.get("type", "text") == "text" or "text" in part:
            yield part.get("text")


def has_media(entry: Entry) -> bool:
    """Returns whether a message has a part of its content that is no text."""
    parts = entry.content if isinstance(entry.content, list) else ()
    return any(not isinstance(part, Mapping) or part.get("type", "text") != "text" for part in parts)


def is_blank(entry: Entry) -> bool:
    """Returns whether some text of a message is missing, empty or only white space, or of a form that is not known.

    Content that is null beside tool calls is none: there is no text that could be blank.
    """
    if entry.content is None:
        return not entry.calls
    return not isinstance(entry.content, str | list) or entry.content == [] or any(map(_is_blank, texts_in(entry)))


def may_join_blank(entry: Entry) -> bool:
    """Returns whether a message that was read from a body may have a blank text: its texts are joined line by line."""
    if isinstance(entry.content, str):
        return any(not line.strip() for line in entry.content.split("\n"))
    return is_blank(entry)


def _is_blank(text: object) -> bool:
    return not isinstance(text, str) or not text.strip()


def _ends_with_space(entry: Entry) -> bool:
    texts = list(texts_in(entry))
    return bool(texts) and (not isinstance(texts[-1], str) or texts[-1] != texts[-1].rstrip())


def _ids(entry: Entry) -> list[str]:
    return [call.id for call in entry.calls] + ([entry.tool_call_id] if entry.role == "tool" else [])


def _is_no_object(arguments: object) -> bool:
    if not isinstance(arguments, str):
        return True
    try:
        return not isinstance(json.loads(arguments, parse_constant=_refuse), dict)
    except (ValueError, RecursionError):
        return True


def _refuse(constant: str) -> None:
    """Refuses NaN and Infinity, which JSON does not have."""
    raise ValueError(constant)


def _has_odd_name(entry: Entry) -> bool:
    return any(not _NAME.fullmatch(call.name) for call in entry.calls)


def _has_null(entry: Entry) -> bool:
    return any(text is None for text in texts_in(entry))


_COULD: Final[dict[Code, Callable[[Entry], bool]]] = {
    "missing_tool_call_id": lambda entry: not all(_ids(entry)),
    "long_tool_call_id": lambda entry: any(len(one) > _LONGEST_ID for one in _ids(entry)),
    "bad_tool_call_id": lambda entry: any(not _STRICTEST_ID.fullmatch(one) for one in _ids(entry)),
    "empty_tool_calls": lambda entry: "tool_calls" in entry.fields and not entry.calls,
    "too_many_tool_calls": lambda entry: len(entry.calls) > _MOST_CALLS,
    "empty_function_name": lambda entry: any(not call.name for call in entry.calls),
    "bad_function_name": _has_odd_name,
    "bad_message_name": lambda entry: "name" in entry.fields and not _NAME.fullmatch(str(entry.fields["name"])),
    "arguments_not_json": lambda entry: any(_is_no_object(call.arguments) for call in entry.calls),
    "arguments_not_object": lambda entry: any(_is_no_object(call.arguments) for call in entry.calls),
    "arguments_as_object": lambda entry: any(not isinstance(call.arguments, str) for call in entry.calls),
    "call_without_type": lambda entry: any(not call.has_type for call in entry.calls),
    "empty_content": is_blank,
    "whitespace_content": is_blank,
    "null_content": _has_null,
    "ends_with_assistant": lambda entry: entry.role == "assistant",
    "trailing_whitespace": _ends_with_space,
    "unknown_role": lambda entry: entry.role not in ("user", "assistant"),
    "function_role": lambda entry: entry.role == "function",
    "part_without_type": lambda entry: isinstance(entry.content, list),
    "image_in_tool_result": has_media,
    "unsupported_media": has_media,
    "reasoning_missing": lambda entry: bool(entry.calls) and not any(map(entry.fields.get, _REASONING)),
    "reasoning_not_allowed": lambda entry: any(key in entry.fields for key in _REASONING),
}
