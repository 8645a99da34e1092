"""One copy of each session as a line of JSON, in the format that `import` and other tools read."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from chatdata.domain.copies import CopyMessage
from chatdata.domain.messages import ChatMessage
from chatdata.domain.report.evidence import Evidence, FileFacts
from chatdata.domain.report.wire import dumped


def line_pieces(facts: FileFacts, sessions: Iterable[Evidence]) -> Iterator[str]:
    """Yields a line for each session with a readable copy.

    Keys: "id", "user_id", "title", "started_at", "updated_at", "usage", "source", "view", "messages", and "damaged" if
    the rows hold damaged values. Null fields of a message are left out, except its content.
    """
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
    present = {name: value for name, value in fields.items() if value is not None or name == "content"}
    return present if item.created_at is None else {**present, "created_at": item.created_at}
