"""docs/agents.md and the skill file teach what holds: each example is run, and each transcript is solved again."""

import importlib.util
import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from chatdata import Settings
from chatdata.services.connect import connect
from chatdata.services.programs.openapi import BASE, RESOURCES
from chatdata.services.programs.questions import ProgramQuestion, parameters_of
from chatdata.services.programs.tools import TOOLS
from tests.support.command_line import ROOT, at_once
from tests.support.programs import read, stdio_server

PAGE = ROOT / "docs" / "agents.md"
SKILL = ROOT / "docs" / "skills" / "conversation-inspector" / "SKILL.md"
_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_IN_A_CELL = re.compile(r"`(python -m chatdata [^`]+)`")
_OF_ALL = set(parameters_of(ProgramQuestion))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A data folder with the demo conversations, which a scan has seen."""
    folder = str(tmp_path_factory.mktemp("agents") / "data")
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": folder})):
        assert at_once("demo", INSPECTOR_DATA_DIR=folder).code == 0
        assert at_once("scan", "--grace", "0", INSPECTOR_DATA_DIR=folder).code == 1
        yield folder


def commands(page: Path) -> list[str]:
    """The commands that a page shows."""
    text = page.read_text("utf-8")
    blocks = [line for kind, block in _FENCED.findall(text) if kind == "sh" for line in block.splitlines() if line]
    return [*blocks, *_IN_A_CELL.findall(_FENCED.sub("", text))]


def calls(page: Path) -> list[dict[str, Any]]:
    """The calls of tools that a page shows."""
    found = [json.loads(block) for kind, block in _FENCED.findall(page.read_text("utf-8")) if kind == "json"]
    return [call for call in found if "arguments" in call]


@pytest.mark.parametrize("page", [PAGE, SKILL], ids=lambda page: page.name)
def test_every_command_of_a_page_gives_one_document(demo: str, page: Path) -> None:
    shown = [command for command in commands(page) if shlex.split(command)[3] not in ("demo", "mcp")]
    assert len(shown) > 7
    for command in shown:
        python, switch, module, name, *arguments = shlex.split(command)
        assert (python, switch, module) == ("python", "-m", "chatdata")
        answer = at_once(name, *arguments, INSPECTOR_DATA_DIR=demo)
        found_something = name in ("scan", "diff", "lint") or '"TEXT"' in command
        assert answer.code == int(found_something), (command, answer.err)
        assert json.loads(answer.out)
        assert "error" not in answer.json


def test_every_call_of_the_page_is_answered_over_stdio(demo: str) -> None:
    shown = calls(PAGE)
    assert {call["name"] for call in shown} == {tool.name for tool in TOOLS}

    async def asked() -> list[tuple[bool, dict[str, Any], str]]:
        async with Client(stdio_client(StdioServerParameters(**stdio_server(demo)))) as client:
            return [read(await client.call_tool(call["name"], call["arguments"])) for call in shown]

    for call, (failed, document, text) in zip(shown, anyio.run(asked), strict=True):
        assert not failed, (call, text)
        assert document["view"] == call["arguments"].get("view", "structure")


def rows(page: Path, first: str) -> dict[str, set[str]]:
    """The parameters that a table of a page has, by what its first cell names."""
    found = re.findall(rf"^\| `({first}[a-z_]+)` \|[^|]*\|([^|]*)\|$", page.read_text("utf-8"), re.MULTILINE)
    return {name: set(re.findall(r"`([a-z_]+)`", cell)) for name, cell in found}


def test_the_example_of_the_settings_of_an_agent_starts_the_tools_in_any_folder(demo: str, tmp_path: Path) -> None:
    (configured,) = [
        json.loads(block) for kind, block in _FENCED.findall(PAGE.read_text("utf-8")) if "mcpServers" in block
    ]
    (server,) = configured["mcpServers"].values()
    folder = "/opt/conversation-inspector"
    assert server["command"] == f"{folder}/.venv/bin/python"
    own = {"INSPECTOR_DATA_DIR": demo, "DATABASE_URL": "", "REDIS_URL": ""}
    environment = {name: own.get(name, value.replace(folder, str(ROOT))) for name, value in server["env"].items()}
    parameters = StdioServerParameters(command=sys.executable, args=server["args"], env=environment, cwd=tmp_path)

    async def ask() -> tuple[bool, dict[str, Any], str]:
        async with Client(stdio_client(parameters)) as client:
            return read(await client.call_tool("cache_health", {}))

    failed, document, _ = anyio.run(ask)
    assert (failed, document["stores"]["unavailable"], list(tmp_path.iterdir())) == (False, [], [])


def test_the_tables_have_every_tool_and_resource_with_its_parameters() -> None:
    of_tools = {tool.name: set(parameters_of(tool.question)) - _OF_ALL for tool in TOOLS}
    assert rows(PAGE, "") == of_tools
    of_resources = {f"{BASE}/{one.name}": set(parameters_of(one.question)) - _OF_ALL for one in RESOURCES}
    assert rows(ROOT / "docs" / "api.md", f"{BASE}/") == of_resources


def test_the_skill_file_has_what_agents_look_for_and_names_every_tool() -> None:
    text = SKILL.read_text("utf-8")
    assert re.match(r"---\nname: conversation-inspector\ndescription: .{50,1024}\n---\n", text)
    assert {tool.name for tool in TOOLS} <= set(re.findall(r"`([a-z_]+)`", text))


def test_the_tasks_are_solved_as_their_page_says(demo: str) -> None:
    """To write the page anew after a change, run scripts/agent_tasks.py."""
    spec = importlib.util.spec_from_file_location("agent_tasks", ROOT / "scripts" / "agent_tasks.py")
    assert spec is not None
    assert spec.loader is not None
    tasks = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tasks)
    solved = anyio.run(tasks.solved, stdio_server(demo)["env"])
    assert lasting(solved) == lasting(tasks.TARGET.read_text("utf-8"))


def lasting(page: str) -> str:
    """The page without what another day or another key for placeholders changes."""
    page = re.sub(r"\d{4}-\d{2}-\d{2}[T ][0-9:.]+(Z| UTC)", "(time)", page)
    page = re.sub(r"\[([a-z0-9]+(?: [a-z]+)?) [bcdfghjklmnpqrst]{6,}\]", r"[\1]", page)
    before, last, after = page.partition("## 3.")
    assert last
    return before + last + re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9][0-9,]*", "(number)", after)
