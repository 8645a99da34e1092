"""Title keywords by tokens; clicking one filters the page by it."""

from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from chatdata.domain.usage import WordUsage, share
from chatdata.services.usage import WordUsageTable
from pages.ui.base.formatting import count
from pages.ui.base.keys import key_of
from pages.ui.usage import measure, url_state
from pages.ui.usage.measure import SHARE
from pages.ui.usage.url_state import TITLE
from pages.ui.widgets import chart_card, charts
from pages.ui.widgets.clickable_table import text

KEY = "usage_titles"
_WORD = "word"
_MOST = 25


def show(answer: WordUsageTable, whole: int | None) -> None:
    """Draws the card; `whole` is the token count of all sessions."""
    if not answer.words:
        st.info("None of these sessions has a title with keywords.", icon=":material/title:")
        return
    top = answer.words[:_MOST]
    known = any(word.total_tokens is not None for word in answer.words)
    chart_card.show(
        f"Title keywords by {'tokens' if known else 'sessions'}",
        pd.DataFrame([_row(word, whole) for word in answer.words]),
        partial(_draw_chart, top, known=known),
        key=KEY,
        columns={"word": st.column_config.TextColumn("Keyword"), **measure.columns()},
        hint="Stop words are removed. A conversation counts once per keyword, so the sum exceeds the total. "
        "Click a bar to filter by its keyword.",
    )
    if answer.count > len(top):
        listed = "" if answer.count == len(answer.words) else f", {len(answer.words):,} of them in the table"
        st.caption(f"{count(answer.count, 'keyword')} in total{listed}.")


def _row(word: WordUsage, whole: int | None) -> dict[str, Any]:
    return {
        "word": text(word.word),
        "sessions": word.sessions,
        "prompt_tokens": word.prompt_tokens,
        "completion_tokens": word.completion_tokens,
        "total_tokens": word.total_tokens,
        SHARE: share(word.total_tokens, whole),
    }


def _draw_chart(words: tuple[WordUsage, ...], *, known: bool) -> None:
    field = "total_tokens" if known else "sessions"
    names = [text(word.word) for word in words]
    rows = [
        {"row": at, "word": names[at], "value": getattr(word, field) or 0, **_tooltip(word)}
        for at, word in enumerate(words)
    ]
    key = key_of(KEY, words)
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar(color=charts.PROMPT, cursor="pointer")
        .encode(
            x=alt.X(**charts.number_axis("value", "tokens" if known else "sessions")),
            y=alt.Y("word:N", title=None, sort=names, axis=charts.names_axis()),
            tooltip=measure.tooltips(["word", "sessions", "prompt_tokens", "completion_tokens"]),
        )
        .add_params(alt.selection_point(name=_WORD, fields=["row"]))
    )
    charts.draw(
        chart,
        key=key,
        alt_text="Title keywords; switch to table view for the data",
        height=charts.rows_height(len(words)),
        on_select=partial(_narrow, key, words),
    )


def _tooltip(word: WordUsage) -> dict[str, str]:
    names = ("sessions", "prompt_tokens", "completion_tokens")
    return charts.said({name: getattr(word, name) for name in names})


def _narrow(key: str, words: tuple[WordUsage, ...]) -> None:
    """Callback: filters by the keywords that were clicked."""
    rows = [int(row) for row in charts.picked(key, _WORD, "row")]
    if rows:
        url_state.put(TITLE, " ".join(f'"{words[row].word}"' for row in rows))
