"""Writes the conversations of a JSON Lines file as Inspect logs, one conversation per log.

It runs in the peer's environment, which has neither our packages nor our dependencies:
`/tmp/peers/env/bin/python benchmarks/peers/inspect_logs.py conversations.jsonl logs`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from inspect_ai.log import (
    EvalConfig,
    EvalDataset,
    EvalLog,
    EvalPlan,
    EvalResults,
    EvalSample,
    EvalSpec,
    EvalStats,
    write_eval_log,
)
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    ChatMessageUser,
    ModelOutput,
)
from inspect_ai.tool import ToolCall

MODEL = "openai/gpt-4o"


def main(source: Path, folder: Path) -> None:
    """Writes a log for each line of the file."""
    folder.mkdir(parents=True, exist_ok=True)
    with source.open(encoding="utf-8") as lines:
        for line in lines:
            conversation = json.loads(line)
            write_eval_log(_log(conversation), str(folder / f"{conversation['id']}.eval"))


def _log(conversation: dict[str, Any]) -> EvalLog:
    name, moment = conversation["id"], conversation["started_at"]
    dataset = EvalDataset(name="generated", samples=1, sample_ids=[name])
    return EvalLog(
        status="success",
        eval=EvalSpec(
            created=moment, task=conversation["title"], task_id=name, dataset=dataset, model=MODEL, config=EvalConfig()
        ),
        plan=EvalPlan(),
        results=EvalResults(total_samples=1, completed_samples=1),
        stats=EvalStats(started_at=moment, completed_at=moment),
        samples=[_sample(name, conversation["messages"])],
    )


def _sample(name: str, items: list[dict[str, Any]]) -> EvalSample:
    messages = [_message(item) for item in items]
    return EvalSample(
        id=name,
        epoch=1,
        input="",
        target="",
        messages=messages,
        output=ModelOutput.from_content(MODEL, messages[-1].text),
    )


def _message(item: dict[str, Any]) -> ChatMessage:
    text = item.get("content") or ""
    if item["role"] == "user":
        return ChatMessageUser(content=text)
    if item["role"] == "tool":
        return ChatMessageTool(content=text, tool_call_id=item["tool_call_id"])
    return ChatMessageAssistant(content=text, tool_calls=[_call(call) for call in item.get("tool_calls", ())] or None)


def _call(call: dict[str, Any]) -> ToolCall:
    function = call["function"]
    return ToolCall(id=call["id"], function=function["name"], arguments=json.loads(function["arguments"]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
