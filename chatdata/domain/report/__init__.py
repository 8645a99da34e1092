"""Exports of conversations as text: an evidence report in HTML or JSON, JSON Lines, Markdown. Pure.

evidence     the exported values: a session with its comparison and lint, and facts about the file
wire         copies as JSON and back; the JSON bundle in pieces
visible      makes hostile text visible and inert in HTML and Markdown
kept_parts   what the source of an imported session also held, as JSON in a bundle and back
page         the report as one HTML file
rendering    the environment for the report's templates (templates/), which escapes every value
facts, findings, differences, messages, remarks   the contents of the report's sections
transcript   one copy as Markdown
lines        one copy as a line of the JSON Lines format that `import` reads
"""

from chatdata.domain.report.evidence import FORMAT, VERSION, Evidence, FileFacts, Format
from chatdata.domain.report.kept_parts import source_from_json
from chatdata.domain.report.lines import line_pieces
from chatdata.domain.report.page import page_pieces
from chatdata.domain.report.transcript import markdown_pieces
from chatdata.domain.report.wire import bundle_pieces, copies_from_json, notes_from_json

__all__ = [
    "FORMAT",
    "VERSION",
    "Evidence",
    "FileFacts",
    "Format",
    "bundle_pieces",
    "copies_from_json",
    "line_pieces",
    "markdown_pieces",
    "notes_from_json",
    "page_pieces",
    "source_from_json",
]
