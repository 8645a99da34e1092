"""The head of the payload: the model, and the payload's size for it."""

from collections.abc import Sequence

import streamlit as st

from chatdata import CachedCopy, Source, StoredCopy
from chatdata.domain.messages import TokenCount
from chatdata.domain.payload import Preview
from chatdata.domain.tokens import ModelFacts, known_models, model_facts, price
from chatdata.services.inspection import Inspection
from pages.ui.base.formatting import count, money, percent
from pages.ui.server.services import connected
from pages.ui.widgets import fact_header
from pages.ui.widgets.fact_header import Fact


def choose_model() -> str:
    """Draws the choice of the model and returns it."""
    own = connected().settings.model
    row = st.container(horizontal=True, vertical_alignment="center", width="content")
    row.caption("Model", width="content", help="Sets the tokenizer, the context window and the price")
    chosen = row.selectbox(
        "Model",
        list(dict.fromkeys([own, *known_models()])),
        key="model",
        bind="query-params",
        accept_new_options=True,
        label_visibility="collapsed",
        width=200,
    )
    return chosen or own


def show(inspection: Inspection, source: Source, preview: Preview, model: str) -> None:
    """Draws the facts of the payload: messages, tokens, context window and price."""
    copy = inspection.readable(source)
    assert copy is not None
    known = model_facts(model)
    facts = [
        _messages(preview),
        _estimate(preview, known),
        _recorded(copy, inspection.unknown_counts),
        _window(preview, known),
        _cost(preview, model),
    ]
    fact_header.show("", [facts], key="payload_facts")


def _messages(preview: Preview) -> Fact:
    told = preview.summary
    gone = f" ({told['skipped']:,} not sent)" if told["skipped"] else ""
    return Fact("Messages", f"{told['stored']:,} stored → {told['sent']:,} sent{gone}")


def _estimate(preview: Preview, known: ModelFacts) -> Fact:
    total = preview.judged.tokens.total
    if total is None:
        return Fact("Estimated tokens", "Unknown", tone="off", hint=f"No tokenizer here fits {known.name}")
    hint = f"Counted offline with {known.encoding}; tool-call overhead is not published"
    return Fact("Estimated tokens", f"about {total:,}", hint=hint)


def _recorded(copy: StoredCopy | CachedCopy, unknown: Sequence[TokenCount]) -> Fact:
    usage = copy.info.usage
    if "prompt" in unknown:
        return Fact("Recorded tokens", "Unknown input tokens", tone="off")
    if not usage:
        return Fact("Recorded tokens", "Not recorded", tone="off")
    if isinstance(copy, CachedCopy) and len(usage) > 1:
        hint = f"Input of the last of {len(usage):,} turns as the provider counted it, tools included"
        return Fact("Recorded tokens", f"{usage[-1].prompt_tokens:,} input tokens (last turn)", hint=hint)
    hint = "Sum over all turns; each turn sends the conversation again"
    return Fact("Recorded tokens", f"{copy.info.prompt_tokens:,} input tokens (all turns)", hint=hint)


def _window(preview: Preview, known: ModelFacts) -> Fact:
    total, window = preview.judged.tokens.total, known.context_window
    if window is None:
        return Fact("Context window", "Unknown", tone="off", hint=f"The context window of {known.name} is not known")
    if total is None:
        return Fact("Context window", f"{window:,} tokens")
    share = total / window
    return Fact("Context window", f"{percent(share)} of {window:,}", tone="warning" if share > 0.9 else "ok")


def _cost(preview: Preview, model: str) -> Fact:
    total = preview.judged.tokens.total
    found = None if total is None else price(model, total, 0)
    if found is None and total is None and model_facts(model).price_known:
        return Fact("Input price", "Unknown", tone="off", hint="The price is known, the token count is not")
    if found is None:
        return Fact("Input price", "Unknown", tone="off")
    hint = f"{count(total or 0, 'token')} at list prices of {found.dated:%-d %b %Y}; output tokens not included"
    return Fact("Input price", f"about {money(found.amount, found.currency)}", hint=hint)
