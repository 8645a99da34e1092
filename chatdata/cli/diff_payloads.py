"""What `diff` says of both payloads: what each weighs, and what the model misses."""

import click

from chatdata.aligned import Apart, compare_payloads, payload_sentences, said
from chatdata.cli import words
from chatdata.cli.terminal_text import one_line
from chatdata.copies import CachedCopy, Copies, StoredCopy
from chatdata.drift import Comparison
from chatdata.payload import PROVIDER_NAMES, Judged, judge
from chatdata.tokens import model_facts

_MOST_LINES = 12
_MARKS = {"only_database": "missed", "only_cache": "unsaved", "otherwise": "otherwise", "elsewhere": "moved"}


def print_payloads(comparison: Comparison, copies: Copies, model: str) -> None:
    """Of copies that differ, or of which one is windowed; nothing where a model is sent the same."""
    cached, stored = copies.cached, copies.stored
    whole = all(stretch.kind == "equal" for stretch in comparison.stretches)
    if whole or not isinstance(cached, CachedCopy) or not isinstance(stored, StoredCopy):
        return
    facts = model_facts(model)
    payloads = compare_payloads(judge(cached.messages, facts), judge(stored.messages, facts), copies, comparison)
    click.echo("\nWhat the model gets")
    click.echo(f"  from the cache     {one_line(_weight(payloads.cached, model))}")
    click.echo(f"  from the database  {one_line(_weight(payloads.stored, model))}")
    for sentence in payload_sentences(payloads):
        click.echo(f"  {one_line(sentence)}")
    for item in payloads.apart[:_MOST_LINES] if len(payloads.apart) > 1 else ():
        click.echo(f"    {one_line(_line(item))}")
    if len(payloads.apart) > _MOST_LINES:
        click.echo(f"    … {len(payloads.apart) - _MOST_LINES:,} more")


def _weight(one: Judged, model: str) -> str:
    total = one.tokens.total
    tokens = f"tokens unknown for {model}" if total is None else f"about {total:,} tokens ({model})"
    refusing = ", ".join(PROVIDER_NAMES[name] for name in one.rejected_by) or "nobody"
    return f"{words.count(len(one.payload.messages), 'message')}, {tokens}, rejected by {refusing}"


def _line(item: Apart) -> str:
    sent = item.stored or item.cached
    assert sent is not None
    return f"{_MARKS[item.kind]:<10}{sent.source} #{sent.positions[0]} {said(sent)}"
