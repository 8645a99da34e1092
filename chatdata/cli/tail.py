"""`tail`: follows the running turn of a session."""

import time
from collections.abc import Callable

import click

from chatdata.cli.output import warn
from chatdata.cli.output.tail import TailText, emit_line
from chatdata.cli.seconds import Seconds
from chatdata.cli.stores import opened
from chatdata.cli.views import view_option
from chatdata.domain.copies import PrivacyLevel, Unavailable
from chatdata.domain.live import LiveEvent, LiveView, changes, live_json
from chatdata.errors import NotFound, RedisUnavailable
from chatdata.services.connect import Connected
from chatdata.services.live import SessionFollower, is_missing

SOMETHING_LOST = 1
_ARRIVES_WITHIN = 5.0
"""Seconds after its end in which the words of a turn may still get into the copies."""


@click.command("tail")
@click.argument("session_id", metavar="SESSION_ID")
@click.option(
    "--every",
    metavar="S",
    type=Seconds(0.1, 3600),
    default=1.0,
    show_default=True,
    help="Seconds between two readings.",
)
@view_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line instead of text.")
@click.pass_context
def tail_command(context: click.Context, session_id: str, every: float, view: PrivacyLevel, as_json: bool) -> None:
    """Follow the running turn of a session.

    Prints text as it is produced, tool calls with their results, tokens and errors, and says when they have arrived in
    the cache and the database. Ends with the turn, and then says what neither copy has. Without a running turn, the
    latest one is shown, if its stream has not expired. Read-only.

    With --json, each line is an event, and the last one is the whole turn.

    \b
    Examples:
      python -m chatdata tail 4f1c2a9e-6a36-4b1c-8d5f-2f0f3c1b7a55
      python -m chatdata tail 4f1c2a9e-6a36-4b1c-8d5f-2f0f3c1b7a55 --json --view masked

    \b
    Exit codes: 0 the turn ended and nothing of it is missing in both copies, or no turn is known,
                1 neither copy has all of it, or the session was not found,
                2 invalid usage or settings,
                3 the cache is unavailable,
                130 ended by Ctrl-C
    """
    printed = TailText()
    show: Callable[[LiveEvent], None] = emit_line if as_json else printed
    with opened() as connected:
        connected.stores.require_cache()
        last = _follow(connected, session_id, every, view, show)
    if as_json:
        emit_line({"event": "end", **live_json(last)})
    else:
        printed.end(last.turn)
    if last.turn is not None and last.turn.unsaved:
        context.exit(SOMETHING_LOST)


def _follow(
    connected: Connected, session_id: str, every: float, view: PrivacyLevel, show: Callable[[LiveEvent], None]
) -> LiveView:
    """Shows what is new until the turn has ended and its words had the time to arrive; returns the last view."""
    follower = SessionFollower(connected.stores, session_id, interval=0.0)
    before: LiveView | None = None
    ended_at: float | None = None
    while True:
        now = follower.view(view, connected.redaction_key)
        _check(now, before, follower)
        if "cache" not in now.unavailable:
            for event in changes(before, now):
                show(event)
            if not now.running:
                ended_at = ended_at or time.monotonic()
                if _is_done(now, ended_at):
                    return now
            before = now
        time.sleep(every)


def _is_done(now: LiveView, ended_at: float) -> bool:
    """Whether nothing more can come: all has arrived, or the turn ended long enough ago."""
    if now.turn is None or not now.turn.unsaved:
        return True
    output = now.turn.turn.output
    last = None if output is None else output.last_at
    silent = 0.0 if last is None else (now.read_at - last).total_seconds()
    return max(silent, time.monotonic() - ended_at) >= _ARRIVES_WITHIN


def _check(now: LiveView, before: LiveView | None, follower: SessionFollower) -> None:
    """Raises an error if there is nothing to follow; once something was shown, a cache that fails is waited for."""
    copies, _ = follower.copies()
    if "cache" in now.unavailable:
        reason = copies.cached.reason if isinstance(copies.cached, Unavailable) else "The cache is unavailable."
        if before is None:
            raise RedisUnavailable(reason)
        warn(reason)
    elif before is None and is_missing(now, copies):
        raise NotFound(f"Session {follower.session_id} was not found in the database or the cache.")
