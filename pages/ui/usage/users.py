"""Top users by tokens: clicking a bar filters the page, clicking the link behind it opens their sessions."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from chatdata.domain.usage import Amounts, UserUsage, share
from chatdata.services.usage import UserUsageTable
from pages.ui.base.formatting import count
from pages.ui.base.keys import key_of
from pages.ui.usage import measure as usage_measure
from pages.ui.usage import url_state
from pages.ui.usage.measure import SHARE, Measure
from pages.ui.usage.url_state import USER
from pages.ui.widgets import chart_card, charts, user_query
from pages.ui.widgets.clickable_table import text

KEY = "usage_users"
_MOST = 9
_ROOM_FOR_WORDS = 1.25
_FILTER, _OPEN = "user", "open"


def show(answer: UserUsageTable, measure: Measure) -> str | None:
    """Draws the card and returns the user filter of the sessions to open, if a link was clicked."""
    top = answer.users[:_MOST]
    others = answer.count - len(top)
    chart_card.show(
        f"Top users by {measure.noun}",
        pd.DataFrame([_row(user, answer.totals) for user in answer.users]),
        partial(_draw_chart, top, measure),
        key=KEY,
        columns={"user": st.column_config.TextColumn("User"), **usage_measure.columns()},
        hint="Click a bar to filter by user (Shift+click adds users); click “sessions” to open the list.",
    )
    if others:
        st.caption(_rest(answer, others, measure))
    opened = charts.picked(_key(top), _OPEN, "goto")
    return user_query.exactly(top[int(opened[0])].user_id) if opened else None


def name_of(user: UserUsage) -> str:
    """The name that is shown for a user."""
    return text(user.user_id) or "No user"


def _row(user: UserUsage, all_of: Amounts) -> dict[str, Any]:
    of_tokens = share(user.amounts.total_tokens, all_of.total_tokens)
    return {"user": name_of(user), **usage_measure.row_of(user.amounts), SHARE: of_tokens}


def _rest(answer: UserUsageTable, others: int, measure: Measure) -> str:
    rest = answer.totals
    shown = answer.users[:_MOST]
    total = sum(_values(measure, rest)) - sum(sum(_values(measure, user.amounts)) for user in shown)
    return f"Other ({count(others, 'user')}): {total:,} {measure.noun}"


def _values(measure: Measure, held: object) -> list[int]:
    row = usage_measure.row_of(held)  # type: ignore[arg-type]
    return [row[name] or 0 for name in measure.parts]


def _key(users: Sequence[UserUsage]) -> str:
    return key_of(KEY, *users)


def _draw_chart(users: Sequence[UserUsage], measure: Measure) -> None:
    charts.draw(
        _chart(users, measure),
        key=_key(users),
        alt_text=f"Top users by {measure.noun}; switch to table view for the data",
        height=charts.rows_height(len(users)),
        on_select=partial(_filter, _key(users), users),
    )


def _chart(users: Sequence[UserUsage], measure: Measure) -> Any:
    names = _names(users)
    most = max(sum(_values(measure, user.amounts)) for user in users) or 1
    frame = pd.DataFrame([row for at, user in enumerate(users) for row in _bars(at, names[at], user, measure)])
    frame["all"], whole = most * _ROOM_FOR_WORDS, frame["order"] == 0
    y = alt.Y("user:N", title=None, sort=names, axis=charts.names_axis(130))
    tooltip = usage_measure.tooltips(["user", "sessions", "messages", "prompt_tokens", "completion_tokens"])
    bars = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X(**charts.number_axis("value", measure.noun, nice=False), stack="zero"),
            y=y,
            color=charts.colour("part", measure.colours),
            order="order:Q",
        )
    )
    rows = alt.Chart(frame[whole]).mark_bar(opacity=0.001, cursor="pointer").encode(x="all:Q", y=y, tooltip=tooltip)
    words = (
        alt.Chart(frame[whole].rename(columns={"row": "goto"}))
        .mark_text(align="right", cursor="pointer", dx=-2, color=charts.text_colour())
        .encode(x=alt.value("width"), y=y, text=alt.value("sessions ›"), tooltip=tooltip)
    )
    # A click on either is heard by both: each knows its own by a column that the other hasn't.
    return (
        bars
        + rows.add_params(alt.selection_point(name=_FILTER, fields=["row"]))
        + words.add_params(alt.selection_point(name=_OPEN, fields=["goto"]))
    )


def _bars(at: int, name: str, user: UserUsage, measure: Measure) -> Iterator[dict[str, object]]:
    said = charts.said(usage_measure.row_of(user.amounts))
    parts = zip(measure.parts.values(), _values(measure, user.amounts), strict=True)
    for order, (word, value) in enumerate(parts):
        yield {"row": at, "user": name, "part": word, "value": value, "order": order, **said}


def _names(users: Sequence[UserUsage]) -> list[str]:
    """Distinct display names, since two IDs may look the same on one line."""
    names = [name_of(user) for user in users]
    return [name if names.index(name) == at else f"{name} ({at + 1})" for at, name in enumerate(names)]


def _filter(key: str, users: Sequence[UserUsage]) -> None:
    """Callback: filters the page by the clicked users."""
    rows = [int(row) for row in charts.picked(key, _FILTER, "row")]
    if rows:
        url_state.put(USER, user_query.exactly(*(users[row].user_id for row in rows)))
