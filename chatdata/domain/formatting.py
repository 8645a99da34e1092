"""Numbers in words, the same on pages and in a terminal. Pure."""

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: 1 message, 1,204 messages."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """A stretch of time by its two largest units: 2 h 14 min, 45 s."""
    left = max(0, int(seconds))
    if left < 60:
        return f"{left} s"
    parts = []
    for size, unit in _UNITS:
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number} {unit}")
    return " ".join(parts[:2])
