"""Recognizes what later backends mark in messages: failed and stopped turns, reasoning, and summaries."""

from typing import Literal

from chatdata.domain.messages.message import ChatMessage

REASONING = "reasoning"
"""The role of a model's reasoning, which is stored and cached but never sent to a model."""
COMPACTION = "context_compaction"
"""The name of the tool call that marks a summary."""

TurnEnd = Literal["failed", "stopped", "notice"]
"""How a turn ended: with an error, by the user, or with a notice of the system."""

MARKER = "[__COPILOT_"
"""The beginning of every marker."""
_ERRORS = ("[__COPILOT_ERROR_f7a1__]", "[__COPILOT_RETRYABLE_ERROR_a9c2__]")
_NOTICE = "[__COPILOT_SYSTEM_e3b0__]"
_STOPPED = "execution stopped by user"


def turn_end(message: ChatMessage) -> TurnEnd | None:
    """Returns how the turn ended by the marker at the beginning of an assistant message; None without a marker."""
    content = message.content if message.role == "assistant" else None
    if not content or not content.startswith(MARKER):
        return None
    if content.startswith(_ERRORS):
        return "failed"
    if not content.startswith(_NOTICE):
        return None
    return "stopped" if _STOPPED in content.lower() else "notice"


def split_marker(content: str) -> tuple[str, str]:
    """Returns the marker that a content begins with, including the notice of a stopped turn, and the rest."""
    marker = next((one for one in (*_ERRORS, _NOTICE) if content.startswith(one)), "")
    if marker == _NOTICE and _STOPPED in content.lower():
        marker = f"{_NOTICE} {_STOPPED.capitalize()}."
    return marker, content.removeprefix(marker)


def is_reasoning(message: ChatMessage) -> bool:
    """Returns whether the message is reasoning of the model."""
    return message.role == REASONING


def marks_compaction(message: ChatMessage) -> bool:
    """Returns whether the message calls the tool that marks a summary."""
    functions = (call.get("function") for call in message.tool_calls or () if isinstance(call, dict))
    return any(isinstance(one, dict) and one.get("name") == COMPACTION for one in functions)
