"""Rules about the tools that a request of OpenAI's APIs offers; they judge what is present, never what is missing."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from chatdata.domain.dialects import Dialect, unwrapped
from chatdata.domain.lint.native_finding import by, finding
from chatdata.domain.lint.values import LintFinding, Provider

_MOST: Final = 128
_LONG_NAME: Final = 64
_LONGEST_NAME: Final = 128
_NAME = re.compile(r"[a-zA-Z0-9_-]+")
_JUDGED: Final[Mapping[Dialect, Provider]] = {"openai-chat": "openai", "openai-responses": "openai-responses"}


def offered_tools(document: object, dialect: Dialect) -> Iterator[LintFinding]:
    """Finds too many tools, tools with a name that is not allowed, and a choice among no tools."""
    body, provider = unwrapped(document), _JUDGED.get(dialect)
    if provider is None or not isinstance(body, Mapping):
        return
    tools = body.get("tools")
    offered = tools if isinstance(tools, list) else []
    if len(offered) > _MOST:
        meaning = f"The request offers {len(offered)} tools; OpenAI accepts {_MOST}."
        yield finding("too_many_tools", None, "tools", meaning, by(provider, "O9", "tools", count=len(offered)))
    for number, tool in enumerate(offered):
        yield from _name(number, tool, provider)
    if body.get("tool_choice") not in (None, "none") and not offered:
        meaning = "The request chooses among tools and offers none."
        yield finding("tools_missing", None, "tool_choice", meaning, by(provider, "O30", "tool_choice"))


def _name(number: int, tool: object, provider: Provider) -> Iterator[LintFinding]:
    inside = ".function" if provider == "openai" else ""
    held: Any = tool.get("function") if isinstance(tool, Mapping) and inside else tool
    name = held.get("name") if isinstance(held, Mapping) else None
    path = f"tools[{number}]{inside}.name"
    if isinstance(name, str) and len(name) > _LONG_NAME:
        yield from _long_name(path, len(name), provider)
    if isinstance(name, str) and name and not _NAME.fullmatch(name):
        meaning = "A tool that the request offers has a name that is not allowed."
        yield finding("bad_function_name", None, path, meaning, by(provider, "O29", path, place=path))


def _long_name(path: str, count: int, provider: Provider) -> Iterator[LintFinding]:
    """Yields the finding about a name over 64 characters, the limit of chat completions in OpenAI's reference.

    Reports show 64 as the limit (danny-avila/LibreChat#7435) and newer ones 128, which is that of the Responses API.
    """
    if count > _LONGEST_NAME:
        meaning = f"A tool that the request offers has a name of {count} characters; OpenAI accepts {_LONGEST_NAME}."
        rejected = by(provider, "O35", path, place=path, most=_LONGEST_NAME, count=count)
        yield finding("bad_function_name", None, path, meaning, rejected)
    elif provider == "openai":
        meaning = (
            f"A tool that the request offers has a name of {count} characters; some of OpenAI's models accept "
            f"{_LONG_NAME} only."
        )
        unclear: tuple[Provider, ...] = ("openai", "azure-openai")
        yield LintFinding("bad_function_name", "warning", None, (), None, meaning, path=path, unknown_to=unclear)
