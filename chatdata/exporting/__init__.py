"""Taking conversations along: which, in which view, and into a file that is whole or isn't there.

gathering  one session with all that is known of it, in a view
selecting  the sessions of a filter, one after the other
writing    pieces into a file, under another name until it is whole
"""

from chatdata.exporting.gathering import Gatherer, Wanted
from chatdata.exporting.selecting import count_selected, selected_ids
from chatdata.exporting.writing import pieces_of, write_file

__all__ = ["Gatherer", "Wanted", "count_selected", "pieces_of", "selected_ids", "write_file"]
