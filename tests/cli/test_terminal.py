"""Text of conversations on a terminal: no command, and no format of a command, lets it steer the terminal."""

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

from chatdata import ChatSessions
from tests.support.builders import START, document, document_message, fill, message, new_session, tool_call
from tests.support.command_line import HOSTILE, ROOT, warm

STEERING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
SESSION = "h\x1b]0;owned\x07\x1b[2J\u202e\x9b31m"
STORABLE = HOSTILE.removesuffix("\udc80")
LINES = [
    ["sessions"],
    ["users"],
    *(["usage", "--by", by, *form] for by in ("day", "session", "user", "tool") for form in ([], ["--csv"])),
    ["show", SESSION],
    ["show", SESSION, "--source", "cache"],
    ["diff", SESSION],
    ["diff", SESSION, "other"],
    ["lint", SESSION],
    ["lint", "--all"],
    ["scan", "--grace", "0"],
    ["repair", SESSION, "--action", "rewarm_cache"],
    *(["payload", SESSION, "--format", form] for form in ("json", "curl", "python")),
    *(["export", SESSION, "--format", form] for form in ("json", "jsonl", "md")),
    ["audit"],
    ["check"],
    ["show", "nobody" + SESSION],
    ["sessions", "--user", SESSION],
]
DRIVER = """
import json, sys
from chatdata.cli import commands
commands._prepare_streams()
for line in json.load(sys.stdin):
    print("\\n$", line[0], flush=True)
    print("\\n$", line[0], file=sys.stderr, flush=True)
    commands.commands(line, standalone_mode=False)
"""


def test_nothing_that_a_conversation_says_steers_a_terminal(sessions: ChatSessions, tmp_path: Path) -> None:
    assert sessions.stores.database is not None
    calls = [tool_call(STORABLE, STORABLE, STORABLE)]
    talk = [message(STORABLE, STORABLE, name=STORABLE), message("assistant", STORABLE, tool_calls=calls)]
    fill(sessions.stores.database, new_session(SESSION, STORABLE, [*talk, *talk], title=STORABLE))
    fill(sessions.stores.database, new_session("other", SESSION, talk, title=SESSION, at=START))
    cached = document(title=HOSTILE, user_id=HOSTILE, session_id=SESSION)
    cached["messages"] = [document_message("user", HOSTILE), document_message("tool", HOSTILE, tool_call_id=HOSTILE)]
    warm(sessions, json_of(cached), SESSION)

    said, errors = on_a_terminal(LINES, tmp_path / "data")
    for line, shown in zip(LINES, said.split("\n$ ")[1:], strict=True):
        assert not STEERING.search(shown), (line, shown)
    assert not STEERING.search(errors)
    assert "owned" in said


def json_of(value: object) -> bytes:
    return json.dumps(value).encode()


def on_a_terminal(lines: list[list[str]], data: Path) -> tuple[str, str]:
    """What these commands say on stdout, which is a terminal without colours, and on stderr."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", DRIVER],
        cwd=ROOT,
        env={**os.environ, "INSPECTOR_DATA_DIR": str(data), "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200"},
        stdin=subprocess.PIPE,
        stdout=theirs,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    said: list[bytes] = []

    def read() -> None:
        try:
            while piece := os.read(ours, 65536):
                said.append(piece)
        except OSError:  # the last who had the terminal is gone
            pass

    reader = threading.Thread(target=read)
    reader.start()
    _, errors = process.communicate(json_of(lines), timeout=120)
    reader.join()
    os.close(ours)
    assert process.returncode == 0, errors.decode()
    return b"".join(said).decode().replace("\r\n", "\n"), errors.decode()
