"""The likely causes of a difference between fields of the session, the likeliest first (docs/drift.md).

An older copy is a cause only where the messages show one: fields alone don't distinguish it from a change of the row.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from chatdata.domain.drift.comparison import LikelyCause
from chatdata.domain.drift.context import CopyPair
from chatdata.domain.drift.kinds import FieldKind
from chatdata.domain.drift.matching.equality import parsed, stripped
from chatdata.domain.drift.wording import at, messages
from chatdata.domain.messages import in_utc


def field_causes(both: CopyPair, kind: FieldKind, field: str) -> tuple[LikelyCause, ...]:
    """Returns the causes that fit a difference in this field, the likeliest first."""
    if both.recreated and _is_unset(both, field):
        created = at(both.stored.info.started_at)
        return (LikelyCause("recreated_after_delete", f"The row was created at {created}, later, and has no title."),)
    if field in ("started_at", "session_id"):
        return (LikelyCause("other_writer", f"No save changes {field}."),)
    return tuple(_CAUSES[kind](both, field))


def _is_unset(both: CopyPair, field: str) -> bool:
    """Returns whether a row that was created anew has this field as it was created."""
    return field in ("title", "started_at") or (field in LATER and is_default(parsed(both.stored.extras[LATER[field]])))


def is_default(value: Any) -> bool:
    """Returns whether a value is one that a row or a document has without anybody setting it."""
    return value is False or value is None or (isinstance(value, str | list | dict) and value in ("normal", {}, []))


LATER = {"metadata": "metadata", "organization_id": "organizationId", "team_id": "teamId", "is_pinned": "isPinned"}
"""Keys of later documents and their columns, which are compared where both copies have them."""


def _owner(both: CopyPair, _field: str) -> Iterator[LikelyCause]:
    if both.cached.info.user_id is None:
        yield LikelyCause("unreadable_by_current_version", "Its user_id is null, as in documents of an early version.")
        return
    if not stripped(both.cached.info.user_id):
        yield LikelyCause("other_writer", "Its user_id is an empty text, which names nobody: no save writes that.")
        return
    if both.cached.info.session_id != both.stored.info.session_id:
        yield LikelyCause("other_writer", "The cached document names a different session, too.")
    yield LikelyCause("account_changed", f"No save changes the user of a session. {_order_of_writes(both)}")
    yield from _older(both)


def _title(both: CopyPair, _field: str) -> Iterator[LikelyCause]:
    yield from _older(both)
    if both.stored.info.title is None:
        why = "The row has no title, since only a rename saves one: the cached title was set in memory."
    else:
        why = "No save writes the row's title, but each one writes the cached title from memory."
    yield LikelyCause("rename_raced", f"{why} {_order_of_writes(both)}")


def _json(both: CopyPair, field: str) -> Iterator[LikelyCause]:
    yield from _older(both)
    if not both.row_changed_later and _has_more(getattr(both.cached.info, field, None), both, field):
        yield LikelyCause("database_write_failed", "The cache has everything in the row and more: the rest is unsaved.")
    yield LikelyCause("changed_in_database", _changed(both))


def _usage(both: CopyPair, _field: str) -> Iterator[LikelyCause]:
    one, other = both.cached.info, both.stored.info
    if any(min(item.prompt_tokens, item.completion_tokens) < 0 for item in one.usage):
        yield LikelyCause("other_writer", "The cache has a negative count, which no model reports.")
        return
    if min(other.prompt_tokens, other.completion_tokens) < 0:
        yield LikelyCause("changed_in_database", "The row has a negative sum, which no save writes.")
        return
    more = other.prompt_tokens - one.prompt_tokens, other.completion_tokens - one.completion_tokens
    last = one.usage[-1] if one.usage else None
    if last and more == (last.prompt_tokens, last.completion_tokens):
        yield LikelyCause("counted_twice", "The row has exactly the tokens of the last turn more.")
    elif more > (0, 0):
        yield from _counted_in_rows(both)
    else:
        yield LikelyCause("database_write_failed", f"The cache counts more. {_order_of_writes(both)}")


def _counted_in_rows(both: CopyPair) -> Iterator[LikelyCause]:
    if both.written and not both.row_changed_later:
        updated = at(both.stored.info.updated_at)
        fewer = f"The key was written at {at(both.written)} with fewer tokens than the row had at {updated}."
        yield LikelyCause("older_copy_written_back", fewer)
        yield LikelyCause("missed_write", "The row counts more, and the write to the cache is best-effort.")
    else:
        yield LikelyCause("missed_write", f"The row counts more. {_order_of_writes(both)}")


_CAUSES: dict[FieldKind, Callable[[CopyPair, str], Iterable[LikelyCause]]] = {
    "owner_mismatch": _owner,
    "title_drift": _title,
    "usage_mismatch": _usage,
    "credentials_drift": _json,
    "run_counts_drift": _json,
    "metadata_drift": _json,
}


def _older(both: CopyPair) -> Iterator[LikelyCause]:
    """Yields the cause for a key that was written after the row but lacks its last messages."""
    if both.behind and both.written and not both.row_changed_later:
        lacks = messages(both.behind)
        yield LikelyCause(
            "older_copy_written_back", f"The key was written at {at(both.written)} and lacks the row's last {lacks}."
        )


def _has_more(one: object, both: CopyPair, field: str) -> bool:
    """Returns whether the cached object has everything in the stored one, plus other keys or higher counts."""
    other = getattr(both.stored.info, field, None)
    if not isinstance(one, dict) or not isinstance(other, dict) or one == other:
        return False
    return all(name in one and (one[name] == value or _higher(one[name], value)) for name, value in other.items())


def _higher(one: object, other: object) -> bool:
    return isinstance(one, int | float) and isinstance(other, int | float) and one > other


def _changed(both: CopyPair) -> str:
    if both.written is None or both.row_changed_later:
        return _order_of_writes(both)
    return f"A direct statement can change a row but not its updatedAt. {_order_of_writes(both)}"


def _order_of_writes(both: CopyPair) -> str:
    updated = in_utc(both.stored.info.updated_at)
    if both.written is None:
        return f"The row was last updated at {at(updated)}; the key does not show when it was written."
    order = "after" if both.row_changed_later else "before"
    return f"The row was last updated at {at(updated)}, {order} the key was written at {at(both.written)}."
