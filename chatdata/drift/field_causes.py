"""What may have led to a difference beside the messages, the likeliest first. Causes: real-deployments.md, 5."""

from collections.abc import Iterator

from chatdata.drift.comparison import LikelyCause
from chatdata.drift.kinds import CauseName, FieldKind
from chatdata.drift.seen import Both
from chatdata.drift.wording import at
from chatdata.models import in_utc

_BY_FIELD: dict[FieldKind, CauseName] = {
    "owner_mismatch": "account_changed",
    "title_drift": "rename_raced",
    "credentials_drift": "changed_in_database",
    "run_counts_drift": "changed_in_database",
    "metadata_drift": "changed_in_database",
}


def field_causes(both: Both, kind: FieldKind, field: str) -> tuple[LikelyCause, ...]:
    """The causes that fit a field that differs."""
    if kind == "usage_mismatch":
        return tuple(_usage(both))
    if both.recreated and field in ("title", "started_at"):
        created = at(both.stored.info.started_at)
        return (LikelyCause("recreated_after_delete", f"The row was created at {created}, later, and has no title."),)
    if field in ("started_at", "session_id"):
        return (LikelyCause("other_writer", f"No save changes {field}."),)
    changed = LikelyCause(_BY_FIELD[kind], _order_of_writes(both))
    if both.written and both.written > in_utc(both.stored.info.updated_at):
        return (LikelyCause("older_copy_written_back", _order_of_writes(both)), changed)
    return (changed,)


def _usage(both: Both) -> Iterator[LikelyCause]:
    one, other = both.cached.info, both.stored.info
    more = other.prompt_tokens - one.prompt_tokens, other.completion_tokens - one.completion_tokens
    last = one.usage[-1] if one.usage else None
    if last and more == (last.prompt_tokens, last.completion_tokens):
        yield LikelyCause("counted_twice", "The row has exactly the tokens of the last turn more.")
    elif more > (0, 0):
        yield LikelyCause("missed_write", f"The row counts more. {_order_of_writes(both)}")
    else:
        yield LikelyCause("database_write_failed", f"The cache counts more. {_order_of_writes(both)}")


def _order_of_writes(both: Both) -> str:
    updated = in_utc(both.stored.info.updated_at)
    if both.written is None:
        return f"The row was last updated at {at(updated)}; the key doesn't tell when it was written."
    order = "after" if updated > both.written else "before"
    return f"The row was last updated at {at(updated)}, {order} the key was written at {at(both.written)}."
