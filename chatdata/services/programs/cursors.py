"""Positions in the list of sessions as opaque texts that programs pass back."""

import base64
import json
from datetime import datetime
from typing import Any

from chatdata.domain.summaries import Cursor, Sort
from chatdata.services.programs.questions import BadQuestion

_WRONG = "cursor is not from this list: use next_cursor of the page before, with the same sort."


def cursor_text(cursor: Cursor, sort: Sort) -> str:
    """A position as a text."""
    value = cursor.value.isoformat() if isinstance(cursor.value, datetime) else cursor.value
    raw = json.dumps([sort, value, cursor.session_id], separators=(",", ":")).encode("ascii")
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def cursor_from(text: str, sort: Sort) -> Cursor:
    """The position that a text names in a list of this order. Raises BadQuestion."""
    try:
        found = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        of, value, session_id = found
        return Cursor(_value(value, sort), _id(session_id)) if of == sort else _refuse()
    except (ValueError, TypeError, RecursionError):
        raise BadQuestion(_WRONG) from None


def _value(value: Any, sort: Sort) -> datetime | int:
    if sort in ("active", "started"):
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo is not None else _refuse()
    return value if isinstance(value, int) and abs(value) < 2**63 else _refuse()


def _id(value: Any) -> str:
    return value if isinstance(value, str) else _refuse()


def _refuse() -> Any:
    raise BadQuestion(_WRONG)
