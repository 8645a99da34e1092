"""What only one provider knows, or what was not checked, is never accepted by those of whom nobody can say it."""

import json
from typing import Any

import pytest

from chatdata.domain.lint import PROVIDERS, Limits, Report, explain, lint_document, lint_messages
from chatdata.domain.payload.assessment import assess_raw
from chatdata.domain.tokens import model_facts
from tests.domain.test_lint import ANSWER, USER

OPENAIS = {"openai", "azure-openai"}
SPOKEN = {"role": "assistant", "audio": {"id": "audio_abc123"}}
BEGUN = {"role": "assistant", "content": "The", "prefix": True}


def naming(report: Report, verdict: str) -> set[str]:
    return {name for name, found in report.verdicts.items() if found == verdict}


@pytest.mark.parametrize(
    ("role", "verdict"),
    [("user", "accept"), ("USER", "unknown"), ("MODEL", "unknown"), ("function", "unknown"), ("User", "reject")],
)
def test_a_role_of_gemini_that_only_some_models_may_take_is_unknown(role: str, verdict: str) -> None:
    body = {"contents": [{"role": "user", "parts": [{"text": "a"}]}, {"role": role, "parts": [{"text": "b"}]}]}
    assert lint_document(body).verdicts["gemini"] == verdict


@pytest.mark.parametrize("content", [{}, {"content": None}, {"content": ""}], ids=["missing", "null", "empty"])
def test_an_audio_answer_sent_back_by_its_id_is_refused_by_nobody(content: dict[str, Any]) -> None:
    report = lint_messages([USER, {**SPOKEN, **content}, USER])
    assert naming(report, "unknown") == set(PROVIDERS)
    (finding,) = report.findings
    assert (finding.code, finding.severity, finding.path) == ("unsupported_media", "warning", "messages[1].audio")
    assert "audio answer" in finding.meaning


@pytest.mark.parametrize("audio", ["x", {"data": "AAAA"}, {"id": 5}, {"id": ""}, [1]])
def test_audio_without_an_id_stands_for_no_answer(audio: Any) -> None:
    report = lint_messages([USER, {"role": "assistant", "audio": audio}, USER])
    assert {"openai", "azure-openai", "anthropic"} <= naming(report, "reject")
    assert naming(report, "accept") == set()


@pytest.mark.parametrize("audio", [None, {}, ""])
def test_a_message_without_audio_is_as_before(audio: Any) -> None:
    assert naming(lint_messages([USER, {**ANSWER, "audio": audio}, USER]), "accept") == set(PROVIDERS)


def test_the_beginning_of_an_answer_is_accepted_by_mistral_alone() -> None:
    report = lint_messages([USER, BEGUN])
    assert naming(report, "accept") == {"mistral"}
    assert naming(report, "reject") == {"anthropic"}
    (finding,) = report.findings
    assert (finding.code, finding.path) == ("ends_with_assistant", "messages[1].prefix")


@pytest.mark.parametrize(
    "messages",
    [[USER, BEGUN, USER], [{**USER, "prefix": True}], [USER, BEGUN, USER, ANSWER]],
    ids=["answered", "user", "earlier"],
)
def test_the_mark_of_a_beginning_elsewhere_is_accepted_by_nobody(messages: list[Any]) -> None:
    assert naming(lint_messages(messages), "accept") == set()


def test_a_mark_that_says_no_is_no_mark() -> None:
    report = lint_messages([USER, {**BEGUN, "prefix": False}])
    assert naming(report, "reject") == {"anthropic", "mistral"}


def called(name: str) -> list[Any]:
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": "{}"}}
    asked = {"role": "assistant", "content": None, "tool_calls": [call]}
    return [USER, asked, {"role": "tool", "tool_call_id": "call_1", "content": "x"}, ANSWER, USER]


def test_a_function_name_is_judged_by_its_length() -> None:
    assert lint_messages(called("f" * 64)).findings == ()
    between = lint_messages(called("f" * 65))
    assert naming(between, "accept") == {"anthropic", "openrouter-anthropic"}
    assert naming(between, "reject") == set()
    longer = lint_messages(called("f" * 129))
    assert (naming(longer, "reject"), naming(longer, "accept")) == (OPENAIS, set())
    (finding,) = longer.findings
    path = "messages[1].tool_calls[0].function.name"
    assert (finding.code, finding.path, finding.tool_call_id) == ("bad_function_name", path, "call_1")
    assert {one.text for one in finding.rejected_by} == {
        f"Invalid '{path}': string too long. Expected a string with maximum length 128, but got a string with length "
        "129 instead."
    }


def offered(name: str, *, is_chat: bool) -> Report:
    tool = {"type": "function", "function": {"name": name}} if is_chat else {"type": "function", "name": name}
    return lint_document({"model": "m", "messages" if is_chat else "input": [USER], "tools": [tool]})


def test_the_name_of_an_offered_tool_is_judged_by_its_length() -> None:
    assert offered("f" * 64, is_chat=True).findings == ()
    assert {"openai", "azure-openai"} <= naming(offered("f" * 65, is_chat=True), "unknown")
    assert naming(offered("f" * 129, is_chat=True), "reject") == {"openai"}
    assert offered("f" * 128, is_chat=False).verdicts["openai-responses"] == "accept"
    assert offered("f" * 129, is_chat=False).verdicts["openai-responses"] == "reject"


def test_a_long_message_name_is_not_known_to_be_accepted_by_openai() -> None:
    report = lint_messages([{**USER, "name": "n" * 65}])
    assert (naming(report, "unknown"), naming(report, "reject")) == (OPENAIS, set())
    assert lint_messages([{**USER, "name": "n" * 64}]).findings == ()


def test_the_address_of_an_image_as_a_text_is_refused_by_openai_and_accepted_by_nobody() -> None:
    part = {"type": "image_url", "image_url": "https://x.example/y.png"}
    messages = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, part]}]
    report = lint_messages(messages)
    assert naming(report, "reject") >= OPENAIS
    assert naming(report, "accept") == set()
    finding = next(one for one in report.findings if one.code == "unknown_block")
    assert finding.path == "messages[0].content[1].image_url"
    text = "Invalid type for 'messages[0].content[1].image_url': expected an object, but got a string instead."
    assert {one.text for one in finding.rejected_by} == {text}
    (match,) = explain(text, messages).matches
    assert (match.code, match.payload_position) == ("unknown_block", 0)


@pytest.mark.parametrize(
    ("part", "refusing"),
    [
        ({"type": "image_url"}, OPENAIS),
        ({"type": "image_url", "image_url": 5}, set()),
        ({"type": "input_audio", "input_audio": "AAAA"}, set()),
        ({"type": "file", "file": "file-1"}, set()),
    ],
    ids=["missing", "number", "audio", "file"],
)
def test_a_medium_that_is_no_object_is_accepted_by_nobody(part: Any, refusing: set[str]) -> None:
    report = lint_messages([{"role": "user", "content": [part]}])
    assert naming(report, "accept") == set()
    assert OPENAIS & naming(report, "reject") == refusing


def long(characters: int, text: str = "a") -> list[Any]:
    return [{"role": "user", "content": text * characters}]


def test_the_length_for_a_model_that_is_not_known_was_not_checked() -> None:
    report = assess_raw(long(9_000), model_facts("gpt-4oo"))
    assert naming(report, "unknown") == OPENAIS
    (finding,) = report.findings
    assert (finding.code, finding.severity, finding.payload_position) == ("context_overflow", "info", None)
    assert "not checked" in finding.meaning
    assert "8,192" in finding.meaning


@pytest.mark.parametrize(
    ("messages", "model"),
    [
        pytest.param(long(8_000), "gpt-4oo", id="surely-short"),
        pytest.param(long(9_000), "gpt-4o", id="known-model"),
        pytest.param(long(9_000), "anthropic/claude-haiku-5.5", id="known-window"),
    ],
)
def test_a_text_that_surely_fits_needs_no_remark(messages: list[Any], model: str) -> None:
    assert assess_raw(messages, model_facts(model)).findings == ()


def test_without_a_model_the_length_is_no_subject() -> None:
    assert lint_messages(long(9_000)).findings == ()


@pytest.mark.parametrize(
    ("limits", "word"),
    [
        pytest.param(Limits(estimated_tokens=9_000), "context window", id="window"),
        pytest.param(Limits(context_window=3_000), "tokenizer", id="tokenizer"),
    ],
)
def test_the_remark_says_what_is_not_known(limits: Limits, word: str) -> None:
    (finding,) = lint_messages(long(4_000), limits=limits).findings
    assert f"the model's {word} is not known" in finding.meaning


def test_a_text_is_measured_in_bytes() -> None:
    assert lint_messages(long(3_000, "é"), limits=Limits()).findings == ()
    assert lint_messages(long(3_000, "語"), limits=Limits()).findings != ()
    assert lint_messages(long(3_000, json.loads('"\\ud800"')), limits=Limits()).verdicts["openai"] == "unknown"
