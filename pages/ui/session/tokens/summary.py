"""The three counts of a conversation's tokens, its cost and its share of the context window, in words."""

import streamlit as st

from chatdata.domain.labels import KIND_LABELS
from chatdata.domain.tokens import model_facts
from chatdata.domain.usage import Growth
from chatdata.services.usage import ConversationUsage
from pages.ui.base.formatting import count, known, money, plain
from pages.ui.usage.discrepancies import estimated


def show(usage: ConversationUsage, model: str) -> None:
    """Draws the three counts, the cost and the share of the context window."""
    lines = [_recorded(usage), _listed(usage), _estimated(usage, model), *_measured(usage.growth, model)]
    with st.container(key="turn_facts"):
        st.markdown("\n\n".join(lines))
    if usage.unknown:
        names = " and ".join({"prompt": "input", "completion": "output"}[name] for name in usage.unknown)
        st.caption(f":material/help: The {names} tokens of this session are unknown: responses without a count show 0.")
    if usage.differs:
        st.caption(
            f":material/call_split: {KIND_LABELS['usage_mismatch']} in cache and database: see Cache vs database."
        )
    if usage.growth is not None and not usage.growth.placed:
        turns, messages = len(usage.growth.turns), usage.growth.assistant_messages
        st.caption(
            f"The cache has {count(turns, 'token count')} for {count(messages, 'assistant message')}, so "
            "counts can't be matched to messages and are not clickable."
        )


def _recorded(usage: ConversationUsage) -> str:
    if usage.recorded is None:
        return "**Recorded (database)** nothing"
    return f"**Recorded (database)** {_pair(usage.recorded.prompt_tokens, usage.recorded.completion_tokens)}"


def _listed(usage: ConversationUsage) -> str:
    growth = usage.growth
    if growth is None:
        return "**Recorded (cache)** unknown"
    prompt = None if "prompt" in usage.unknown else growth.prompt_tokens
    completion = None if "completion" in usage.unknown else growth.completion_tokens
    return f"**Recorded (cache)** {_pair(prompt, completion)}"


def _estimated(usage: ConversationUsage, model: str) -> str:
    prompt, completion = estimated(usage)
    if prompt is None or completion is None:
        return f"**Estimated** unknown: no tokenizer here fits {plain(model)}"
    return f"**Estimated** about {_pair(prompt, completion)}, if each request sent all before it"


def _pair(prompt: int | None, completion: int | None) -> str:
    return f"{known(prompt)} input, {known(completion)} output"


def _measured(growth: Growth | None, model: str) -> list[str]:
    if growth is None or not growth.turns:
        return []
    cost = growth.turns[-1].running_cost
    shares = [turn.window_share for turn in growth.turns if turn.window_share is not None]
    dated = "" if growth.prices_dated is None else f", list prices of {growth.prices_dated:%-d %b %Y}"
    paid = "price unknown" if cost is None else f"{plain(money(cost, growth.currency))} for {plain(model)}{dated}"
    share = "unknown" if not shares else f"at most {max(shares):.1%} of {model_facts(model).context_window:,} tokens"
    return [f"**Cost** {paid}", f"**Context window** {share}"]
