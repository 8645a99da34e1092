"""Opens the rows for usage, which needs the database because cached sessions expire, or the index in their place."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from chatdata.domain.usage import (
    Amounts,
    Cell,
    QuarterHour,
    SessionUsage,
    Spread,
    ToolUsage,
    Unanswerable,
    UserUsage,
)
from chatdata.errors import NotConfigured, NotIndexable, UsageIndexError
from chatdata.services.session_stores import DATABASE_HINT, SessionStores
from chatdata.services.usage.indexed import IndexedReader, indexable
from chatdata.stores.database import LargestBy, ModelsBy, SessionFilter, UsageReader
from chatdata.stores.usage_index import reading

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
OUTDATED_AFTER = timedelta(hours=1)
"""An index that was not renewed for this long is not used."""


class FiguresReader(Protocol):
    """What rows and index answer alike."""

    def totals(self, where: SessionFilter) -> Amounts: ...
    def quarters(self, where: SessionFilter) -> tuple[QuarterHour, ...]: ...
    def undated(self, where: SessionFilter) -> Amounts: ...
    def users(self, where: SessionFilter, limit: int) -> tuple[tuple[UserUsage, ...], Amounts, int]: ...
    def largest(self, where: SessionFilter, by: LargestBy, limit: int) -> tuple[SessionUsage, ...]: ...
    def count_unknown(self, where: SessionFilter) -> int: ...
    def token_spread(self, where: SessionFilter) -> Spread: ...
    def message_spread(self, where: SessionFilter) -> Spread: ...
    def scatter(self, where: SessionFilter, points: int) -> tuple[tuple[SessionUsage, ...], tuple[Cell, ...]]: ...
    def tools(self, where: SessionFilter) -> tuple[tuple[ToolUsage, ...], Unanswerable]: ...
    def models(self, where: SessionFilter) -> dict[str | None, Amounts]: ...
    def models_by(self, where: SessionFilter, by: ModelsBy) -> dict[Any, dict[str | None, Amounts]]: ...


@contextmanager
def rows_of(stores: SessionStores) -> Iterator[tuple[UsageReader, datetime]]:
    """A reader of the rows in one transaction, and the time (UTC) of the reading.

    Raises NotConfigured without a database, DatabaseError, and AppDatabaseError where it can't be known which totals
    are unknown.
    """
    _require_database(stores)
    with stores.require_database().usage(stores.unknown_counts()) as reader:
        yield reader, datetime.now(UTC)


def answered(stores: SessionStores, where: SessionFilter, ask: Callable[[FiguresReader, datetime], Answer]) -> Answer:
    """What `ask` answers with a reader and the time of its figures: those of the index if it can tell, else the rows.

    Raises what `rows_of` raises. An index that is damaged, of another version or too old answers nothing.
    """
    _require_database(stores)
    if stores.usage_index is not None and stores.usage_index.exists and indexable(where) is not None:
        try:
            with reading(stores.usage_index) as index:
                if stores.now() - index.as_of <= OUTDATED_AFTER:
                    return ask(IndexedReader(index, stores.require_database()), index.as_of)
        except NotIndexable:
            pass
        except UsageIndexError as error:
            log.warning("usage is counted from the rows: %s", error)
    with rows_of(stores) as (reader, as_of):
        return ask(reader, as_of)


def _require_database(stores: SessionStores) -> None:
    if stores.database is None:
        raise NotConfigured(f"Usage is counted from the database's rows. {DATABASE_HINT}")
