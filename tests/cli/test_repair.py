"""`repair` on the command line: dry run, applied repair, refusals and exit codes."""

import getpass
import json
from pathlib import Path
from typing import Any, get_args

import pytest

from chatdata import ChatSessions, Connected
from chatdata.domain.drift import Repair
from chatdata.services.scan import keep, last_scans, rechecked, scan
from tests.support.builders import fill, message, new_session, talk, tool_call
from tests.support.command_line import HOSTILE, UNREACHABLE_CACHE, UNREACHABLE_DATABASE, Line, in_process


def drift(sessions: ChatSessions, cached: list[Any], stored: list[Any]) -> None:
    assert sessions.stores.database is not None
    assert sessions.stores.cache is not None
    fill(sessions.stores.database, new_session(messages=stored))
    sessions.stores.cache.put_raw(
        "s-1",
        json.dumps(new_session(messages=cached).model_dump(mode="python"), default=str).encode(),
        ttl_seconds=3_600,
    )


def raw(sessions: ChatSessions) -> bytes | None:
    assert sessions.stores.cache is not None
    return sessions.stores.cache.read_raw("s-1")


def test_a_dry_run_says_what_would_be_and_writes_nothing(run: Line, connected: Connected) -> None:
    drift(connected.sessions, [*talk(3), message("user", "only here")], talk(3))
    before = raw(connected.sessions)
    answer = run("repair", "s-1", "--action", "rewarm_cache")
    assert (answer.code, answer.err) == (0, "")
    for words in (
        "dry run",
        "4 messages",
        "3 messages",
        "resolves  Unsaved messages (unsaved_tail)",
        "only here",
        "--apply",
    ):
        assert words in answer.out
    assert raw(connected.sessions) == before
    assert connected.app_db.audit_entries(10) == ()


def test_tool_calls_are_told_as_json(run: Line, connected: Connected) -> None:
    calls = [tool_call("call_x", "find")]
    drift(connected.sessions, [*talk(3), message("assistant", "", tool_calls=calls)], talk(3))
    out = " ".join(run("repair", "s-1", "--action", "rewarm_cache").out.split())
    assert f"assistant: calls {json.dumps(calls)}"[:60] in out


def test_the_same_as_json(run: Line, sessions: ChatSessions) -> None:
    drift(sessions, [*talk(3), message("user", "only here")], talk(3))
    found = run("repair", "s-1", "--action", "save_cached_tail", "--json").json
    assert set(found) == {
        *("session_id", "action", "applied", "key", "before", "after", "changes", "lost", "cautions"),
        *("ends", "leaves", "guard"),
    }
    assert (found["applied"], found["key"], found["ends"]) == (False, "chat:session:s-1", ["unsaved_tail"])
    assert (found["before"]["status"], found["after"]["status"]) == ("drifted", "in_sync")
    assert (found["before"]["database"]["messages"], found["after"]["database"]["messages"]) == (3, 4)
    assert found["changes"][0]["place"] == "message row 3"
    assert (found["changes"][0]["before"], found["changes"][0]["after"]["content"]) == (None, "only here")


@pytest.mark.parametrize("action", get_args(Repair))
def test_each_action_is_done_once(run: Line, connected: Connected, action: Repair) -> None:
    part = [talk(1)[0], message("assistant", "mess"), talk(3)[2]]
    cached, stored = (talk(3), part) if action == "save_cached_text" else (talk(5), talk(3))
    drift(connected.sessions, cached, stored)
    found = run("repair", "s-1", "--action", action, "--apply", "--json")
    assert found.code == 0
    document = found.json
    assert (document["applied"], document["now"]["findings"]) == (True, document["after"]["findings"])
    assert document["guard_now"] != document["guard"] or action == "keep_alive"
    (entry,) = connected.app_db.audit_entries(10)
    assert (entry.who, entry.action, entry.result) == (getpass.getuser(), action, "done")
    again = run("repair", "s-1", "--action", action, "--apply")
    assert again.code == (0 if action == "keep_alive" else 1)
    assert again.err.strip().endswith(".") is (again.code == 1)


def test_a_repaired_session_is_no_longer_listed_by_the_last_scan(run: Line, connected: Connected) -> None:
    drift(connected.sessions, talk(3), talk(5))
    assert keep(connected.app_db, scan(connected.stores, grace=0))
    assert run("repair", "s-1", "--action", "rewarm_cache", "--apply").code == 0
    now = rechecked(connected.app_db, last_scans(connected.app_db, 1)[0])
    assert (now.sessions, set(now.repaired), now.in_sync) == ((), {"s-1"}, 1)


def test_what_was_done_is_told_to_people(sessions: ChatSessions) -> None:
    drift(sessions, talk(3), talk(5))
    answer = in_process("repair", "s-1", "--action", "rewarm_cache", "--apply")
    assert (answer.code, answer.err) == (0, "")
    for words in ("(rewarm_cache), done", "Status after: In sync", "Resolved: Cache is behind", "No data loss."):
        assert words in answer.out
    assert "--apply" not in answer.out


def test_another_time_to_live_can_be_given(run: Line, sessions: ChatSessions) -> None:
    drift(sessions, talk(5), talk(3))
    assert "2 h" in run("repair", "s-1", "--action", "keep_alive", "--seconds", "7200").out
    found = run("repair", "s-1", "--action", "keep_alive", "--seconds", "7200", "--apply", "--json").json
    assert 7_100 < found["now"]["cache"]["ttl_seconds"] <= 7_200


def test_what_is_refused_is_a_sentence_and_a_document(run: Line, sessions: ChatSessions) -> None:
    drift(sessions, talk(3), talk(5))
    answer = run("repair", "s-1", "--action", "save_cached_tail", "--json")
    assert answer.code == 1
    assert answer.json["refused"]["reason"] == "unsuitable"
    assert answer.json["refused"]["sentence"] == answer.err.strip()
    missing = run("repair", "nobody", "--action", "rewarm_cache", "--json")
    assert (missing.code, missing.json["refused"]["reason"]) == (1, "not_found")


@pytest.mark.parametrize(
    ("arguments", "environment", "code"),
    [
        ((), {}, 2),
        (("--action", "fly"), {}, 2),
        (("--action", "rewarm_cache", "--seconds", "5"), {}, 2),
        (("--action", "keep_alive", "--seconds", "0"), {}, 2),
        (("--action", "keep_alive", "--seconds", "soon"), {}, 2),
        (("--action", "rewarm_cache"), {"DATABASE_URL": UNREACHABLE_DATABASE}, 2),
        (("--action", "rewarm_cache"), {"REDIS_URL": UNREACHABLE_CACHE}, 2),
        (("--action", "rewarm_cache"), {"DATABASE_URL": UNREACHABLE_DATABASE, "REDIS_URL": UNREACHABLE_CACHE}, 3),
        (("--action", "rewarm_cache", "--apply"), {"INSPECTOR_ACCESS": "read"}, 2),
        (("--action", "rewarm_cache"), {"INSPECTOR_ACCESS": "read"}, 0),
    ],
)
def test_exit_codes(
    run: Line, sessions: ChatSessions, arguments: tuple[str, ...], environment: dict[str, str], code: int
) -> None:
    drift(sessions, talk(3), talk(5))
    before = raw(sessions)
    answer = run("repair", "s-1", *arguments, **environment)
    assert answer.code == code
    assert (answer.err.strip() == "") is (code == 0)
    assert raw(sessions) == before


def test_read_only_says_what_to_set(run: Line, sessions: ChatSessions) -> None:
    drift(sessions, talk(3), talk(5))
    answer = run("repair", "s-1", "--action", "rewarm_cache", "--apply", "--json", INSPECTOR_ACCESS="read")
    assert (answer.code, answer.json["unavailable"]) == (2, [])
    assert "INSPECTOR_ACCESS=write" in answer.json["error"]


def test_a_store_out_of_reach_is_named(run: Line, sessions: ChatSessions, tmp_path: Path) -> None:
    drift(sessions, talk(3), talk(5))
    assert sessions.stores.database is not None
    stores = {"DATABASE_URL": sessions.stores.database.where, "REDIS_URL": UNREACHABLE_CACHE}
    answer = run("repair", "s-1", "--action", "rewarm_cache", "--json", **stores)
    assert (answer.code, answer.json["unavailable"]) == (3, ["cache"])


def test_hostile_words_stay_text(run: Line, sessions: ChatSessions) -> None:
    drift(sessions, [*talk(1), message("user", HOSTILE), message("assistant", None, tool_calls=[HOSTILE])], talk(1))
    for action in ("save_cached_tail", "rewarm_cache"):
        out = run("repair", "s-1", "--action", action).out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert json.loads(run("repair", "s-1", "--action", action, "--json").out)


def test_many_changes_are_cut_for_people_and_whole_as_json(run: Line, sessions: ChatSessions) -> None:
    drift(sessions, talk(100), talk(1))
    out = run("repair", "s-1", "--action", "rewarm_cache").out
    assert "more (--json has all)" in out
    assert len(out.splitlines()) < 90
    document = run("repair", "s-1", "--action", "rewarm_cache", "--json").json
    assert len(document["lost"][0]["values"]) == 99


def test_help_has_an_example_and_the_exit_codes(run: Line) -> None:
    answer = run("repair", "--help")
    assert answer.code == 0
    assert "Exit codes" in answer.out
    assert "python -m chatdata" in answer.out.split("Example", 1)[1]
    assert max(map(len, answer.out.splitlines())) <= 80
