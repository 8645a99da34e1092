"""The command line as scripts and people use it: real processes, exit codes, stdout and stderr."""

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import termios
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chatdata import ChatSessions, Connected, Settings, Usage
from chatdata.cli.output.terminal import one_line, shown
from chatdata.domain import formatting
from chatdata.services.answers.json_types import plain
from chatdata.services.connect import connect
from chatdata.services.demo.seeding import seed_demo
from tests.support import builders, servers
from tests.support.command_line import (
    HOSTILE,
    UNREACHABLE_CACHE,
    UNREACHABLE_DATABASE,
    Line,
    at_once,
    save,
    start,
    warm,
)

# Sessions and users


def test_sessions_are_listed_newest_first_with_totals(real: Line, sessions: ChatSessions) -> None:
    save(sessions, "old", 2, usage=[(10, 1)])
    save(sessions, "new", 3, usage=[(5, 2)], title="Trip")
    answer = real("sessions", "--json")
    assert (answer.code, answer.err) == (0, "")
    document = answer.json
    assert [item["session_id"] for item in document["sessions"]] == ["new", "old"]
    assert document["total"] == {
        "sessions": 2,
        "messages": 5,
        "prompt_tokens": 15,
        "completion_tokens": 3,
        "damaged": 0,
    }
    rest = {key: document[key] for key in ("source", "more", "unavailable", "not_configured")}
    assert rest == {"source": "database", "more": False, "unavailable": [], "not_configured": []}
    first = document["sessions"][0]
    assert set(first) == {
        *("session_id", "user_id", "title", "first_user_message", "last_answer", "started_at", "updated_at"),
        *("messages", "prompt_tokens", "completion_tokens", "damaged", "cached", "ttl_seconds"),
    }
    assert (first["title"], first["first_user_message"], first["last_answer"]) == ("Trip", "message 0", "message 1")
    assert (first["cached"], 43_000 < first["ttl_seconds"] <= 43_200) == (True, True)
    assert first["started_at"] == "2026-02-20T10:00:00.123Z"


def test_a_limit_says_that_there_are_more(run: Line, sessions: ChatSessions) -> None:
    for number in range(3):
        save(sessions, f"s-{number}", 1)
    document = run("sessions", "--limit", "2", "--json").json
    assert (len(document["sessions"]), document["more"], document["total"]["sessions"]) == (2, True, 3)
    assert "2 of 3 sessions" in run("sessions", "--limit", "2").out


def test_sessions_with_failed_or_stopped_turns_are_listed_and_counted(run: Line, sessions: ChatSessions) -> None:
    failed = builders.message("assistant", "[__COPILOT_ERROR_f7a1__] The model is unavailable.")
    stopped = builders.message("assistant", "[__COPILOT_SYSTEM_e3b0__] Execution stopped by user.")
    save(sessions, "a", messages=[builders.message(), failed])
    save(sessions, "b", messages=[builders.message(), stopped])
    save(sessions, "c", 2)
    for turns, expected in {"failed": "a", "stopped": "b"}.items():
        document = run("sessions", "--turns", turns, "--json").json
        assert [item["session_id"] for item in document["sessions"]] == [expected]
        assert document["total"]["sessions"] == 1
    assert run("sessions", "--turns", "slow").code == 2


@pytest.mark.parametrize(
    ("sort", "expected"), [("active", "cba"), ("started", "cba"), ("messages", "bac"), ("tokens", "abc")]
)
def test_sessions_are_listed_in_the_order_asked_for(
    run: Line, sessions: ChatSessions, monkeypatch: pytest.MonkeyPatch, sort: str, expected: str
) -> None:
    monkeypatch.setattr("chatdata.services.answers.sessions._AT_ONCE", 1)  # so that each is on a page of its own
    save(sessions, "a", 2, usage=[(90, 9)])
    save(sessions, "b", 3, usage=[(50, 5)])
    save(sessions, "c", 1, usage=[(10, 1)])
    found = run("sessions", "--sort", sort, "--json").json["sessions"]
    assert "".join(item["session_id"] for item in found) == expected
    assert run("sessions", "--sort", "size").code == 2


def test_sessions_that_called_a_tool_are_listed(run: Line, sessions: ChatSessions) -> None:
    save(sessions, "a", messages=[builders.message("assistant", None, tool_calls=[builders.tool_call()])])
    save(sessions, "b", 2)
    for tool, expected in {"find_agent": ["a"], "find": []}.items():
        document = run("sessions", "--tool", tool, "--json").json
        assert [item["session_id"] for item in document["sessions"]] == expected


def test_sessions_beyond_one_page_of_the_database_are_all_listed(run: Line, sessions: ChatSessions) -> None:
    assert sessions.stores.database is not None
    builders.fill(sessions.stores.database, *(builders.new_session(f"s-{number:04}") for number in range(1100)))
    document = run("sessions", "--limit", "2000", "--json").json
    assert len({item["session_id"] for item in document["sessions"]}) == 1100
    assert document["more"] is False


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--user", "mia"), ["a"]),
        (("--search", "Hafen"), ["b"]),
        (("--search", '"message 2" hafen'), []),
        (("--search", "ไทย"), ["a"]),
        (("--user", "nobody"), []),
    ],
)
def test_users_and_words_narrow_the_list(
    run: Line, sessions: ChatSessions, options: tuple[str, ...], found: list[str]
) -> None:
    save(sessions, "a", user_id="mia", title="ภาษาไทย")
    save(sessions, "b", messages=[builders.message(content="Wo ist der HAFEN?")])
    answer = run("sessions", *options, "--json")
    assert (answer.code, [item["session_id"] for item in answer.json["sessions"]]) == (0, found)
    assert ("No matching sessions." in run("sessions", *options).out) == (not found)


def test_empty_stores_say_how_to_begin(run: Line) -> None:
    answer = run("sessions")
    assert answer.code == 0
    assert "python -m chatdata import FILE" in answer.out
    assert run("users").out == "No matching users.\n"


@pytest.mark.parametrize("columns", [80, 100, 140, 200])
def test_a_table_fits_its_width_and_never_cuts_an_id(run: Line, sessions: ChatSessions, columns: int) -> None:
    session_id = "0f8fad5b-d9cb-469f-a165-70867728950e"
    wide_title = "航空券の変更について " * 9
    save(sessions, session_id, title=wide_title, user_id="sso-" + session_id, usage=[(123_456_789, 98_765)])
    for command in ("sessions", "users", "check"):
        answer = run(command, COLUMNS=str(columns))
        assert all(cells(line) <= columns for line in answer.out.splitlines()), command
    assert session_id in run("sessions", COLUMNS=str(columns)).out
    assert "sso-" + session_id in run("users", COLUMNS=str(columns)).out


def cells(line: str) -> int:
    """Columns that a line takes in a terminal; CJK takes two each."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in line)


def test_a_piped_list_has_a_line_for_each_session(run: Line, sessions: ChatSessions) -> None:
    save(sessions, "s-1", title="Trip to Porto", usage=[(1234, 5)])
    (line,) = [line for line in run("sessions").out.splitlines() if line.startswith("s-1")]
    assert "Trip to Porto" in line
    assert "1,234" in line
    assert line == line.rstrip()


def test_users_are_listed_with_their_sums(run: Line, sessions: ChatSessions) -> None:
    save(sessions, "a", user_id="mia", usage=[(10, 1)])
    save(sessions, "b", user_id="mia", usage=[(5, 2)])
    save(sessions, "c", user_id="noa")
    document = run("users", "--json").json
    assert [(user["user_id"], user["sessions"]) for user in document["users"]] == [("noa", 1), ("mia", 2)]
    assert set(document["users"][1]) == {
        *("user_id", "sessions", "prompt_tokens", "completion_tokens", "first_seen", "last_seen", "damaged")
    }
    assert (document["users"][1]["prompt_tokens"], document["total"], document["source"]) == (15, 2, "database")
    assert run("users", "--search", "no", "--json").json["total"] == 1


# Stores that don't answer


def test_a_cache_out_of_reach_never_hides_the_database(run: Line, sessions: ChatSessions, database_only: str) -> None:
    save(sessions)
    answer = run("sessions", "--json", DATABASE_URL=database_only, REDIS_URL=UNREACHABLE_CACHE)
    assert (answer.code, answer.json["unavailable"]) == (0, ["cache"])
    assert (answer.json["sessions"][0]["cached"], answer.json["sessions"][0]["ttl_seconds"]) == (None, None)
    assert "can't be reached" in answer.err


def test_a_store_without_a_setting_is_not_configured_rather_than_unavailable(
    run: Line, sessions: ChatSessions, database_only: str
) -> None:
    save(sessions)
    answer = run("sessions", "--json", DATABASE_URL=database_only)
    assert (answer.code, answer.err) == (0, "")
    assert (answer.json["unavailable"], answer.json["not_configured"]) == ([], ["cache"])


@pytest.mark.parametrize("command", ["sessions", "users"])
def test_with_the_database_out_of_reach_cached_sessions_are_listed(run: Line, redis_url: str, command: str) -> None:
    settings = Settings.from_environment({"REDIS_URL": redis_url, "INSPECTOR_ACCESS": "write"})
    with connect(settings) as writing:
        for number in range(3):
            writing.sessions.cache_chat_session(builders.new_session(f"c-{number}", messages=2, usage=[(10, 1)]))
    stores = {"DATABASE_URL": UNREACHABLE_DATABASE, "REDIS_URL": redis_url}
    answer = run(command, "--json", "--limit", "2", **stores)
    assert (answer.code, answer.json["source"], answer.json["unavailable"]) == (0, "cache", ["database"])
    assert "can't be reached" in answer.err
    if command == "sessions":
        assert answer.json["total"] == {
            "sessions": 3,
            "messages": 6,
            "prompt_tokens": 30,
            "completion_tokens": 3,
            "damaged": 0,
        }
        assert (len(answer.json["sessions"]), answer.json["more"]) == (2, True)
        assert answer.json["sessions"][0]["cached"] is True


@pytest.mark.parametrize("arguments", [("sessions",), ("users",), ("show", "s-1")])
def test_with_no_store_in_reach_the_code_is_3(real: Line, arguments: tuple[str, ...]) -> None:
    stores = {"DATABASE_URL": UNREACHABLE_DATABASE, "REDIS_URL": UNREACHABLE_CACHE}
    answer = real(*arguments, "--json", **stores)
    assert (answer.code, answer.json["unavailable"]) == (3, ["database", "cache"])
    assert answer.json["error"] in answer.err
    assert real(*arguments, **stores).out == ""


def test_a_search_that_is_stopped_is_code_3_and_says_what_to_do(run: Line, sessions: ChatSessions) -> None:
    assert sessions.stores.database is not None
    long = [builders.message(content="lorem ipsum " * 500)] * 2000
    builders.fill(sessions.stores.database, builders.new_session("s", messages=long))
    answer = run("sessions", "--search", "nowhere", INSPECTOR_STATEMENT_TIMEOUT="0.001")
    assert answer.code == 3
    assert "INSPECTOR_STATEMENT_TIMEOUT" in answer.err


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({}, 0),
        ({"DATABASE_URL": UNREACHABLE_DATABASE}, 3),
        ({"REDIS_URL": UNREACHABLE_CACHE}, 3),
        ({"DATABASE_URL": "mysql://nowhere"}, 2),
        ({"INSPECTOR_ACCESS": "sometimes"}, 2),
        ({"INSPECTOR_DATA_DIR": "/dev/null/data"}, 2),
    ],
)
def test_check_is_0_only_if_every_store_that_is_set_answers(run: Line, environment: dict[str, str], code: int) -> None:
    answer = run("check", **environment)
    assert answer.code == code
    assert (answer.err == "") == (code != 2)


def test_check_says_what_is_connected(run: Line, sessions: ChatSessions, tmp_path: Path) -> None:
    save(sessions)
    document = run("check", "--json").json
    assert (document["access"], document["embedded"], document["session_ttl_seconds"]) == ("write", True, 43200)
    assert document["database"]["answer"] == document["cache"]["answer"] == "ok"
    assert (document["database"]["sessions"], document["cache"]["sessions"]) == (1, 1)
    assert document["database"]["where"] == f"sqlite:///{tmp_path / 'data' / 'chat.db'}"
    assert (document["unavailable"], document["not_configured"]) == ([], [])
    people = run("check").out
    assert "SQLite" in people
    assert "12 h (reset on write)" in people


def test_check_names_the_store_that_does_not_answer(run: Line) -> None:
    answer = run("check", "--json", DATABASE_URL=UNREACHABLE_DATABASE)
    assert (answer.code, answer.json["unavailable"], answer.json["not_configured"]) == (3, ["database"], ["cache"])
    assert "can't be reached" in answer.json["database"]["problem"]
    assert "can't be reached" in run("check", DATABASE_URL=UNREACHABLE_DATABASE).out


# Show


def test_a_conversation_is_shown_under_its_stored_positions(run: Line, sessions: ChatSessions) -> None:
    call = builders.tool_call()
    messages = [
        builders.message(content="Find news"),
        builders.message("assistant", None, tool_calls=[call]),
        builders.message("tool", '{"type":"agents_found"}', tool_call_id="call_1"),
        builders.message("critic", "", name="Jo"),
    ]
    save(sessions, messages=messages, title="News", usage=[(7, 2)])
    answer = run("show", "s-1", "--json")
    assert (answer.code, answer.err) == (0, "")
    document = answer.json
    assert [item["position"] for item in document["messages"]] == [0, 1, 2, 3]
    assert set(document["messages"][0]) == {
        *("position", "created_at", "role", "content", "name", "tool_call_id", "refusal", "tool_calls"),
        *("function_call", "extras"),
    }
    assert document["messages"][1]["tool_calls"] == [call]
    assert (document["title"], document["prompt_tokens"], document["source"]) == ("News", 7, "database")
    assert document["copies"]["database"]["messages"] == document["copies"]["cache"]["messages"] == 4
    assert 43_000 < document["copies"]["cache"]["ttl_seconds"] <= 43_200
    people = run("show", "s-1").out
    for words_of_it in ("#0 user", "Find news", "→ find_agent (call_1)", '"query": "news"', "← call_1", "#3 critic Jo"):
        assert words_of_it in people


def test_a_marked_end_of_a_turn_is_told_in_words(run: Line, sessions: ChatSessions) -> None:
    contents = ["[__COPILOT_ERROR_f7a1__] Try again.", "[__COPILOT_SYSTEM_e3b0__] Execution stopped by user"]
    answers = [builders.message("assistant", content) for content in [*contents, "[__COPILOT_SYSTEM_e3b0__] Hello"]]
    save(sessions, messages=[builders.message("user", contents[0]), *answers])
    shown = run("show", "s-1").out
    assert "(The turn ended with an error that was shown to the user.)\nTry again.\n" in shown
    assert "(The user stopped the turn.)\nExecution stopped by user\n" in shown
    assert "(A notice of the system.)\nHello\n" in shown
    assert shown.count("[__COPILOT_") == 1, "what a user wrote is no marker"
    assert contents[0] in [one["content"] for one in run("show", "s-1", "--json").json["messages"]]


def test_without_a_source_the_database_is_shown_and_with_one_that_copy(run: Line, sessions: ChatSessions) -> None:
    save(sessions, messages=3)
    sessions.cache_chat_session(builders.new_session(messages=1))
    assert len(run("show", "s-1", "--json").json["messages"]) == 3
    assert len(run("show", "s-1", "--source", "database", "--json").json["messages"]) == 3
    assert len(run("show", "s-1", "--source", "cache", "--json").json["messages"]) == 1
    assert "Source    cache" in run("show", "s-1", "--source", "cache").out


def test_looking_changes_nothing(run: Line, sessions: ChatSessions) -> None:
    save(sessions)
    sessions.invalidate_session_cache("s-1")
    run("show", "s-1")
    assert sessions.stores.cache is not None
    assert sessions.stores.cache.read_raw("s-1") is None


def test_a_session_that_only_the_cache_has_is_shown_and_it_is_said(run: Line, sessions: ChatSessions) -> None:
    sessions.cache_chat_session(builders.new_session("ghost", messages=2))
    answer = run("show", "ghost", "--json")
    assert (answer.code, answer.json["source"], answer.json["copies"]["database"]) == (0, "cache", {"state": "absent"})
    assert "Not in the database: this is the cached copy." in answer.err
    missing = run("show", "ghost", "--source", "database")
    assert (missing.code, missing.out) == (1, "")
    assert "--source cache" in missing.err


def test_a_session_is_shown_from_the_cache_while_the_database_is_down(run: Line, redis_url: str) -> None:
    with connect(Settings.from_environment({"REDIS_URL": redis_url, "INSPECTOR_ACCESS": "write"})) as writing:
        writing.sessions.cache_chat_session(builders.new_session(messages=2))
    stores = {"DATABASE_URL": UNREACHABLE_DATABASE, "REDIS_URL": redis_url}
    answer = run("show", "s-1", "--json", **stores)
    assert (answer.code, answer.json["unavailable"], len(answer.json["messages"])) == (0, ["database"], 2)
    assert "The database is unavailable" in answer.err
    assert run("show", "s-1", "--source", "database", **stores).code == 3
    assert run("show", "nobody", **stores).code == 3


def test_a_session_that_nobody_has_is_code_1(run: Line) -> None:
    answer = run("show", "nobody", "--json")
    assert (answer.code, answer.json["unavailable"]) == (1, [])
    assert "nobody was not found" in answer.err
    assert answer.json["error"] == answer.err.strip()


@pytest.mark.parametrize("odd", ["\udcff", "a\x1b[31m", " "])
def test_odd_ids_are_just_not_found(real: Line, odd: str) -> None:
    answer = real("show", odd)
    assert answer.code == 1
    assert "\x1b" not in answer.err


def test_a_corrupt_cached_copy_is_shown_as_what_it_is(run: Line, sessions: ChatSessions) -> None:
    save(sessions)
    raw = builders.document_bytes()[:120] + b"\xff\x1b"
    warm(sessions, raw)
    assert "The cached copy can't be read: not UTF-8" in run("show", "s-1").err
    answer = run("show", "s-1", "--source", "cache", "--json")
    corrupt = answer.json["corrupt"]
    assert (answer.code, corrupt["offset"], corrupt["bytes"]) == (1, 120, 122)
    assert corrupt["first_bytes"].startswith('{"session_id":"s-1"')
    people = run("show", "s-1", "--source", "cache")
    assert (people.code, "\x1b" in people.out) == (1, False)
    assert "byte 120" in people.out


def test_text_of_conversations_never_steers_the_terminal(real: Line, sessions: ChatSessions) -> None:
    document = builders.document(title=HOSTILE, user_id=HOSTILE, session_id="h\x1b[2J")
    document["messages"] = [
        builders.document_message("user\x1b[1m", HOSTILE, name=HOSTILE),
        builders.document_message("assistant", None, tool_calls=[builders.tool_call(HOSTILE, HOSTILE, HOSTILE)]),
    ]
    warm(sessions, json.dumps(document).encode(), "h\x1b[2J")
    for arguments in (("show", "h\x1b[2J"), ("show", "nobody\x1b[2J")):
        answer = real(*arguments)
        for sign in ("\x1b", "\x07", "\u202e", "\r"):
            assert sign not in answer.out + answer.err
    people = real("show", "h\x1b[2J").out
    assert "\\x1b]0;owned" in people
    assert "[bold]not bold[/bold]" in people
    assert real("show", "h\x1b[2J", "--json").json["messages"][0]["content"] == HOSTILE


def test_hostile_titles_stay_text_in_a_list(run: Line, sessions: ChatSessions) -> None:
    save(sessions, title="[red]\u202egolf[/red]\u0085 :smile:", user_id="[link=x]u[/link]")
    for columns in ("80", "200"):
        out = run("sessions", COLUMNS=columns).out
        assert "[red]\\u202egolf[/red]" in out
        assert "\u202e" not in out


def test_a_title_of_ten_thousand_lines_takes_one(run: Line, sessions: ChatSessions) -> None:
    save(sessions, title="a\n" * 10_000)
    assert len(run("sessions").out.splitlines()) < 8


# Import and demo


def test_import_tells_what_came_in(real: Line, tmp_path: Path) -> None:
    file = tmp_path / "talks.jsonl"
    file.write_text('{"id": "a", "messages": [{"role": "user", "content": "Hi", "annotations": [1]}]}\n[]\nnope\n')
    answer = real("import", str(file))
    assert answer.code == 1
    assert answer.out == f"{file}: 1 session created, 2 skipped; 1 message written.\n"
    assert answer.err.splitlines() == [
        f"{file}, line 2: an empty list, without messages or conversations",
        f"{file}, line 3: not JSON: expecting value at column 1",
        f"{file}: the key annotations of 1 message has no place in the stores (line 1)",
        f"{file}: 1 part that the stores can't hold is kept as given in the inspector's own database.",
    ]


@pytest.mark.parametrize(
    ("message", "options", "code"),
    [
        ('{"role": "user", "content": "Hi", "weight": 1}', (), 0),
        ('{"role": "assistant", "content": "Hi", "reasoning_content": "hm"}', (), 1),
        ('{"role": "user", "content": "Hi"}', ("--format", "chatgpt"), 1),
        ('{"role": "user", "content": "Hi"}', ("--format", "nope"), 2),
    ],
    ids=["a key is left out", "thinking is left out", "another format", "an unknown format"],
)
def test_import_exits_with_1_where_something_that_was_said_is_left_out(
    run: Line, message: str, options: tuple[str, ...], code: int
) -> None:
    assert run("import", "-", *options, given=f'{{"id": "a", "messages": [{message}]}}').code == code


def test_import_as_json_is_one_document_for_all_files(run: Line, tmp_path: Path) -> None:
    lines = [
        '{"id": "a", "messages": [{"role": "user", "content": "Yes"}]}\n',
        '{"id": "b", "messages": [{"role": "user", "content": "Hi"}]}\n',
    ]
    (tmp_path / "a.jsonl").write_text(lines[0] + "{\n")
    answer = run("import", str(tmp_path / "a.jsonl"), "-", "--json", given=lines[1])
    document = answer.json
    assert (answer.code, document["created"], document["messages"]) == (1, 2, 2)
    assert document["sessions"] == {"created": ["a", "b"], "appended": [], "unchanged": []}
    assert [(item["file"], item["line"]) for item in document["problems"]] == [(str(tmp_path / "a.jsonl"), 2)]
    again = run("import", "-", "--json", given="".join(lines))
    assert (again.code, again.json["unchanged"], again.json["messages"]) == (0, 2, 0)


def test_an_empty_conversation_is_not_imported_and_told_with_exit_code_1(run: Line) -> None:
    answer = run("import", "-", given='[{"title": "A", "mapping": {}}, {"title": "B", "mapping": {}}]')
    assert answer.code == 1
    assert "0 sessions created, 2 skipped" in answer.out
    assert "conversation 2 of the list: it has no messages, and an empty conversation is not imported" in answer.err


def test_a_file_of_another_kind_is_one_line(run: Line) -> None:
    answer = run("import", "-", given="role,content\nuser,Hi\nassistant,Hello\n")
    assert answer.code == 1
    assert answer.err.count("\n") == 1
    assert "line 1: this is CSV, not JSON" in answer.err


def test_a_hundred_real_conversations_come_in_from_the_command_line(real: Line, airline_file: Path) -> None:
    assert f"{airline_file}: 100 sessions created; 2,658 messages written." in real("import", str(airline_file)).out
    document = real("sessions", "--user", "imported", "--limit", "1", "--json").json
    assert (document["total"]["sessions"], document["total"]["messages"]) == (100, 2658)


@pytest.mark.parametrize(
    ("arguments", "environment", "code"),
    [
        (("import",), {}, 2),
        (("import", "/no/such/file"), {}, 2),
        (("import", "/"), {}, 2),
        (("import", "-"), {"INSPECTOR_ACCESS": "read"}, 2),
        (("import", "-"), {"REDIS_URL": UNREACHABLE_CACHE, "INSPECTOR_ACCESS": "write"}, 2),
        (("import", "-"), {"DATABASE_URL": UNREACHABLE_DATABASE, "INSPECTOR_ACCESS": "write"}, 3),
        (("sessions", "--limit", "0"), {}, 2),
        (("show", "s", "--source", "moon"), {}, 2),
        (("show",), {}, 2),
        (("fly",), {}, 2),
        (("demo",), {"DATABASE_URL": UNREACHABLE_DATABASE}, 2),
        (("demo",), {"REDIS_URL": UNREACHABLE_CACHE, "INSPECTOR_ACCESS": "write"}, 2),
        (("demo",), {"INSPECTOR_ACCESS": "read"}, 2),
    ],
)
def test_what_can_not_be_done_is_a_sentence_and_a_code(
    run: Line, arguments: tuple[str, ...], environment: dict[str, str], code: int
) -> None:
    answer = run(*arguments, given='{"messages": [{"role": "user", "content": "Hi"}]}', **environment)
    assert answer.code == code
    assert answer.err.strip() != ""


def test_a_read_only_deployment_says_how_writing_is_allowed(
    run: Line, sessions: ChatSessions, database_only: str
) -> None:
    save(sessions)
    answer = run("import", "-", "--json", given='{"messages": []}', DATABASE_URL=database_only)
    assert (answer.code, answer.json["unavailable"]) == (2, [])
    assert "INSPECTOR_ACCESS=write" in answer.json["error"]


def test_rows_come_in_while_the_cache_is_down(run: Line, database_only: str) -> None:
    stores = {"DATABASE_URL": database_only, "REDIS_URL": UNREACHABLE_CACHE, "INSPECTOR_ACCESS": "write"}
    answer = run(
        "import", "-", "--json", given='{"id": "x", "messages": [{"role": "user", "content": "Hi"}]}', **stores
    )
    assert (answer.code, answer.json["created"], answer.json["uncached"]) == (0, 1, 1)
    assert answer.json["unavailable"] == ["cache"]
    assert "without a cached copy" in answer.err


def test_the_demo_is_added_once_and_then_renewed(run: Line) -> None:
    first = run("demo", "--json").json
    assert first["created"] > 50
    assert first["cached"] > 20
    again = run("demo", "--json")
    assert (again.code, again.json["created"], again.json["cached"]) == (0, 0, first["cached"])
    assert "Demo already loaded" in run("demo").out


def test_every_session_of_the_demo_can_be_shown(run: Line, connected: Connected) -> None:
    seed_demo(connected, datetime.now(UTC))
    document = run("sessions", "--limit", "500", "--json").json
    for item in document["sessions"]:
        shown_rows = run("show", item["session_id"], "--json").json
        assert len(shown_rows["messages"]) == item["messages"]
        assert run("show", item["session_id"]).code == 0


# Processes


@pytest.mark.parametrize(
    "arguments", [(), *((name,) for name in ("sessions", "users", "show", "check", "import", "demo"))]
)
def test_help_has_an_example_and_the_exit_codes(run: Line, arguments: tuple[str, ...]) -> None:
    answer = run(*arguments, "--help")
    assert answer.code == 0
    assert "Exit codes" in answer.out
    assert not arguments or "python -m chatdata" in answer.out.split("Example", 1)[1]
    assert max(map(len, answer.out.splitlines())) <= 80


def test_help_opens_no_store(real: Line, tmp_path: Path) -> None:
    real("sessions", "--help")
    assert not (tmp_path / "data").exists()


def test_a_closed_pipe_is_quiet(sessions: ChatSessions) -> None:
    save(sessions, messages=[builders.message(content="x" * 1000)] * 500)
    with start("show", "s-1", stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(servers.WAIT_SECONDS) == 141


def unread(pipe: Any) -> int:
    """How many bytes of a pipe nobody has read yet."""
    return int(struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0])


def test_ctrl_c_is_quiet() -> None:
    with start("import", "-") as process:
        assert process.stdin is not None
        process.stdin.write(b"{\n")
        process.stdin.flush()
        servers.wait_until(lambda: unread(process.stdin) == 0, "the command reads")
        process.send_signal(signal.SIGINT)
        assert process.wait(servers.WAIT_SECONDS) == 130
        assert process.stdout is not None
        assert process.stderr is not None
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")


def test_progress_is_shown_on_a_terminal_and_json_stays_whole(airline_file: Path) -> None:
    master, terminal = pty.openpty()
    process = start("import", str(airline_file), "--json", environment={"TERM": "xterm"}, stderr=terminal)
    os.close(terminal)
    out, _ = process.communicate(timeout=servers.WAIT_SECONDS)
    seen = b""
    try:
        while piece := os.read(master, 65536):
            seen += piece
    except OSError:
        pass  # the other end is closed
    finally:
        os.close(master)
    assert b"airline-gpt4o.jsonl" in seen
    assert json.loads(out)["created"] == 100


def test_a_stream_that_is_not_unicode_is_no_error(real: Line, sessions: ChatSessions) -> None:
    save(sessions, title="ไทย", messages=[builders.message(content="สวัสดี")])
    assert real("sessions", PYTHONIOENCODING="ascii").code == 0
    assert real("show", "s-1", PYTHONIOENCODING="ascii").code == 0


# Words


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\rb", "a\\x0db"),
        ("\x9b2J\x85", "\\x9b2J\\x85"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("\ud83d", "\\ud83d"),
        ("👩‍🚀 می‌خواهم", "👩‍🚀 می‌خواهم"),
    ],
)
def test_what_steers_a_terminal_is_spelled_out(text: str, spelled: str) -> None:
    assert shown(text) == spelled


def test_one_line_is_one_line() -> None:
    assert one_line(" a\n\n b\tc\u2028d ") == "a b c d"


@pytest.mark.parametrize(
    ("seconds", "said", "short"),
    [(0, "0 s", "0 s"), (59.9, "59 s", "59 s"), (60, "1 min", "1 min"), (3599, "59 min", "59 min"),
     (3600, "1 h", "1 h"), (43_199, "11 h 59 min", "11 h"), (10**7, "115 d 17 h", "2,777 h")],
)  # fmt: skip
def test_time_left_in_words(seconds: float, said: str, short: str) -> None:
    assert (formatting.duration(seconds), formatting.left_short(seconds)) == (said, short)


@pytest.mark.parametrize(
    ("number", "said"),
    [(9_999, "9,999"), (10_000, "10k"), (999_499, "999k"), (999_500, "1.0M"), (123_800_659, "123.8M")],
)
def test_short_numbers(number: int, said: str) -> None:
    assert formatting.short_number(number) == said


def test_json_has_no_nan_and_no_depth_without_end() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    document = json.dumps(plain({"a": float("nan"), "deep": deep, "at": builders.START}))
    assert '"a": "nan"' in document
    assert "nested too deeply" in document
    assert '"2026-02-20T10:00:00.123Z"' in document


def test_usage_of_a_later_document_is_shown(run: Line, sessions: ChatSessions) -> None:
    save(sessions, usage=[(10, 1)])
    assert run("show", "s-1", "--json").json["usage"] == [Usage.of(10, 1).model_dump()]


def test_check_proposes_an_index_for_searches_where_there_can_be_one(pg_url: str) -> None:
    given = {"DATABASE_URL": pg_url, "INSPECTOR_ACCESS": "read"}
    told, document = at_once("check", **given), at_once("check", "--json", **given)
    assert "reads every message" in told.out
    assert "CREATE INDEX CONCURRENTLY" in " ".join(told.out.split())
    index = document.json["database"]["word_index"]
    assert (index["used"], index["message_bytes"] > 0) == (False, True)
    with psycopg.connect(pg_url, autocommit=True) as connection:
        for statement in index["statement"].rstrip(";").split("; "):
            connection.execute(statement.encode())
    assert "word search  uses an index" in at_once("check", **given).out
