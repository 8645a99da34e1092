"""`lint` for files and for all sessions of a deployment."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from chatdata import ChatSessions
from chatdata.domain.lint import CODES, PROVIDERS
from chatdata.domain.messages import openai_messages
from chatdata.stores.app_db import AppDatabase
from tests.cli.test_lint import FINE, MISTRAL, ORPHAN, WARNED, store
from tests.support import builders
from tests.support.builders import message
from tests.support.command_line import UNREACHABLE_CACHE, UNREACHABLE_DATABASE, Line, warm

SYSTEM = {"role": "system", "content": "Be brief."}
USER = {"role": "user", "content": "Hello"}
RESULT = {"role": "tool", "content": "done", "tool_call_id": "call_x"}
ANSWER = {"role": "assistant", "content": None, "tool_calls": []}

# A file

FILES: dict[str, Any] = {
    "array": [SYSTEM, USER],
    "request body": {"model": "gpt-4o", "messages": [SYSTEM, USER], "tools": []},
    "cached document": builders.document(messages=[builders.document_message("user", "Hello")]),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_judged_whatever_holds_its_messages(run: Line, tmp_path: Path, kind: str, encoding: str) -> None:
    file = tmp_path / "payload.txt"
    file.write_text(json.dumps(FILES[kind]), encoding=encoding)
    answer = run("lint", str(file), "--json")
    document = answer.json
    assert (answer.code, document["session_id"], document["source"]) == (0, None, "file")
    assert (document["findings"], set(document["verdicts"].values())) == ([], {"accept"})
    assert run("lint", str(file)).out.startswith(f"{file}: {document['messages']} payload message")


def test_a_file_comes_through_stdin_too(real: Line) -> None:
    answer = real("lint", "-", "--json", given=json.dumps(FILES["array"]))
    assert (answer.code, answer.json["source"], answer.json["messages"]) == (0, "file", 2)
    assert real("lint", "-", given=json.dumps([USER, RESULT])).out.startswith("stdin: 2 payload messages")


@pytest.mark.parametrize(
    ("messages", "code", "found"),
    [
        ([], 1, ["no_messages"]),
        ([USER, RESULT], 1, ["orphan_tool_result"]),
        ([USER, {"role": "assistant", "content": "ok"}], 1, ["ends_with_assistant"]),
        ([USER, ANSWER, USER], 1, ["empty_tool_calls", "empty_content"]),
        ([{"role": "user", "content": "half \ud83d"}], 1, ["lone_surrogate"]),
        ([USER, 7, None, ["x"]], 1, ["unknown_role"]),
        ([{"role": "assistant", "tool_calls": 5}, USER], 1, ["null_content"]),
        ([{"role": "user", "content": {"a": 1}, "tool_calls": True, "function_call": 3}], 1, ["unknown_block"]),
    ],
    ids=["empty", "orphan", "answered", "no calls", "half a character", "no objects", "calls of a number", "odd"],
)
def test_a_file_is_judged_as_it_is(real: Line, run: Line, messages: Any, code: int, found: list[str]) -> None:
    answer = run("lint", "-", "--json", given=json.dumps(messages))
    assert (answer.code, answer.json["messages"]) == (code, len(messages))
    assert {each["code"] for each in answer.json["findings"]} >= set(found)
    assert {each["code"] for each in answer.json["findings"]} <= set(CODES)
    assert all(each["stored_positions"] == [] for each in answer.json["findings"])


def test_the_end_of_a_file_is_judged_alone(run: Line) -> None:
    call = {"role": "assistant", "content": "", "tool_calls": [builders.tool_call("call_x")]}
    given = json.dumps([SYSTEM, call, RESULT, USER, 7])
    for last, rejecting in (("4", False), ("3", True), ("2", False)):
        answer = run("lint", "-", "--last", last, "--json", given=given).json
        assert answer["messages"] == 1 + int(last)
        assert ("orphan_tool_result" in [each["code"] for each in answer["findings"]]) == rejecting


def test_one_provider_of_a_file(run: Line) -> None:
    answer = run("lint", "-", "--provider", "mistral", given=json.dumps([USER, {"role": "assistant", "content": "ok"}]))
    assert answer.code == 1
    assert answer.out.splitlines()[:2] == ["stdin: 2 payload messages", "  Fails on: Mistral"]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"[\n{broken", "line 2: not JSON: expecting property name"),
        (b"\xff\x00\x80", "byte 0 is wrong"),
        (b'{"model": "gpt-4o", "secret": "x"}', "no list of messages in a known format: its keys are model, secret"),
        (b'{"messages": {}}', "they are no array"),
        (b'"text"', "not a conversation: an object with messages, or a list of messages, is expected"),
        (b"[" * 100_000, "nested too deeply"),
    ],
    ids=["broken", "bytes", "no messages", "messages of another kind", "text", "deep"],
)
def test_a_file_without_messages_is_code_2_and_says_why(run: Line, tmp_path: Path, raw: bytes, problem: str) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(raw)
    answer = run("lint", str(file), "--json")
    assert (answer.code, answer.out) == (2, "")
    assert str(file) in answer.err
    assert problem in " ".join(answer.err.split())


@pytest.mark.parametrize("raw", ["", " \n"], ids=["nothing", "white space"])
def test_an_empty_input_is_code_2_and_says_so(run: Line, tmp_path: Path, raw: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(raw)
    for answer, name in ((run("lint", "-", given=raw), "stdin"), (run("lint", str(file)), str(file))):
        assert (answer.code, answer.out) == (2, "")
        assert f"{name} is empty: expected JSON" in " ".join(answer.err.split())


def test_what_is_no_file_is_said(run: Line, tmp_path: Path) -> None:
    folder = tmp_path / "folder.json"
    folder.mkdir()
    for target, problem in (
        (folder, "Is a directory"),
        (tmp_path, "Is a directory"),
        (tmp_path / "no-such.json", "No such file"),
    ):
        answer = run("lint", str(target))
        assert (answer.code, answer.out) == (2, "")
        assert str(target) in answer.err
        assert problem in answer.err


# All sessions


def test_every_session_with_something_above_info_is_listed_with_totals(
    real: Line, run: Line, sessions: ChatSessions
) -> None:
    store(sessions, fine=FINE, orphan=ORPHAN, mistral=MISTRAL, warned=WARNED, empty=[])
    answer = real("lint", "--all", "--json")
    assert (answer.code, answer.err) == (1, "")
    assert set(answer.json) == {"sessions", "totals"}
    listed = {each["session_id"]: each for each in answer.json["sessions"]}
    assert set(listed) == {"orphan", "mistral", "warned"}
    for session_id, document in listed.items():
        assert document == run("lint", session_id, "--source", "database", "--json").json
    codes = [found["code"] for document in listed.values() for found in document["findings"]]
    assert answer.json["totals"] == {code: codes.count(code) for code in sorted(set(codes))}
    assert answer.json["totals"]["orphan_tool_result"] == 1


def test_people_read_a_line_for_each_session_and_how_many_there_were(run: Line, sessions: ChatSessions) -> None:
    store(sessions, fine=FINE, orphan=ORPHAN, mistral=MISTRAL, warned=WARNED)
    lines = [" ".join(line.split()) for line in run("lint", "--all").out.splitlines()]
    assert "mistral database Mistral User message directly after a tool result" in lines
    assert "warned database none Role not supported by the provider" in lines
    assert (
        lines[-1]
        == "Checked: 4 in the database and 4 in the cache. 3 copies with issues, 2 of them rejected by a provider."
    )


def test_all_of_a_deployment_that_is_fine_is_code_0(run: Line, sessions: ChatSessions) -> None:
    assert run("lint", "--all").out == "Checked: 0 in the database and 0 in the cache. 0 copies with issues.\n"
    store(sessions, fine=FINE)
    answer = run("lint", "--all", "--json")
    assert (answer.code, answer.json) == (0, {"sessions": [], "totals": {}})


def test_all_for_one_provider_still_keeps_the_whole_run(run: Line, sessions: ChatSessions, tmp_path: Path) -> None:
    store(sessions, mistral=MISTRAL, orphan=ORPHAN)
    answer = run("lint", "--all", "--provider", "openai", "--json")
    assert [(each["session_id"], each["verdicts"]) for each in answer.json["sessions"]] == [
        ("orphan", {"openai": "reject"})
    ]
    assert answer.json["totals"] == {"orphan_tool_result": 1}
    assert sessions.stores.database is not None
    assert sessions.stores.cache is not None
    run_kept = AppDatabase(tmp_path / "data", sessions.stores.deployment).last_lint("database", "gpt-4o")
    assert run_kept is not None
    assert dict(run_kept.rejected) == {"mistral": ("mistral",), "orphan": PROVIDERS}


def test_cached_copies_are_judged_and_those_that_can_not_be_read_are_said(run: Line, sessions: ChatSessions) -> None:
    store(sessions, fine=FINE, broken=FINE)
    sessions.cache_chat_session(builders.new_session("ghost", messages=ORPHAN))
    warm(sessions, b"{broken", "broken")
    answer = run("lint", "--all", "--source", "cache", "--json")
    assert [each["session_id"] for each in answer.json["sessions"]] == ["ghost"]
    people = run("lint", "--all", "--source", "cache")
    assert (
        people.out.splitlines()[-1] == "Checked: 2 in the cache. 1 copy with issues, 1 of them rejected by a provider."
    )
    assert people.err == answer.err == "1 copy could not be read: broken (cache).\n"


def test_ids_and_texts_of_sessions_never_steer_the_terminal(real: Line, sessions: ChatSessions) -> None:
    store(sessions, **{"\x1b[2J[red]s": [message(), message("tool", "x", tool_call_id="\x1b[2J\u202e\r\n")]})
    answer = real("lint", "--all")
    assert "\\x1b[2J[red]s" in answer.out
    assert not {"\x1b", "\u202e", "\r"} & set(answer.out + answer.err)


@pytest.mark.parametrize(
    ("source", "setting", "store_name"),
    [
        ("database", {"DATABASE_URL": UNREACHABLE_DATABASE}, "database"),
        ("cache", {"REDIS_URL": UNREACHABLE_CACHE}, "cache"),
    ],
)
def test_a_store_out_of_reach_is_code_3(run: Line, source: str, setting: dict[str, str], store_name: str) -> None:
    answer = run("lint", "--all", "--source", source, "--json", **setting)
    assert (answer.code, answer.json["unavailable"]) == (3, [store_name])
    assert answer.json["error"] == answer.err.strip()
    other = "cache" if source == "database" else "database"
    assert run("lint", "--all", "--source", other, **setting).code == 2


def test_what_only_a_cached_copy_has_is_found_without_asking_for_it(run: Line, sessions: ChatSessions) -> None:
    store(sessions, fine=FINE, orphan=ORPHAN)
    sessions.cache_chat_session(builders.new_session("fine", messages=ORPHAN))
    found = run("lint", "--all", "--json").json["sessions"]
    assert [(each["session_id"], each["source"]) for each in found] == [("orphan", "database"), ("fine", "cache")]


def test_a_cache_that_is_down_leaves_the_rows_judged(run: Line, sessions: ChatSessions, database_only: str) -> None:
    store(sessions, orphan=ORPHAN)
    answer = run("lint", "--all", "--json", DATABASE_URL=database_only, REDIS_URL="redis://:SECRET@127.0.0.1:1")
    assert (answer.code, answer.json["unavailable"], len(answer.json["sessions"])) == (1, ["cache"], 1)
    both = {"DATABASE_URL": "postgresql://reader:SECRET@127.0.0.1:1/chat", "REDIS_URL": "redis://:SECRET@127.0.0.1:1"}
    assert run("lint", "--all", "--json", **both).code == 3


def test_judging_all_leaves_the_log_as_it_was(run: Line, sessions: ChatSessions) -> None:
    store(sessions, orphan=ORPHAN)
    before = logging.getLogger(openai_messages.__name__).level
    run("lint", "--all")
    assert logging.getLogger(openai_messages.__name__).level == before


def test_json_lines_are_judged_line_by_line(run: Line, tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    lines = [{"messages": [USER]}, [USER, RESULT]]
    file.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    answer = run("lint", str(file), "--json")
    documents = answer.json["documents"]
    assert (answer.code, len(documents)) == (1, 2)
    alone = [run("lint", "-", "--json", given=json.dumps(line)).json for line in lines]
    assert documents == alone
    assert f"{file}, line 2: 2 payload messages" in run("lint", str(file)).out
    file.write_text(json.dumps(lines[0]) + "\n{not json}\n")
    assert "line 2" in run("lint", str(file)).err


def test_what_nobody_can_judge_is_unknown_for_the_chosen_provider_too(run: Line) -> None:
    given = json.dumps([{**USER, "parts": [{"type": "hologram"}]}, {**USER, "content": "x"}])
    answer = run("lint", "-", "--provider", "openai", "--json", given=given)
    assert (answer.code, answer.json["verdicts"]) == (1, {"openai": "unknown"})
    assert "Unknown for: OpenAI" in run("lint", "-", "--provider", "openai", given=given).out
