"""`users`: lists users with their sessions and tokens."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from rich.text import Text

from chatdata.cli.commands import json_option
from chatdata.cli.output import emit, warn
from chatdata.cli.output.tables import ONE_LINE_FROM, console, print_table, table
from chatdata.cli.output.terminal import one_line
from chatdata.cli.stores import opened
from chatdata.domain import formatting
from chatdata.domain.summaries import UserSummary
from chatdata.errors import OutOfReach
from chatdata.services.answers.availability import availability, cache_answers
from chatdata.services.catalog import UserList, list_users
from chatdata.services.session_stores import SessionStores


@click.command("users")
@click.option("--search", metavar="TEXT", default="", help="Only users whose ID contains TEXT.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=1), default=50, show_default=True, help="Maximum number of users."
)
@json_option
def users_command(search: str, limit: int, as_json: bool) -> None:
    """List users with their sessions and tokens, last seen first.

    \b
    Examples:
      python -m chatdata users
      python -m chatdata users --json | jq -r '.users[].user_id'

    \b
    Exit codes: 0 success, 2 invalid usage or settings,
                3 both stores are unavailable
    """
    with opened() as connected:
        found = list_users(connected.stores, search, limit)
        document = _users_document(connected.stores, found)
    for problem in found.problems:
        warn(problem)
    if as_json:
        emit(document)
    else:
        _print_users(found)


def _users_document(stores: SessionStores, found: UserList) -> dict[str, Any]:
    """The document of `users --json`:

        {"users": [{"user_id", "sessions", "prompt_tokens", "completion_tokens", "first_seen", "last_seen",
                    "damaged", ("unknown")}],
         "total": n, "source": "database" | "cache", "unavailable": [store], "not_configured": [store]}

    `total` counts all matching users, not only those listed. With source "cache", only cached sessions count. `damaged`
    is the number of a user's sessions with a damaged token count, which no sum includes; `unknown`, present only if
    there are any, that of sessions with an unknown one.
    """
    from_database = not found.problems
    if not from_database and not found.users and not cache_answers(stores.cache):
        silent = availability(stores, database=False, cache=False)["unavailable"]
        raise OutOfReach(" ".join(found.problems), silent)
    return {
        "users": [_user_object(user) for user in found.users],
        "total": found.total,
        "source": "database" if from_database else "cache",
        **availability(stores, database=from_database),
    }


def _user_object(user: UserSummary) -> dict[str, Any]:
    document = asdict(user)
    if not user.unknown:
        del document["unknown"]
    return document


def _print_users(found: UserList) -> None:
    if not found.users:
        click.echo("No matching users.")
        return
    out = console()
    wide, now = out.width >= ONE_LINE_FROM, datetime.now(UTC)
    made = table()
    made.padding = (0, 1 if wide else 0, 0, 0)
    made.add_column("User", overflow="fold")
    for header in ("Sessions", "Input", "Output"):
        made.add_column(header, no_wrap=True, justify="right", min_width=len(header))
    made.add_column("Last seen", no_wrap=True, min_width=10)
    for user in found.users:
        made.add_row(Text(one_line(user.user_id or "No user")), *_user_cells(user, now, wide=wide))
    print_table(made, out)
    listed, total = len(found.users), found.total
    click.echo(f"\n{listed:,} of {total:,} users" if total > listed else f"\n{formatting.count(total, 'user')}")
    if damaged := sum(user.damaged for user in found.users):
        click.echo(formatting.damaged_counts(damaged))
    if unknown := sum(user.unknown for user in found.users):
        click.echo(formatting.unknown_counts(unknown))


def _user_cells(user: UserSummary, now: datetime, *, wide: bool) -> tuple[str, ...]:
    return (
        f"{user.sessions:,}",
        _tokens(user, user.prompt_tokens, wide=wide),
        _tokens(user, user.completion_tokens, wide=wide),
        formatting.ago(user.last_seen, now),
    )


def _tokens(user: UserSummary, number: int | None, *, wide: bool) -> str:
    if number is None:
        return formatting.known(None)
    return formatting.recorded(number, known=user.recorded, short=not wide)
