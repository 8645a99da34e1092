"""Exports conversations: selects sessions, collects what is known about them in a view, and writes the file atomically.

collect    everything known about one session, in a view
selecting  the sessions that match a filter, page by page
table      the list of sessions as CSV
writing    pieces of text into a file, under a temporary name until it is complete
"""

from chatdata.services.exporting.collect import EvidenceCollector, ExportOptions, is_missing, unanswered
from chatdata.services.exporting.selecting import count_selected, selected_ids, selected_lines
from chatdata.services.exporting.table import table_pieces
from chatdata.services.exporting.writing import pieces_of, write_file
from chatdata.stores.private_files import make_folder

__all__ = [
    "EvidenceCollector",
    "ExportOptions",
    "count_selected",
    "is_missing",
    "make_folder",
    "pieces_of",
    "selected_ids",
    "selected_lines",
    "table_pieces",
    "unanswered",
    "write_file",
]
