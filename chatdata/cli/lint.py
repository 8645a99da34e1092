"""`lint`: validates a session, a file, or every session of a deployment against provider rules."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import click

from chatdata.cli.commands import json_option
from chatdata.cli.lint_input import Given, Unread, read_documents
from chatdata.cli.output import emit, warn
from chatdata.cli.output.lint import JsonDocuments, TextDocuments, print_all, print_report
from chatdata.cli.payload import last_option, source_option
from chatdata.cli.payload_files import is_path
from chatdata.cli.progress import progress, reading
from chatdata.cli.stores import opened
from chatdata.domain import formatting
from chatdata.domain.copies import Source
from chatdata.domain.lint import PROVIDERS, Provider, Report, lint_document, why_unread
from chatdata.domain.messages import openai_messages
from chatdata.domain.payload import Cut, assess_raw, cut, objects
from chatdata.domain.tokens import ModelFacts, model_facts
from chatdata.errors import DatabaseUnavailable, OutOfReach, RedisUnavailable
from chatdata.services.answers.choosing import choose_readable, remarks
from chatdata.services.answers.lint import of_provider, report_document
from chatdata.services.connect import Connected
from chatdata.services.inspection import Inspection
from chatdata.services.lint_all import Linted, how_many, lint_and_keep
from chatdata.settings.stores import Settings

SOMETHING_FOUND = 1
_NAMED = 5


@click.command("lint")
@click.argument("target", metavar="[SESSION_ID | FILE.json | -]", required=False)
@click.option("--all", "every", is_flag=True, help="Check every session; results are kept for the Sessions page.")
@source_option
@last_option
@click.option("--provider", type=click.Choice(PROVIDERS), help="Check this provider only.")
@click.option("--model", metavar="NAME", help="Model whose context window applies (default: INSPECTOR_MODEL).")
@json_option
@click.pass_context
def lint_command(
    context: click.Context,
    target: str | None,
    every: bool,
    source: Source | None,
    last: int | None,
    provider: Provider | None,
    model: str | None,
    as_json: bool,
) -> None:
    """Validate a conversation against provider rules.

    Shows which providers reject the request, the error they return, and the message that causes it. A session is
    checked as it would be sent, followed by a user message. A file (an array of messages, a request body or a cached
    document, a body of Anthropic, Bedrock, Gemini or the Responses API; - for stdin) is checked as it is, and so are
    the messages that --last keeps. JSON Lines and arrays of conversations are checked one by one, at any size; a line
    that can't be read is named, and the rest goes on. With --all, --last checks every session as it would be sent if
    only its last messages were, and says which break; results are not kept then.

    \b
    Examples:
      python -m chatdata lint 4f1c2a9e-6a36-4b1c-8d5f-2f0f3c1b7a55
      python -m chatdata lint request.json --provider anthropic
      python -m chatdata lint --all --json | jq .totals
      python -m chatdata lint --all --last 20

    \b
    Exit codes: 0 no issues above info,
                1 issues above info, unreadable lines, or session not found,
                2 invalid usage or settings, or a file that can't be read at all,
                3 a required store is unavailable, or the disk is full
    """
    if every == (target is not None):
        raise click.UsageError("Specify a session ID, a file, or --all.")
    facts = model_facts(model or Settings.from_environment().model)
    if every:
        found = _all(facts, source, last, provider, as_json=as_json)
    else:
        assert target is not None
        found = _one(target, facts, source, last, provider, as_json=as_json)
    if found:
        context.exit(SOMETHING_FOUND)


def _one(
    target: str,
    facts: ModelFacts,
    source: Source | None,
    last: int | None,
    provider: Provider | None,
    *,
    as_json: bool,
) -> bool:
    """Prints the report and returns True if it has an issue above info."""
    if is_path(target):
        return _file(target, facts, last, provider, as_json=as_json)
    session_id, (name, report) = target, _session_report(target, facts, source, last)
    report = of_provider(report, provider)
    if as_json:
        emit(report_document(report, session_id, name, provider))
    else:
        print_report(report, session_id, name, provider)
    return report.worst in ("error", "warning")


def _file(target: str, facts: ModelFacts, last: int | None, provider: Provider | None, *, as_json: bool) -> bool:
    """Prints the report on a file, or on each of its conversations, and returns True if one has an issue above info."""
    with click.open_file(target, "rb") as file, reading(file, target) as on_progress:
        given = read_documents(file, target, on_progress)
        first, second = next(given), next(given, None)

        def report(value: Any) -> Report:
            return of_provider(_of_document(value, facts, last), provider)

        if second is None and isinstance(first, Given):
            return _print_one(target, first.value, report, provider, as_json=as_json)
        items = chain([first], [] if second is None else [second], given)
        out = JsonDocuments() if as_json else TextDocuments(target)
        return _print_each(target, items, report, out, provider)


def _print_one(
    target: str, value: Any, report_on: Callable[[Any], Report], provider: Provider | None, *, as_json: bool
) -> bool:
    try:
        report = report_on(value)
    except ValueError as error:
        raise click.BadParameter(f"{target}: {error}", param_hint="FILE.json") from error
    if as_json:
        emit(report_document(report, None, "file", provider))
    else:
        print_report(report, target, "file", provider)
    return report.worst in ("error", "warning")


def _print_each(
    target: str,
    items: Iterable[Given | Unread],
    report_on: Callable[[Any], Report],
    out: JsonDocuments | TextDocuments,
    provider: Provider | None,
) -> bool:
    """Prints each report as soon as it is made; what can't be read is one line on stderr, and the rest goes on."""
    found = False
    for item in items:
        try:
            if isinstance(item, Unread):
                raise ValueError(item.reason)
            report = report_on(item.value)
        except ValueError as error:
            where = _where(item)
            warn(f"{target}, {where}: {error}")
            out.problem(item.line, where, str(error))
            found = True
        else:
            out.report(report, _where(item), report_document(report, None, "file", provider), provider)
            found = found or report.worst in ("error", "warning")
    out.close()
    return found


def _where(item: Given | Unread) -> str:
    place = item.place if isinstance(item, Given) else ""
    return ", ".join(part for part in (f"line {item.line}" if item.line else "", place) if part)


def _of_document(given: Any, facts: ModelFacts, last: int | None) -> Report:
    """Returns the report on a parsed document. Raises ValueError with what was found where no messages are."""
    try:
        return lint_document(given, lambda messages: _assess_raw(messages, facts, last))
    except ValueError as error:
        raise ValueError(why_unread(given, error)) from error


def _session_report(
    session_id: str, facts: ModelFacts, source: Source | None, last: int | None
) -> tuple[Source, Report]:
    with opened() as connected:
        inspection = Inspection(connected.stores, session_id)
        copies = inspection.copies
        chosen, _copy = choose_readable(copies, source)
        judged = (
            inspection.assessment(chosen, facts) if last is None else inspection.assessment_of_last(chosen, facts, last)
        )
    for sentence in remarks(copies, chosen, asked=source is not None):
        warn(sentence)
    return chosen, judged.report


def _assess_raw(messages: Sequence[Any], facts: ModelFacts, last: int | None) -> Report:
    indexes = None if last is None else cut(objects(messages), Cut(messages=last))
    return assess_raw(messages, facts, kept=indexes)


def _all(
    facts: ModelFacts, source: Source | None, last: int | None, provider: Provider | None, *, as_json: bool
) -> bool:
    """Prints the sessions with issues above info, stores the results, and returns True if there is such a session.

    Without a source both copies are checked; a cached copy is listed only for issues that the database copy lacks.
    """
    walk = _LintWalk(facts, provider, last)
    with opened() as connected, without_building_notes():
        for one in [source] if source else _configured(connected):
            walk.over(connected, one, alone=source is not None)
    walk.say_unread()
    if walk.silent and not walk.judged:
        raise OutOfReach("No store is available.", list(walk.silent))
    if as_json:
        unavailable = {"unavailable": list(walk.silent)} if walk.silent else {}
        cut_to = {} if last is None else {"last": last}
        emit({"sessions": walk.documents, "totals": _totals(walk.documents), **cut_to, **unavailable})
    else:
        print_all(walk.documents, walk.judged, None if last is None else walk.broken)
    return bool(walk.documents)


@contextmanager
def without_building_notes() -> Iterator[None]:
    """Silences the log of messages left out of a payload: it names no session, and the findings report them."""
    log = logging.getLogger(openai_messages.__name__)
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def _configured(connected: Connected) -> list[Source]:
    stores: list[tuple[Source, object]] = [
        ("database", connected.stores.database),
        ("cache", connected.stores.cache),
    ]
    return [name for name, store in stores if store is not None]


class _LintWalk:
    """Collects the findings while one or both copies of all sessions are checked."""

    def __init__(self, facts: ModelFacts, provider: Provider | None, last: int | None) -> None:
        self._facts = facts
        self._last = last
        self._provider = provider
        self._unread: list[tuple[str, Source]] = []
        self._known: dict[str, object] = {}
        self.documents: list[dict[str, Any]] = []
        self.judged: dict[Source, int] = {}
        """Sessions by the copy that was judged."""
        self.broken: dict[tuple[str, Source], tuple[Provider, ...]] = {}
        """By copy, the providers that would accept it whole and reject what is left of it."""
        self.silent: list[Source] = []

    def over(self, connected: Connected, source: Source, *, alone: bool) -> None:
        """Checks every session of a store. Records a store that fails, or raises its error if `alone`."""
        try:
            with progress(f"Checking the {source}", how_many(connected.stores, source)) as advance:
                kept = connected.app_db

                def each(linted: Linted) -> None:
                    self._note(linted, source)
                    advance()

                run = lint_and_keep(connected.stores, kept, source, self._facts, last=self._last, each=each)
            self.judged[source] = run.sessions
        except (DatabaseUnavailable, RedisUnavailable) as error:
            if alone:
                raise
            warn(str(error))
            self.silent.append(source)

    def say_unread(self) -> None:
        """Warns about copies that could not be checked."""
        if self._unread:
            named = _some([f"{session_id} ({source})" for session_id, source in sorted(self._unread)])
            warn(f"{formatting.count(len(self._unread), 'copy', 'copies')} could not be read: {named}.")

    def _note(self, linted: Linted, source: Source) -> None:
        if linted.judged is None:
            self._unread.append((linted.session_id, source))
            return
        self.broken[linted.session_id, source] = tuple(
            name for name in linted.broken_for if self._provider in (None, name)
        )
        report = of_provider(linted.judged.report, self._provider)
        if report.worst not in ("error", "warning"):
            return
        found = [(finding.code, finding.stored_positions, finding.tool_call_id) for finding in report.findings]
        if self._known.get(linted.session_id) != found:
            self.documents.append(report_document(report, linted.session_id, source, self._provider))
        self._known[linted.session_id] = found


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_NAMED]) + (" and others" if len(ids) > _NAMED else "")


def _totals(documents: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The number of findings by code, over the sessions that are listed."""
    totals: dict[str, int] = {}
    for one in documents:
        for finding in one["findings"]:
            totals[finding["code"]] = totals.get(finding["code"], 0) + 1
    return dict(sorted(totals.items()))
