"""The JSON route by which the browser follows a running turn, for this origin only."""

from collections.abc import Callable
from typing import Any, Protocol

from starlette.requests import Request
from starlette.routing import Route

from chatdata.domain.live import LiveView, live_json
from pages.ui.server.json_routes import asked, json_route, number

PATH = "/api/live"
_LONGEST = 4_000
"""Characters of a call's input or output; the messages have all of it once they arrive."""


class Following(Protocol):
    """The source of the route's answers."""

    def follow(self, session_id: str, /) -> tuple[LiveView, int]:
        """The running turn by now, and a number that is another one whenever a copy was written."""
        ...


def live_routes(following: Callable[[], Following], began: Callable[[str], None]) -> list[Route]:
    """GET /api/live?session=… → the view as `tail --json` ends with it, and "copies", a number for both copies.

    With `since`, the number of the view that the browser has: only {"number", "copies"} if nothing has changed.
    Without it, `began` is told that somebody begins to follow the session.
    """

    def answer(request: Request) -> dict[str, Any]:
        session_id, since = asked(request, "session"), number(request, "since", 0)
        view, copies = following().follow(session_id)
        if not since:
            began(session_id)
        if since == view.number:
            return {"number": view.number, "copies": copies}
        document = live_json(view)
        for part in (document["turn"] or {}).get("parts", ()):
            if part["kind"] == "call":
                part |= {name: _cut(part[name]) for name in ("input", "output")}
        return {**document, "copies": copies}

    return [json_route(PATH, answer)]


def _cut(text: str | None) -> str | None:
    if text is None or len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]} … ({len(text):,} characters)"
