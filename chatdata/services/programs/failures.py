"""Unexpected errors for a log: where they arose, but not their messages, which may quote a conversation."""

import traceback


def places_of(error: BaseException) -> str:
    """The types of an error and of its causes, each with the lines of code that it passed."""
    parts: list[str] = []
    current: BaseException | None = error
    while current is not None and len(parts) < _MOST_CAUSES:
        lines = "".join(traceback.format_tb(current.__traceback__))
        parts.append(f"{type(current).__qualname__}\n{lines}".rstrip())
        current = current.__cause__ or current.__context__
    return "\ncaused by ".join(parts)


_MOST_CAUSES = 10
