"""Title keywords by tokens; clicking one filters the page by it."""

from functools import partial
from typing import Any

import streamlit as st

from chatdata.domain.usage import WordUsage, share
from chatdata.services.usage import WordUsageTable
from pages.ui.base.formatting import count
from pages.ui.base.keys import key_of
from pages.ui.usage import filter_table, measure, url_state
from pages.ui.usage.measure import SHARE
from pages.ui.usage.url_state import TITLE
from pages.ui.widgets import column
from pages.ui.widgets.cell import text

KEY = "usage_titles"


def show(answer: WordUsageTable, whole: int | None) -> None:
    """Draws the card; `whole` is the token count of all sessions."""
    if not answer.words:
        st.info("None of these sessions has a title with keywords.", icon=":material/title:")
        return
    known = any(word.total_tokens is not None for word in answer.words)
    rows = [_row(word, whole) for word in answer.words]
    number = partial(column.number, width=110)
    filter_table.show(
        f"Title keywords by {'tokens' if known else 'sessions'}",
        rows,
        key=key_of(KEY, answer.words),
        columns={
            "word": column.text("Keyword", width=220),
            "total_tokens": filter_table.bar(
                "Tokens", (row["total_tokens"] for row in rows), width=180, help=measure.HELP["total_tokens"]
            ),
            "cost": filter_table.cost_column((row["cost"] for row in rows), width=120),
            "sessions": filter_table.bar(
                "Sessions", (row["sessions"] for row in rows), width=120, help="Sessions with this keyword"
            ),
            "prompt_tokens": number("Input tokens"),
            "completion_tokens": number("Output tokens"),
            SHARE: column.number("Share", format=column.PERCENT, width=70, help="Share of all tokens"),
        },
        hint="Stop words are removed. A conversation counts once per keyword, so the sum exceeds the total. "
        "Click a keyword to filter the page by it.",
        on_pick=partial(_narrow, answer.words),
    )
    if answer.count > len(answer.words):
        st.caption(f"{count(answer.count, 'keyword')} in total; the first {len(answer.words):,} are listed.")


def _row(word: WordUsage, whole: int | None) -> dict[str, Any]:
    return {
        "word": text(word.word),
        "total_tokens": word.total_tokens,
        "cost": measure.usd(word.cost),
        "sessions": word.sessions,
        "prompt_tokens": word.prompt_tokens,
        "completion_tokens": word.completion_tokens,
        SHARE: share(word.total_tokens, whole),
    }


def _narrow(words: tuple[WordUsage, ...], row: int) -> None:
    """Callback: filters by the keyword that was clicked."""
    url_state.put(TITLE, f'"{words[row].word}"')
