"""The stored copies of sessions. Knows nothing of the cache."""

from chatdata.database.filters import SessionFilter
from chatdata.database.listing import Direction
from chatdata.database.many import PlainRows
from chatdata.database.store import Database, DatabaseFacts
from chatdata.database.usage import LargestBy, UsageReader

__all__ = ["Database", "DatabaseFacts", "Direction", "LargestBy", "PlainRows", "SessionFilter", "UsageReader"]
