"""`tail`: a running turn as it is produced, its end, and what never arrived."""

import json
import signal
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chatdata import ChatSessions
from chatdata.cli import tail
from chatdata.services.connect import Connected, connect
from chatdata.settings.stores import Settings
from tests.support.builders import message, new_session
from tests.support.command_line import HOSTILE, UNREACHABLE_CACHE, Process, at_once, start
from tests.support.servers import WAIT_SECONDS
from tests.support.stream_writer import StreamWriter


@pytest.fixture(autouse=True)
def _ends_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has not arrived half a second after the end is lost; processes of their own wait as they do for people."""
    monkeypatch.setattr(tail, "_ARRIVES_WITHIN", 0.5)


@pytest.fixture
def environment(tmp_path: Path, redis_url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'chat.db'}",
        "REDIS_URL": redis_url,
        "INSPECTOR_ACCESS": "write",
        "INSPECTOR_DATA_DIR": str(tmp_path / "data"),
    }


@pytest.fixture
def stores(environment: dict[str, str]) -> Iterator[Connected]:
    with connect(Settings.from_environment(environment)) as opened:
        yield opened


@pytest.fixture
def sessions(stores: Connected) -> ChatSessions:
    stores.sessions.upsert_chat_session(new_session("s-1", messages=3, at=datetime.now(UTC) - timedelta(hours=1)))
    return stores.sessions


@pytest.fixture
def turn(redis_url: str) -> Iterator[StreamWriter]:
    with closing(StreamWriter(redis_url, "s-1", "turn-1", "may")) as writer:
        yield writer


def read_until(process: Process, words: str) -> list[str]:
    lines: list[str] = []
    assert process.stdout is not None
    while not lines or words not in lines[-1]:
        line = process.stdout.readline().decode()
        assert line, f"it ended without {words!r}: {lines}"
        lines.append(line)
    return lines


def events(out: str) -> list[dict[str, Any]]:
    assert out.isascii()
    return [json.loads(line) for line in out.splitlines()]


def test_it_follows_a_turn_until_its_words_have_arrived(
    environment: dict[str, str], sessions: ChatSessions, turn: StreamWriter
) -> None:
    turn.begin()
    turn.add("text-delta", id="t", delta="Hello ")
    process = start("tail", "s-1", "--json", "--every", "0.1", environment=environment)
    try:
        first = read_until(process, '"Hello "')
        turn.add("text-delta", id="t", delta="there")
        read_until(process, '"there"')
        turn.end()
        session = sessions.get_chat_session("s-1", None)
        assert session is not None
        session.messages.append(message("assistant", "Hello there"))
        sessions.upsert_chat_session(session)
        out, err = process.communicate(timeout=WAIT_SECONDS)
    finally:
        process.kill()
        process.wait(60)

    assert (process.returncode, err) == (0, b"")
    told = events("".join(first)) + events(out.decode())
    assert told[-1]["event"] == "end"
    assert told[-1]["turn"]["unsaved"] == 0
    assert told[-1]["turn"]["parts"][0]["places"] == [["both", 11]]


def test_words_that_never_arrive_end_it_with_1(
    environment: dict[str, str], sessions: ChatSessions, turn: StreamWriter
) -> None:
    turn.begin()
    turn.say("Nobody saved this.")
    turn.use("call_1", "bash_exec", {"command": "ls"}, "a.txt")
    turn.end()

    said = at_once("tail", "s-1", "--every", "0.1", **environment)

    assert said.code == 1
    assert "Nobody saved this.\n" in said.out
    assert said.out.count('Tool call: bash_exec({"command":"ls"})') == 1
    assert "Tool result: bash_exec: a.txt" in said.out
    assert "2 parts of it are missing or incomplete in both copies: lost when the stream expires at" in said.out


def test_a_calls_input_is_printed_once_whenever_its_result_comes(
    environment: dict[str, str], sessions: ChatSessions, turn: StreamWriter
) -> None:
    turn.begin()
    turn.add("tool-input-start", toolCallId="call_1", toolName="bash_exec")
    process = start("tail", "s-1", "--every", "0.1", environment=environment)
    try:
        told = read_until(process, "Tool call: bash_exec …")
        turn.add("tool-input-available", toolCallId="call_1", toolName="bash_exec", input={"command": "ls"})
        told += read_until(process, 'Tool call: bash_exec({"command":"ls"})')
        turn.add("tool-output-available", toolCallId="call_1", output="a.txt")
        told += read_until(process, "Tool result: bash_exec: a.txt")
        turn.end()
        out, _ = process.communicate(timeout=WAIT_SECONDS)
    finally:
        process.kill()
        process.wait(60)

    assert ("".join(told) + out.decode()).count("Tool call: bash_exec(") == 1


def test_odd_entries_are_told_in_short(environment: dict[str, str], sessions: ChatSessions, turn: StreamWriter) -> None:
    turn.begin()
    turn.add("tool-output-available", toolCallId="call_7", output=None)
    turn.add("usage", promptTokens=-5, completionTokens=3)
    turn.add("x" * 5_000)
    turn.add("")
    turn.end()

    out = at_once("tail", "s-1", "--every", "0.1", **environment).out

    assert "Tool result: call_7: null" in out
    assert "Tokens: output 3\n" in out
    assert f"(1 entry of the unknown type {'x' * 80}…)" in out
    assert "(1 entry unreadable: an entry without a type)" in out
    assert "None" not in out


def test_a_key_that_is_no_stream_is_told_as_such(
    environment: dict[str, str], sessions: ChatSessions, turn: StreamWriter
) -> None:
    turn.redis.set(turn.stream_key, "not a stream")
    turn.begin("completed", start=False)

    out = at_once("tail", "s-1", "--every", "0.1", **environment).out

    assert "The stream: chat:stream:turn-1 is not a stream." in out
    assert "It has no stream" not in out


def test_a_session_without_a_turn_says_so(environment: dict[str, str], sessions: ChatSessions) -> None:
    said = at_once("tail", "s-1", **environment)

    assert (said.code, "No turn is running" in said.out) == (0, True)


def test_what_is_not_there_or_can_not_be_read_has_its_exit_code(
    environment: dict[str, str], sessions: ChatSessions
) -> None:
    assert at_once("tail", "s-nowhere", **environment).code == 1
    assert at_once("tail", **environment).code == 2
    assert at_once("tail", "s-1", "--every", "0", **environment).code == 2
    assert at_once("tail", "s-1", "--every", "nan", **environment).code == 2
    assert at_once("tail", "s-1", **{**environment, "REDIS_URL": UNREACHABLE_CACHE}).code == 3


def test_ctrl_c_ends_it_with_130(environment: dict[str, str], sessions: ChatSessions, turn: StreamWriter) -> None:
    turn.begin()
    turn.add("text-delta", id="t", delta="Hello\n")
    process = start("tail", "s-1", environment=environment)
    try:
        read_until(process, "Hello")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=WAIT_SECONDS)
        assert (process.returncode, b"Traceback" in err) == (130, False)
    finally:
        process.kill()
        process.wait(60)


def test_text_that_would_steer_a_terminal_is_spelled_out(
    environment: dict[str, str], sessions: ChatSessions, turn: StreamWriter
) -> None:
    turn.begin()
    turn.say(HOSTILE)
    turn.use("call_1", HOSTILE, {"x": HOSTILE}, HOSTILE)
    turn.add("error", errorText=HOSTILE, code=HOSTILE)
    turn.end()

    out = at_once("tail", "s-1", "--every", "0.1", **environment).out

    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\\x1b" in out


def test_narrower_views_show_less(environment: dict[str, str], sessions: ChatSessions, turn: StreamWriter) -> None:
    turn.begin()
    turn.say("Write to ann.canary77@example-mail.org today.")
    turn.end()

    told = {
        view: at_once("tail", "s-1", "--json", "--every", "0.1", "--view", view, **environment).out
        for view in ("full", "masked", "structure")
    }

    assert "ann.canary77" in told["full"]
    assert "ann.canary77" not in told["masked"] + told["structure"]
    assert ("Write to" in told["masked"], "Write to" in told["structure"]) == (True, False)
