"""JSON routes of the timeline, for this origin only.

`session` and `source` name the copy in every request.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from starlette.requests import Request
from starlette.routing import Route

from chatdata.domain.timeline import Timeline
from chatdata.domain.timeline.markdown import render
from pages.ui.auth.current_principal import current, demand
from pages.ui.server.json_routes import asked, json_route, number, ordinals


class Timelines(Protocol):
    """The source of the routes' answers."""

    def timeline(self, session_id: str, source: str, /) -> Timeline:
        """The timeline of one copy. Raises LookupError with a message if there is none."""
        ...

    def marks(self, session_id: str, source: str, /) -> Mapping[int, str]:
        """Maps positions to marks, for messages that the other copy lacks or has in a different form."""
        ...

    def painted(self, session_id: str, /) -> None:
        """Notes that a browser shows the beginning of the timeline."""
        ...


_Answer = Callable[[Timeline, Request], dict[str, Any]]
_MOST_ITEMS = 200
_FIRST_SCREEN = 24
_LAST_SCREEN = 12
_LONGEST_QUERY = 1_000
_LONGEST_RENDERED = 20_000


def timeline_routes(timelines: Callable[[], Timelines]) -> list[Route]:
    """GET /api/timeline/opening, window, text, find, rendered and marks, at the data visibility of the user.

    opening: {"index": the columns of Timeline.index, "questions": Timeline.outline, "items": […]}, the items near
    `message` or at the beginning, and the last ones: all that a first screen and the end need, in one answer.
    window: `items=0,1,2` or `start` and `count` → {"items": […]}, at most 200.
    text: `position`, `part`, `offset` → {"text", "offset", "length", "next"}.
    find: `query` → {"matches": [[position, count]…], "total"}.
    rendered: `items` → {"html": {ordinal: html}}, from the first 20,000 characters.
    marks: {"marks": [[position, mark]…]} of the messages that the other copy has not, or otherwise.
    """

    answers: dict[str, _Answer] = {
        "opening": _opening,
        "window": _window,
        "text": _text,
        "find": _find,
        "rendered": _rendered,
    }

    def route(name: str, answer: _Answer) -> Route:
        return json_route(
            f"/api/timeline/{name}",
            lambda request: answer(timelines().timeline(asked(request, "session"), asked(request, "source")), request),
        )

    def marked(request: Request) -> dict[str, Any]:
        timelines().painted(asked(request, "session"))  # browsers ask for marks once the first screen is drawn
        marks = timelines().marks(asked(request, "session"), asked(request, "source"))
        return {"marks": list(marks.items())}

    return [json_route("/api/timeline/marks", marked), *(route(name, answer) for name, answer in answers.items())]


def _opening(timeline: Timeline, request: Request) -> dict[str, Any]:
    items = timeline.near(number(request, "message", 0), _FIRST_SCREEN)
    following = items[-1]["ordinal"] + 1 if items else 0
    last = timeline.window(max(len(timeline) - _LAST_SCREEN, following), _LAST_SCREEN)
    return {"index": timeline.index, "questions": timeline.outline, "items": [*items, *last]}


def _window(timeline: Timeline, request: Request) -> dict[str, Any]:
    if "items" in request.query_params:
        return {"items": timeline.full(ordinals(request))}
    start, count = number(request, "start", 0), number(request, "count", 40)
    return {"items": timeline.window(start, min(count, _MOST_ITEMS))}


def _text(timeline: Timeline, request: Request) -> dict[str, Any]:
    return timeline.text(number(request, "position"), asked(request, "part"), number(request, "offset", 0))


def _find(timeline: Timeline, request: Request) -> dict[str, Any]:
    demand(current().may_search_words, "search for words")
    query = request.query_params.get("query", "")
    if len(query) > _LONGEST_QUERY:
        raise ValueError(f"Search for at most {_LONGEST_QUERY:,} characters.")
    matches = timeline.find(query)
    return {"matches": matches, "total": sum(count for _position, count in matches)}


def _rendered(timeline: Timeline, request: Request) -> dict[str, Any]:
    items = (timeline.items[ordinal] for ordinal in ordinals(request) if ordinal < len(timeline))
    return {"html": {str(item.ordinal): render((item.content or "")[:_LONGEST_RENDERED]) for item in items}}
