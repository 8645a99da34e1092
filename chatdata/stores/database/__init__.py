"""Access to the stored copies of sessions, independent of the cache."""

from chatdata.stores.database.filters import MarkedEnd, SessionFilter
from chatdata.stores.database.listing import Direction
from chatdata.stores.database.many import PlainRows
from chatdata.stores.database.store import Database, DatabaseFacts
from chatdata.stores.database.usage.models import SEVERAL
from chatdata.stores.database.usage.reader import LargestBy, UsageReader

__all__ = [
    "SEVERAL",
    "Database",
    "DatabaseFacts",
    "Direction",
    "LargestBy",
    "MarkedEnd",
    "PlainRows",
    "SessionFilter",
    "UsageReader",
]
