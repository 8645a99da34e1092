"""`repair`: what would repair one session, or, with --apply, that done."""

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
@click.option("--action", required=True, type=click.Choice(get_args(Repair)), help="What to do; diff names what fits.")
@click.option(
    "--seconds", type=click.IntRange(1, 10**9), help="For keep_alive: another time to live than the full one."
)
@click.option("--apply", "do_it", is_flag=True, help="Do it. Without: a dry run that writes nothing.")
@json_option
@click.pass_context
def repair_command(
    context: click.Context, session_id: str, action: Repair, seconds: int | None, do_it: bool, as_json: bool
) -> None:
    """Repair a session: show what changes and what is lost (dry run), or apply it.

    Nothing is written if either copy changes between the look and the write, or if another writer holds the session.
    What is done, and what is refused then, goes to the audit log in INSPECTOR_DATA_DIR. No row is ever deleted.

    \b
      invalidate_cache   delete the cached copy: the next reader takes the rows
      rewarm_cache       write the rows' copy over the cached one
      save_cached_tail   add what only the cache has to the rows
      keep_alive         give the cached copy the full time to live again; it
                         gains time, and needs no database

    \b
    Examples:
      python -m chatdata repair airline-03-0 --action rewarm_cache
      python -m chatdata repair airline-03-0 --action rewarm_cache --apply --json

    \b
    Exit codes: 0 done, or a dry run, 1 refused, not found, or a copy that moved,
                2 wrong usage or settings, or read-only,
                3 a store that the answer needs can't be reached
    """
    if seconds is not None and action != "keep_alive":
        raise click.UsageError("--seconds is for keep_alive.")
    with opened() as connected:
        outcome = _outcome(connected, session_id, action, seconds, do_it=do_it)
    _tell(outcome, session_id, action, as_json=as_json)
    if isinstance(outcome, Refusal):
        context.exit(NOT_FOUND)


def _outcome(
    connected: Connected, session_id: str, action: Repair, seconds: int | None, *, do_it: bool
) -> Proposal | Refusal | Done:
    proposal = propose(connected.stores, session_id, action, seconds=seconds)
    if isinstance(proposal, Refusal) or not do_it:
        return proposal
    return apply(connected.stores, connected.app_db, proposal, who=_who())


def _tell(outcome: Proposal | Refusal | Done, session_id: str, action: Repair, *, as_json: bool) -> None:
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
    """The system's name for whoever runs this."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "(unknown)"
