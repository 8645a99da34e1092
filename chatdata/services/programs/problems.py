"""What went wrong with a program's question, the same for every door: a status, a sentence, and which store."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from chatdata.errors import (
    AppDatabaseError,
    ChatDataError,
    DatabaseError,
    NotAllowed,
    NotConfigured,
    NotFound,
    NotSignedIn,
    OutOfReach,
    RedisError,
)
from chatdata.services.programs.questions import BadQuestion, WrongQuestion

OWN_FILE = "inspector.db"


class TookTooLong(ChatDataError):
    """An answer was not there within the deadline of a call."""


@dataclass(frozen=True, slots=True)
class CallProblem:
    """Why a question has no answer."""

    status: HTTPStatus
    detail: str
    unavailable: tuple[str, ...] = ()
    """The stores that did not answer: database, cache or inspector.db."""
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
        case BadQuestion():
            return CallProblem(HTTPStatus.BAD_REQUEST, str(error))
        case NotSignedIn():
            return CallProblem(HTTPStatus.UNAUTHORIZED, str(error))
        case NotAllowed():
            return CallProblem(HTTPStatus.FORBIDDEN, str(error))
        case NotFound():
            return CallProblem(HTTPStatus.NOT_FOUND, str(error))
        case _:
            return CallProblem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), _stores(error))


def _stores(error: ChatDataError) -> tuple[str, ...]:
    match error:
        case OutOfReach():
            return tuple(error.stores)
        case DatabaseError():
            return ("database",)
        case RedisError():
            return ("cache",)
        case AppDatabaseError():
            return (OWN_FILE,)
        case NotConfigured():
            return ()
        case _:
            return ()
