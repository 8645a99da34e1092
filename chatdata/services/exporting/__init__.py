"""Taking conversations along: which, in which view, and into a file that is whole or isn't there.

gathering  one session with all that is known of it, in a view
selecting  the sessions of a filter, one after the other
table      their list as CSV
writing    pieces into a file, under another name until it is whole
"""

from chatdata.services.exporting.collect import EvidenceCollector, ExportOptions, is_missing, unanswered
from chatdata.services.exporting.selecting import count_selected, selected_ids, selected_lines
from chatdata.services.exporting.table import table_pieces
from chatdata.services.exporting.writing import pieces_of, write_file

__all__ = [
    "EvidenceCollector",
    "ExportOptions",
    "count_selected",
    "is_missing",
    "pieces_of",
    "selected_ids",
    "selected_lines",
    "table_pieces",
    "unanswered",
    "write_file",
]
