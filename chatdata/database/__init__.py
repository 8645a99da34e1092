"""The stored copies of sessions. Knows nothing of the cache."""

from chatdata.database.filters import SessionFilter
from chatdata.database.listing import Direction
from chatdata.database.many import PlainRows
from chatdata.database.store import Database, DatabaseFacts
from chatdata.database.usage import LargestBy, UsageReader
from chatdata.database.usage_models import SEVERAL

__all__ = [
    "SEVERAL",
    "Database",
    "DatabaseFacts",
    "Direction",
    "LargestBy",
    "PlainRows",
    "SessionFilter",
    "UsageReader",
]
