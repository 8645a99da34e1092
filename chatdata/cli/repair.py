"""`repair`: previews the repair of a session, or applies it with --apply."""

import getpass
from typing import get_args

import click

from chatdata.cli.commands import NOT_FOUND, json_option
from chatdata.cli.output import emit, warn
from chatdata.cli.output.repair import print_done, print_proposal
from chatdata.cli.stores import opened
from chatdata.domain.drift import Repair
from chatdata.services.connect import Connected
from chatdata.services.repair import Done, Proposal, Refusal, apply, done_json, proposal_json, propose, refusal_json


@click.command("repair")
@click.argument("session_id", metavar="SESSION_ID")
@click.option(
    "--action",
    required=True,
    type=click.Choice(get_args(Repair)),
    metavar="ACTION",
    help="Repair action; diff suggests one.",
)
@click.option("--seconds", type=click.IntRange(1, 10**9), help="TTL for keep_alive (default: the full TTL).")
@click.option("--apply", "do_it", is_flag=True, help="Apply the repair. Default: dry run.")
@json_option
@click.pass_context
def repair_command(
    context: click.Context, session_id: str, action: Repair, seconds: int | None, do_it: bool, as_json: bool
) -> None:
    """Repair a session (dry run by default).

    A dry run shows what changes and what is lost. With --apply, nothing is written if either copy changes first or
    another writer holds the session. Applied and refused repairs are recorded in the audit log in
    INSPECTOR_DATA_DIR. Rows are never deleted.

    \b
    Actions:
      invalidate_cache   Delete cache entry (reloaded on next read)
      rewarm_cache       Rebuild cache from database
      save_cached_tail   Save cache-only messages to the database
      save_cached_text   Save texts that the database has in part
      keep_alive         Reset TTL (also works without the database)

    \b
    Examples:
      python -m chatdata repair airline-03-0 --action rewarm_cache
      python -m chatdata repair airline-03-0 --action rewarm_cache --apply --json

    \b
    Exit codes: 0 applied, or dry run, 1 refused, not found, or session changed,
                2 invalid usage or settings, or read-only mode,
                3 a required store is unavailable, or the disk is full
    """
    if seconds is not None and action != "keep_alive":
        raise click.UsageError("--seconds can only be used with keep_alive.")
    with opened() as connected:
        outcome = _outcome(connected, session_id, action, seconds, do_it=do_it)
    _report_outcome(outcome, session_id, action, as_json=as_json)
    if isinstance(outcome, Refusal):
        context.exit(NOT_FOUND)


def _outcome(
    connected: Connected, session_id: str, action: Repair, seconds: int | None, *, do_it: bool
) -> Proposal | Refusal | Done:
    proposal = propose(connected.stores, session_id, action, seconds=seconds)
    if isinstance(proposal, Refusal) or not do_it:
        return proposal
    return apply(connected.stores, connected.app_db, proposal, who=_who(), model=connected.settings.model)


def _report_outcome(outcome: Proposal | Refusal | Done, session_id: str, action: Repair, *, as_json: bool) -> None:
    match outcome:
        case Refusal():
            warn(outcome.sentence)
            if as_json:
                emit(refusal_json(session_id, action, outcome))
        case Proposal():
            emit(proposal_json(outcome)) if as_json else print_proposal(outcome)
        case Done():
            emit(done_json(outcome)) if as_json else print_done(outcome)


def _who() -> str:
    """The name of the operating system's user who runs the command."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "(unknown)"
