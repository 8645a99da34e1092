"""Conversations from files into both stores: one JSON value a line, an array of them, or cached documents.

Reading and understanding is pure (`reader`, `conversation` and below); `importer` writes what was understood.
"""

from chatdata.services.importing.importer import import_lines
from chatdata.services.importing.report import ImportNote, ImportReport, Problem

__all__ = ["ImportNote", "ImportReport", "Problem", "import_lines"]
