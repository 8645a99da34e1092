"""The ids of one page of the list of sessions, by keyset.

Conditions that read messages are first asked of the sessions that the list begins with, since most pages are full
before a fiftieth of them was asked; only a page that is not is looked for among all sessions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, assert_never

from sqlalchemy import BigInteger, Connection, Select, Subquery, and_, cast, func, literal, or_, select

from chatdata.domain.messages import is_stand_in
from chatdata.domain.summaries import Cursor, Sort
from chatdata.domain.text import is_queryable, sanitize
from chatdata.stores.database.filters import Conditions, bound, with_message_counts
from chatdata.stores.database.tables import chat_session
from chatdata.stores.database.usage.columns import total_tokens

_s = chat_session.c
Direction = Literal["older", "newer"]
"""Towards the end of the list, or towards its beginning; a list by numbers has the smaller ones at its end."""
_ASKED_FOR_EACH_LINE = 40
"""How many sessions are asked for each line of the page, before all are."""
_FEW = 20_000
"""Up to how many sessions have their messages counted one by one."""
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list. `views` says that the table is a view, whose times may be unknown."""

    sort: Sort
    views: bool = False

    def value(self, dialect: str, messages: Any) -> Any:
        """What sessions are compared by first; `messages` is the number of a session's messages, if it is that."""
        match self.sort:
            case "active" | "started":
                return self._time(_s)
            case "messages":
                return cast(messages, BigInteger)
            case "tokens":
                return func.coalesce(total_tokens(dialect), 0)  # views have none
            case _:
                assert_never(self.sort)

    def beyond(self, value: Any, cursor: Cursor, direction: Direction) -> Any:
        """The condition that a session with this value is on that side of the cursor."""
        # Written out rather than as a comparison of rows, which applies one order to both columns in either dialect.
        at = self._stored(cursor)
        session_id = cursor.session_id if is_queryable(cursor.session_id) else sanitize(cursor.session_id)
        if direction == "older":
            return or_(value < at, and_(value == at, _s.id < session_id))
        return or_(value > at, and_(value == at, _s.id > session_id))

    def _time(self, session: Any) -> Any:
        """A time that the list is sorted by: an unknown one comes last, where no index is lost by saying so."""
        time = session.createdAt if self.sort == "started" else session.updatedAt
        return func.coalesce(time, literal(_LONG_AGO, time.type)) if self.views else time

    def _stored(self, cursor: Cursor) -> Any:
        """The value of a cursor, or a subquery for its row's time if Python can't represent that or there is none."""
        if not isinstance(cursor.value, datetime):
            return bound(cursor.value)
        if not is_stand_in(cursor.value) or not is_queryable(cursor.session_id):
            return cursor.value
        row = chat_session.alias()
        return select(self._time(row.c)).where(row.c.id == cursor.session_id).scalar_subquery()


def page_ids(
    connection: Connection,
    chosen: Conditions,
    order: Order,
    cursor: Cursor | None,
    direction: Direction,
    limit: int,
) -> Sequence[str]:
    """At most `limit` ids from a cursor on in a direction, nearest first."""
    asked = _Asked(chosen, order, cursor, direction, limit)
    if order.sort != "messages" and chosen.read_messages:
        first = asked.first(connection.dialect.name)
        ids = connection.execute(asked.of_first(first)).scalars().all()
        if len(ids) == limit or not _is_full(connection, first, asked.most):
            return ids
    return connection.execute(asked.of_all(connection)).scalars().all()


def count_before(connection: Connection, chosen: Conditions, order: Order, first: Cursor) -> int:
    """The number of matching sessions that the list has before the one at `first`."""
    statement, value = _counted(connection, chosen, order, func.count())
    counted: int = connection.execute(statement.where(order.beyond(value, first, "newer"))).scalar_one()
    return counted


def _is_full(connection: Connection, first: Subquery, most: int) -> bool:
    return connection.execute(select(func.count()).select_from(first)).scalar_one() == most


def _counted(connection: Connection, chosen: Conditions, order: Order, *columns: Any) -> tuple[Select[Any], Any]:
    """A SELECT from all sessions that match, and the value of the order in it."""
    dialect = connection.dialect.name
    if order.sort != "messages":
        return select(*columns).select_from(chat_session).where(*chosen.all()), order.value(dialect, None)
    joined, messages = with_message_counts(chosen.of_rows, few=_are_few(connection, chosen.of_rows))
    return select(*columns).select_from(joined).where(*chosen.all(messages)), order.value(dialect, messages)


def _are_few(connection: Connection, conditions: Sequence[Any]) -> bool:
    if not conditions:
        return False
    some = select(literal(1).label("one")).select_from(chat_session).where(*conditions).limit(_FEW + 1).subquery()
    number: int = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return number <= _FEW


@dataclass(frozen=True, slots=True)
class _Asked:
    """A page that is asked for."""

    chosen: Conditions
    order: Order
    cursor: Cursor | None
    direction: Direction
    limit: int

    @property
    def most(self) -> int:
        """How many sessions are asked before all are."""
        return self.limit * _ASKED_FOR_EACH_LINE

    def first(self, dialect: str) -> Subquery:
        """The first sessions whose rows match, with what conditions on messages need of them."""
        value = self.order.value(dialect, None)
        found = select(_s.id, _s.userId, _s.title, value.label("place")).where(*self.chosen.of_rows)
        return self._from_cursor(found, value).order_by(*self._by(value, _s.id)).limit(self.most).subquery("first")

    def of_first(self, first: Subquery) -> Select[Any]:
        """The ids of those of the first sessions whose messages match."""
        found = select(first.c.id).where(*self.chosen.of_messages(first.c))
        return found.order_by(*self._by(first.c.place, first.c.id)).limit(self.limit)

    def of_all(self, connection: Connection) -> Select[Any]:
        """The ids of all sessions that match."""
        found, value = _counted(connection, self.chosen, self.order, _s.id)
        found = self._from_cursor(found, value)
        if self.order.sort == "messages" or not self.chosen.bounds_messages:
            return found.order_by(*self._by(value, _s.id)).limit(self.limit)
        # OFFSET keeps PostgreSQL from planning for a page that is soon full: it would compare each session of the list
        # with all that have such a number of messages.
        matching = found.add_columns(value.label("place")).offset(0).subquery("matching")
        return select(matching.c.id).order_by(*self._by(matching.c.place, matching.c.id)).limit(self.limit)

    def _from_cursor(self, statement: Select[Any], value: Any) -> Select[Any]:
        if self.cursor is None:
            return statement
        return statement.where(self.order.beyond(value, self.cursor, self.direction))

    def _by(self, *columns: Any) -> list[Any]:
        return [column.desc() if self.direction == "older" else column.asc() for column in columns]
