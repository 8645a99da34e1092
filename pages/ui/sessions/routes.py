"""The JSON route of the list of sessions, for this origin only."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from chatdata.services.catalog import knows_status
from pages.ui.base.formatting import zone_of
from pages.ui.server.json_routes import json_route
from pages.ui.server.services import connected, search
from pages.ui.sessions import cursor, filters, order, page_place
from pages.ui.widgets import url_choice


def list_routes() -> list[Route]:
    """GET /api/list/page, with the query of the Sessions page, at the data visibility of the user.

    page: {"ids": of the page's sessions in their order, "newer" and "older": `place` of the pages beside it, or null}.
    `zone` names the browser's time zone, for days where the query chooses none.
    """
    return [json_route("/api/list/page", _page)]


def _page(request: Request) -> dict[str, Any]:
    query, stores = request.query_params, connected().stores
    where, cached = filters.of_query(
        query,
        zone_of(query.get("tz"), query.get("zone")),
        with_cache=stores.has_cache,
        with_status=knows_status(stores),
    )
    sort = url_choice.code_of(query.get(order.KEY), order.LABELS)
    at, direction = cursor.read(query.get(cursor.PARAMETER, ""), sort)
    listed = search().page(where, cached=cached, cursor=at, direction=direction, sort=sort)
    newer, older = page_place.beside(listed, sort)
    return {"ids": [line.summary.session_id for line in listed.lines], "newer": newer, "older": older}
