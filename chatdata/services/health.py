"""The status of both stores: where they are, whether they respond, and what is in them."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from chatdata.errors import DatabaseError, RedisError, RedisTimeout, RedisUnavailable
from chatdata.services.connect import Connected
from chatdata.services.session_stores import DATABASE_HINT, SessionStores, at_once
from chatdata.settings.stores import Access
from chatdata.stores.cache import CacheFacts, SessionCache
from chatdata.stores.database import DatabaseFacts

__all__ = [
    "Answer",
    "CacheFacts",
    "DatabaseFacts",
    "Status",
    "StoreLocations",
    "StoreStatus",
    "check_stores",
    "store_locations",
]

Facts = TypeVar("Facts")

Answer = Literal["ok", "unavailable", "not configured"]


@dataclass(frozen=True, slots=True)
class StoreStatus(Generic[Facts]):
    """The status of one store: its facts if it responds, else a sentence that says why it does not."""

    answer: Answer
    where: str | None
    facts: Facts | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """The status of both stores, and whether writing is allowed."""

    database: "StoreStatus[DatabaseFacts]"
    cache: "StoreStatus[CacheFacts]"
    access: Access
    embedded: bool
    session_ttl: int
    """The time to live of a newly written cached copy in seconds."""


@dataclass(frozen=True, slots=True)
class StoreLocations:
    """Where both stores are, without passwords; None for a store that is not configured."""

    database: str | None
    cache: str | None


def store_locations(stores: SessionStores) -> StoreLocations:
    """Where both stores are, without a query to either."""
    return StoreLocations(
        database=None if stores.database is None else stores.database.where,
        cache=None if stores.cache is None else stores.cache.where,
    )


def check_stores(connected: Connected) -> Status:
    """Queries both stores at once; the failure of a store is part of the status, never an exception."""
    settings = connected.settings
    database, cache = at_once(lambda: _database(connected), lambda: _cache(connected))
    return Status(
        database=database,
        cache=cache,
        access=settings.access,
        embedded=settings.embedded,
        session_ttl=settings.session_ttl,
    )


def _database(connected: Connected) -> "StoreStatus[DatabaseFacts]":
    database = connected.stores.database
    if database is None:
        return StoreStatus("not configured", None, None, DATABASE_HINT)
    try:
        return StoreStatus("ok", database.where, database.facts(), None)
    except DatabaseError as error:
        return StoreStatus("unavailable", database.where, None, str(error))


def _cache(connected: Connected) -> "StoreStatus[CacheFacts]":
    cache = connected.stores.cache
    if cache is None:
        problem = connected.stores.cache_problem
        return StoreStatus("unavailable" if problem else "not configured", None, None, connected.stores.cache_hint)
    try:
        return StoreStatus("ok", cache.where, _facts(connected, cache), None)
    except RedisError as error:
        return StoreStatus("unavailable", cache.where, None, str(error))


def _facts(connected: Connected, cache: SessionCache) -> CacheFacts:
    """The cache's facts, after restarting an embedded server that was killed."""
    try:
        return cache.facts()
    except RedisTimeout:  # it lives
        raise
    except RedisUnavailable:
        connected.revive()
        return cache.facts()
