"""Reads the place that an error names: a path in some provider's count."""

import re
from dataclasses import dataclass

from chatdata.domain.lint.errors.known_error import Known

_LIST = r"(?:messages?|contents|input)(?:\.?\[\d+\]|\.\d+)"
_REST = r"(?:[.\[\]\w]*[\]\w])?"
_PATH = re.compile(rf"{_LIST}{_REST}")
_BEFORE = re.compile(rf"({_LIST}{_REST})'? ?: ?$")
_PARAM = re.compile(rf"param'? ?[:=(]? ?'?((?:messages?|input)(?:\.?\[\d+\]|\.\d+)?{_REST})", re.IGNORECASE)
_INDEX = re.compile(r"messages?\.?\[(\d+)\]")
_TURN = re.compile(r"messages?\.(\d+)(?:\.content\.(\d+))?")
_CONTENTS = re.compile(r"contents(?:\[(\d+)\]|\.(\d+))(?:\.parts\[(\d+)\])?")
_ITEM = re.compile(r"input\.?\[?(\d+)\]?(.*)")


@dataclass(frozen=True, slots=True)
class LocatedMessage:
    """The target of a path in one of the ways in which providers count."""

    index: int | None = None
    """The index in the messages as they were sent: OpenAI, Groq, Cerebras, DeepSeek, Moonshot, Qwen."""
    turn: int | None = None
    """The index among turns, without system messages: Anthropic, Bedrock, Gemini."""
    block: int | None = None
    item: int | None = None
    """The index among the items of a Responses request, where each call and result is one."""
    inside: str = ""
    """The rest of an item's path."""

    @classmethod
    def read(cls, path: str, found: re.Match[str], known: Known) -> "LocatedMessage":
        """Returns the place of a path, or that of the index in the text."""
        if at := _INDEX.match(path):
            return cls(index=_number(at[1]))
        if at := _TURN.match(path):
            if known.raw:
                return cls(index=_number(at[1]))
            return cls(turn=_number(at[1]), block=_number(at[2]) if at[2] else None)
        if at := _CONTENTS.match(path):
            return cls(turn=_number(at[1] or at[2]))
        if at := _ITEM.match(path):
            return cls(item=_number(at[1]), inside=at[2])
        groups = found.groupdict()
        if groups.get("turn"):
            return cls(turn=_number(groups["turn"]))
        return cls(index=_number(groups["at"])) if groups.get("at") else cls()


def path_of(found: re.Match[str], flat: str) -> str:
    """Returns the path in an error's text, right before it or in its param field, or "" if there is none."""
    paths: list[str] = _PATH.findall(found[0])
    if paths:
        return paths[-1]
    if last := _PATH.match(flat, found.start() + found[0].rfind(" ") + 1):
        return last[0]  # in the place of an ID, where only its beginning was taken for one
    if before := _BEFORE.search(flat, max(0, found.start() - 300), found.start()):
        return before[1]
    if re.match(r"messages:|Invalid 'messages'", found[0]):
        return "messages"
    param = _PARAM.search(flat, found.end(), found.end() + 1000)
    return param[1] if param else ""


def _number(digits: str) -> int:
    return int(digits[:9])
