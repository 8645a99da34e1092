"""`diff`: compares the cached copy of a session with the database."""

from typing import get_args

import click

from chatdata.cli.commands import NotFound, OutOfReach, json_option
from chatdata.cli.output import emit
from chatdata.cli.output.diff import print_comparison
from chatdata.cli.output.payload_diff import print_payloads
from chatdata.cli.stores import opened
from chatdata.cli.views import view_option
from chatdata.domain.copies import Copies, PrivacyLevel, Unavailable, Unconfigured
from chatdata.domain.drift import Comparison, ExpectedRule, comparison_json
from chatdata.errors import NotConfigured
from chatdata.services.inspection import Inspection

SOMETHING_FOUND = 1


@click.command("diff")
@click.argument("session_id", metavar="SESSION_ID")
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
    context: click.Context, session_id: str, rules: tuple[ExpectedRule, ...], view: PrivacyLevel, as_json: bool
) -> None:
    """Compare the cached copy of a session with the database.

    Shows what differs, the impact, the likely causes, and whether messages will be lost and when. Expected
    differences are counted, not reported. Read-only.

    \b
    Examples:
      python -m chatdata diff 4f1c2a9e-6a36-4b1c-8d5f-2f0f3c1b7a55
      python -m chatdata diff airline-03-0 --show timestamp_precision --json

    \b
    Exit codes: 0 no issues above info (or not cached),
                1 issues found, session changing now, or not found,
                2 invalid usage or settings,
                3 a required store is unavailable
    """
    with opened() as connected:
        inspection = Inspection.compared(
            connected.stores, session_id, view, connected.redaction_key, shown=frozenset(rules)
        )
    copies, comparison = inspection.copies, inspection.comparison
    if comparison.status is None:
        raise _undecided(copies)
    if comparison.status == "missing" and not as_json:
        raise NotFound(f"Session {session_id} was not found in the database or the cache.")
    if as_json:
        emit(comparison_json(comparison))
    else:
        print_comparison(comparison, copies)
        print_payloads(inspection, comparison, connected.settings.model)
    if needs_a_look(comparison):
        context.exit(SOMETHING_FOUND)


def needs_a_look(comparison: Comparison) -> bool:
    """True if there is a finding above info, or if the copies could not be compared."""
    above_info = any(finding.severity != "info" for finding in comparison.findings)
    return above_info or comparison.status in ("moving", "missing")


def _undecided(copies: Copies) -> NotConfigured | OutOfReach:
    """Returns the error for copies that were not compared because a store is unavailable or not configured."""
    sides = {"database": copies.stored, "cache": copies.cached}
    silent = {name: side.reason for name, side in sides.items() if isinstance(side, Unavailable)}
    if silent:
        return OutOfReach(" ".join(silent.values()), list(silent))
    hints = [side.hint for side in sides.values() if isinstance(side, Unconfigured)]
    return NotConfigured(" ".join(hints))
