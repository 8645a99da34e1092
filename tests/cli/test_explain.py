"""`explain`: a pasted error leads to the message of a session or a file, and to the change."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Line
from tests.support import builders

USER = {"role": "user", "content": "Hello"}
CALL = {"role": "assistant", "content": None, "tool_calls": [builders.tool_call("call_9")]}
BROKEN = [USER, CALL, USER]
UNANSWERED = (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
    "The following tool_call_ids did not have response messages: call_9"
)
KEYS = {
    "code",
    "provider",
    "payload_position",
    "stored_positions",
    "path",
    "tool_call_id",
    "meaning",
    "fix",
    "text",
    "presence",
}


@pytest.fixture
def broken(tmp_path: Path) -> str:
    file = tmp_path / "request.json"
    file.write_text(json.dumps({"messages": BROKEN}))
    return str(file)


def test_the_json_is_the_contracts(run: Line, broken: str) -> None:
    answer = run("explain", broken, "--error", UNANSWERED, "--json")
    document: Any = answer.json
    assert (answer.code, document["recognised"], document["provider"], document["about_messages"]) == (
        0,
        True,
        "openai",
        True,
    )
    (match,) = document["matches"]
    assert set(match) >= KEYS
    assert (match["code"], match["payload_position"], match["tool_call_id"]) == ("unanswered_tool_call", 1, "call_9")
    assert (match["stored_positions"], match["text"], match["presence"]) == ([], UNANSWERED, "shown")
    messages = match["repaired"]["messages"]
    assert (messages[:2], messages[2]["tool_call_id"], messages[3]) == (BROKEN[:2], "call_9", USER)


def test_the_error_comes_from_stdin_or_a_file_too(run: Line, broken: str, tmp_path: Path) -> None:
    log = tmp_path / "gateway.log"
    log.write_text(f"2026-01-01 ERROR {json.dumps({'error': {'message': UNANSWERED}})}")
    given = json.dumps({"log": log.read_text()})
    by_text = run("explain", broken, "--error", UNANSWERED, "--json").json["matches"]
    assert run("explain", broken, "--json", given=given).json["matches"] == by_text
    assert run("explain", broken, "--error", "-", "--json", given=given).json["matches"] == by_text
    assert run("explain", broken, "--error-file", str(log), "--json").json["matches"] == by_text


def test_without_messages_the_path_alone_is_told(run: Line) -> None:
    answer = run("explain", "--error", "Missing required parameter: 'messages[3].content[0].type'.", "--json")
    (match,) = answer.json["matches"]
    assert (match["payload_position"], match["path"], match["repaired"]) == (3, "messages[3].content[0].type", None)


def test_an_unknown_text_is_said_to_be_unknown_with_the_reason(run: Line, broken: str) -> None:
    answer = run("explain", broken, "--error", "messages.1: something new", "--json")
    assert (answer.code, answer.json["recognised"], answer.json["provider"], answer.json["matches"]) == (
        1,
        False,
        None,
        [],
    )
    assert answer.json["reason"]
    assert run("explain", broken, "--error", "messages.1: something new").out.startswith("Unknown: ")


def test_an_error_of_the_account_is_not_about_the_messages(run: Line, broken: str) -> None:
    text = "Error code: 429 - {'error': {'message': 'Rate limit reached for gpt-4o', 'code': 'rate_limit_exceeded'}}"
    document = run("explain", broken, "--error", text, "--json").json
    assert (document["recognised"], document["about_messages"], document["provider"]) == (True, False, "openai")
    assert [match["code"] for match in document["matches"]] == [None]
    assert "The messages are not at fault." in run("explain", broken, "--error", text).out


def test_the_text_names_the_message_the_change_and_what_would_be_sent(run: Line, broken: str) -> None:
    out = run("explain", broken, "--error", UNANSWERED).out
    for words in ("OpenAI: Missing tool result (unanswered_tool_call)", "messages[1]", "Change: ", "Proposed: ", "+{"):
        assert words in out


@pytest.mark.parametrize(("form", "words"), [("json", '"call_9"'), ("curl", "curl https://"), ("python", "OpenAI(")])
def test_the_repaired_payload_is_printed_in_each_form(run: Line, broken: str, form: str, words: str) -> None:
    answer = run("explain", broken, "--error", UNANSWERED, "--repaired", form)
    assert answer.code == 0
    assert words in answer.out
    assert "No result was recorded." in answer.out


TWO_FAULTS = [USER, CALL, USER, {"role": "tool", "tool_call_id": "call_x", "content": "late"}, USER]


def test_where_one_fix_is_not_enough_all_are_offered_and_judged_again(run: Line, tmp_path: Path) -> None:
    file = tmp_path / "two.json"
    file.write_text(json.dumps({"messages": TWO_FAULTS}))
    (match,) = run("explain", str(file), "--error", UNANSWERED, "--json").json["matches"]
    assert match["repaired"]["still_refused"] == ["Orphaned tool result"]
    assert set(match["all_repaired"]) == {"what", "lost", "still_refused", "messages"}
    assert (match["all_repaired"]["still_refused"], match["all_repaired"]["lost"]) == ([], ["late"])
    printed = run("explain", str(file), "--error", UNANSWERED, "--repaired", "json")
    assert "Orphaned tool result: Leave this message out." in " ".join(printed.err.split())
    (tmp_path / "after.json").write_text(printed.out)
    assert run("lint", str(tmp_path / "after.json"), "--json").json["verdicts"]["openai"] == "accept"
    assert "With all fixes: " in run("explain", str(file), "--error", UNANSWERED).out


def test_where_one_fix_is_enough_no_others_are_offered(run: Line, broken: str) -> None:
    (match,) = run("explain", broken, "--error", UNANSWERED, "--json").json["matches"]
    assert (match["repaired"]["still_refused"], match["all_repaired"]) == ([], None)
    assert "With all fixes" not in run("explain", broken, "--error", UNANSWERED).out


def test_a_repair_that_nobody_can_make_is_a_wrong_use(run: Line, broken: str) -> None:
    assert run("explain", broken, "--error", "Rate limit reached", "--repaired", "json").code == 2
    assert run("explain", "--error", UNANSWERED, "--repaired", "json").code == 2
    assert run("explain", broken, "--error", "x", "--error-file", broken).code == 2


def test_without_a_repair_the_reason_is_true(run: Line, broken: str) -> None:
    unknown = run("explain", broken, "--error", "something new", "--repaired", "json")
    assert (unknown.code, unknown.out) == (1, "")
    assert "No known error of a provider is in this text. No repaired payload can be made." in unknown.err
    for text, words in (
        ("Rate limit reached", "The messages are not at fault"),
        ("messages.1.content.0.cache: Extra inputs are not permitted", "Only a person can decide"),
        ("messages.0: `tool_use` ids must be unique", "No message with this fault was found"),
        ("Found multiple `tool_result` blocks with id: toolu_9", "No message with this fault was found"),
    ):
        answer = run("explain", broken, "--error", text, "--repaired", "json")
        assert (answer.code, words in " ".join(answer.err.split())) == (2, True)


@pytest.mark.parametrize(
    ("text", "place", "change"),
    [
        pytest.param(
            "The text field in the ContentBlock object at messages.0.content.0 is blank. "
            "Add text to the text field, and try again.",
            "  messages[0], which the text names",
            "",
            id="named",
        ),
        pytest.param(
            "messages: final assistant content cannot end with trailing whitespace",
            "  None of these messages has it.",
            "  In the messages that were sent: Cut the white space at the end of the last answer.",
            id="nowhere",
        ),
        pytest.param(
            "messages.1.content.0.cache: Extra inputs are not permitted", "  messages[1]", "  Change: ", id="?"
        ),
    ],
)
def test_a_fault_that_no_message_has_changes_none(run: Line, broken: str, text: str, place: str, change: str) -> None:
    lines = run("explain", broken, "--error", text).out.splitlines()
    assert place in lines
    changes = [line for line in lines if line.startswith(("  Change", "  In the messages"))]
    assert [line[: len(change)] for line in changes] == ([change] if change else [])


def test_white_space_that_is_lost_is_counted(run: Line, tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps([USER, {"role": "assistant", "content": "Say: "}]))
    text = "messages: final assistant content cannot end with trailing whitespace"
    assert "  Lost: 1 character of white space\n" in run("explain", str(file), "--error", text).out


# Bodies of other APIs

NATIVE = {
    "model": "claude-x",
    "max_tokens": 9,
    "messages": [
        {"role": "user", "content": "Where is it?"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "find", "input": {}}]},
        {"role": "user", "content": "Never mind."},
    ],
}
NOT_ANSWERED = (
    "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1. Each `tool_use` "
    "block must have a corresponding `tool_result` block in the next message."
)


@pytest.fixture
def native(tmp_path: Path) -> str:
    file = tmp_path / "claude.json"
    file.write_text(json.dumps(NATIVE))
    return str(file)


def test_a_body_of_another_api_is_shown_after_the_change(run: Line, native: str) -> None:
    answer = run("explain", native, "--error", NOT_ANSWERED)
    assert answer.code == 0
    assert "  messages[1]\n" in answer.out
    assert "Proposed: Add a result that says that none was recorded." in answer.out
    assert '"tool_use_id": "toolu_1"' in answer.out
    (match,) = run("explain", native, "--error", NOT_ANSWERED, "--json").json["matches"]
    assert match["repaired"]["body"]["messages"][2]["content"][0]["tool_use_id"] == "toolu_1"


def test_the_repaired_body_is_printed_as_json_curl_or_python_of_its_api(run: Line, native: str) -> None:
    def printed(form: str, *options: str) -> str:
        return run("explain", native, "--error", NOT_ANSWERED, "--repaired", form, *options).out

    body = json.loads(printed("json"))
    assert (body["model"], len(body["messages"])) == ("claude-x", 3)
    assert "https://api.anthropic.com/v1/messages" in printed("curl")
    assert '"model": "claude-y"' in printed("curl", "--model", "claude-y")
    assert "client.messages.create(**body)" in printed("python")
