"""Numbers and times in the sentences of findings."""

from datetime import datetime

from chatdata.domain.text import agreeing, count, second

__all__ = ["agreeing", "at", "messages", "until"]


def messages(number: int) -> str:
    """1 message, 1,204 messages."""
    return count(number, "message")


def at(moment: datetime) -> str:
    """A time to the second: 2026-02-20 10:00:00 UTC."""
    return f"{second(moment)} UTC"


def until(moment: datetime | None) -> str:
    """When words that only the cache has are lost."""
    if moment is None:
        return "if the key, which has no time to live, is deleted"
    return f"when the key expires at {at(moment)}"
