"""Numbers and times for the sentences of findings."""

from datetime import datetime

from chatdata.domain.text import agreeing, count, second

__all__ = ["agreeing", "at", "messages", "until"]


def messages(number: int) -> str:
    """Returns the number with its noun, as in "1 message" or "1,204 messages"."""
    return count(number, "message")


def at(moment: datetime) -> str:
    """Returns a time to the second, as in "2026-02-20 10:00:00 UTC"."""
    return f"{second(moment)} UTC"


def until(moment: datetime | None) -> str:
    """Returns a clause that says when data that exists only in the cache is lost."""
    if moment is None:
        return "if the key, which has no time to live, is deleted"
    return f"when the key expires at {at(moment)}"
