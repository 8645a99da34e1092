"""`token`: creates, lists and revokes the tokens of programs."""

import getpass
import re
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import click
from rich.text import Text

from chatdata.cli.commands import json_option
from chatdata.cli.output import emit, warn
from chatdata.cli.output.tables import console, print_table, table
from chatdata.cli.output.terminal import one_line
from chatdata.cli.stores import opened
from chatdata.domain.access import ApiToken, Role
from chatdata.domain.text import iso
from chatdata.services.programs.tokens import create_token, revoke_token

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LIFETIME = re.compile(r"([1-9][0-9]{0,4})([hdw])")


class _LifetimeType(click.ParamType[timedelta]):
    name = "lifetime"

    def convert(
        self, value: str | timedelta, parameter: click.Parameter | None, context: click.Context | None
    ) -> timedelta:
        """Parses hours, days or weeks, such as 12h, 30d and 4w."""
        if isinstance(value, timedelta):
            return value
        found = _LIFETIME.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} is not a lifetime. Use hours, days or weeks, such as 12h, 30d or 4w.")
        return int(found[1]) * _UNITS[found[2]]


@click.group("token")
def token_command() -> None:
    """Create, list and revoke tokens of programs.

    A token lets a program read what a role may see, over the HTTP API and MCP, until it expires. It never allows
    writing, and belongs to the deployment whose stores are set when it is created. Only a digest of it is kept, in
    the inspector's own data.

    \b
    Examples:
      python -m chatdata token create --name "nightly report" --role viewer --expires 30d
      python -m chatdata token list
      python -m chatdata token revoke 3f2a91cc

    \b
    Exit codes: 0 success, 1 there is no such token, 2 invalid usage or settings,
                3 the inspector's own data can't be used
    """


@token_command.command("create")
@click.option("--name", help="What the token is for; the audit log shows it (default: your user name).")
@click.option("--role", type=click.Choice(get_args(Role)), default="viewer", show_default=True, help="What it may see.")
@click.option(
    "--expires",
    "lifetime",
    metavar="TIME",
    type=_LifetimeType(),
    default="30d",
    show_default=True,
    help="Lifetime in hours, days or weeks, such as 12h, 30d or 4w; at most 366d.",
)
@json_option
def create_command(name: str | None, role: Role, lifetime: timedelta, as_json: bool) -> None:
    """Create a token and print it, this once.

    \b
    Example:
      python -m chatdata token create --name "nightly report" --role viewer --expires 30d
    """
    with opened() as connected:
        try:
            who = _who()
            written, token = create_token(
                connected, who if name is None else name, role, lifetime, who=who, now=datetime.now(UTC)
            )
        except ValueError as error:
            raise click.UsageError(str(error)) from error
    if as_json:
        emit({"token": written, **_document(token, datetime.now(UTC))})
        return
    click.echo(written)
    warn(f"This token with the role {role} is shown only now. It expires at {iso(token.expires_at)}.")
    warn(f"To revoke it, run: python -m chatdata token revoke {token.id}")


@token_command.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List all tokens, oldest first, without their secrets.

    \b
    Example:
      python -m chatdata token list --json
    """
    with opened() as connected:
        tokens = connected.app_db.tokens()
    now = datetime.now(UTC)
    if as_json:
        emit({"tokens": [_document(token, now) for token in tokens]})
    else:
        _print_tokens(tokens, now)


@token_command.command("revoke")
@click.argument("token_id", metavar="ID")
def revoke_command(token_id: str) -> None:
    """Revoke a token for good.

    \b
    Example:
      python -m chatdata token revoke 3f2a91cc
    """
    with opened() as connected:
        token = revoke_token(connected, token_id, who=_who(), now=datetime.now(UTC))
    click.echo(f"Revoked the token {token.id}: {one_line(token.name)}")


def _document(token: ApiToken, now: datetime) -> dict[str, Any]:
    """{"id", "name", "role", "state": "valid" | "expired" | "revoked", "created_at", "created_by", "expires_at",
    "revoked_at"}."""
    return {
        "id": token.id,
        "name": token.name,
        "role": token.role,
        "state": token.state(now),
        "created_at": token.created_at,
        "created_by": token.created_by,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }


def _print_tokens(tokens: tuple[ApiToken, ...], now: datetime) -> None:
    if not tokens:
        click.echo("No tokens.")
        return
    made = table()
    for header in ("ID", "Name", "Role", "State", "Expires (UTC)", "Created by"):
        made.add_column(header, overflow="fold")
    for token in tokens:
        cells = (token.id, token.name, token.role, token.state(now), iso(token.expires_at), token.created_by)
        made.add_row(*(Text(one_line(cell)) for cell in cells))
    print_table(made, console())


def _who() -> str:
    """The name of the operating system's user who runs the command."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "(unknown)"
