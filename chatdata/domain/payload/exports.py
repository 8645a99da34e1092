"""Exports of a payload as JSON, as a curl command or as Python; no export contains an API key."""

import json
import shlex
from collections.abc import Sequence
from typing import Any, Literal, assert_never

from chatdata.domain.text import readable_json
from chatdata.domain.text.characters import BREAKS, C1, DIRECTION, SURROGATES, any_of

Format = Literal["json", "curl", "python"]
FORMATS: tuple[Format, ...] = ("json", "curl", "python")
DEFAULT_BASE_URL = "https://api.openai.com/v1"
END = "END_OF_PAYLOAD"
"""The word that ends the body in a shell command."""
_UNSAFE = any_of(C1, DIRECTION, BREAKS, SURROGATES)


def export(params: Sequence[Any], form: Format, *, model: str, base_url: str = DEFAULT_BASE_URL) -> str:
    """Returns the payload in a format; `base_url` is written unchanged, so it must not contain a password."""
    match form:
        case "json":
            return as_json(params)
        case "curl":
            return as_curl(params, model, base_url)
        case "python":
            return as_python(params, model, base_url)
        case _:
            assert_never(form)


def as_json(params: Sequence[Any], *, ascii_only: bool = False) -> str:
    """Returns the messages as indented JSON; unsafe characters, or all but ASCII, are escaped."""
    return f"{json.dumps(list(params), indent=2) if ascii_only else safe_json(list(params), indent=2)}\n"


def as_curl(params: Sequence[Any], model: str, base_url: str) -> str:
    """Returns a shell command that reads the API key from the environment, with the body in a quoted here-document."""
    address = shlex.quote(f"{base_url.rstrip('/')}/chat/completions")
    body = json.dumps({"model": model, "messages": list(params)})  # ASCII has no characters that steer a terminal
    return (
        f"curl {address} \\\n"
        '  -H "Authorization: Bearer $OPENAI_API_KEY" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  --data-binary @- <<'{END}'\n{body}\n{END}\n"
    )


def as_python(params: Sequence[Any], model: str, base_url: str) -> str:
    """Returns a script for the openai package, which reads the API key from the environment."""
    lines = "".join(f"    {param!r},\n" for param in params)
    return (
        "from openai import OpenAI\n\n"
        f"client = OpenAI(base_url={base_url!r})  # the key comes from OPENAI_API_KEY\n\n"
        f"messages = [\n{lines}]\n\n"
        f"answer = client.chat.completions.create(model={model!r}, messages=messages)\n"
        "print(answer.choices[0].message.content)\n"
    )


def safe_json(value: Any, indent: int | None = None) -> str:
    """Returns JSON with bidirectional controls, terminal controls and lone surrogates escaped."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", readable_json(value, indent))
