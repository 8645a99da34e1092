"""`demo`."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from chatdata.cli.commands import json_option
from chatdata.cli.output import emit, warn
from chatdata.cli.stores import availability, opened
from chatdata.domain import formatting
from chatdata.services.demo.seeding import FillReport, seed_demo
from chatdata.services.session_stores import SessionStores


@click.command("demo")
@json_option
def demo_command(as_json: bool) -> None:
    """Put demo conversations into the embedded stores.

    About 70 invented sessions of 12 users over 30 days, with something wrong in many of them. Where they are
    already, their cached copies are renewed; what was changed or deleted since stays so. Refused for a
    deployment (DATABASE_URL, REDIS_URL).

    \b
    Example:
      python -m chatdata demo && python -m chatdata sessions

    \b
    Exit codes: 0 done, 2 these stores aren't embedded or may only be read,
                3 they can't be reached
    """
    with opened() as connected:
        report = seed_demo(connected, datetime.now(UTC))
        document = _document(connected.stores, report)
    if report.cache_problem:
        warn(report.cache_problem)
    if as_json:
        emit(document)
    else:
        click.echo(_sentence(report))


def _document(stores: SessionStores, report: FillReport) -> dict[str, Any]:
    """What `demo --json` says; the numbers are those of FillReport.

    {"created", "messages", "cached", "from_rows", "deleted", "unavailable": [store], "not_configured": [store]}
    """
    numbers = {name: value for name, value in asdict(report).items() if name != "cache_problem"}
    return {**numbers, **availability(stores, cache=not report.cache_problem)}


def _sentence(report: FillReport) -> str:
    copies = formatting.count(report.cached, "cached copy", "cached copies")
    if report.created:
        return f"Added {formatting.count(report.created, 'session')} with {report.messages:,} messages, and {copies}."
    further = ""
    if report.from_rows:
        further += f" {report.from_rows:,} more made from rows that were changed."
    if report.deleted:
        further += f" {report.deleted:,} deleted sessions stay deleted."
    return f"The demo is there already: {copies} renewed.{further}"
