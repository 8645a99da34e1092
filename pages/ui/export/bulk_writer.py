"""The text of a list export, one session at a time so that memory holds only one."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from chatdata import ChatDataError, Connected
from chatdata.domain.copies import Source
from chatdata.domain.report import Evidence, FileFacts
from chatdata.domain.tokens import model_facts
from chatdata.errors import DatabaseUnavailable, RedisUnavailable
from chatdata.services.catalog import CachedOnly, SessionFilter
from chatdata.services.exporting import (
    EvidenceCollector,
    is_missing,
    pieces_of,
    table_pieces,
    unanswered,
)
from chatdata.services.session_search import SessionSearch
from pages.ui.export.bulk_jobs import ExportProgress
from pages.ui.export.options import Choice
from pages.ui.server.background_job import Tell
from pages.ui.server.services import now

MOST_IN_HTML = 100
"""The maximum number of sessions in an HTML report, all of which a browser has to hold."""
_ERRORS: Mapping[Source, type[ChatDataError]] = {"database": DatabaseUnavailable, "cache": RedisUnavailable}


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Which sessions to export, and with which options."""

    where: SessionFilter
    cached: CachedOnly
    chosen: tuple[str, ...]
    """The IDs of the selected sessions; empty means all that match the filter."""
    choice: Choice
    search: SessionSearch
    """Finds the sessions, as whoever wishes may search them."""


def requested_pieces(connection: Connected, request: ExportRequest, tell: Tell[ExportProgress]) -> Iterator[str]:
    """Yields the file in pieces. Raises ChatDataError if it would be incomplete."""
    form = request.choice.form
    if form == "csv":
        return _table(request, tell)
    facts = FileFacts(request.choice.view, now(), request.choice.source)
    return pieces_of(form, facts, _gathered(connection, request, tell))


def _table(request: ExportRequest, tell: Tell[ExportProgress]) -> Iterator[str]:
    lines = request.search.lines(request.where, request.cached)
    kept = (line for line in lines if not request.chosen or line.summary.session_id in request.chosen)
    for number, piece in enumerate(table_pieces(kept, request.choice.view)):  # piece 0 is the header
        tell(ExportProgress(number))
        yield piece


def _gathered(connection: Connected, request: ExportRequest, tell: Tell[ExportProgress]) -> Iterator[Evidence]:
    model = model_facts(connection.settings.model)
    kept = connection.app_db
    gatherer = EvidenceCollector(connection.stores, request.choice.options(model), secrets.token_bytes(32), kept)
    done = missing = 0
    for session_id in _ids(request):
        evidence = gatherer.evidence(session_id)
        for source, reason in unanswered(evidence.copies).items():
            raise _ERRORS[source](reason)
        if is_missing(evidence.copies):
            missing += 1
        else:
            if request.choice.form == "html" and done == MOST_IN_HTML:
                raise ChatDataError(f"An HTML report holds at most {MOST_IN_HTML} sessions: choose JSON for more.")
            yield evidence
            done += 1
        tell(ExportProgress(done, missing))


def _ids(request: ExportRequest) -> Iterable[str]:
    return request.chosen or (line.summary.session_id for line in request.search.lines(request.where, request.cached))
