"""`demo`: loads demo conversations into the embedded stores."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from chatdata.cli.commands import json_option
from chatdata.cli.output import emit, warn
from chatdata.cli.stores import opened
from chatdata.domain import formatting
from chatdata.services.answers.availability import availability
from chatdata.services.demo.seeding import FillReport, seed_demo
from chatdata.services.session_stores import SessionStores


@click.command("demo")
@json_option
def demo_command(as_json: bool) -> None:
    """Load demo conversations into the embedded stores.

    Adds about 70 invented sessions of 12 users over 30 days, many of them with issues. If they exist already, their
    cached copies are renewed; changes and deletions since then are kept. Refused for a deployment (DATABASE_URL,
    REDIS_URL).

    \b
    Example:
      python -m chatdata demo && python -m chatdata sessions

    \b
    Exit codes: 0 success, 2 the stores are not embedded or are read-only,
                3 a store is unavailable, or the disk is full
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
    """The document of `demo --json`, with the counts of a FillReport.

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
        further += f" {report.from_rows:,} rebuilt from changed sessions."
    if report.deleted:
        further += f" {formatting.count(report.deleted, 'session')} deleted earlier, not restored."
    return f"Demo already loaded: {copies} renewed.{further}"
