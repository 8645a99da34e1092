"""What went wrong with a program's question, the same for every door: a status, a sentence, and which store."""

import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from chatdata.errors import (
    AppDatabaseError,
    ChatDataError,
    DatabaseError,
    DatabaseTimeout,
    DatabaseUnavailable,
    NotAllowed,
    NotConfigured,
    NotFound,
    NotSignedIn,
    OutOfReach,
    RedisError,
    RedisTimeout,
    RedisUnavailable,
    StatementTimeout,
)
from chatdata.services.programs.narrowing import OWN_DATA_FAILED, unavailable_sentence
from chatdata.services.programs.questions import BadQuestion, TooLongQuestion, WrongQuestion

log = logging.getLogger(__name__)
OWN_DATA = "inspector.db"
_STOPPED = (
    "This was stopped after the statement timeout. Ask for less (a shorter time, fewer sessions), or raise "
    "INSPECTOR_STATEMENT_TIMEOUT."
)


class TookTooLong(ChatDataError):
    """An answer was not there within the deadline of a call."""


@dataclass(frozen=True, slots=True)
class CallProblem:
    """Why a question has no answer."""

    status: HTTPStatus
    detail: str
    unavailable: tuple[str, ...] = ()
    """What did not answer: database, cache, or inspector.db, which stands for the inspector's own data."""
    parameters: dict[str, str] = field(default_factory=dict)
    """What is expected of parameters that are wrong."""

    def document(self) -> dict[str, Any]:
        """The problem document (RFC 9457)."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
        }
        if self.unavailable:
            document["unavailable"] = list(self.unavailable)
        if self.parameters:
            document["parameters"] = self.parameters
        return document


def problem_of(error: ChatDataError | BadQuestion) -> CallProblem:
    """The problem that an error means for the program that asked."""
    match error:
        case WrongQuestion():
            return CallProblem(HTTPStatus.BAD_REQUEST, str(error), parameters=error.faults)
        case TooLongQuestion():
            return CallProblem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(error))
        case BadQuestion():
            return CallProblem(HTTPStatus.BAD_REQUEST, str(error))
        case NotSignedIn():
            return CallProblem(HTTPStatus.UNAUTHORIZED, str(error))
        case NotAllowed():
            return CallProblem(HTTPStatus.FORBIDDEN, str(error))
        case NotFound():
            return CallProblem(HTTPStatus.NOT_FOUND, str(error))
        case AppDatabaseError():
            log.warning("%s", error)  # it names the place, which is not told to programs
            return CallProblem(HTTPStatus.SERVICE_UNAVAILABLE, OWN_DATA_FAILED, (OWN_DATA,))
        case _:
            return CallProblem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), _stores(error))


def without_place(error: ChatDataError) -> ChatDataError:
    """The error for a view that hides where the stores are, which errors of stores say."""
    match error:
        case NotAllowed() | NotFound() | NotConfigured() | AppDatabaseError():
            return error
        case StatementTimeout():
            return OutOfReach(_STOPPED, _stores(error))
        case DatabaseTimeout() | RedisTimeout():
            (store,) = _stores(error)
            return OutOfReach(f"The {store} did not answer in time.", [store])
        case DatabaseUnavailable() | RedisUnavailable() | OutOfReach():
            stores = _stores(error)
            return OutOfReach(unavailable_sentence(stores), stores)
        case DatabaseError() | RedisError():
            (store,) = _stores(error)
            return OutOfReach(f"The {store} failed.", [store])
        case _:
            return OutOfReach("This can't be answered now.", ())


def _stores(error: ChatDataError) -> tuple[str, ...]:
    match error:
        case OutOfReach():
            return tuple(error.stores)
        case DatabaseError():
            return ("database",)
        case RedisError():
            return ("cache",)
        case _:
            return ()
