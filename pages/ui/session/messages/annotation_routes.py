"""JSON routes of bookmarks and notes: listed by GET, changed by POST and DELETE."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from pages.ui.server.json_routes import asked, json_change, json_route
from pages.ui.session.messages import annotations

PATH = "/api/notes"


def note_routes() -> list[Route]:
    """GET, POST and DELETE /api/notes?session=…&source=…; each answers as `annotations.listed` describes.

    POST {"position", "text": null for a bookmark} puts a note on a message, {"id", "text"} changes one; DELETE
    {"id"} deletes it.
    """
    return [json_route(PATH, _listed), json_change(PATH, "POST", _put), json_change(PATH, "DELETE", _deleted)]


def _listed(request: Request) -> dict[str, Any]:
    return annotations.listed(asked(request, "session"), asked(request, "source"))


def _put(request: Request, sent: dict[str, Any]) -> dict[str, Any]:
    session_id, text = asked(request, "session"), sent.get("text")
    if "id" in sent:
        annotations.change(session_id, _text(sent, "id"), _text(sent, "text"))
    else:
        annotations.add(
            session_id, asked(request, "source"), _position(sent), None if text is None else _text(sent, "text")
        )
    return _listed(request)


def _deleted(request: Request, sent: dict[str, Any]) -> dict[str, Any]:
    annotations.delete(asked(request, "session"), _text(sent, "id"))
    return _listed(request)


def _text(sent: dict[str, Any], name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str):
        raise ValueError(f"“{name}” needs a text.")
    return value


def _position(sent: dict[str, Any]) -> int:
    value = sent.get("position")
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**15:
        raise ValueError("“position” needs a whole number from 0 on.")
    return value
