"""Solves three tasks with the tools of agents over MCP, on demo conversations, and writes docs/agent-tasks.md.

What a step asks follows from the answers before it. A test solves the tasks again and compares.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import anyio
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "agent-tasks.md"
ERROR = (
    "litellm.BadRequestError: OpenAIException - An assistant message with 'tool_calls' must be followed by tool "
    "messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: "
    "toolu_01OGCWGDOtLrCmzub39PACVV"
)
HEAD = """# Three tasks, solved by an agent

What a scripted agent asked the [tools](agents.md#the-tools) on the demo conversations, and what it concluded.
`scripts/agent_tasks.py` solves the tasks over MCP and writes this page; a test solves them again and compares. Answers
are shortened to the fields that the next step needs. No task needed more than the *masked* view, and the first and the
last none but *structure*.
"""

Answer = dict[str, Any]


class Transcript:
    """Asks tools and notes what was asked and answered."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.lines: list[str] = []

    async def ask(self, name: str, shown: Callable[[Answer], Answer], **arguments: Any) -> Answer:
        """The answer of a tool; `shown` picks what the transcript has of it."""
        result = await self._client.call_tool(name, arguments)
        document: Answer = json.loads(result.content[0].text)
        if result.is_error:
            raise RuntimeError(f"{name}: {document}")
        call = json.dumps({"name": name, "arguments": arguments})
        answer = json.dumps(shown(document), indent=1)
        self.lines += ["```json", call, "```", "", "The tool says, in part:", "", "```json", answer, "```", ""]
        return document

    def conclude(self, sentence: str) -> None:
        """Notes the answer to the task."""
        self.lines += [f"**Answer.** {sentence}", ""]


def picked(source: Mapping[str, Any], *names: str) -> Answer:
    """The fields with these names, in this order."""
    return {name: source[name] for name in names}


async def lost_next(agent: Transcript) -> None:
    """Which conversation loses words next, and why?"""
    fields = ("kind", "severity", "count", "at_risk", "expires_at", "repairs")

    def of_scan(answer: Answer) -> Answer:
        one = answer["scan"]["sessions"][0]
        findings = [picked(finding, *fields) for finding in one["findings"]]
        return {
            "stores": picked(answer["stores"], "unavailable"),
            "scan": {"messages_at_risk": answer["scan"]["messages_at_risk"]},
            "first": picked(one, "session_id", "user_id", "status") | {"findings": findings},
        }

    def of_comparison(answer: Answer) -> Answer:
        findings = [picked(finding, "kind", "meaning", "likely_causes", "repairs") for finding in answer["findings"]]
        return picked(answer, "view", "session_id", "activity") | {"findings": findings}

    health = await agent.ask("cache_health", of_scan)
    session_id = health["scan"]["sessions"][0]["session_id"]
    compared = await agent.ask("compare_copies", of_comparison, session_id=session_id)
    at_risk = next(finding for finding in compared["findings"] if finding["at_risk"])
    cause = at_risk["likely_causes"][0]
    pending = await agent.ask(
        "get_messages", lambda answer: picked(answer, "view", "pending"), session_id=session_id, limit=1
    )
    texts = ", ".join(str(one["content"]) for one in pending["pending"])
    agent.conclude(
        f"`{session_id}`: {at_risk['meaning']} Likely cause `{cause['cause']}`: {cause['evidence']} Waiting: {texts}. "
        f"No repair brings them into a copy ({len(at_risk['repairs'])} suggested), so a person has to process them "
        "before that time."
    )


async def provider_error(agent: Transcript) -> None:
    """This provider error: which message, which fix?"""
    found = await agent.ask(
        "find_conversation", lambda answer: picked(answer, "view", "found"), text=ERROR, view="masked"
    )
    session_id = found["found"]["session_id"]

    def of_explanation(answer: Answer) -> Answer:
        names = ("code", "provider", "payload_position", "stored_positions", "meaning", "fix")
        matches = [
            picked(match, *names) | {"repaired": match["repaired"] and picked(match["repaired"], "what", "lost")}
            for match in answer["matches"]
        ]
        return picked(answer, "recognised") | {"matches": matches}

    explained = await agent.ask("explain_error", of_explanation, session_id=session_id, error=ERROR, view="masked")
    match = explained["matches"][0]
    checked = await agent.ask(
        "check_providers",
        lambda answer: picked(answer, "view", "session_id", "verdicts"),
        session_id=session_id,
        provider="anthropic",
    )
    agent.conclude(
        f"Message {match['stored_positions'][0]} of `{session_id}` (`messages[{match['payload_position']}]` of the "
        f"request): {match['meaning']} {match['fix']} {match['repaired']['what']} Anthropic's verdict is "
        f"`{checked['verdicts']['anthropic']}`, so another provider is no way out."
    )


async def spent_most(agent: Transcript) -> None:
    """Who spent most last week?"""

    def of_usage(answer: Answer) -> Answer:
        row = picked(answer["rows"][0], "key", "sessions", "messages", "total_tokens")
        return picked(answer, "view", "by", "time_zone") | {
            "first": row,
            "totals": picked(answer["totals"], "sessions"),
        }

    users = await agent.ask("usage", of_usage, by="user", period="last-week", limit=1)
    sessions = await agent.ask("usage", of_usage, by="session", period="last-week", limit=1)
    most, largest = users["rows"][0], sessions["rows"][0]
    agent.conclude(
        f"{most['key']} with {most['total_tokens']:,} tokens in {most['sessions']} sessions; the largest session was "
        f"`{largest['key']}` with {largest['total_tokens']:,} tokens. The name behind the placeholder needs the full "
        "view, for which a person has to set INSPECTOR_MCP_VIEW=full."
    )


TASKS: tuple[Callable[[Transcript], Awaitable[None]], ...] = (lost_next, provider_error, spent_most)


async def solved(environment: Mapping[str, str]) -> str:
    """The page with the transcripts, with the tools of a process that this environment leads to its stores."""
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "chatdata", "mcp"], env=dict(environment), cwd=ROOT
    )
    async with Client(stdio_client(server)) as client:
        parts = [HEAD]
        for number, task in enumerate(TASKS, start=1):
            agent = Transcript(client)
            await task(agent)
            parts.append("\n".join([f"## {number}. {task.__doc__}", "", *agent.lines]))
    return "\n".join(parts).rstrip() + "\n"


def main() -> None:
    """Makes demo conversations in a folder of its own, scans them, and writes the page."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"INSPECTOR_DATA_DIR": folder, "PYTHONPATH": str(ROOT), "TZ": "UTC"}
        for command in ("demo", "scan"):
            subprocess.run(
                [sys.executable, "-m", "chatdata", command], env={**os.environ, **environment}, check=command == "demo"
            )
        TARGET.write_text(anyio.run(solved, environment), "utf-8")


if __name__ == "__main__":
    main()
