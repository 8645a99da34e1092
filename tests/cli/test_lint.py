"""`payload` and `lint` on the command line: tables, JSON and exit codes."""

import json
from typing import Any

import pytest

from chatdata import ChatMessage, ChatSessions
from chatdata.domain.labels import PROVIDER_LABELS
from chatdata.domain.lint import PROVIDERS
from tests.support import builders
from tests.support.builders import message, talk, tool_call
from tests.support.command_line import UNREACHABLE_CACHE, UNREACHABLE_DATABASE, Answer, Line, save, warm
from tests.support.openai_server import KEY

SYSTEM = {"role": "system", "content": "Be brief."}
CALLING = message("assistant", None, tool_calls=[tool_call()])
DONE = message("tool", "done", tool_call_id="call_1")
ORPHAN = [message("system", "Be brief."), *talk(2), message("tool", "late", tool_call_id="call_\ud83d")]
FINE = [message("system", "Be brief."), *talk(2)]
WARNED = [*talk(1), message("critic", "not sent"), message("assistant", "ok")]
MISTRAL = [message(), CALLING, DONE]
STORES = {"DATABASE_URL": UNREACHABLE_DATABASE, "REDIS_URL": UNREACHABLE_CACHE}


def store(sessions: ChatSessions, **messages: list[ChatMessage]) -> None:
    for session_id, each in messages.items():
        sessions.upsert_chat_session(builders.new_session(session_id, messages=each))


def cached(sessions: ChatSessions, session_id: str, *messages: ChatMessage) -> None:
    """A document that holds what no database can: half characters."""
    raw = builders.document(session_id=session_id, messages=[each.model_dump() for each in messages])
    warm(sessions, json.dumps(raw).encode(), session_id)


def sent(*messages: ChatMessage) -> list[dict[str, Any]]:
    return [{"role": each.role, "content": each.content or ""} for each in messages]


# payload


def test_the_payload_is_printed_as_json_to_pipe_on(real: Line, sessions: ChatSessions) -> None:
    cached(sessions, "s", message("system", "日本 \udcff"), *talk(2), message("assistant", "more"))
    answer = real("payload", "s", "--source", "cache")
    assert (answer.code, answer.err) == (0, "")
    merged = {"role": "assistant", "content": "message 1\nmore"}
    assert answer.json == [{"role": "system", "content": "日本 \udcff"}, *sent(*talk(1)), merged]
    piped = real("lint", "-", "--json", given=answer.out)
    assert (piped.code, [found["code"] for found in piped.json["findings"]]) == (
        1,
        ["lone_surrogate", "ends_with_assistant"],
    )


@pytest.mark.parametrize(("last", "count"), [("1", 2), ("2", 3), ("99", 3)])
def test_only_the_last_messages_are_printed_after_the_system_message(
    run: Line, sessions: ChatSessions, last: str, count: int
) -> None:
    store(sessions, s=FINE)
    assert run("payload", "s", "--last", last).json == [SYSTEM, *sent(*talk(2))[3 - count - 2 :]]


@pytest.mark.parametrize(
    ("form", "words"),
    [("curl", ["curl https://models.example/v1/chat/completions", '"model": "gpt-x"']), ("python", ["model='gpt-x'"])],
)
def test_a_command_and_a_script_name_endpoint_and_model_and_hold_no_key(
    run: Line, sessions: ChatSessions, form: str, words: list[str]
) -> None:
    store(sessions, s=FINE)
    endpoint = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"https://ann:{KEY}@models.example/v1"}
    out = run("payload", "s", "--format", form, "--model", "gpt-x", **endpoint).out
    assert all(each in out for each in [*words, "https://models.example/v1", "OPENAI_API_KEY"])
    assert KEY not in out
    assert "https://api.openai.com/v1" in run("payload", "s", "--format", form).out
    assert "gpt-y" in run("payload", "s", "--format", form, INSPECTOR_MODEL="gpt-y").out


def test_the_payload_of_a_copy_of_ones_choice(run: Line, sessions: ChatSessions) -> None:
    store(sessions, s=FINE)
    sessions.cache_chat_session(builders.new_session("s", messages=talk(1)))
    sessions.cache_chat_session(builders.new_session("ghost", messages=talk(1)))
    assert len(run("payload", "s").json) == 3
    assert run("payload", "s", "--source", "cache").json == sent(*talk(1))
    ghost = run("payload", "ghost")
    assert (ghost.code, ghost.json) == (0, sent(*talk(1)))
    assert "this is the cached copy" in ghost.err


# What is not there


@pytest.mark.parametrize("command", ["payload", "lint"])
def test_a_copy_that_is_not_there_ends_with_its_code_and_a_sentence(
    run: Line, sessions: ChatSessions, command: str, database_only: str
) -> None:
    save(sessions, messages=2)
    warm(sessions, b"{broken", "s-1")

    def told(*arguments: str, **environment: str) -> Answer:
        answer = run(command, *arguments, **environment)
        assert answer.out == ""
        return answer

    assert "nobody was not found" in told("nobody").err
    assert told("nobody").code == told("s-1", "--source", "cache").code == 1
    assert "The cached copy of s-1 can't be read" in told("s-1", "--source", "cache").err
    assert "The cached copy can't be read" in run(command, "s-1").err
    assert told("x" * 5_000).code == 1
    assert told("s-1", **STORES).code == 3
    assert told("s-1", "--source", "cache", DATABASE_URL=database_only, REDIS_URL=UNREACHABLE_CACHE).code == 3
    assert run(command, "s-1", DATABASE_URL=database_only, REDIS_URL=UNREACHABLE_CACHE).code == 0
    assert told("s-1", "--source", "cache", DATABASE_URL=database_only).code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("payload",),
        ("payload", "s-1", "--last", "0"),
        ("payload", "s-1", "--format", "xml"),
        ("payload", "s-1", "--source", "attic"),
        ("lint",),
        ("lint", "s-1", "--all"),
        ("lint", "s-1", "--last", "many"),
        ("lint", "s-1", "--provider", "nobody"),
        ("lint", "no-such.json"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_code_2(run: Line, arguments: tuple[str, ...]) -> None:
    answer = run(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err


def test_a_wrong_setting_is_code_2(run: Line) -> None:
    assert run("lint", "s", INSPECTOR_ACCESS="sometimes").code == 2
    assert run("payload", "s", INSPECTOR_ACCESS="sometimes").code == 2


# lint: a session


def test_the_json_of_a_session_is_the_contracts(real: Line, sessions: ChatSessions) -> None:
    cached(sessions, "s", *ORPHAN)
    answer = real("lint", "s", "--json")
    document = answer.json
    assert (answer.code, set(document)) == (
        1,
        {"session_id", "source", "dialect", "messages", "findings", "verdicts"},
    )
    assert (document["session_id"], document["source"], document["messages"]) == ("s", "cache", 4)
    assert document["verdicts"] == dict.fromkeys(PROVIDERS, "reject")
    found = next(each for each in document["findings"] if each["code"] == "orphan_tool_result")
    assert {key: value for key, value in found.items() if key not in ("meaning", "rejected_by")} == {
        "code": "orphan_tool_result",
        "severity": "error",
        "payload_position": 3,
        "stored_positions": [3],
        "path": "messages[3]",
        "tool_call_id": "call_\ud83d",
    }
    assert found["meaning"].endswith(".")
    assert [each["provider"] for each in found["rejected_by"]] == list(PROVIDERS)
    assert {tuple(each) for each in found["rejected_by"]} == {("provider", "text", "path")}
    assert found["rejected_by"][0]["path"] == "messages.[3].role"


@pytest.mark.parametrize(
    ("messages", "code", "worst"),
    [(FINE, 0, "info"), (WARNED, 1, "warning"), (MISTRAL, 1, "error"), (ORPHAN, 1, "error"), ([], 0, "info")],
    ids=["fine", "warned", "mistral alone", "orphan", "empty"],
)
def test_the_code_is_1_for_anything_above_info(
    run: Line, sessions: ChatSessions, messages: list[ChatMessage], code: int, worst: str
) -> None:
    store(sessions, s=messages)
    answer = run("lint", "s", "--json")
    severities = [found["severity"] for found in answer.json["findings"]]
    assert (answer.code, worst in severities) == (code, True)
    assert run("lint", "s").code == code


def test_people_read_verdicts_first_then_each_finding(run: Line, sessions: ChatSessions) -> None:
    store(sessions, s=MISTRAL)
    lines = run("lint", "s").out.splitlines()
    others = ", ".join(PROVIDER_LABELS[provider] for provider in PROVIDERS if provider != "mistral")
    assert lines[:3] == ["s, database: 3 payload messages", "  Fails on: Mistral", f"  Valid for: {others}"]
    assert (
        "Error User message directly after a tool result (user_after_tool) after the last message (stored #2)" in lines
    )
    assert "  Mistral: Unexpected role 'user' after role 'tool'" in lines
    assert lines[-1].startswith("  Usual cause: ")
    assert run("lint", "s", "--source", "cache").out.startswith("s, cache: 3 payload messages")


def test_only_what_one_provider_would_reject(run: Line, sessions: ChatSessions) -> None:
    store(sessions, s=MISTRAL)
    for provider, code, found in (("mistral", 1, ["user_after_tool"]), ("openai", 0, [])):
        answer = run("lint", "s", "--provider", provider, "--json")
        assert (answer.code, [each["code"] for each in answer.json["findings"]]) == (code, found)
        assert answer.json["verdicts"] == {provider: "reject" if code else "accept"}
    assert "Valid for: OpenAI\n" in run("lint", "s", "--provider", "openai").out


def test_a_cut_is_judged_as_it_is_sent(run: Line, sessions: ChatSessions) -> None:
    store(sessions, s=[*FINE, message(), CALLING, DONE, message("assistant", "ok"), message()])
    assert run("lint", "s", "--last", "4", "--json").json["verdicts"]["openai"] == "accept"
    cut = run("lint", "s", "--last", "3", "--json").json
    assert (cut["messages"], cut["source"], cut["verdicts"]["openai"]) == (4, "database", "reject")
    (found,) = [each for each in cut["findings"] if each["code"] == "orphan_tool_result"]
    assert (found["payload_position"], found["stored_positions"]) == (1, [5])


def test_the_window_is_the_models(run: Line, sessions: ChatSessions) -> None:
    store(sessions, s=[message(content="word " * 20_000), message("assistant", "ok")])
    assert run("lint", "s", "--json").code == 0
    for found in (run("lint", "s", "--model", "gpt-4", "--json"), run("lint", "s", "--json", INSPECTOR_MODEL="gpt-4")):
        assert (found.code, found.json["findings"][-1]["code"]) == (1, "context_overflow")


def test_all_sessions_are_judged_as_cut_to_their_last_messages(run: Line, sessions: ChatSessions) -> None:
    calling = message("assistant", None, tool_calls=[tool_call("a")])
    done = message("tool", "done", tool_call_id="a")
    store(sessions, cut=[message(), calling, done, message("assistant", "Done.")], fine=talk(2))
    assert run("lint", "--all", "--json").json["sessions"] == []
    answer = run("lint", "--all", "--last", "2", "--json")
    (found,) = answer.json["sessions"]
    assert (answer.code, answer.json["last"], found["session_id"], found["messages"]) == (1, 2, "cut", 2)
    assert answer.json["totals"]["orphan_tool_result"] == 1
    assert run("lint", "--all", "--last", "3", "--json").json["totals"]["starts_with_assistant"] == 1


def test_a_list_of_cut_sessions_names_who_would_accept_them_whole(run: Line, sessions: ChatSessions) -> None:
    done = message("tool", "done", tool_call_id="a")
    talking = [message(), message("assistant", None, tool_calls=[tool_call("a")]), done, message("assistant", "Done.")]
    store(sessions, cut=talking, orphan=[message(), done, message("assistant", "Done.")], fine=talk(2))
    head, _, *rows, summary = run("lint", "--all", "--last", "2", "--source", "database").out.splitlines()
    assert "Only when cut" in head
    assert [(row.split()[0], row.count("all providers")) for row in rows] == [("cut", 2), ("orphan", 1)]
    assert summary == (
        "Checked: 3 in the database. 2 copies with issues, 2 of them rejected by a provider, 1 of these by one that "
        "would accept it whole."
    )
    assert "Only when cut" not in run("lint", "--all", "--source", "database").out
    answer = run("lint", "--all", "--last", "2", "--source", "database", "--provider", "gemini").out.splitlines()
    assert [row.split()[2:4] for row in answer[2:-1]] == [["Gemini", "Gemini"], ["Gemini", "none"]]


def test_hostile_ids_never_steer_the_terminal(real: Line, sessions: ChatSessions) -> None:
    store(sessions, s=[message(), message("tool", "x", tool_call_id="\x1b[2J\u202e[red]id\r\n")])
    for answer in (real("lint", "s"), real("lint", "\x1b[2J")):
        assert not {"\x1b", "\u202e", "\r"} & set(answer.out + answer.err)
