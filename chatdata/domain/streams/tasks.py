"""The hash that says which turn of a session runs, under `chat:task:meta:`.

Early versions have a hash for each task, whose key ends with the task's id; later ones have one for each session, with
the session's id in braces, and name the turn in a field. In both, the id of the task or turn names its stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

TASKS = "chat:task:meta:"
"""The prefix of the keys of tasks."""
STREAMS = "chat:stream:"
"""The prefix of the keys of streams."""


@dataclass(frozen=True, slots=True)
class Task:
    """A turn of a session, as its hash describes it."""

    id: str
    """The id of the task in early versions, that of the turn in later ones."""
    session_id: str
    status: str = ""
    """running, completed or failed; empty if the hash has none."""
    user_id: str | None = None
    tool_name: str | None = None
    tool_call_id: str | None = None
    created_at: datetime | None = None
    """In UTC; None if the hash has no readable time."""

    @property
    def stream_key(self) -> str:
        """The key of the turn's stream."""
        return STREAMS + self.id


def task_of(key: bytes, fields: Mapping[bytes, bytes]) -> Task | None:
    """Returns the task of a hash; None if the hash does not say whose turn it is."""
    named = {_text(name): _text(value) for name, value in fields.items()}
    own = _text(key).removeprefix(TASKS)
    of_session = own[1:-1] if own.startswith("{") and own.endswith("}") else ""
    task_id = named.get("turn_id") or named.get("task_id") or ("" if of_session else own)
    session_id = named.get("session_id") or of_session
    if not task_id or not session_id:
        return None
    return Task(
        id=task_id,
        session_id=session_id,
        status=named.get("status", ""),
        user_id=named.get("user_id") or None,
        tool_name=named.get("tool_name") or None,
        tool_call_id=named.get("tool_call_id") or None,
        created_at=_moment(named.get("created_at", "")),
    )


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
