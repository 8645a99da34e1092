"""What the input for a user means: part of an id, or in double quotes exactly one."""

from chatdata import SessionFilter


def exactly(user_id: str | None) -> str:
    """The input that means this user alone; empty quotes mean sessions without a user."""
    return f'"{user_id or ""}"'


def read(text: str | None) -> SessionFilter:
    """The filter that an input means."""
    asked = (text or "").strip()
    if len(asked) >= 2 and asked[0] == asked[-1] == '"':
        inside = asked[1:-1]
        return SessionFilter(user_id=inside) if inside else SessionFilter(without_user=True)
    return SessionFilter(user_contains=asked)
