"""Values of rows that are not of their column's kind, as SQLite holds in any column; and which counts are counts.

JSON can hold any value in both databases and in the cache, so that JSON columns are judged by what they should hold.
"""

from dataclasses import dataclass

MOST_TOKENS = 10**15
"""No session has more; what is above is damage, and its sums would be too large for a database."""


@dataclass(frozen=True, slots=True)
class DamagedValue:
    """A damaged value of a row: where it is, and why it can't be what it should be."""

    place: str
    """Table and column, as in ChatMessage.content; in a cached document the key, as in messages.tool_calls."""
    position: int | None
    """Of the message that has it; None for the session's own row."""
    reason: str
    """As in "3 bytes where text was expected": no words of the conversation."""

    @property
    def sentence(self) -> str:
        """Where and why, for a person."""
        where = "" if self.position is None else f" of message {self.position:,}"
        return f"{self.place}{where} is damaged: {self.reason}."


def token_count(value: object) -> int | None:
    """Returns the token count in a column: 0 for null, and None if the value is not a valid count."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if -MOST_TOKENS <= value <= MOST_TOKENS else None


def kind_of_value(value: object) -> str:
    """What a value is, for a reason: "3 bytes", "text"."""
    if isinstance(value, bytes):
        return "1 byte" if len(value) == 1 else f"{len(value):,} bytes"
    return _KINDS.get(type(value), "JSON")


_KINDS: dict[type, str] = {
    str: "text",
    float: "a fraction",
    bool: "a boolean",
    int: "a number",
    type(None): "nothing",
    list: "a list",
    dict: "an object",
}


def wrong_calls(value: object) -> str | None:
    """Returns why a parsed value is no list of tool calls; None if it is one, or null."""
    if value is None:
        return None
    if not isinstance(value, list):
        return f"{kind_of_value(value)} where a list of tool calls was expected"
    for number, entry in enumerate(value, 1):
        if not isinstance(entry, dict):
            return f"{kind_of_value(entry)} where tool call {number:,} was expected"
    return None


def wrong_object(value: object) -> str | None:
    """Returns why a parsed value is no object; None if it is one, or null."""
    return None if value is None or isinstance(value, dict) else f"{kind_of_value(value)} where an object was expected"
