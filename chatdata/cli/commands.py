"""The group of commands, and the only place that turns a failure into a message and an exit code.

A command's module is imported only when the command runs, which keeps --help fast.
"""

import errno
import gc
import json
import logging
import os
import sys
from importlib import import_module
from typing import Any

import click

from chatdata.cli.output.terminal import one_line
from chatdata.errors import (
    ChatDataError,
    DatabaseUnavailable,
    FileExists,
    NotConfigured,
    NotFound,
    OutOfReach,
    ReadOnlyError,
    RedisUnavailable,
    SettingsError,
)
from chatdata.settings.version import tool_version

NOT_FOUND, WRONG_USE, OUT_OF_REACH, INTERRUPTED, PIPE_CLOSED = 1, 2, 3, 130, 141
_COMMANDS = {
    "sessions": ("chatdata.cli.sessions", "List sessions, latest activity first."),
    "users": ("chatdata.cli.users", "List users with their sessions and tokens, last seen first."),
    "usage": ("chatdata.cli.usage", "Count sessions, messages, tool calls and tokens."),
    "index": ("chatdata.cli.index", "Build or renew the usage index."),
    "show": ("chatdata.cli.show", "Show a conversation from the database or the cache."),
    "tail": ("chatdata.cli.tail", "Follow the running turn of a session."),
    "diff": ("chatdata.cli.diff", "Compare the cached copy of a session with the database, or two sessions."),
    "scan": ("chatdata.cli.scan", "Compare all cached sessions with the database."),
    "watch": ("chatdata.cli.watch", "Scan again and again, for hosts without the app."),
    "repair": ("chatdata.cli.repair", "Repair a session (dry run by default)."),
    "payload": ("chatdata.cli.payload", "Print a model request as JSON, curl or Python."),
    "lint": ("chatdata.cli.lint", "Validate a conversation against provider rules."),
    "explain": ("chatdata.cli.explain", "Explain a provider's error and name the message that caused it."),
    "audit": ("chatdata.cli.audit", "Show the audit log: who opened, exported, sent or repaired what."),
    "mcp": ("chatdata.cli.mcp", "Serve read-only tools for agents over stdin and stdout."),
    "token": ("chatdata.cli.token", "Create, list and revoke tokens of programs."),
    "check": ("chatdata.cli.check", "Show connection status and what the stores hold."),
    "import": ("chatdata.cli.import_", "Import conversations from files."),
    "export": ("chatdata.cli.export", "Export sessions as HTML, JSON, JSON Lines or Markdown."),
    "demo": ("chatdata.cli.demo", "Load demo conversations into the embedded stores."),
}
_OF_EVERY_COMMAND = "Every command also ends with 3 if the disk is full, and with 130 if interrupted."
_JSON_ASKED = "chatdata.json"


class Commands(click.Group):
    """A click group that imports a command's module when the command is used."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command = getattr(import_module(_COMMANDS[name][0]), f"{name}_command")
        assert isinstance(command, click.Command)
        command.epilog = _OF_EVERY_COMMAND
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in _COMMANDS.items()])

    def invoke(self, context: click.Context) -> Any:
        """Runs the command; a ChatDataError, a closed pipe or Ctrl-C ends it without a traceback."""
        try:
            result = super().invoke(context)
            sys.stdout.flush()
        except ChatDataError as error:
            _report_error(error, as_json=bool(context.meta.get(_JSON_ASKED)))
            context.exit(exit_code(error))
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # discards what is still buffered
            context.exit(PIPE_CLOSED)
        except KeyboardInterrupt:
            context.exit(INTERRUPTED)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                click.echo(
                    one_line(f"The disk of {error.filename or 'the output'} is full. Free some space on it."), err=True
                )
                context.exit(OUT_OF_REACH)
            click.echo(one_line(f"{error.filename or 'A file'}: {error.strerror or error}."), err=True)
            context.exit(WRONG_USE)
        return result


def exit_code(error: ChatDataError) -> int:
    """The exit code for an error: 1 not found, 2 invalid settings, 3 a store is unavailable or failed."""
    match error:
        case NotFound():
            return NOT_FOUND
        case SettingsError() | NotConfigured() | ReadOnlyError() | FileExists():
            return WRONG_USE
        case _:
            return OUT_OF_REACH


def _report_error(error: ChatDataError, *, as_json: bool) -> None:
    """Prints the message to stderr; with --json also {"error": message, "unavailable": [stores]} to stdout."""
    click.echo(one_line(str(error)), err=True)
    if as_json:
        click.echo(json.dumps({"error": str(error), "unavailable": _out_of_reach(error)}, indent=2))


def _out_of_reach(error: ChatDataError) -> list[str]:
    match error:
        case OutOfReach():
            return error.stores
        case DatabaseUnavailable():
            return ["database"]
        case RedisUnavailable():
            return ["cache"]
        case _:
            return []


def _ask_json(context: click.Context, _parameter: click.Parameter, value: bool) -> bool:
    context.meta[_JSON_ASKED] = value
    return value


json_option = click.option(
    "--json", "as_json", is_flag=True, callback=_ask_json, help="Print one JSON document instead of a table."
)


class _Safe(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return one_line(super().format(record))


def _prepare_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    handler = logging.StreamHandler()
    handler.setFormatter(_Safe("%(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def _print_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"chatdata {tool_version()}")
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def commands() -> None:
    """Inspect and repair chat sessions stored in a database and cached in Redis or Valkey.

    The stores are set by DATABASE_URL and REDIS_URL (or REDIS_HOST). Without them, embedded stores in .data
    (INSPECTOR_DATA_DIR) are used. A deployment is read-only unless INSPECTOR_ACCESS=write.

    \b
    Example:
      python -m chatdata check

    \b
    Exit codes:
      0  success
      1  not found, or issues found (such as a line that could not be imported)
      2  invalid usage or settings
      3  a required store is unavailable, or the disk is full
      130  interrupted
    """


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    gc.set_threshold(20_000, 10, 5)  # what a command imports stays: the collector need not look at it so often
    _prepare_streams()
    commands()
