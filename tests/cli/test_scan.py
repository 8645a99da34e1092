"""`scan` on the command line: output, exit codes, merged shards and Ctrl-C."""

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chatdata import ChatSessions, Settings
from chatdata.services.connect import connect
from chatdata.services.demo.seeding import seed_demo
from chatdata.services.scan import last_scans
from chatdata.stores.app_db import AppDatabase
from tests.services.test_scan import both
from tests.support import servers
from tests.support.builders import new_session
from tests.support.command_line import UNREACHABLE_CACHE, Answer, at_once, start

NOW = ("scan", "--grace", "0")


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[ChatSessions]:
    """The embedded stores that the commands use, with three sessions in sync."""
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path / "data")})) as opened:
        assert opened.sessions.stores.database is not None
        opened.sessions.stores.database.facts()
        both(opened.sessions, *(new_session(f"s-{number}", messages=3) for number in range(3)))
        yield opened.sessions


def spoil(sessions: ChatSessions, session_id: str = "s-1", messages: int = 5) -> None:
    """Words that only the cache has."""
    assert sessions.stores.cache is not None
    sessions.stores.cache.put(new_session(session_id, messages=messages))


def scans_of(sessions: ChatSessions, tmp_path: Path) -> list[int]:
    return [scan.cached_keys for scan in last_scans(AppDatabase(tmp_path / "data", sessions.stores.deployment), 9)]


def test_where_all_was_compared_and_is_in_sync_it_says_so_without_an_estimate(sessions: ChatSessions) -> None:
    answer = at_once(*NOW)
    assert (answer.code, answer.err) == (0, "")
    assert "3 cached sessions" in answer.out
    assert "3 in sync" in answer.out
    assert "100% in sync (3 sessions compared).\n" in answer.out
    assert "95% confidence" not in answer.out
    assert "not cached" not in answer.out
    assert "95% confidence: at most 100% are out of sync." in at_once(*NOW, "--limit", "2").out
    assert "s-1" not in answer.out


def test_what_differs_is_a_line_each_the_worst_first(sessions: ChatSessions) -> None:
    spoil(sessions)
    assert sessions.update_session_title("s-2", "Trip")
    spoil(sessions, "s-2", messages=3)
    answer = at_once(*NOW)
    assert answer.code == 1
    lines = [line for line in answer.out.splitlines() if line.startswith("s-")]
    assert [line.split()[0] for line in lines] == ["s-1", "s-2"]
    assert "Unsaved messages" in lines[0]
    assert "Only the cache has 2 messages: 2 expire " in answer.out
    assert "33.3% in sync (3 sessions compared)" in answer.out


def test_channels_that_refer_to_a_session_without_a_row_are_counted_and_listed(sessions: ChatSessions) -> None:
    cache = sessions.stores.cache
    assert cache is not None
    assert "chat platforms" not in at_once(*NOW).out
    cache._client.set("copilot-bot:session:discord:42", "s-1")
    cache._client.set("copilot-bot:session:telegram:7\n\x1b[31m", "gone")
    answer = at_once(*NOW)
    assert answer.code == 0
    assert "1 channel of chat platforms refers to a session without a row:" in answer.out
    (line,) = [line for line in answer.out.splitlines() if line.startswith("telegram:7")]
    assert line.endswith("gone")
    assert "discord" not in answer.out


def test_several_processes_find_the_same(sessions: ChatSessions, tmp_path: Path) -> None:
    spoil(sessions)
    one, two = (at_once(*NOW, "--json", "--workers", workers) for workers in ("1", "2"))
    assert (one.code, two.code, two.err) == (1, 1, "")
    assert plain_of(two.json) == plain_of(one.json)
    assert scans_of(sessions, tmp_path) == [3, 3]
    assert at_once(*NOW, "--workers", "2", "--limit", "1").code == 2


def plain_of(document: dict[str, Any]) -> dict[str, Any]:
    """A scan without its times, at which ages are counted too."""
    return {
        name: value
        for name, value in document.items()
        if name not in ("started_at", "finished_at", "seconds", "measures", "sessions")
    } | {"sessions": [(one["session_id"], one["status"]) for one in document["sessions"]]}


def test_json_is_the_contracts(sessions: ChatSessions) -> None:
    spoil(sessions)
    answer = at_once(*NOW, "--json")
    assert answer.code == 1
    assert answer.json.keys() >= {
        "started_at",
        "seconds",
        "cached_keys",
        "compared",
        "in_sync",
        "drifted",
        "ghost",
        "corrupt",
        "moving",
        "findings_by_kind",
        "messages_at_risk",
        "sessions",
    }
    assert (answer.json["status"], answer.json["compared"], answer.json["drifted"]) == ("finished", 3, 1)
    (one,) = answer.json["sessions"]
    assert (one["session_id"], one["status"], one["cache"]["messages"]) == ("s-1", "drifted", 5)
    assert not {"cache_value", "database_value"} & one["findings"][0].keys()


def test_the_demo_is_printed_whole(tmp_path: Path) -> None:
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path / "data")})) as opened:
        seed_demo(opened, datetime.now(UTC))
        answer = at_once(*NOW)
    assert answer.code == 1
    assert all(
        word in answer.out
        for word in ("cache only", "unreadable", "Gap in message numbers", "Only the cache has 28 messages")
    )


def test_only_a_whole_scan_is_kept_for_the_trend(sessions: ChatSessions, tmp_path: Path) -> None:
    for arguments in (("--user", "u-1"), ("--limit", "2"), ("--shard", "0/2")):
        assert at_once(*NOW, *arguments).code == 0
    assert scans_of(sessions, tmp_path) == []
    assert at_once(*NOW).code == 0
    assert scans_of(sessions, tmp_path) == [3]


def shard_files(tmp_path: Path, count: int) -> list[str]:
    files = [tmp_path / f"shard-{number}.json" for number in range(count)]
    for number, file in enumerate(files):
        file.write_text(at_once(*NOW, "--shard", f"{number}/{count}", "--json").out)
    return list(map(str, files))


def test_shards_are_merged_from_their_files_and_kept_when_all_are_there(sessions: ChatSessions, tmp_path: Path) -> None:
    spoil(sessions)
    files = shard_files(tmp_path, 3)
    part = at_once("scan", "--merge", *files[:2], "--json")
    assert part.json["shard"] == "0,1/3"
    assert part.err == "Shards are missing: this is 0,1/3.\n"
    assert scans_of(sessions, tmp_path) == []
    whole = at_once("scan", "--merge", *files, "--json")
    assert (whole.code, whole.json["shard"], whole.json["cached_keys"], whole.json["drifted"]) == (1, None, 3, 1)
    assert [one["session_id"] for one in whole.json["sessions"]] == ["s-1"]
    assert at_once("scan", "--merge", *files[::-1], "--json").code == 1
    assert scans_of(sessions, tmp_path) == [3]


def test_what_can_not_be_merged_is_wrong_usage(sessions: ChatSessions, tmp_path: Path) -> None:
    files, other = shard_files(tmp_path, 2), tmp_path / "other.json"
    assert "Shard 0/2 occurs more than once" in refused("scan", "--merge", *files, files[0])
    other.write_text("{}")
    assert "other.json: this is not a scan result" in refused("scan", "--merge", *files, str(other))
    other.write_text("[" * 100_000)
    assert "other.json" in refused("scan", "--merge", str(other))
    assert "does not exist" in refused("scan", "--merge", str(tmp_path / "nowhere.json"))
    assert "--merge takes the JSON files" in refused("scan", "--merge")
    assert "--merge takes the JSON files" in refused("scan", files[0])
    assert "--merge takes the JSON files" in refused("scan", "--merge", "--limit", "3", *files)
    assert "counted from 0/4 to 3/4" in refused("scan", "--shard", "4/4")
    assert "use a form like 3/16" in refused("scan", "--shard", "half")
    assert "0<=x<=3600" in refused("scan", "--grace", "inf")


def refused(*arguments: str) -> str:
    answer = at_once(*arguments)
    assert (answer.code, answer.out) == (2, "")
    return " ".join(answer.err.split())


def test_a_store_that_is_missing_or_out_of_reach_is_a_sentence(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'chat.db'}"
    answer = at_once(*NOW, DATABASE_URL=url)
    assert (answer.code, answer.out) == (2, "")
    assert "REDIS_URL" in answer.err
    answer = at_once(*NOW, "--json", DATABASE_URL=url, REDIS_URL=UNREACHABLE_CACHE)
    assert (answer.code, answer.json["unavailable"]) == (3, ["cache"])


def test_a_scan_that_can_not_be_kept_still_answers(sessions: ChatSessions, tmp_path: Path) -> None:
    (tmp_path / "data" / "inspector.db").mkdir()
    answer = at_once(*NOW, "--json")
    assert (answer.code, answer.json["in_sync"]) == (0, 3)
    assert "inspector.db can't be used" in answer.err


def test_help_fits_and_has_examples(sessions: ChatSessions) -> None:
    answer = at_once("scan", "--help")
    assert "Exit codes" in answer.out
    assert "python -m chatdata scan --merge" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80


def interrupted(sessions: ChatSessions, *arguments: str) -> Answer:
    """Ctrl-C while it waits for a second look; there is something to wait for."""
    spoil(sessions, "ghost")
    master, terminal = pty.openpty()
    with start("scan", "--grace", "600", *arguments, environment={"TERM": "xterm"}, stderr=terminal) as process:
        os.close(terminal)
        seen = b""
        while b"1 to re-check" not in seen:
            seen += os.read(master, 65536)
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        out = process.stdout.read().decode()
        code = process.wait(servers.WAIT_SECONDS)
    os.close(master)
    return Answer(code, out, seen.decode())


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_it_with_what_is_known(sessions: ChatSessions, tmp_path: Path, workers: str) -> None:
    answer = interrupted(sessions, "--json", "--workers", workers)
    assert answer.code == 1
    assert (answer.json["status"], answer.json["in_sync"], answer.json["unconfirmed"]) == ("cancelled", 3, 1)
    assert scans_of(sessions, tmp_path) == []


def test_a_store_that_dies_meanwhile_is_said_with_what_is_known(tmp_path: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'chat.db'}", "INSPECTOR_ACCESS": "write"}
    with servers.valkey_server() as valkey:
        settings["REDIS_URL"] = valkey.url
        with connect(Settings.from_environment(settings)) as opened:
            assert opened.sessions.stores.database is not None
            opened.sessions.stores.database.facts()
            both(opened.sessions, new_session("s-1", messages=2))
            spoil(opened.sessions, "ghost")
        arguments = ("scan", "--grace", "2", "--json")
        process = start(*arguments, environment=settings, stdin=subprocess.DEVNULL)
        # EXISTS, which looks for a worker's lock, is the last command of the first reading.
        servers.wait_until(lambda: valkey.run("INFO", "commandstats").get("cmdstat_exists"), "the first reading")
        valkey.kill()
        out, err = process.communicate(timeout=servers.WAIT_SECONDS)
    assert process.returncode == 3
    found = json.loads(out)
    assert (found["status"], found["unavailable"], found["in_sync"], found["unconfirmed"]) == (
        "stopped",
        ["cache"],
        1,
        1,
    )
    assert err.decode().startswith("Scan stopped: The cache")
