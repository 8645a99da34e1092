"""Requests to Anthropic are told from those to services that offer Claude models through OpenAI's API."""

from typing import Any

import pytest

from chatdata.domain.dialects import recognise
from chatdata.domain.lint import lint_document

ASK = {"role": "user", "content": "Where is my bag?"}
BEGUN = {"role": "assistant", "content": [{"type": "text", "text": "It is in"}]}
OWN_TOOL = {"name": "find_bag", "input_schema": {"type": "object"}}
HOSTED_TOOL = {"type": "web_search_20250305", "name": "web_search"}
OPENAI_TOOL = {"type": "function", "function": {"name": "find_bag", "parameters": {"type": "object"}}}
CLAUDE = {"model": "claude-sonnet-4-5", "max_tokens": 100, "messages": [ASK]}


@pytest.mark.parametrize(
    "body",
    [
        CLAUDE,
        {**CLAUDE, "tools": [OWN_TOOL]},
        {**CLAUDE, "tools": [OWN_TOOL, HOSTED_TOOL], "tool_choice": {"type": "any"}},
        {**CLAUDE, "tools": [{"type": "custom", **OWN_TOOL}]},
        {**CLAUDE, "model": "m-1", "tools": [OWN_TOOL]},
        {**CLAUDE, "tools": [OWN_TOOL], "messages": [{"role": "system", "content": "Be brief."}, ASK]},
        {**CLAUDE, "temperature": 0, "top_k": 5, "stop_sequences": ["x"], "metadata": {"user_id": "u"}},
        {**CLAUDE, "tools": []},
        {**CLAUDE, "messages": [{"role": "user", "content": [{"text": "no type"}]}]},
        {"custom_id": "1", "params": CLAUDE},
    ],
)
def test_tools_of_the_messages_api_or_a_claude_model_with_max_tokens_make_a_request_anthropics(body: Any) -> None:
    assert recognise(body) == "anthropic-messages"


@pytest.mark.parametrize(
    "body",
    [
        {**CLAUDE, "tools": [OPENAI_TOOL]},
        {**CLAUDE, "tools": [OWN_TOOL, OPENAI_TOOL]},
        {**CLAUDE, "model": "m-1"},
        {**CLAUDE, "model": "anthropic/claude-sonnet-4-5"},
        {**CLAUDE, "messages": [{"role": "system", "content": "Be brief."}, ASK]},
        {**CLAUDE, "messages": [{"role": "developer", "content": "Be brief."}, ASK]},
        {**CLAUDE, "messages": [ASK, {"role": "tool", "tool_call_id": "a", "content": "Porto"}]},
        {**CLAUDE, "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
        {**CLAUDE, "stream_options": {"include_usage": True}},
        {**CLAUDE, "max_completion_tokens": 5},
        {**CLAUDE, "n": 1},
        {**CLAUDE, "response": {"choices": [{"message": {"role": "assistant", "content": "It is in Porto."}}]}},
        {"model": "claude-sonnet-4-5", "messages": [ASK]},
    ],
)
def test_what_only_openais_api_has_makes_a_request_openais_whatever_the_model(body: Any) -> None:
    assert recognise(body) == "openai-chat"


def test_an_answer_that_a_request_to_anthropic_begins_is_judged_in_anthropics_terms() -> None:
    report = lint_document({**CLAUDE, "tools": [OWN_TOOL], "messages": [ASK, BEGUN]})
    assert report.dialect == "anthropic-messages"
    assert report.verdicts["anthropic"] == "accept"
    assert report.verdicts["openai"] == "unknown"
