"""One copy's messages as HTML, each to fold, and bytes that can't be read."""

from collections.abc import Iterator

from chatdata.domain.copies import CopyMessage, CorruptDocument
from chatdata.domain.redaction.masked import KNOWN_ROLES
from chatdata.domain.report.visible import as_html
from chatdata.domain.report.wire import iso
from chatdata.domain.timeline.calls import as_text, read_calls
from chatdata.domain.timeline.layout import laid_out

_LONGEST_RAW = 200_000
"""Bytes of a corrupt document that are shown."""
_RESULTS = ("tool", "function")


def message_pieces(item: CopyMessage) -> Iterator[str]:
    """A message with its calls; JSON of tools laid out."""
    message = item.message
    kind = message.role if message.role in KNOWN_ROLES else "other"
    time = f' <span class="quiet">{iso(item.created_at)}</span>' if item.created_at else ""
    name = f" {as_html(message.name)}" if message.name else ""
    answers = f' <span class="quiet">answers {as_html(message.tool_call_id)}</span>' if message.tool_call_id else ""
    yield (
        f'<details class="message {kind}" open data-position="{item.position}"><summary>{item.position:,} '
        f"<b>{as_html(message.role)}</b>{name}{answers}{time}</summary>\n"
    )
    if message.content:
        laid = laid_out(message.content) if message.role in _RESULTS else None
        yield f"<pre>{as_html(laid or message.content)}</pre>\n"
    elif not message.tool_calls:
        yield f'<p class="quiet">{"no content" if message.content is None else "empty"}</p>\n'
    if message.refusal:
        yield f'<p class="label">Refusal</p><pre>{as_html(message.refusal)}</pre>\n'
    for call in read_calls(message.tool_calls) if message.tool_calls else ():
        more = f"<pre>{as_html(call.more)}</pre>" if call.more else ""
        yield (
            f'<div class="call"><b>{as_html(call.name or "(damaged call)")}</b> '
            f'<span class="quiet">{as_html(call.id or "no id")}</span>'
            f"<pre>{as_html(laid_out(call.arguments) or call.arguments)}</pre>{more}</div>\n"
        )
    if message.function_call:
        yield f'<p class="label">Function call</p><pre>{as_html(as_text(message.function_call) or "")}</pre>\n'
    if item.extras:
        yield f'<p class="label">Other columns</p><pre>{as_html(as_text(dict(item.extras)) or "")}</pre>\n'
    yield "</details>\n"


def raw_pieces(side: CorruptDocument) -> Iterator[str]:
    """The beginning of a document that can't be read."""
    text = side.raw[:_LONGEST_RAW].decode("utf-8", "replace")
    cut = f" The first {_LONGEST_RAW:,} bytes." if len(side.raw) > _LONGEST_RAW else ""
    yield "<h3>The unreadable document</h3>\n"
    yield f'<p class="quiet">{as_html(side.reason)}.{cut}</p><pre>{as_html(text)}</pre>\n'
