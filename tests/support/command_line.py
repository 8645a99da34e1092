"""Runs the command line in a process or in this one, and reads back what its stores hold."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from click.testing import CliRunner

from chatdata import ChatSessions
from chatdata.cli.commands import commands
from tests.support import builders, servers

Process = subprocess.Popen[bytes]
Line = Callable[..., "Answer"]

ROOT = Path(__file__).resolve().parents[2]
UNREACHABLE_DATABASE = f"postgresql://reader:SECRET@{servers.UNREACHABLE}:1/platform"
UNREACHABLE_CACHE = f"redis://:SECRET@{servers.UNREACHABLE}:1"
HOSTILE = "\x1b]0;owned\x07\x1b[2Jred [bold]not bold[/bold] \u202eright to left\r\nnext \udc80"


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout, which must be all of it, in ASCII."""
        assert self.out.isascii()
        return json.loads(self.out)


def start(*arguments: str, environment: Mapping[str, str] = MappingProxyType({}), **options: Any) -> "Process":
    """A real process, with pipes unless the options say otherwise."""
    inherited = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    return subprocess.Popen(
        [sys.executable, "-m", "chatdata", *arguments],
        cwd=ROOT,
        env={**inherited, **environment},
        **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )


def in_process(*arguments: str, given: str = "", **environment: str) -> Answer:
    """What a command says in a process of its own."""
    process = start(*arguments, environment=environment)
    out, err = process.communicate(given.encode(), timeout=servers.WAIT_SECONDS)
    return checked(Answer(process.returncode, out.decode(), err.decode()))


def at_once(*arguments: str, given: str = "", **environment: str) -> Answer:
    """What a command says in this process, which saves the second that another takes to start."""
    runner = CliRunner(env={"COLUMNS": None, **environment}, catch_exceptions=False)
    result = runner.invoke(commands, list(arguments), input=given.encode(), prog_name="python -m chatdata")
    return checked(Answer(result.exit_code, result.stdout, result.stderr))


def checked(answer: Answer) -> Answer:
    """The answer, which shows neither a traceback nor a password."""
    assert "Traceback" not in answer.err
    assert "SECRET" not in answer.out + answer.err
    return answer


def save(sessions: ChatSessions, session_id: str = "s-1", messages: int = 3, **fields: Any) -> None:
    """Saves a session in both stores, as the newest."""
    builders.save_newest(sessions, builders.new_session(session_id, messages=messages, **fields))


def warm(sessions: ChatSessions, raw: bytes, session_id: str = "s-1") -> None:
    """Puts a cached document as it is."""
    assert sessions.stores.cache is not None
    sessions.stores.cache.put_raw(session_id, raw)
