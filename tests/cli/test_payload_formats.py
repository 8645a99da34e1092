"""`payload --format` with the format of an API: the body, the request, and the account of changes."""

import ast
import json
import shlex

import pytest

from chatdata import ChatSessions
from chatdata.domain.dialects.writers import API_FORMATS
from tests.support.builders import message, new_session, talk, tool_call
from tests.support.command_line import Line
from tests.support.openai_server import KEY

SYSTEM = message("system", "Be brief.")
CALLING = message("assistant", None, tool_calls=[tool_call("a", "get", "{broken"), tool_call("b", "get")])
TALK = [
    SYSTEM,
    message("critic", "no"),
    message("user", "hi", name="Ada"),
    CALLING,
    message("tool", "1", tool_call_id="a"),
    message("tool", "2", tool_call_id="b"),
]


@pytest.fixture(autouse=True)
def stored(sessions: ChatSessions) -> None:
    sessions.upsert_chat_session(new_session("s", messages=TALK))


def test_the_body_is_on_stdout_and_the_changes_on_stderr(run: Line) -> None:
    answer = run("payload", "s", "--format", "anthropic")
    assert answer.code == 0
    assert answer.json["system"] == [{"type": "text", "text": "Be brief."}]
    assert [turn["role"] for turn in answer.json["messages"]] == ["user", "assistant", "user"]
    assert answer.json["messages"][1]["content"][0]["input"] == "{broken"
    assert answer.err.splitlines() == [
        "1 system message is moved out of the messages (payload messages[0])",
        "1 name is dropped (payload messages[1].name)",
        "1 call has arguments that are not a JSON object, which the API rejects "
        "(payload messages[2].tool_calls[0].function.arguments)",
        "1 tool result is grouped with the results before it (payload messages[4])",
    ]


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        ("openai", {"messages"}),
        ("responses", {"input"}),
        ("gemini", {"contents", "systemInstruction"}),
        ("bedrock", {"system", "messages"}),
    ],
)
def test_each_api_has_a_body_of_its_own(run: Line, form: str, keys: set[str]) -> None:
    assert set(run("payload", "s", "--format", form).json) == keys


def test_the_openai_body_is_the_payload_itself(run: Line) -> None:
    answer = run("payload", "s", "--format", "openai")
    assert (answer.json["messages"], answer.err) == (run("payload", "s").json, "")


def test_the_account_names_stored_messages_and_places_also_of_a_window(run: Line) -> None:
    account = run("payload", "s", "--format", "bedrock", "--as", "account", "--last", "2").json
    assert account["format"] == "bedrock"
    assert [(said["payload_position"], said["stored_positions"], said["places"]) for said in account["messages"]] == [
        (0, [0], ["system[0]"]),
        (1, [4], ["messages[0].content[0]"]),
        (2, [5], ["messages[0].content[1]"]),
    ]
    assert [change["kind"] for change in account["messages"][2]["changes"]] == ["results_grouped"]
    assert account["not_sent"] == [1]
    assert len(account["summary"]) == 2


@pytest.mark.parametrize(
    ("form", "address"),
    [
        ("openai", "https://api.openai.com/v1/chat/completions"),
        ("responses", "https://api.openai.com/v1/responses"),
        ("anthropic", "https://api.anthropic.com/v1/messages"),
        ("gemini", "https://generativelanguage.googleapis.com/v1beta/models/m%2F%24x:generateContent"),
        ("bedrock", "https://bedrock-runtime.$AWS_REGION.amazonaws.com/model/m%2F%24x/converse"),
    ],
)
def test_a_command_has_the_address_of_its_api_and_the_same_body(run: Line, form: str, address: str) -> None:
    out = run("payload", "s", "--format", form, "--as", "curl", "--model", "m/$x", OPENAI_API_KEY=KEY).out
    command, body = out.split("<<'END_OF_PAYLOAD'\n")
    assert shlex.split(command.replace("\\\n", " "))[1] == address
    sent = json.loads(body.splitlines()[0])
    given = {"model": "m/$x"} if form not in ("gemini", "bedrock") else {}
    given |= {"max_tokens": 1024} if form == "anthropic" else {}
    assert sent == {**given, **run("payload", "s", "--format", form).json}
    assert KEY not in out


@pytest.mark.parametrize("form", API_FORMATS)
def test_a_script_holds_the_conversation_and_the_model(run: Line, form: str) -> None:
    out = run("payload", "s", "--format", form, "--as", "python", "--model", "m'x").out
    literals = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(out).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List) and isinstance(node.targets[0], ast.Name)
    }
    body = run("payload", "s", "--format", form).json
    system = body.get("system") or body.get("systemInstruction", {}).get("parts")
    turns = next(body[key] for key in ("messages", "contents", "input") if key in body)
    assert list(literals.values()) == ([system, turns] if system else [turns])
    assert '"m\'x"' in out


def test_a_body_can_be_piped_to_the_lint_of_its_api(real: Line) -> None:
    piped = real("lint", "-", "--json", given=real("payload", "s", "--format", "anthropic").out)
    assert piped.json["dialect"] == "anthropic-messages"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--as", "body"), "--as needs --format with an API: openai, responses, anthropic, gemini, bedrock"),
        (("--format", "gemini", "--as", "curl"), "name one with --model"),
        (("--format", "xml"), "'bedrock'"),
    ],
    ids=["no API", "no model", "no format"],
)
def test_options_that_do_not_go_together_say_what_to_try(run: Line, arguments: tuple[str, ...], words: str) -> None:
    answer = run("payload", "s", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert words in " ".join(answer.err.split())


def test_a_session_of_words_alone_changes_nothing_but_its_form(run: Line, sessions: ChatSessions) -> None:
    sessions.upsert_chat_session(new_session("plain", messages=talk(2)))
    assert run("payload", "plain", "--format", "gemini").err == ""
