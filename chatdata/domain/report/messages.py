"""The messages of one copy as the report shows them, and the bytes of an unreadable document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chatdata.domain.copies import CopyMessage, CorruptDocument
from chatdata.domain.messages import ChatMessage, DamagedValue
from chatdata.domain.redaction.masked import KNOWN_ROLES
from chatdata.domain.timeline.calls import as_text, read_calls
from chatdata.domain.timeline.items import CallItem
from chatdata.domain.timeline.layout import laid_out

_LONGEST_RAW = 200_000
"""The maximum number of bytes shown of a corrupt document."""
_RESULTS = ("tool", "function")


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A tool call with its arguments formatted."""

    call: CallItem
    arguments: str


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message with its calls; JSON in arguments and results is formatted."""

    position: int
    role_class: str
    """A known role or "other"; no other part of a message becomes a CSS class."""
    created_at: datetime | None
    message: ChatMessage
    content: str | None
    calls: Sequence[ShownCall]
    function_call: str
    columns: str
    """The row's columns that the reference system does not have, as text."""
    damaged: str
    """Sentences about the damaged values of its row."""


def shown_message(item: CopyMessage, damaged: Iterable[DamagedValue] = ()) -> ShownMessage:
    """Returns a message as the report shows it."""
    message = item.message
    laid = laid_out(message.content) if message.content and message.role in _RESULTS else None
    return ShownMessage(
        position=item.position,
        role_class=message.role if message.role in KNOWN_ROLES else "other",
        created_at=item.created_at,
        message=message,
        content=laid or message.content,
        calls=[ShownCall(call, laid_out(call.arguments) or call.arguments) for call in read_calls(message.tool_calls)],
        function_call=(as_text(message.function_call) or "") if message.function_call else "",
        columns=(as_text(dict(item.extras)) or "") if item.extras else "",
        damaged=" ".join(value.sentence for value in damaged),
    )


@dataclass(frozen=True, slots=True)
class RawText:
    """The beginning of an unreadable document."""

    reason: str
    text: str
    shown_bytes: int | None
    """The number of bytes shown; None when all of them are."""


def raw_document(side: CorruptDocument) -> RawText:
    """Returns the first bytes of a corrupt document as text, with U+FFFD for bytes that are not UTF-8."""
    text = side.raw[:_LONGEST_RAW].decode("utf-8", "replace")
    return RawText(side.reason, text, _LONGEST_RAW if len(side.raw) > _LONGEST_RAW else None)
