"""What the input for a user means: part of an id, or in double quotes exactly one, or several."""

import re

from chatdata.stores.database import SessionFilter

_SEVERAL = re.compile(r'"[^"]*"(?:\s+"[^"]*")+')
_QUOTED = re.compile(r'"([^"]*)"')


def exactly(*user_ids: str | None) -> str:
    """The input that means these users alone; empty quotes mean sessions without a user."""
    return " ".join(f'"{user_id or ""}"' for user_id in user_ids)


def read(text: str | None) -> SessionFilter:
    """The filter that an input means."""
    asked = (text or "").strip()
    if _SEVERAL.fullmatch(asked):
        return SessionFilter(user_ids=frozenset(inside or None for inside in _QUOTED.findall(asked)))
    if len(asked) >= 2 and asked[0] == asked[-1] == '"':
        inside = asked[1:-1]
        return SessionFilter(user_id=inside) if inside else SessionFilter(without_user=True)
    return SessionFilter(user_contains=asked)
