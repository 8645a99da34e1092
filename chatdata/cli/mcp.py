"""`mcp`: serves the tools of agents over stdin and stdout."""

import getpass

import anyio
import click

from chatdata.cli.stores import opened
from chatdata.domain.access import Principal
from chatdata.services.programs.door import Door
from chatdata.services.programs.tools import tool_rules


@click.command("mcp")
def mcp_command() -> None:
    """Serve read-only tools for agents over stdin and stdout (Model Context Protocol).

    The tools find, read, compare and check conversations, and preview repairs; none changes anything. Text is hidden
    (view structure) unless a call asks for view masked; INSPECTOR_MCP_VIEW=full allows view full. Every call is
    recorded in the audit log. The agent's program starts this command.

    \b
    Example:
      python -m chatdata mcp

    \b
    Exit codes: 0 stdin ended, 2 invalid settings
    """
    from chatdata.services.programs.mcp_server import serve_stdio  # takes a second to import

    with opened() as connected:
        anyio.run(serve_stdio, Door(connected, tool_rules(connected.settings)), _user_of_this_machine())


def _user_of_this_machine() -> Principal:
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = "(unknown)"
    return Principal(name, name, "operator", "full", signed_in=False, known_as=name.casefold())
