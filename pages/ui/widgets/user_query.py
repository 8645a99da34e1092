"""The syntax of the user filter: part of a user ID, or one or several exact IDs in double quotes."""

import re

from chatdata.services.catalog import SessionFilter

_SEVERAL = re.compile(r'"[^"]*"(?:\s+"[^"]*")+')
_QUOTED = re.compile(r'"([^"]*)"')


def exactly(*user_ids: str | None) -> str:
    """The input that selects exactly these users; empty quotes stand for sessions without a user."""
    return " ".join(f'"{user_id or ""}"' for user_id in user_ids)


def read(text: str | None) -> SessionFilter:
    """Parses an input into a user filter."""
    query = (text or "").strip()
    if _SEVERAL.fullmatch(query):
        return SessionFilter(user_ids=frozenset(inside or None for inside in _QUOTED.findall(query)))
    if len(query) >= 2 and query[0] == query[-1] == '"':
        inside = query[1:-1]
        return SessionFilter(user_id=inside) if inside else SessionFilter(without_user=True)
    return SessionFilter(user_contains=query)
