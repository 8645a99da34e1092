"""The log of paid costs as later deployments have it, and payments in it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from chatdata.stores.database import Database

_TABLE = """CREATE TABLE "PlatformCostLog" (
    id {id}, "createdAt" {time} NOT NULL DEFAULT CURRENT_TIMESTAMP, "userId" TEXT, provider TEXT, model TEXT,
    "blockName" TEXT, "costMicrodollars" BIGINT, "inputTokens" INTEGER, "outputTokens" INTEGER,
    "cacheReadTokens" INTEGER, "cacheCreationTokens" INTEGER, "trackingType" TEXT, metadata {json})"""
_KINDS = {
    "postgresql": {"id": "SERIAL PRIMARY KEY", "time": "TIMESTAMP(3)", "json": "JSONB"},
    "sqlite": {"id": "INTEGER PRIMARY KEY", "time": "TEXT", "json": "TEXT"},
}


@dataclass(frozen=True)
class Payment:
    """A row of the log; the tokens are input, output, cache read and cache creation."""

    at: str
    cost: Any
    user: str | None = "ana"
    model: str | None = "gpt-4o"
    session: str | None = None
    tokens: tuple[Any, ...] = (None, None, None, None)
    block: str = "copilot:turn"
    key: str = "session_id"

    @property
    def metadata(self) -> str | None:
        return None if self.session is None else json.dumps({self.key: self.session})


def make_cost_log(database: Database, payments: Sequence[Payment] = (), *, without: str = "") -> None:
    """Creates the table in a writable database, perhaps without a column, and inserts the payments."""
    with database.writing() as connection:
        dialect = connection.dialect.name
        connection.execute(text(_TABLE.format(**_KINDS[dialect])))
        for payment in payments:
            _insert(connection, dialect, payment)
        if without:
            connection.execute(text(f'ALTER TABLE "PlatformCostLog" DROP COLUMN "{without}"'))


def _insert(connection: Any, dialect: str, payment: Payment) -> None:
    as_json = "CAST(:metadata AS JSONB)" if dialect == "postgresql" else ":metadata"
    connection.execute(
        text(
            'INSERT INTO "PlatformCostLog" ("createdAt", "userId", model, "blockName", "costMicrodollars", '
            '"inputTokens", "outputTokens", "cacheReadTokens", "cacheCreationTokens", metadata) '
            f"VALUES (:at, :user, :model, :block, :cost, :input, :output, :read, :written, {as_json})"
        ),
        {
            "at": datetime.fromisoformat(payment.at) if dialect == "postgresql" else payment.at,
            "user": payment.user,
            "model": payment.model,
            "block": payment.block,
            "cost": payment.cost,
            **dict(zip(("input", "output", "read", "written"), payment.tokens, strict=True)),
            "metadata": payment.metadata,
        },
    )
