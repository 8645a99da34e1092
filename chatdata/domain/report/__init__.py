"""Conversations to take along, as text: an evidence bundle to read or to import, JSON Lines, Markdown. Pure.

evidence     the values: a session with all that is known of it, and what the whole file says of itself
wire         copies as JSON and back; a bundle piece by piece
visible      hostile text made visible and inert, for HTML and for Markdown
page         the bundle as one HTML file
rendering    the templates that it is made of (templates/), and how values get into them
facts, findings, differences, messages, remarks   what its sections show
transcript   one copy as Markdown
lines        one copy as a line of the format that import takes
"""

from chatdata.domain.report.evidence import FORMAT, VERSION, Evidence, FileFacts, Format
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
]
