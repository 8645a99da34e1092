"""What `diff` says of both payloads: what each weighs, and what the model misses."""

import click

from chatdata.aligned import compare_payloads, payload_sentences, payload_weight
from chatdata.cli.terminal_text import one_line
from chatdata.copies import CachedCopy, Copies, StoredCopy
from chatdata.drift import Comparison
from chatdata.payload import judge
from chatdata.tokens import model_facts


def print_payloads(comparison: Comparison, copies: Copies, model: str) -> None:
    """Of copies that differ, or of which one is windowed; nothing where a model is sent the same."""
    cached, stored = copies.cached, copies.stored
    whole = all(stretch.kind == "equal" for stretch in comparison.stretches)
    if whole or not isinstance(cached, CachedCopy) or not isinstance(stored, StoredCopy):
        return
    facts = model_facts(model)
    payloads = compare_payloads(judge(cached.messages, facts), judge(stored.messages, facts), copies, comparison)
    click.echo("\nWhat the model gets")
    click.echo(f"  from the cache     {one_line(payload_weight(payloads.cached, model))}")
    click.echo(f"  from the database  {one_line(payload_weight(payloads.stored, model))}")
    for sentence in payload_sentences(payloads):
        click.echo(f"  {one_line(sentence)}")
