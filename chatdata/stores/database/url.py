"""Parses DATABASE_URL: Prisma's form, plain PostgreSQL, or sqlite:///path."""

import logging
from dataclasses import dataclass

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from chatdata.errors import SettingsError

log = logging.getLogger(__name__)

# Parameters that libpq knows and deployments need; it would refuse a connection with Prisma's own parameters.
_LIBPQ_PARAMETERS = ("connect_timeout", "sslmode", "sslrootcert", "options", "host", "port")
_FORMS = "postgresql://user:password@host:5432/database?schema=platform or sqlite:///path/to/file.db"


@dataclass(frozen=True, slots=True)
class Target:
    """A database and the schema its tables live in."""

    url: URL
    schema: str | None
    """The PostgreSQL schema of the tables; None in SQLite."""

    @property
    def shown(self) -> str:
        """The URL without a password and parameters."""
        plain = self.url.set(drivername=self.url.get_backend_name(), query={}, password=None)
        return plain.render_as_string()


def parse_url(text: str) -> Target:
    """The target of a DATABASE_URL. Raises SettingsError for anything that is neither PostgreSQL nor SQLite."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise SettingsError(f"DATABASE_URL can't be read; it should look like {_FORMS}.") from None
    kind = url.drivername.partition("+")[0]
    if kind in ("postgresql", "postgres"):
        return _postgresql(url)
    if kind == "sqlite":
        return _sqlite(url)
    raise SettingsError(f"DATABASE_URL names {kind}; it should look like {_FORMS}.")


def _postgresql(url: URL) -> Target:
    schema = url.query.get("schema", "public")
    dropped = sorted(set(url.query) - {*_LIBPQ_PARAMETERS, "schema"})
    if dropped:
        log.debug("DATABASE_URL: parameters that libpq does not know were dropped: %s", ", ".join(dropped))
    query = {name: value for name, value in url.query.items() if name in _LIBPQ_PARAMETERS}
    return Target(
        url.set(drivername="postgresql+psycopg", query=query), schema if isinstance(schema, str) else schema[0]
    )


def _sqlite(url: URL) -> Target:
    if not url.database or url.database == ":memory:":
        raise SettingsError("DATABASE_URL: SQLite needs a file, as in sqlite:///path/to/file.db.")
    return Target(url.set(drivername="sqlite+pysqlite", query={}), None)
