"""Sends the file of a list export once, only to its owner, and deletes it."""

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from chatdata import ChatDataError, NotAllowed, NotSignedIn
from pages.ui.auth.current_principal import acting_as, of_connection
from pages.ui.export.bulk_jobs import ListExport, exports
from pages.ui.server import audited

_PATH = "/api/export/"
_PIECE = 256 * 1024
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def path_of(token: str) -> str:
    """The path of the download with this token."""
    return f"{_PATH}{quote(token, safe='')}"


def list_export_routes() -> list[Route]:
    """GET /api/export/{token}: the file as an attachment; 401, 403, 404, 405 or 503 with a message."""
    return [Route(f"{_PATH}{{token}}", _answer, methods=["GET"], name="export")]


def _answer(request: Request) -> Response:  # not async, so Starlette runs it in a thread
    if request.method != "GET":  # HEAD would consume the download without sending it
        return _sentence("Use GET.", 405)
    try:
        principal = of_connection(request)
        with acting_as(principal):
            job = exports.of(request.path_params["token"], principal)
            what = f"{job.parcel.what}, {job.written.sessions:,} exported"
            return _sent(job, job.opened(partial(audited.leaving, principal, "", what)))
    except NotSignedIn as error:
        return _sentence(str(error), 401)
    except NotAllowed as error:
        return _sentence(str(error), 403)
    except LookupError as error:
        return _sentence(str(error.args[0]), 404)
    except ChatDataError as error:
        return _sentence(str(error), 503)


def _sent(job: ListExport, file: BinaryIO) -> Response:
    headers = {
        **_HEADERS,
        "Content-Length": str(job.state.result),
        "Content-Disposition": f'attachment; filename="{job.parcel.name}"',
    }
    return StreamingResponse(_pieces(file), 200, headers, job.parcel.mime)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _sentence(text: str, status: int) -> Response:
    return PlainTextResponse(text, status, _HEADERS)
