"""Takes values out of JSON objects so that nothing gets lost unseen: whatever is not taken is left out by name."""

from collections.abc import Mapping, Sequence
from typing import Any

from chatdata.domain.dialects.fields import is_empty, shown_key
from chatdata.domain.dialects.values import CountName, InvalidConversation, Kind, LeftOut, UnknownCount

_KIND_OF_KEY: dict[str, Kind] = {
    "reasoning_content": "thinking",
    "reasoning": "thinking",
    "reasoning_details": "thinking",
    "thinking": "thinking",
    "thinking_blocks": "thinking",
    "thought": "thinking",
    "signature": "signature",
    "thoughtSignature": "signature",
    "thought_signature": "signature",
    "encrypted_content": "signature",
}
_ON_BY_DEFAULT = frozenset({"parallel_tool_calls"})
"""Settings that say something when they are false."""
_TOLD_WHEN_EMPTY = _ON_BY_DEFAULT | {"usage", "usage_metadata", "usageMetadata"}
"""Keys whose empty values are remarked upon."""
_COMMON_KEYS = frozenset({"content", "input", "parts", "usage"})
"""Keys that need no look at how they can be shown."""


class Account:
    """Collects what a conversation does not hold, and remarks about values that were made or are unknown."""

    def __init__(self) -> None:
        self.left_out: list[LeftOut] = []
        self.unknown: list[UnknownCount] = []
        self._remarks: dict[str, None] = {}
        self._made_ids = 0

    def leave_out(self, kind: Kind, place: str, value: object, name: str = "") -> None:
        """Records one part of the input that the messages do not hold."""
        self.left_out.append(LeftOut(kind, place, value, name))

    def remark(self, sentence: str) -> None:
        """Records a sentence once."""
        self._remarks[sentence] = None

    def count_unknown(self, count: CountName, place: str, reason: str) -> None:
        """Records a token count that is unknown."""
        self.unknown.append(UnknownCount(count, place, reason))

    def count_made_id(self) -> int:
        """The number of the next id that is made for a call, so that no two calls of a conversation share one."""
        self._made_ids += 1
        return self._made_ids

    @property
    def remarks(self) -> tuple[str, ...]:
        """The sentences in the order of their first occurrence."""
        return tuple(self._remarks)


class Fields:
    """The fields of one object: each is taken once, and `close` leaves out those that nobody took."""

    __slots__ = ("_left", "account", "place")

    def __init__(self, given: Mapping[str, Any], place: str, account: Account) -> None:
        """`place` is that of the object, empty for the document itself."""
        self._left = dict(given)
        self.place = place
        self.account = account

    def at(self, key: str) -> str:
        """The place of a key."""
        shown = key if key in _COMMON_KEYS else shown_key(key)
        return f"{self.place}.{shown}" if self.place else shown

    def __contains__(self, key: str) -> bool:
        return key in self._left

    def peek(self, key: str) -> Any:
        """The value of a key, which remains to be taken."""
        return self._left.get(key)

    def take(self, *names: str) -> Any:
        """The first value that is not null; the other names are taken too where they repeat it."""
        left = self._left
        for name in names:
            if (value := left.get(name)) is not None:
                del left[name]
                if len(names) > 1:
                    for other in names:
                        self.drop(other, value)
                return value
        return None

    def take_text(self, *names: str) -> str | None:
        """The first value that is text and not empty; anything else remains, and is left out by `close`."""
        for name in names:
            if isinstance(value := self._left.get(name), str) and value:
                self.take(name, *(names if len(names) > 1 else ()))
                return value
        return None

    def take_list(self, name: str) -> list[Any]:
        """The list under a key; an empty list where there is none, and anything else remains."""
        value = self._left.get(name)
        return self._left.pop(name) if isinstance(value, list) else []

    def take_role(self) -> str:
        """The role. Raises InvalidConversation without one."""
        role = self.take("role")
        if not isinstance(role, str) or not role:
            raise InvalidConversation(f"{self.place} has no role")
        return role

    def take_object(self, name: str) -> dict[str, Any]:
        """The object under a key; an empty one where there is none, and anything else remains."""
        value = self._left.get(name)
        return self._left.pop(name) if isinstance(value, dict) else {}

    def drop(self, name: str, *expected: object) -> None:
        """Removes a key whose value says nothing more: one of the expected values."""
        if name in self._left and any(self._left[name] == value for value in expected):
            del self._left[name]

    def skip(self, *names: str) -> None:
        """Removes keys that restate what the result holds in another form."""
        for name in names:
            self._left.pop(name, None)

    def leave_out(self, kind: Kind, *names: str) -> None:
        """Records the non-empty values of these keys as left out."""
        for name in names:
            value = self._left.pop(name, None)
            if not is_empty(value):
                self.account.leave_out(kind, self.at(name), value)

    def close(self) -> None:
        """Records every non-empty value that was not taken."""
        for key, value in self._left.items():
            if not is_empty(value) or (value is False and key in _ON_BY_DEFAULT):
                kind = _KIND_OF_KEY.get(key, "key")
                self.account.leave_out(kind, self.at(key), value, shown_key(key) if kind == "key" else "")
        self._left.clear()

    def remaining(self) -> Mapping[str, Any]:
        """The fields that nobody took so far."""
        return self._left


def told(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an object that say something, by which readers see whether it has no other keys than most have."""
    return {
        key: value
        for key, value in given.items()
        if value or not is_empty(value) or (key in _TOLD_WHEN_EMPTY and value is not None)
    }


def object_at(value: object, place: str, account: Account) -> Fields:
    """The fields of an object. Raises InvalidConversation for anything else."""
    if isinstance(value, dict):
        return Fields(value, place, account)
    raise InvalidConversation(f"{place} should be an object")


def objects_at(values: Sequence[object], place: str, account: Account) -> list[Fields]:
    """The fields of each object of a list. Raises InvalidConversation for anything else."""
    return [object_at(value, f"{place}[{index}]", account) for index, value in enumerate(values)]
