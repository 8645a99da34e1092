"""Public reports: each error text cites reports of its own provider's text, never those of another's."""

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from chatdata.domain.lint import explain
from chatdata.domain.lint.errors.known_error import Known
from chatdata.domain.lint.errors.provider_errors import KNOWN
from chatdata.domain.lint.errors.reports import REPORTS
from chatdata.domain.lint.errors.request_errors import REMNANTS
from chatdata.domain.lint.texts import TEXTS

CASES = [json.loads(line) for line in (Path(__file__).parent / "field_cases.jsonl").read_text("utf-8").splitlines()]
ALL = (*KNOWN, *REMNANTS)
UNREPORTED = {
    "tool_result block(s) provided when previous message does not contain any tool_use blocks",
    TEXTS["NR"],
    TEXTS["NM"],
    "{path}.tool_use.name: String should",
    "Invalid 'input[{item}].name': string does not match pattern",
    "Invalid value: '{type}'. Supported values are: 'output_text' and 'refusal'",
}
"""Texts without a public report; they cite none."""

OWNERS = {
    "anthropics": {"anthropic"},
    "aws": {"bedrock"},
    "aws-samples": {"bedrock"},
    "azure": {"azure-openai"},
    "deepseek-ai": {"deepseek"},
    "google-gemini": {"gemini"},
    "googlecloudplatform": {"gemini"},
    "groq": {"groq"},
    "langchain-ai/langgraph": {"langgraph"},
    "mistralai": {"mistral"},
    "moonshotai": {"moonshot"},
    "ollama": {"ollama"},
    "openai": {"openai", "openai-responses"},
    "pydantic": {"pydantic-ai"},
    "qwenlm": {"qwen"},
    "vllm-project": {"vllm-strict-alternation"},
}
"""Whose texts the repositories of a provider are about."""
TOLD = {
    "vllm-project/aibrix#1449": "a text of the gateway before any server",
    "CopilotKit/CopilotKit#7277": "it compares the errors of several servers and of the AI SDK",
    "DrShushen/climb#13": "OpenAI's sentence and the code beside it",
    "GoogleCloudPlatform/generative-ai#368": "Gemini's text in a notebook",
    "QwenLM/qwen-code#2508": "the client with Anthropic's API",
    "QwenLM/qwen-code#3616": "the client with OpenAI's API",
    "anthropics/claude-code#236": "the client on Bedrock",
    "anthropics/claude-code#35508": "a text that every server prints",
    "anthropics/claude-code#4145": "a word that every server prints",
    "anthropics/claude-code#4147": "a status of any server",
    "anthropics/claude-code#61365": "a status of any server, and Anthropic's words for it",
    "anthropics/claude-code#8118": "a word that every server prints",
    "anthropics/claude-code#8803": "a text of the gateway before any server",
    "charmbracelet/crush#279": "Mistral's models by Mistral and by vLLM",
    "continuedev/continue#10560": "Gemini's code and the words beside it",
    "continuedev/continue#11472": "OpenAI's sentence with the words and the status of any server",
    "ericc-ch/copilot-api#261": "Anthropic's sentence, whole and in part",
    "google-gemini/gemini-cli#12932": "a status of any server",
    "google-gemini/gemini-cli#15745": "words that every server prints",
    "google-gemini/gemini-cli#5031": "a client with Qwen's API",
    "i-am-bee/beeai-framework#753": "a table of the errors of several providers",
    "nearai/ironclaw#4548": "one request at DeepSeek and at OpenAI",
    "mistralai/mistral-vibe#72": "a status of any server",
    "ogx-ai/ogx#5982": "Anthropic's check of roles, as its SDK and as a server prints it",
    "ollama/ollama#15934": "words that every server prints",
    "openai/openai-python#331": "OpenAI's client with Azure",
    "pydantic/pydantic-ai#2327": "the framework with Bedrock",
    "pydantic/pydantic-ai#4495": "the framework with Bedrock",
    "pydantic/pydantic-ai#2653": "the framework with OpenAI",
    "pydantic/pydantic-ai#3733": "the framework with Mistral",
    "sgl-project/sglang#28035": "a server that prints what vLLM prints",
    "vllm-project/vllm#20409": "OpenAI's sentence, which vLLM prints too",
    "vllm-project/vllm#50861": "an error of Python, which vLLM passes on",
}
"""Reports that several cite, or in the repository of another provider, and why they show the text all the same."""
REPORT = re.compile(r"[\w.-]+/[\w.-]+#\d+")


def owners_of(thread: str) -> set[str] | None:
    repository = thread.partition("#")[0].lower()
    return OWNERS.get(repository, OWNERS.get(repository.partition("/")[0]))


@pytest.mark.parametrize("known", ALL, ids=[str(number) for number in range(len(ALL))])
def test_every_text_cites_reports_of_its_own(known: Known) -> None:
    assert bool(known.source) == (known.template not in UNREPORTED), known.template
    assert all(REPORT.fullmatch(thread) for thread in known.source)
    assert len(set(known.source)) == len(known.source)


def test_no_text_cites_a_report_of_another_provider() -> None:
    printers: dict[str, set[str | None]] = defaultdict(set)
    for known in ALL:
        for thread in known.source:
            printers[thread].add(known.provider)
    foreign = {
        thread
        for thread, named in printers.items()
        if len(named) > 1 or ((owners := owners_of(thread)) is not None and not named <= owners)
    }
    assert foreign - set(TOLD) == set()
    assert set(TOLD) - set(printers) == set()


def test_every_report_is_that_of_a_text() -> None:
    assert set(REPORTS) <= set(TEXTS)
    cited = {known.source for known in KNOWN}
    assert {row for row, threads in REPORTS.items() if threads not in cited} == set()


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["error"] and "#" in case["source"]], ids=lambda c: c["id"]
)
def test_the_report_that_a_case_comes_from_is_cited(case: dict[str, str]) -> None:
    (match,) = explain(case["error"]).matches
    assert set(REPORT.findall(case["source"])) & set(match.threads)
