"""Finds the messages of a kind that an error is about, for texts that name no place."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Final

from chatdata.domain.lint.conversation import Conversation, Entry
from chatdata.domain.lint.errors.known_error import Where

_IMAGES = frozenset({"image_url", "image", "input_image", "document", "file", "input_file"})


def located(talk: Conversation, where: Where | None) -> int | None:
    """Returns the index of the first message of a kind; None without a kind or such a message."""
    if where in (None, "no_user") or not talk.sent:
        return None
    if where == "last":
        return talk.sent[-1].at
    if where == "first":
        return next((entry.at for entry in talk.sent if entry.role not in ("system", "developer")), None)
    if where == "same_role_twice":
        return next((entry.at for before, entry in pairwise(talk.sent) if before.role == entry.role), None)
    return next((entry.at for entry in talk.sent if _TESTS[where](entry)), None)


def _is_nothing(entry: Entry) -> bool:
    return entry.role in ("user", "assistant") and entry.content in (None, "", [])


def _has_image(entry: Entry) -> bool:
    parts = entry.content if isinstance(entry.content, list) else ()
    return any(isinstance(part, Mapping) and part.get("type") in _IMAGES for part in parts)


_TESTS: Final[dict[Where, Callable[[Entry], bool]]] = {
    "assistant_with_text_and_calls": lambda entry: bool(entry.calls and entry.content),
    "text_arguments": lambda entry: any(isinstance(call.arguments, str) for call in entry.calls),
    "call": lambda entry: bool(entry.calls) and not entry.fields.get("reasoning_content"),
    "image": _has_image,
    "often_image": _has_image,
    "nothing": _is_nothing,
    "system": lambda entry: entry.role == "system",
}
