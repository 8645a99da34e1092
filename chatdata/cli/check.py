"""`check`: shows whether the stores are connected and what they hold."""

from collections.abc import Iterator
from typing import Any

import click
from rich.text import Text

from chatdata.cli.commands import OUT_OF_REACH, json_option
from chatdata.cli.output import emit
from chatdata.cli.output.tables import console, print_table, table
from chatdata.cli.output.terminal import one_line
from chatdata.cli.stores import opened
from chatdata.domain import formatting
from chatdata.domain.text.counts import readable_size
from chatdata.services.answers.health import health_document
from chatdata.services.health import Status, StoreStatus, check_stores
from chatdata.services.usage.paid import COST_LOG_STATES
from chatdata.stores.cache import CacheFacts
from chatdata.stores.database import DatabaseFacts, WordIndex


@click.command("check")
@json_option
@click.pass_context
def check_command(context: click.Context, as_json: bool) -> None:
    """Show connection status and the contents of the stores. Read-only.

    \b
    Example:
      DATABASE_URL='postgresql://reader@db/app?schema=platform' \\
        python -m chatdata check

    \b
    Exit codes: 0 every configured store is connected,
                2 invalid usage or settings, 3 a store is unavailable
    """
    with opened() as connected:
        status = check_stores(connected)
    document = health_document(status)
    if as_json:
        emit(document)
    else:
        _print(status)
    if document["unavailable"]:
        context.exit(OUT_OF_REACH)


def _print(status: Status) -> None:
    made = table()
    made.show_header = False
    made.add_column(style="bold", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in _lines(status):
        made.add_row(name, Text(one_line(value)))
    print_table(made, console())


def _lines(status: Status) -> Iterator[tuple[str, str]]:
    yield from _database_lines(status.database)
    yield "", ""
    yield from _cache_lines(status.cache)
    yield "", ""
    yield (
        "Access",
        "read-write" if status.access == "write" else "read-only (set INSPECTOR_ACCESS=write to allow writing)",
    )
    yield "Cache TTL", f"{formatting.duration(status.session_ttl)} (reset on write)"


def _database_lines(store: "StoreStatus[DatabaseFacts]") -> Iterator[tuple[str, str]]:
    yield "Database", _answer(store)
    if store.where:
        yield "  where", store.where
    if store.facts is not None:
        if store.facts.schema:
            yield "  schema", store.facts.schema
        yield "  version", store.facts.version
        yield "  sessions", f"{store.facts.sessions:,}"
        if store.facts.views:
            yield "  views", f"{', '.join(store.facts.views)} (never written)"
        yield "  columns", ", ".join(store.facts.optional_columns) or "no optional columns"
        if store.facts.unknown_columns:
            yield "  not read", f"{', '.join(store.facts.unknown_columns)} (columns of no known version)"
        if store.facts.unread_tables:
            yield "  not read", f"{', '.join(store.facts.unread_tables)} (tables)"
        yield "  paid costs", COST_LOG_STATES[store.facts.cost_log]
        yield from _word_search_lines(store.facts.word_index)


def _word_search_lines(index: WordIndex) -> Iterator[tuple[str, str]]:
    if index.used:
        yield "  word search", "uses an index"
        return
    yield "  word search", "reads every message"
    if index.statement is None:
        return
    size = "" if index.message_bytes is None else f", which take {readable_size(index.message_bytes)}"
    room = f"0.7 times the room of the messages{size}, and makes each write slower"
    yield "", f"An index makes it quick. It takes about {room}. The owner of the tables can create it:"
    yield "", index.statement


def _cache_lines(store: "StoreStatus[CacheFacts]") -> Iterator[tuple[str, str]]:
    yield "Cache", _answer(store)
    if store.where:
        yield "  where", store.where
    if store.facts is not None:
        yield "  version", store.facts.version
        yield "  sessions", f"{store.facts.sessions:,}{'' if store.facts.counted_all else ' or more'}"


def _answer(store: StoreStatus[Any]) -> str:
    if store.facts is None:
        return store.problem or store.answer
    return f"connected, {'read-write' if store.facts.writable else 'read-only'}"
