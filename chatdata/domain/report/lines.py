"""One copy of each session as a line of JSON, in the format that `import` and others' tools take."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from chatdata.domain.copies import CopyMessage
from chatdata.domain.messages import ChatMessage
from chatdata.domain.report.evidence import Evidence, FileFacts
from chatdata.domain.report.wire import dumped


def line_pieces(facts: FileFacts, sessions: Iterable[Evidence]) -> Iterator[str]:
    """{"id", "user_id", "title", "started_at", "updated_at", "usage", "source", "view", "messages"}, with "damaged" for
    rows of which a value is. Fields of a message that say nothing are left out. A session of which no copy can be read
    has no line."""
    for evidence in sessions:
        readable = evidence.readable()
        if readable is None:
            continue
        source, copy = readable
        info = copy.info
        yield (
            dumped(
                {
                    "id": evidence.copies.session_id,
                    "user_id": info.user_id,
                    "title": info.title,
                    "started_at": info.started_at,
                    "updated_at": info.updated_at,
                    "usage": [item.model_dump() for item in info.usage],
                    "source": source,
                    "view": facts.view,
                    "messages": [_message(item) for item in copy.messages],
                    **({"damaged": [asdict(value) for value in copy.damaged]} if copy.damaged else {}),
                }
            )
            + "\n"
        )


def _message(item: CopyMessage) -> dict[str, Any]:
    fields = {name: getattr(item.message, name) for name in ChatMessage.model_fields}
    said = {name: value for name, value in fields.items() if value is not None or name == "content"}
    return said if item.created_at is None else {**said, "created_at": item.created_at}
