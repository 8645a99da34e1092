"""Fixtures for tests of the inspector's own database, which is a file or in PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from chatdata.stores.app_db.postgres_database import PostgresDatabase

AnyPlace: TypeAlias = Path | PostgresDatabase


@pytest.fixture(params=["file", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyPlace]:
    """The folder of a SQLite file, then an empty PostgreSQL database."""
    if request.param == "file":
        yield tmp_path
        return
    database = own_database(request.getfixturevalue("app_database_url"))
    yield database
    database.close()


def own_database(url: str) -> PostgresDatabase:
    """The inspector's own database at a URL, with the waits of the settings' defaults."""
    return PostgresDatabase(url, url, statement_timeout=15, connect_timeout=3)
