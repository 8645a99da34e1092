"""Rules about the number, names and arguments of tool calls, and about the names of messages."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from chatdata.domain.lint import provider_messages
from chatdata.domain.lint.conversation import Conversation, ToolCall
from chatdata.domain.lint.texts import said
from chatdata.domain.lint.values import PROVIDERS, Code, LintFinding, Provider, Rejection

NAME = re.compile(r"[a-zA-Z0-9_-]+")
_MOST = 128
_LONG_NAME = 64
"""The characters of a function's name that all of OpenAI's models accept."""
_LONGEST_NAME = 128
"""The characters of a function's name that no model of OpenAI's accepts more of."""
_OPENAIS: tuple[Provider, ...] = ("openai", "azure-openai")
_WITH_LONG_NAMES = ("anthropic", "openrouter-anthropic")
"""The providers that are known to accept names up to the same length."""


def empty_tool_calls(talk: Conversation) -> Iterator[LintFinding]:
    """Finds empty lists of tool calls."""
    for entry in talk.entries:
        if entry.role == "assistant" and not entry.calls and entry.fields.get("tool_calls") == []:
            path = f"messages[{entry.at}].tool_calls"
            rejected = [*provider_messages.openai("O7", path, at=entry.at), Rejection("qwen", said("Q2"), "")]
            yield talk.finding("empty_tool_calls", entry.at, "The list of tool calls is empty.", rejected)


def too_many_tool_calls(talk: Conversation) -> Iterator[LintFinding]:
    """Finds messages with more calls than OpenAI allows."""
    for entry in talk.entries:
        count = len(entry.calls)
        if count > _MOST:
            rejected = provider_messages.openai("O8", f"messages[{entry.at}].tool_calls", at=entry.at, count=count)
            meaning = f"One message makes {count:,} tool calls; {_MOST} are allowed."
            yield talk.finding("too_many_tool_calls", entry.at, meaning, rejected)


def empty_function_name(talk: Conversation) -> Iterator[LintFinding]:
    """Finds calls of functions without a name; OpenAI alone is known to refuse them, and nobody to accept them."""
    for call in talk.calls:
        if not call.name and call.type == "function":
            meaning = "A tool call has no function name."
            found = _function_name(talk, call, "empty_function_name", "O10", meaning)
            yield replace(found, unknown_to=PROVIDERS)


def bad_function_name(talk: Conversation) -> Iterator[LintFinding]:
    """Finds calls whose function name has characters that OpenAI does not allow."""
    for call in talk.calls:
        if call.name and not NAME.fullmatch(call.name):
            meaning = "A function's name has characters other than a-z, A-Z, 0-9, _ and -."
            yield _function_name(talk, call, "bad_function_name", "O11", meaning)


def long_function_name(talk: Conversation) -> Iterator[LintFinding]:
    """Finds calls whose function name is longer than OpenAI allows.

    The limit in OpenAI's reference is 64 characters, and many reports show it (danny-avila/LibreChat#7435); newer ones
    show 128, so that what lies between is neither accepted nor refused for certain.
    """
    for call in talk.calls:
        count = len(call.name)
        if count <= _LONG_NAME:
            continue
        meaning = f"A function's name has {count} characters; OpenAI accepts {_LONGEST_NAME}."
        place = f"messages[{call.at}].tool_calls[{call.number}].function.name"
        values = {"place": place, "most": _LONGEST_NAME, "count": count}
        rejected = provider_messages.openai("O35", place, **values)
        if count <= _LONGEST_NAME:
            meaning = f"A function's name has {count} characters; some of OpenAI's models accept {_LONG_NAME} only."
            rejected = []
        yield talk.finding(
            "bad_function_name",
            call.at,
            meaning,
            rejected,
            severity="error" if rejected else "warning",
            call_id=call.id,
            inside=f".tool_calls[{call.number}].function.name",
            unknown_to=PROVIDERS if rejected else [one for one in PROVIDERS if one not in _WITH_LONG_NAMES],
        )


def bad_message_name(talk: Conversation) -> Iterator[LintFinding]:
    """Finds message names that OpenAI does not allow; names of tool messages are ignored."""
    for entry in talk.entries:
        name = entry.fields.get("name")
        if isinstance(name, str) and entry.role != "tool" and not NAME.fullmatch(name):
            what = "has characters other than a-z, A-Z, 0-9, _ and -" if name else "is empty"
            rejected = provider_messages.openai("O12", f"messages[{entry.at}].name", at=entry.at)
            yield talk.finding("bad_message_name", entry.at, f"The message's name {what}.", rejected)
        elif isinstance(name, str) and entry.role != "tool" and len(name) > _LONG_NAME:
            meaning = (
                f"The message's name has {len(name)} characters; OpenAI's reference allowed {_LONG_NAME} at first and "
                "names no limit now."
            )
            yield talk.finding("bad_message_name", entry.at, meaning, severity="warning", unknown_to=_OPENAIS)


def arguments_not_json(talk: Conversation) -> Iterator[LintFinding]:
    """Finds arguments that are not JSON; providers that convert calls to another format must parse them."""
    for call in talk.calls:
        if isinstance(call.arguments, str) and (problem := not_json(call.arguments)):
            turn, block, path = provider_messages.tool_use(talk, call)
            bedrock = Rejection("bedrock", said("B7", turn=turn, block=block), f"{path}.toolUse.input")
            meaning = "A tool call's arguments are not JSON."
            yield _arguments(talk, call, "arguments_not_json", meaning, problem, bedrock)


def arguments_not_object(talk: Conversation) -> Iterator[LintFinding]:
    """Finds arguments that are JSON but not an object."""
    for call in talk.calls:
        kind = _no_object(call.arguments)
        if kind:
            meaning = "A tool call's arguments are JSON but not an object."
            yield _arguments(talk, call, "arguments_not_object", meaning, said("O17", type=kind))


def null_arguments(talk: Conversation) -> Iterator[LintFinding]:
    """Finds arguments that are null or missing; OpenAI alone is known to refuse them, and nobody to accept them."""
    for call in talk.calls:
        if call.arguments is None and call.name and call.type == "function":
            inside = f".tool_calls[{call.number}].function.arguments"
            path = f"messages[{call.at}]{inside}"
            rejected = provider_messages.openai("O26", path, at=call.at, call=call.number)
            yield talk.finding(
                "arguments_not_object",
                call.at,
                "A tool call's arguments are null.",
                rejected,
                call_id=call.id,
                inside=inside,
                unknown_to=PROVIDERS,
            )


def not_json(arguments: str) -> str:
    """Returns the error of Python's json for arguments that it can't parse, else ""."""
    try:
        json.loads(arguments)
    except ValueError as problem:
        return str(problem)
    except RecursionError:  # nested too deeply for this parser, which is no fault of the sender
        pass
    return ""


def _no_object(arguments: Any) -> str:
    """Returns jinja's name for arguments that are not an object; "" for objects and for text that is not JSON."""
    if arguments is None or isinstance(arguments, dict):
        return ""
    if not isinstance(arguments, str):
        return f"{type(arguments).__name__} object"
    if arguments.lstrip(" \t\r\n")[:1] == "{":
        return ""
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        return ""
    return "None" if value is None else f"{type(value).__name__} object"


def _function_name(talk: Conversation, call: ToolCall, code: Code, row: str, meaning: str) -> LintFinding:
    path = f"messages[{call.at}].tool_calls[{call.number}].function.name"
    rejected = provider_messages.openai(row, path, at=call.at, call=call.number)
    inside = f".tool_calls[{call.number}].function.name"
    return talk.finding(code, call.at, meaning, rejected, call_id=call.id, inside=inside)


def _arguments(
    talk: Conversation, call: ToolCall, code: Code, meaning: str, template: str, *more: Rejection
) -> LintFinding:
    turn, block, path = provider_messages.tool_use(talk, call)
    rejected = [
        *provider_messages.anthropic("A8", f"{path}.tool_use.input", turn=turn, block=block),
        Rejection("vllm-strict-alternation", template, ""),
        *more,
    ]
    inside = f".tool_calls[{call.number}].function.arguments"
    return talk.finding(code, call.at, meaning, rejected, call_id=call.id, inside=inside)
