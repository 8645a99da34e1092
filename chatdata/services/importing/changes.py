"""What an import changes in the words of a conversation: characters that no store holds, and keys given twice."""

from collections.abc import Iterator

from chatdata.domain.dialects import LeftOut, ReadConversation, ReadMessage
from chatdata.domain.dialects.fields import shown_key
from chatdata.domain.dialects.repeated import repeated_objects
from chatdata.domain.messages import ChatMessage, ChatSession
from chatdata.domain.text.characters import CONTROL_CHARACTERS, LONE_SURROGATES

_TEXTS = ("role", "content", "name", "tool_call_id", "refusal", "tool_calls", "function_call")


def repeated_keys(value: object) -> tuple[LeftOut, ...]:
    """The values of a JSON value that later ones of the same key in the same object replaced, with their places."""
    return tuple(
        LeftOut("repeated_key", f"{place}{shown_key(key)}", lost, shown_key(key))
        for place, item in repeated_objects(value)
        for key, lost in item.lost
    )


def changes_of(given: ReadConversation, stored: ChatSession) -> list[tuple[int | None, LeftOut]]:
    """The texts as they were given that the stores hold otherwise, with the positions of their messages."""
    session = [
        ("id", given.id, stored.session_id),
        ("user", given.user, stored.user_id),
        ("title", given.title, stored.title),
        *((name, value, getattr(stored, name)) for name, value in given.mappings.items()),
    ]
    found: list[tuple[int | None, LeftOut]] = [
        (None, _changed(name, old)) for name, old, new in session if old and old != new
    ]
    for index, (item, message) in enumerate(zip(given.messages, stored.messages, strict=True)):
        found += [(index, part) for part in _of_message(index, item, message)]
    return found


def _of_message(index: int, item: ReadMessage, stored: ChatMessage) -> Iterator[LeftOut]:
    for name in _TEXTS:
        old = getattr(item.message, name)
        if old is not None and old != getattr(stored, name):
            yield _changed(f"{item.place or f'messages[{index}]'}.{name}", old)


def _changed(place: str, value: object) -> LeftOut:
    control, half = _characters(value)
    what = [f"{control} removed"] * bool(control) + [f"{half} replaced by U+FFFD"] * bool(half)
    return LeftOut("changed_text", place, value, " and ".join(what) or "values that JSON can't hold replaced by null")


def _characters(value: object) -> tuple[str, str]:
    """The characters of a value's texts that are not stored, named: the first control and the first half character."""
    control = half = ""
    for text in _texts(value):
        if not control and (found := CONTROL_CHARACTERS.search(text)):
            control = f"control characters (such as U+{ord(found[0]):04X})"
        if not half and (found := LONE_SURROGATES.search(text)):
            half = f"half characters (such as U+{ord(found[0]):04X})"
    return control, half


def _texts(value: object) -> Iterator[str]:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            pending += reversed(item)
        elif isinstance(item, dict):
            pending += [*item.values(), *item]
