"""The doors of programs without a server's process: the HTTP API and MCP behind the middleware of the real server."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import httpx
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.applications import Starlette
from starlette.testclient import TestClient

from chatdata import Connected
from chatdata.domain.access import Role
from chatdata.services.programs.tokens import create_token
from pages.ui.server.api.mcp_route import mcp_routes
from pages.ui.server.api.routes import api_routes
from pages.ui.server.middleware import middleware
from tests.support.command_line import ROOT

ADDRESS = "http://localhost:8501"


def program_app() -> Starlette:
    """The routes of programs with everything that stands in front of them."""
    return Starlette(routes=[*api_routes(), *mcp_routes()], middleware=middleware())


@contextmanager
def api_client(token: str = "", **headers: str) -> Iterator[TestClient]:
    """A program that asks the HTTP API from this machine."""
    sent = {**({"Authorization": f"Bearer {token}"} if token else {}), **headers}
    with TestClient(program_app(), ADDRESS, headers=sent, client=("127.0.0.1", 50_000)) as client:
        yield client


def token_of(connected: Connected, role: Role, *, name: str = "", lifetime: timedelta = timedelta(days=1)) -> str:
    """A new token of a role."""
    return create_token(connected, name or role, role, lifetime, who="test", now=datetime.now(UTC))[0]


def call_tool(token: str, name: str, arguments: Mapping[str, Any]) -> tuple[bool, dict[str, Any], str]:
    """What a tool answers over HTTP to the SDK's client: whether it failed, the document, and its text."""
    return call_tools(token, [(name, arguments)])[0]


def call_tools(token: str, calls: list[tuple[str, Mapping[str, Any]]]) -> list[tuple[bool, dict[str, Any], str]]:
    """What tools answer to one client, one call after the other."""
    return anyio.run(_call_tools, token, calls)


async def _call_tools(token: str, calls: list[tuple[str, Mapping[str, Any]]]) -> list[tuple[bool, dict[str, Any], str]]:
    transport = httpx.ASGITransport(program_app(), client=("127.0.0.1", 50_000))
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx.AsyncClient(transport=transport, headers=headers) as web,
        Client(streamable_http_client(f"{ADDRESS}/mcp", http_client=web)) as client,
    ):
        return [read(await client.call_tool(name, dict(arguments))) for name, arguments in calls]


def read(result: Any) -> tuple[bool, dict[str, Any], str]:
    """A tool's answer, which must be one text of ASCII JSON."""
    (content,) = result.content
    assert content.text.isascii()
    return bool(result.is_error), json.loads(content.text), content.text


def stdio_server(data_dir: str, **settings: str) -> dict[str, Any]:
    """What starts the tools over stdio, in a process of its own with embedded stores in this folder."""
    environment = {"INSPECTOR_DATA_DIR": data_dir, "PYTHONPATH": str(ROOT), "TZ": "UTC", **settings}
    return {"command": sys.executable, "args": ["-m", "chatdata", "mcp"], "env": environment, "cwd": ROOT}
