"""One look at the rows: usage needs them, since the cache forgets a session after its time to live."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from chatdata.errors import NotConfigured
from chatdata.services.session_stores import DATABASE_HINT, SessionStores
from chatdata.stores.database import UsageReader


@contextmanager
def rows_of(stores: SessionStores) -> Iterator[tuple[UsageReader, datetime]]:
    """The rows in one transaction and when they were read (UTC). NotConfigured, DatabaseError."""
    if stores.database is None:
        raise NotConfigured(f"Usage is counted from the database's rows. {DATABASE_HINT}")
    with stores.database.usage() as reader:
        yield reader, datetime.now(UTC)
