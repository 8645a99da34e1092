"""What a provider's own words refuse is never accepted, and what nobody can know is unknown."""

from typing import Any

import pytest

from chatdata.domain.lint import PROVIDERS, Provider, Report, explain, lint_document, lint_messages
from tests.domain.test_lint import ANSWER, SYSTEM, USER


def found(report: Report) -> list[tuple[str, str, list[str]]]:
    return [
        (one.code, one.path, sorted({rejection.provider for rejection in one.rejected_by})) for one in report.findings
    ]


def turn(role: str, text: str = "x") -> dict[str, Any]:
    return {"role": role, "parts": [{"text": text}]}


def block(role: str) -> dict[str, Any]:
    return {"role": role, "content": [{"text": "x"}]}


@pytest.mark.parametrize("role", ["assistant", "system"])
def test_gemini_knows_no_other_roles_than_user_and_model(role: str) -> None:
    report = lint_document({"contents": [turn("user"), turn(role), turn("user")]})
    assert found(report) == [("unknown_role", "contents[1].role", ["gemini"])]
    assert report.verdicts["gemini"] == "reject"
    assert {one.text for one in report.findings[0].rejected_by} == {"Please use a valid role: user, model."}


def test_bedrock_refuses_two_turns_of_the_user_in_a_row() -> None:
    report = lint_document({"messages": [block("user"), block("user"), block("assistant"), block("user")]})
    assert (report.dialect, report.verdicts["bedrock"]) == ("bedrock-converse", "reject")
    assert found(report) == [("consecutive_users", "messages[1]", ["bedrock"])]


def test_a_body_that_names_anthropics_version_is_judged_as_anthropics() -> None:
    text = {"role": "user", "content": [{"type": "text", "text": "Hi"}]}
    report = lint_document({"anthropic_version": "vertex-2023-10-16", "max_tokens": 10, "messages": [text, text]})
    assert (report.dialect, report.verdicts["anthropic"], report.verdicts["openai"]) == (
        "anthropic-messages",
        "accept",
        "unknown",
    )


def called(call: Any, **more: Any) -> list[Any]:
    result = {"role": "tool", "tool_call_id": "c", "content": "r", **more}
    return [USER, {"role": "assistant", "content": None, "tool_calls": [call]}, result, ANSWER, USER]


OPENAIS = ("openai", "azure-openai")


def test_a_custom_tool_call_is_openais_own_and_unknown_elsewhere() -> None:
    report = lint_messages(called({"id": "c", "type": "custom", "custom": {"name": "g", "input": "abc"}}))
    assert report.verdicts == {name: "accept" if name in OPENAIS else "unknown" for name in PROVIDERS}
    assert found(report) == [("unknown_block", "messages[1].tool_calls[0]", [])]


def test_a_call_of_an_unknown_type_is_unknown_to_all() -> None:
    report = lint_messages(called({"id": "c", "type": "hologram", "hologram": {}}))
    assert set(report.verdicts.values()) == {"unknown"}


@pytest.mark.parametrize("function", [{"name": "f", "arguments": None}, {"name": None, "arguments": "{}"}])
def test_a_call_without_arguments_or_name_is_accepted_by_nobody(function: Any) -> None:
    report = lint_messages(called({"id": "c", "type": "function", "function": function}))
    assert report.verdicts == {name: "reject" if name in OPENAIS else "unknown" for name in PROVIDERS}


def test_a_system_text_alone_is_no_message_to_anthropic_and_gemini() -> None:
    report = lint_messages([SYSTEM])
    refusing: set[Provider] = {"anthropic", "openrouter-anthropic", "gemini"}
    assert {name for name, verdict in report.verdicts.items() if verdict == "reject"} == refusing
    assert {name for name, verdict in report.verdicts.items() if verdict == "accept"} == {
        *OPENAIS,
        "openai-responses",
    }


def test_openrouter_passes_on_what_anthropic_says_of_an_id() -> None:
    call = {"id": "functions.eval:301", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    report = lint_messages(called(call, tool_call_id="functions.eval:301"))
    assert (report.verdicts["anthropic"], report.verdicts["openrouter-anthropic"]) == ("reject", "reject")


def test_a_result_without_id_and_call_is_refused_by_all() -> None:
    report = lint_messages([USER, {"role": "tool", "content": "12"}, ANSWER, USER])
    assert report.verdicts == dict.fromkeys(PROVIDERS, "reject")


LANGCHAIN_CALL = {"name": "f", "args": {}, "id": "c1"}


@pytest.mark.parametrize(
    ("document", "path"),
    [
        pytest.param(
            [
                {"type": "human", "data": {"content": "q"}},
                {"type": "ai", "data": {"content": "", "tool_calls": [LANGCHAIN_CALL]}},
            ],
            "messages[1]",
            id="langchain",
        ),
        pytest.param(
            [
                {"type": "human", "content": "q"},
                {"type": "ai", "content": "", "tool_calls": [LANGCHAIN_CALL]},
            ],
            "messages[1]",
            id="langchain-flat",
        ),
        pytest.param(
            [
                {"kind": "request", "parts": [{"part_kind": "user-prompt", "content": "q"}]},
                {
                    "kind": "response",
                    "parts": [{"part_kind": "tool-call", "tool_name": "f", "args": {}, "tool_call_id": "c1"}],
                },
            ],
            "messages[1]",
            id="pydantic-ai",
        ),
    ],
)
def test_an_unanswered_call_is_named_in_any_form(document: Any, path: str) -> None:
    report = lint_document(document)
    assert [one.code for one in report.findings] == ["unanswered_tool_call", "unknown_block"]
    assert report.findings[0].path.startswith(path)
    assert set(report.verdicts.values()) == {"reject"}


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ({"type": "text"}, "Missing required parameter: 'messages[1].content[1].text'."),
        (
            {"type": "text", "text": None},
            "Invalid type for 'messages[1].content[1].text': expected a string, but got null instead.",
        ),
        (
            {"type": "text", "text": ["x"]},
            "Invalid type for 'messages[1].content[1].text': expected a string, but got an array instead.",
        ),
    ],
)
def test_a_text_part_without_a_text_is_accepted_by_nobody(part: Any, text: str) -> None:
    messages = [
        {"role": "system", "content": "Help."},
        {"role": "user", "content": [{"type": "text", "text": "a"}, part]},
    ]
    report = lint_messages(messages)
    (finding,) = report.findings
    assert (finding.code, finding.severity, finding.path) == ("unknown_block", "error", "messages[1].content[1].text")
    assert {one.text for one in finding.rejected_by} == {text}
    assert "accept" not in report.verdicts.values()
    (match,) = explain(text, messages).matches
    assert (match.code, match.payload_position) == ("unknown_block", 1)


@pytest.mark.parametrize(
    ("content", "path", "text"),
    [
        (
            {"a": 1},
            "messages[0].content",
            "Invalid type for 'messages[0].content': expected one of a string or array of objects, but got an object "
            "instead.",
        ),
        (
            5,
            "messages[0].content",
            "Invalid type for 'messages[0].content': expected one of a string or array of objects, but got an integer "
            "instead.",
        ),
        (
            ["a"],
            "messages[0].content[0]",
            "Invalid type for 'messages[0].content[0]': expected an object, but got a string instead.",
        ),
    ],
)
def test_a_content_of_another_type_is_refused_by_openai_and_accepted_by_nobody(
    content: Any, path: str, text: str
) -> None:
    messages = [{"role": "user", "content": content}]
    report = lint_messages(messages)
    (finding,) = report.findings
    assert (finding.code, finding.severity, finding.path) == ("unknown_block", "error", path)
    assert {name for name, verdict in report.verdicts.items() if verdict == "reject"} == {"openai", "azure-openai"}
    assert "accept" not in report.verdicts.values()
    (match,) = explain(text, messages).matches
    assert (match.code, match.provider, match.payload_position) == ("unknown_block", "openai", 0)
