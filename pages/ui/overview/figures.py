"""The figures of the Overview, each a link to exactly the sessions it counts."""

from collections.abc import Mapping, Sequence

import streamlit as st

from chatdata import AppDatabaseError
from chatdata.domain.drift import Comparison
from chatdata.domain.formatting import short_number
from chatdata.domain.text.counts import agreeing
from chatdata.services.live import TurnsNow, turns_now
from chatdata.services.scan import Attention, ScanResult, attention
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count, duration, moment, plain, zone
from pages.ui.server.services import connected, now
from pages.ui.sessions import sync_filter, verdict_filter
from pages.ui.shell import query_errors
from pages.ui.usage import metrics, queries, url_state
from pages.ui.usage.cost import said
from pages.ui.usage.url_state import UsageQuery
from pages.ui.widgets.date_range import Started

_WEEK = UsageQuery("7", Started(), "", "", "", None)
"""What the Usage page shows at the link of the week's tile."""


def show(scans: Sequence[ScanResult]) -> None:
    """Draws what expires, which issues are open, what is stuck and rejected, and the tokens of seven days."""
    found = attention(scans) if scans else None
    with st.container(key="overview_figures", horizontal=True):
        if found is not None:
            _unsaved(found)
            _issues(found)
        _turns(found)
        _rejected()
        if current_principal.current().may_see_people:
            with query_errors.part("Usage of the last 7 days", "open the Usage page and choose a user"):
                _week()


def _tile(figure: str, label: str, note: str, page: str, query: Mapping[str, str], *, wrong: bool = False) -> None:
    """Draws one figure, which links to its sessions."""
    colour = "red" if wrong else "gray"
    with st.container(border=True, width="content", height="stretch"):
        st.caption(label)
        st.page_link(page, label=f"**{figure}** :{colour}[:small[→]]", query_params=dict(query))
        st.caption(note)


def _unsaved(found: Attention) -> None:
    messages = sum(item.at_risk for item in found.expiring)
    note = "In the cache only" if found.expiring else "Every cached message is in the database"
    if found.expiring:
        note = _next_expiry(found.expiring[0])
    _tile(
        count(messages, "message"),
        "Unsaved",
        note,
        "sessions.py",
        sync_filter.parameter(sync_filter.UNSAVED),
        wrong=bool(messages),
    )


def _next_expiry(first: Comparison) -> str:
    until = first.at_risk_until
    if until is None:
        return "No expiry set"
    left = (until - now()).total_seconds()
    return f"Next expire in {duration(left)}" if left > 0 else "The first have expired since the scan"


def _issues(found: Attention) -> None:
    """The sessions that the list at the link has, and beside them those that no row puts into a list."""
    number, unlisted = len(found.session_ids - found.without_row), len(found.session_ids & found.without_row)
    at_least = "" if found.listed_all else "at least "
    note = f"{count(len(found.issues), 'kind')} of issue" if found.issues else "Cache and database agree"
    _tile(
        f"{at_least}{count(number, 'session')}",
        "Open issues",
        f"{note}; {count(unlisted, 'more session')} without a database row" if unlisted else note,
        "sessions.py",
        sync_filter.parameter(sync_filter.ISSUES),
        wrong=bool(number or unlisted),
    )


def _stuck(found: Attention, turns: TurnsNow | None) -> None:
    now_running = [] if turns is None else [_running(turns)]
    number = len(found.of_kind("stuck_turn"))
    _tile(
        count(number, "turn"),
        "Stuck",
        ". ".join(["No worker is processing it" if number else "No turn has lost its worker", *now_running]),
        "sessions.py",
        sync_filter.parameter("stuck_turn"),
        wrong=bool(number),
    )


def _turns(found: Attention | None) -> None:
    """What is stuck, as of the last scan, and what runs at this moment."""
    turns = turns_now(connected().stores)
    if found is not None:
        _stuck(found, turns)
    elif turns is not None:
        query = {"status": "running"} if turns.by_status else {}
        _tile(f"{turns.running:,} running", "Turns now", f"{turns.queued:,} queued", "sessions.py", query)


def _running(turns: TurnsNow) -> str:
    at_least = "" if turns.all_counted else "at least "
    return f"Now {at_least}{turns.running:,} running, {turns.queued:,} queued"


def _rejected() -> None:
    try:
        run = connected().app_db.last_lint("database", connected().settings.model)
    except AppDatabaseError as error:
        st.caption(plain(str(error)))
        return
    if run is None:
        _tile(
            "Not checked", "Provider check", "`python -m chatdata lint --all` checks every session", "sessions.py", {}
        )
        return
    number = len(run.rejected)
    _tile(
        count(number, "session"),
        "Provider rejects",
        f"Of {run.sessions:,}, checked {moment(run.finished_at)}",
        "sessions.py",
        verdict_filter.parameter(),
        wrong=bool(number),
    )


def _week() -> None:
    """The figures of the Usage page that the tile opens, from the same answers for the same days."""
    local = now().astimezone(zone()).replace(tzinfo=None, second=0, microsecond=0)
    span, earlier = _WEEK.span(local), _WEEK.span_before(local)
    where = _WEEK.where(span, zone())
    tokens = queries.overview(where).totals.total_tokens
    before = None if earlier is None else queries.totals(_WEEK.where(earlier, zone())).amounts.total_tokens
    _tile(
        "No tokens" if tokens is None else f"{short_number(tokens)} {agreeing(tokens, 'token', 'tokens')}",
        "Last 7 days",
        "None recorded" if tokens is None else f"{_change(tokens, before)} · {said(queries.models(where).cost)}",
        "usage.py",
        {url_state.PERIOD: _WEEK.period},
    )


def _change(tokens: int, before: int | None) -> str:
    if not before:
        return "No tokens in the 7 days before"
    change = metrics.change_of(tokens, before)
    return "At least 10 times the previous 7 days" if change is None else f"{change} vs previous 7 days"
