"""Access to the stored copies of sessions, independent of the cache."""

from chatdata.stores.database.cost_log import CostLogState, PaidBy, PaidRow, PaidSums
from chatdata.stores.database.filters import MarkedEnd, SessionFilter
from chatdata.stores.database.paging import Direction
from chatdata.stores.database.plain import PlainRows
from chatdata.stores.database.store import Database, DatabaseFacts
from chatdata.stores.database.usage.models import SEVERAL
from chatdata.stores.database.usage.outlines import SessionOutline
from chatdata.stores.database.usage.reader import LargestBy, ModelsBy, UsageReader
from chatdata.stores.database.word_index import WordIndex

__all__ = [
    "SEVERAL",
    "CostLogState",
    "Database",
    "DatabaseFacts",
    "Direction",
    "LargestBy",
    "MarkedEnd",
    "ModelsBy",
    "PaidBy",
    "PaidRow",
    "PaidSums",
    "PlainRows",
    "SessionFilter",
    "SessionOutline",
    "UsageReader",
    "WordIndex",
]
