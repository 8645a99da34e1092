"""Numbers and times in the sentences of findings."""

from datetime import datetime

from chatdata.domain.messages import in_utc


def messages(number: int) -> str:
    """1 message, 1,204 messages."""
    return f"{number:,} message" if number == 1 else f"{number:,} messages"


def at(moment: datetime) -> str:
    """A time to the second: 2026-02-20 10:00:00 UTC."""
    return f"{in_utc(moment).replace(tzinfo=None, microsecond=0)} UTC"


def until(moment: datetime | None) -> str:
    """When words that only the cache has are lost."""
    if moment is None:
        return "if the key, which has no time to live, is deleted"
    return f"when the key expires at {at(moment)}"


def agreeing(number: int, one: str, many: str) -> str:
    """The word that fits the number."""
    return one if number == 1 else many
