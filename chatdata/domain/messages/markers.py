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
ERRORS = ("[__COPILOT_ERROR_f7a1__]", "[__COPILOT_RETRYABLE_ERROR_a9c2__]")
"""Markers of a failed turn."""
NOTICE = "[__COPILOT_SYSTEM_e3b0__]"
"""The marker of a notice of the system."""
STOPPED = "execution stopped by user"
"""What a notice contains, in any case, if the user stopped the turn."""


TURN_ENDS: dict[TurnEnd, str] = {
    "failed": "The turn ended with an error that was shown to the user.",
    "stopped": "The user stopped the turn.",
    "notice": "A notice of the system.",
}
"""What people read for the end of a turn."""


def turn_end(message: ChatMessage) -> TurnEnd | None:
    """Returns how the turn ended by the marker at the beginning of an assistant message; None without a marker."""
    content = message.content if message.role == "assistant" else None
    if not content or not content.startswith(MARKER):
        return None
    if content.startswith(ERRORS):
        return "failed"
    if not content.startswith(NOTICE):
        return None
    return "stopped" if STOPPED in content.lower() else "notice"


def split_marker(content: str) -> tuple[str, str]:
    """Returns the marker that a content begins with, including the notice of a stopped turn, and the rest."""
    marker = next((one for one in (*ERRORS, NOTICE) if content.startswith(one)), "")
    if marker == NOTICE and STOPPED in content.lower():
        marker = f"{NOTICE} {STOPPED.capitalize()}."
    return marker, content.removeprefix(marker)


def without_marker(content: str) -> str:
    """Returns the words after the marker that a content begins with."""
    marker = next((one for one in (*ERRORS, NOTICE) if content.startswith(one)), "")
    return content.removeprefix(marker).lstrip()


def is_reasoning(message: ChatMessage) -> bool:
    """Returns whether the message is reasoning of the model."""
    return message.role == REASONING


def marks_compaction(message: ChatMessage) -> bool:
    """Returns whether the message calls the tool that marks a summary."""
    functions = (call.get("function") for call in message.tool_calls or () if isinstance(call, dict))
    return any(isinstance(one, dict) and one.get("name") == COMPACTION for one in functions)
