"""Translates a driver's failures into DatabaseErrors: sentences for people without SQL, parameters or stored data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from chatdata.errors import DatabaseError, DatabaseTimeout, DatabaseUnavailable, LockTimeout, StatementTimeout
from chatdata.stores import full_disk
from chatdata.stores.waiting import NoAnswer, Unanswered

_CONNECTION_CLASSES = ("08", "28", "3D", "53", "57P")
_SQLITE_CANNOT_OPEN = ("unable to open", "disk I/O", "not a database")
_QUERY_CANCELED, _LOCK_NOT_AVAILABLE, _DISK_FULL = "57014", "55P03", "53100"


@contextmanager
def database_failures(where: str) -> Iterator[None]:
    """Translates failures of SQLAlchemy and the driver inside the block into DatabaseErrors that name `where`."""
    try:
        yield
    except NoAnswer as error:
        raise DatabaseTimeout(f"The database {where} {error}.") from error
    except DBAPIError as error:
        raise _translated(error, where) from error
    except ValidationError as error:
        path = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise DatabaseError(f"{where} has a row that is not a valid session or message: see {path}.") from error
    except (SQLAlchemyError, UnicodeError, OverflowError) as error:
        raise DatabaseError(f"The database {where} failed: {type(error).__name__}.") from error


def _translated(error: DBAPIError, where: str) -> DatabaseError:
    if isinstance(error.orig, Unanswered):
        return DatabaseTimeout(f"The database {where} {error.orig}.")
    state = getattr(error.orig, "sqlstate", None)
    problem = _first_line(error)
    if state == _DISK_FULL or (state is None and full_disk.is_full(error.orig, _folder(where))):
        return DatabaseUnavailable(full_disk.sentence(where))
    if state == _QUERY_CANCELED or problem == "interrupted":
        return StatementTimeout(
            f"The database {where} was stopped after the statement timeout. "
            "Narrow it (a user, a shorter time), or raise INSPECTOR_STATEMENT_TIMEOUT."
        )
    if state == _LOCK_NOT_AVAILABLE or problem == "database is locked":
        return LockTimeout(f"Another writer held {where} for too long; try again.")
    if error.connection_invalidated or _is_about_connecting(error, state):
        return DatabaseUnavailable(f"The database {where} can't be reached: {problem}.")
    return DatabaseError(f"The database {where} refused: {problem}.")


def _folder(where: str) -> Path:
    """The folder of SQLite's file; of a server, which tells its own full disk, any."""
    return Path(where.removeprefix("sqlite:///")).parent


def _is_about_connecting(error: DBAPIError, state: str | None) -> bool:
    if state is not None:
        return state.startswith(_CONNECTION_CLASSES)
    if type(error.orig).__module__ == "sqlite3":
        return any(words in str(error.orig) for words in _SQLITE_CANNOT_OPEN)
    return isinstance(error, OperationalError | InterfaceError)


def _first_line(error: DBAPIError) -> str:
    """The first line of the driver's primary message, without DETAIL, which may quote stored data."""
    primary = getattr(getattr(error.orig, "diag", None), "message_primary", None)
    lines = str(primary or error.orig).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error.orig).__name__
