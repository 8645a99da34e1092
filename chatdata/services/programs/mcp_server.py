"""The MCP server with the inspector's tools, over stdio or behind a transport that a web server has.

Importing this takes a second or more, so only what serves MCP does.
"""

import json
import logging
import uuid
from collections.abc import Callable
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server

from chatdata.domain.access import Principal
from chatdata.errors import ChatDataError, NotFound
from chatdata.services.failures import places_of
from chatdata.services.programs.door import NOTICE, CallThreads, Door
from chatdata.services.programs.problems import problem_of
from chatdata.services.programs.questions import BadQuestion, schema_of
from chatdata.services.programs.tools import INSTRUCTIONS, TOOLS, AgentTool
from chatdata.settings.version import tool_version

log = logging.getLogger(__name__)
SERVER_NAME = "conversation-inspector"
Context = ServerRequestContext[Any, Any]
_NO_TOOL = f"There is no such tool. The tools are: {', '.join(tool.name for tool in TOOLS)}."


def tool_server(door: Callable[[], Door], principal: Principal, threads: CallThreads) -> Server[Any]:
    """A server whose tools ask on behalf of one principal; `door` may raise SettingsError."""

    async def list_tools(_context: Context, _params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(tool) for tool in TOOLS])

    async def call_tool(_context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = next((tool for tool in TOOLS if tool.name == params.name), None)
        given = params.arguments or {}
        try:
            if tool is None:
                await threads.run(lambda: door().refuse(principal, "call", "no such tool"))
                return _failed(problem_of(NotFound(_NO_TOOL)).document())
            return _answered(await threads.run(lambda: door().ask(principal, tool.question, given, tool.name)))
        except (ChatDataError, BadQuestion) as error:
            return _failed(problem_of(error).document())
        except Exception as error:
            reference = uuid.uuid4().hex[:8]
            log.error("the tool %s failed (%s): %s", tool and tool.name, reference, places_of(error))
            detail = f"This failed. The log of the inspector has the reason under {reference}."
            return _failed({"status": 500, "detail": detail})

    return Server(
        SERVER_NAME,
        version=tool_version(),
        title="Conversation Inspector",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def serve_stdio(door: Door, principal: Principal) -> None:
    """Serves the tools over stdin and stdout until stdin ends."""
    server = tool_server(lambda: door, principal, CallThreads())
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


def _described(tool: AgentTool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=f"{tool.description} {NOTICE}",
        input_schema=schema_of(tool.question),
        annotations=types.ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        ),
    )


def _answered(document: dict[str, Any]) -> types.CallToolResult:
    """The answer as ASCII JSON: what stands in a conversation can neither end the JSON nor steer what shows it."""
    return types.CallToolResult(content=[types.TextContent(type="text", text=_json(document))])


def _failed(problem: dict[str, Any]) -> types.CallToolResult:
    text = _json({"notice": NOTICE, "error": problem})
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=True)


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"))
