"""The tools that a request of OpenAI's APIs offers, where the file has them."""

from typing import Any

import pytest

from chatdata.domain.lint import explain, lint_document

ASK = {"role": "user", "content": "Where is my bag?"}


def chat_tool(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}


def tool(name: str) -> dict[str, Any]:
    return {"type": "function", "name": name, "parameters": {"type": "object", "properties": {}}}


def chat(**more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [ASK], **more}


def responses(**more: Any) -> dict[str, Any]:
    return {"model": "m", "input": [ASK], **more}


CASES: list[Any] = [
    pytest.param(
        chat(tools=[chat_tool(f"t{n}") for n in range(129)]), ("too_many_tools", "tools"), "openai", id="many"
    ),
    pytest.param(
        responses(tools=[tool(f"t{n}") for n in range(129)]),
        ("too_many_tools", "tools"),
        "openai-responses",
        id="many-of-responses",
    ),
    pytest.param(
        chat(tools=[chat_tool("find"), chat_tool("find it")]),
        ("bad_function_name", "tools[1].function.name"),
        "openai",
        id="name",
    ),
    pytest.param(
        responses(tools=[tool("find it")]),
        ("bad_function_name", "tools[0].name"),
        "openai-responses",
        id="name-of-responses",
    ),
    pytest.param(chat(tool_choice="auto"), ("tools_missing", "tool_choice"), "openai", id="choice"),
    pytest.param(
        {"custom_id": "r1", "body": chat(tool_choice="required", tools=[])},
        ("tools_missing", "tool_choice"),
        "openai",
        id="choice-of-a-batch-line",
    ),
]


@pytest.mark.parametrize(("document", "found", "provider"), CASES)
def test_tools_that_are_refused_are_told_with_their_place(document: Any, found: tuple[str, str], provider: str) -> None:
    report = lint_document(document)
    assert [(one.code, one.path, one.severity) for one in report.findings] == [(*found, "error")]
    assert [name for name, verdict in report.verdicts.items() if verdict == "reject"] == [provider]


@pytest.mark.parametrize(
    "document",
    [
        chat(tools=[chat_tool(f"t{n}") for n in range(128)], tool_choice="auto"),
        chat(tools=[]),
        chat(tool_choice="none"),
        chat(tools="x"),
        responses(tools=[{"type": "web_search"}]),
        {"messages": [ASK], "tools": [{"type": "function"}, 7, None]},
    ],
)
def test_other_tools_are_no_fault(document: Any) -> None:
    assert lint_document(document).findings == ()


@pytest.mark.parametrize(("document", "found", "provider"), CASES[:1])
def test_what_the_provider_says_is_no_fault_of_a_message(document: Any, found: tuple[str, str], provider: str) -> None:
    (finding,) = lint_document(document).findings
    (match,) = explain(finding.rejected_by[0].text).matches
    assert (match.code, match.provider, match.about_messages) == (found[0], provider, False)
