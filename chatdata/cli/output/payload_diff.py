"""The model impact that `diff` prints: the size of both requests, and what the model misses."""

import click

from chatdata.cli.output.terminal import one_line
from chatdata.domain.copies import CachedCopy, StoredCopy
from chatdata.domain.drift import Comparison
from chatdata.domain.side_by_side import compare_payloads, payload_sentences, payload_weight
from chatdata.domain.tokens import model_facts
from chatdata.services.inspection import Inspection


def print_payloads(inspection: Inspection, comparison: Comparison, model: str) -> None:
    """Prints the model impact if the copies differ or the cache is windowed; nothing if both requests are the same."""
    copies, facts = inspection.copies, model_facts(model)
    whole = all(stretch.kind == "equal" for stretch in comparison.stretches)
    if whole or not isinstance(copies.cached, CachedCopy) or not isinstance(copies.stored, StoredCopy):
        return
    payloads = compare_payloads(
        inspection.assessment("cache", facts), inspection.assessment("database", facts), copies, comparison
    )
    click.echo("\nModel impact")
    click.echo(f"  from the cache     {one_line(payload_weight(payloads.cached, model))}")
    click.echo(f"  from the database  {one_line(payload_weight(payloads.stored, model))}")
    for sentence in payload_sentences(payloads):
        click.echo(f"  {one_line(sentence)}")
