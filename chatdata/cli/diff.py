"""`diff`: compares the cached copy of a session with the database, or any two sessions."""

from typing import get_args

import click

from chatdata.cli.commands import json_option
from chatdata.cli.output import emit, warn
from chatdata.cli.output.diff import print_comparison
from chatdata.cli.output.payload_diff import print_payloads
from chatdata.cli.output.two_sessions import print_two_sessions
from chatdata.cli.stores import opened
from chatdata.cli.views import view_option
from chatdata.domain.copies import PrivacyLevel, Source
from chatdata.domain.drift import Comparison, ExpectedRule, comparison_json
from chatdata.errors import NotFound
from chatdata.services.answers.choosing import undecided
from chatdata.services.answers.two_sessions import two_sessions_document
from chatdata.services.inspection import Inspection
from chatdata.services.two_sessions import SessionChoice, read_two_sessions

SOMETHING_FOUND = 1


@click.command("diff")
@click.argument("session_id", metavar="SESSION_ID")
@click.argument("other_id", metavar="[OTHER_ID]", required=False)
@click.option("--source-a", type=click.Choice(get_args(Source)), help="With OTHER_ID: the copy of SESSION_ID.")
@click.option("--source-b", type=click.Choice(get_args(Source)), help="With OTHER_ID: the copy of OTHER_ID.")
@click.option(
    "--show",
    "rules",
    multiple=True,
    type=click.Choice(get_args(ExpectedRule)),
    help="Also report this expected difference; repeatable.",
)
@view_option
@json_option
@click.pass_context
def diff_command(
    context: click.Context,
    session_id: str,
    other_id: str | None,
    source_a: Source | None,
    source_b: Source | None,
    rules: tuple[ExpectedRule, ...],
    view: PrivacyLevel,
    as_json: bool,
) -> None:
    """Compare the cached copy of a session with the database, or any two sessions.

    Shows what differs, the impact, the likely causes, and whether messages will be lost and when. Expected
    differences are counted, not reported. Read-only.

    With OTHER_ID, compares the messages, titles, users, tokens and tools of two sessions: A is SESSION_ID, B is
    OTHER_ID. The database copy of each is compared, or the cached copy if the database has none or is unavailable.

    \b
    Examples:
      python -m chatdata diff 4f1c2a9e-6a36-4b1c-8d5f-2f0f3c1b7a55
      python -m chatdata diff airline-03-0 --show timestamp_precision --json
      python -m chatdata diff airline-03-0 airline-03-1

    \b
    Exit codes: 0 no issues above info (or not cached); two sessions: equal,
                1 issues found, session changing now, or not found; two sessions: different,
                2 invalid usage or settings,
                3 a required store is unavailable
    """
    if other_id is not None:
        if rules:
            raise click.UsageError("--show is about the two copies of one session; leave it out with OTHER_ID.")
        if not _two_sessions(
            SessionChoice(session_id, source_a), SessionChoice(other_id, source_b), view, as_json=as_json
        ):
            context.exit(SOMETHING_FOUND)
        return
    if source_a or source_b:
        raise click.UsageError("--source-a and --source-b need OTHER_ID.")
    _two_copies(context, session_id, rules, view, as_json=as_json)


def _two_copies(
    context: click.Context, session_id: str, rules: tuple[ExpectedRule, ...], view: PrivacyLevel, *, as_json: bool
) -> None:
    with opened() as connected:
        inspection = Inspection.compared(
            connected.stores, session_id, view, connected.redaction_key, shown=frozenset(rules)
        )
    copies, comparison = inspection.copies, inspection.comparison
    if comparison.status is None:
        raise undecided(copies)
    if comparison.status == "missing" and not comparison.findings and not as_json:
        raise NotFound(f"Session {session_id} was not found in the database or the cache.")
    if as_json:
        emit(comparison_json(comparison))
    else:
        print_comparison(comparison, copies)
        print_payloads(inspection, comparison, connected.settings.model)
    if needs_a_look(comparison):
        context.exit(SOMETHING_FOUND)


def _two_sessions(a: SessionChoice, b: SessionChoice, view: PrivacyLevel, *, as_json: bool) -> bool:
    """Prints the comparison of two sessions and returns whether they are equal."""
    with opened() as connected:
        two = read_two_sessions(connected.stores, a, b, view, connected.redaction_key)
        document = two_sessions_document(connected.stores, two)
    assert two.diff is not None
    for side in two.sessions:
        if side.remark:
            warn(side.remark)
    if as_json:
        emit(document)
    else:
        print_two_sessions(two, two.diff)
    return two.diff.equal


def needs_a_look(comparison: Comparison) -> bool:
    """True if there is a finding above info, or if the copies could not be compared."""
    above_info = any(finding.severity != "info" for finding in comparison.findings)
    return above_info or comparison.status in ("moving", "missing")
