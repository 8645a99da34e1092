"""Imports conversations from files into both stores: one JSON value per line, an array, or cached documents.

Parsing does no I/O (`encodings`, `reader`, `conversation` and the modules they use); `importer` writes the parsed
conversations.
"""

from chatdata.services.importing.importer import can_import, import_lines
from chatdata.services.importing.report import ImportNote, ImportReport, Problem

__all__ = ["ImportNote", "ImportReport", "Problem", "can_import", "import_lines"]
