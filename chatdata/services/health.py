"""The status of both stores: where they are, whether they respond, and what is in them."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from chatdata.errors import DatabaseError, RedisError, RedisUnavailable
from chatdata.services.connect import Connected
from chatdata.services.session_stores import DATABASE_HINT
from chatdata.settings.stores import Access
from chatdata.stores.cache import CacheFacts, SessionCache
from chatdata.stores.database import DatabaseFacts

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


def check_stores(connected: Connected) -> Status:
    """Queries both stores; the failure of a store is part of the status, never an exception."""
    settings = connected.settings
    return Status(
        database=_database(connected),
        cache=_cache(connected),
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
        return StoreStatus("not configured", None, None, connected.stores.cache_hint)
    try:
        return StoreStatus("ok", cache.where, _facts(connected, cache), None)
    except RedisError as error:
        return StoreStatus("unavailable", cache.where, None, str(error))


def _facts(connected: Connected, cache: SessionCache) -> CacheFacts:
    """The cache's facts, after restarting an embedded server that was killed."""
    try:
        return cache.facts()
    except RedisUnavailable:
        connected.revive()
        return cache.facts()
