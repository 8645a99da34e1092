"""One copy of each session as Markdown, to read or to attach to a ticket."""

from collections.abc import Iterable, Iterator

from chatdata.domain.copies import CopyMessage
from chatdata.domain.drift import Comparison
from chatdata.domain.labels import FINDING_LABELS, SEVERITY_LABELS, VISIBILITY_LABELS, status_label
from chatdata.domain.report.evidence import TOOL, Evidence, FileFacts
from chatdata.domain.report.facts import row_time, tokens_of
from chatdata.domain.report.visible import as_markdown_block, as_markdown_line
from chatdata.domain.report.wire import iso
from chatdata.domain.timeline.calls import read_calls
from chatdata.domain.timeline.layout import laid_out
from chatdata.settings.version import tool_version

_EMPTY = {None: "*no content*", "": "*empty*"}


def markdown_pieces(facts: FileFacts, sessions: Iterable[Evidence]) -> Iterator[str]:
    """Yields the file in pieces; text of conversations is in code blocks or has its Markdown characters escaped."""
    for number, evidence in enumerate(sessions):
        yield "\n---\n\n" if number else ""
        yield from _session(facts, evidence)


def _session(facts: FileFacts, evidence: Evidence) -> Iterator[str]:
    session_id, readable = evidence.copies.session_id, evidence.readable()
    title = readable[1].info.title if readable else None
    yield f"# {as_markdown_line(title or session_id)}\n\n"
    yield f"- Session: {as_markdown_line(session_id)}\n- Data visibility: {VISIBILITY_LABELS[facts.view]}\n"
    if readable:
        source, copy = readable
        info = copy.info
        yield f"- User: {as_markdown_line(info.user_id or 'No user')}\n- Source: {source}\n"
        yield f"- Started: {row_time(info.started_at)}, last update: {row_time(info.updated_at)}\n"
        yield f"- Messages: {len(copy.messages):,}; tokens: {tokens_of(copy)}\n"
        for value in copy.damaged:
            yield f"- {as_markdown_line(value.sentence)}\n"
    yield f"- Read at: {iso(evidence.copies.read_at)}, by {TOOL} {tool_version()}\n"
    if evidence.replaced:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(evidence.replaced.items()))
        yield f"- Replaced by placeholders: {counts}\n"
    if evidence.comparison is not None:
        yield from _findings(evidence.comparison)
    if readable is None:
        yield "\nNeither copy can be read.\n"
        return
    for item in readable[1].messages:
        yield from _message(item)


def _findings(comparison: Comparison) -> Iterator[str]:
    yield f"- Cache vs database: {status_label(comparison.status)}\n"
    for finding in comparison.findings:
        severity, label = SEVERITY_LABELS[finding.severity], FINDING_LABELS[finding.kind]
        yield f"  - {severity}, {as_markdown_line(label)}: {as_markdown_line(finding.meaning)}\n"
        for one in finding.consequences:
            also = as_markdown_line(FINDING_LABELS[one.kind])
            yield f"    - Same cause: {also}. {as_markdown_line(one.meaning)}\n"


def _message(item: CopyMessage) -> Iterator[str]:
    message = item.message
    time = f", {iso(item.created_at)}" if item.created_at else ""
    name = f", {as_markdown_line(message.name)}" if message.name else ""
    answers = f", answers {as_markdown_line(message.tool_call_id)}" if message.tool_call_id else ""
    yield f"\n## {item.position:,} {as_markdown_line(message.role)}{name}{answers}{time}\n\n"
    if message.content:
        yield as_markdown_block(message.content)
    elif not message.tool_calls:
        yield _EMPTY[message.content] + "\n"
    if message.refusal:
        yield "\nRefusal:\n\n" + as_markdown_block(message.refusal)
    for call in read_calls(message.tool_calls) if message.tool_calls else ():
        yield f"\nCalls {as_markdown_line(call.name or '(no name)')} ({as_markdown_line(call.id or 'no id')}):\n\n"
        yield as_markdown_block(laid_out(call.arguments) or call.arguments, "json")
    if message.function_call:
        yield "\nFunction call:\n\n" + as_markdown_block(str(message.function_call))
