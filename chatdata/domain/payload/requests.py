"""Requests of other APIs with a translated payload: the body as JSON, a curl command or Python, without an API key."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from chatdata.domain.dialects.writers import ApiFormat, Translation
from chatdata.domain.payload.exports import END, Format, as_curl, as_python, safe_json

MAX_TOKENS = 1024
"""The limit on the answer in requests to Anthropic, whose API demands one."""
OWN_MODELS: frozenset[ApiFormat] = frozenset({"anthropic", "gemini", "bedrock"})
"""The APIs of which no setting names a model."""


@dataclass(frozen=True, slots=True)
class _Script:
    """A script for the package of an API: how its client is made, called and asked for the answer."""

    imports: str
    client: str
    create: str
    shown: str


_SCRIPTS: Mapping[ApiFormat, _Script] = {
    "anthropic": _Script(
        "from anthropic import Anthropic",
        "Anthropic()  # the key comes from ANTHROPIC_API_KEY",
        f"messages.create(model={{model}}, max_tokens={MAX_TOKENS}, {{system}}messages=messages)",
        "answer.content",
    ),
    "gemini": _Script(
        "from google import genai",
        "genai.Client()  # the key comes from GEMINI_API_KEY",
        "models.generate_content(model={model}, contents=messages{config})",
        "answer.text",
    ),
    "bedrock": _Script(
        "import boto3",
        'boto3.client("bedrock-runtime")  # credentials and region come from the environment',
        "converse(modelId={model}, {system}messages=messages)",
        'answer["output"]["message"]["content"]',
    ),
}


def export_translation(translation: Translation, form: Format, *, model: str, base_url: str) -> str:
    """Returns a translated payload as JSON, a curl command or Python; `base_url` is that of OpenAI's formats."""
    if form == "json":
        return body_json(translation.body)
    if translation.form == "openai":
        write = as_curl if form == "curl" else as_python
        return write(translation.body["messages"], model, base_url)
    return _curl(translation, model, base_url) if form == "curl" else _python(translation, model, base_url)


def body_json(body: Mapping[str, Any], *, ascii_only: bool = False) -> str:
    """Returns a body as indented JSON; unsafe characters, or all but ASCII, are escaped."""
    return f"{json.dumps(body, indent=2) if ascii_only else safe_json(body, indent=2)}\n"


def _curl(translation: Translation, model: str, base_url: str) -> str:
    address, *headers = _addressed(translation.form, model, base_url)
    lines = "".join(f'  -H "{header}" \\\n' for header in (*headers, "Content-Type: application/json"))
    body = json.dumps({**_settings(translation.form, model), **translation.body})
    return f"curl {address} \\\n{lines}  --data-binary @- <<'{END}'\n{body}\n{END}\n"


def _addressed(form: ApiFormat, model: str, base_url: str) -> tuple[str, ...]:
    """Returns the address and the headers, as words of a shell command."""
    named = quote(model.encode("utf-8", "backslashreplace"), safe="")
    match form:
        case "anthropic":
            headers = ("x-api-key: $ANTHROPIC_API_KEY", "anthropic-version: 2023-06-01")
            return ("https://api.anthropic.com/v1/messages", *headers)
        case "gemini":
            base = "https://generativelanguage.googleapis.com/v1beta/models"
            return (f"{base}/{named}:generateContent", "x-goog-api-key: $GEMINI_API_KEY")
        case "bedrock":
            address = f'"https://bedrock-runtime.$AWS_REGION.amazonaws.com/model/{named}/converse"'
            return (address, "Authorization: Bearer $AWS_BEARER_TOKEN_BEDROCK")
        case _:
            return (shlex.quote(f"{base_url.rstrip('/')}/responses"), "Authorization: Bearer $OPENAI_API_KEY")


def _settings(form: ApiFormat, model: str) -> dict[str, Any]:
    """Returns what the body of a request needs beside the conversation."""
    if form in ("gemini", "bedrock"):
        return {}
    return {"model": model, "max_tokens": MAX_TOKENS} if form == "anthropic" else {"model": model}


def _python(translation: Translation, model: str, base_url: str) -> str:
    body = translation.body
    if translation.form == "responses":
        return (
            "from openai import OpenAI\n\n"
            f"client = OpenAI(base_url={base_url!r})  # the key comes from OPENAI_API_KEY\n\n"
            f"{_assigned('items', body['input'])}"
            f"answer = client.responses.create(model={model!r}, input=items)\n"
            "print(answer.output_text)\n"
        )
    script = _SCRIPTS[translation.form]
    system = body.get("system") or body.get("systemInstruction", {}).get("parts", [])
    call = script.create.format(
        model=repr(model),
        system="system=system, " if system else "",
        config=', config={"system_instruction": system}' if system else "",
    )
    return (
        f"{script.imports}\n\n"
        f"client = {script.client}\n\n"
        f"{_assigned('system', system) if system else ''}"
        f"{_assigned('messages', body.get('messages', body.get('contents', [])))}"
        f"answer = client.{call}\n"
        f"print({script.shown})\n"
    )


def _assigned(name: str, items: Sequence[Any]) -> str:
    lines = "".join(f"    {item!r},\n" for item in items)
    return f"{name} = [\n{lines}]\n\n"
