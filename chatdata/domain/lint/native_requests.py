"""A request body of another API as a curl command or a Python script for that API; neither contains a key."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chatdata.domain.dialects import Dialect
from chatdata.domain.lint.native import NativeBody

Script = Literal["curl", "python"]
NO_MODEL = "MODEL"
"""Stands for the model where neither the body nor the caller names one."""
_END = "END_OF_BODY"
_NOT_IN_MODEL = re.compile(r"[^\w.:/@-]", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Api:
    """How an API takes a request."""

    address: str
    """With {model} where the address names the model."""
    headers: tuple[str, ...]
    model_key: str | None
    """The key of the model in the body; None where only the address names it."""
    python: str
    """The beginning and the end of a script, parted by {body}."""


_APIS: dict[Dialect, _Api] = {
    "anthropic-messages": _Api(
        "https://api.anthropic.com/v1/messages",
        ("x-api-key: $ANTHROPIC_API_KEY", "anthropic-version: 2023-06-01"),
        "model",
        "from anthropic import Anthropic\n\n"
        "client = Anthropic()  # the key comes from ANTHROPIC_API_KEY\n\n"
        "body = {body}\n\n"
        "print(client.messages.create(**body).content)\n",
    ),
    "bedrock-converse": _Api(
        "https://bedrock-runtime.$AWS_REGION.amazonaws.com/model/{model}/converse",
        ("Authorization: Bearer $AWS_BEARER_TOKEN_BEDROCK",),
        None,
        "import boto3\n\n"
        'client = boto3.client("bedrock-runtime")  # region and credentials come from the environment\n\n'
        "body = {body}\n\n"
        'print(client.converse(**body)["output"])\n',
    ),
    "gemini-contents": _Api(
        "https://generativelanguage.googleapis.com/v1beta/models/{model}:generateContent",
        ("x-goog-api-key: $GEMINI_API_KEY",),
        None,
        "import json\nimport os\nfrom urllib.request import Request, urlopen\n\n"
        "body = {body}\n\n"
        "request = Request(\n    {address},\n    json.dumps(body).encode(),\n"
        '    {{"x-goog-api-key": os.environ["GEMINI_API_KEY"], "Content-Type": "application/json"}},\n)\n'
        "print(urlopen(request).read().decode())\n",
    ),
    "openai-responses": _Api(
        "https://api.openai.com/v1/responses",
        ("Authorization: Bearer $OPENAI_API_KEY",),
        "model",
        "from openai import OpenAI\n\n"
        "client = OpenAI()  # the key comes from OPENAI_API_KEY\n\n"
        "body = {body}\n\n"
        "print(client.responses.create(**body).output)\n",
    ),
}


_INVOKED = _Api(
    "https://bedrock-runtime.$AWS_REGION.amazonaws.com/model/{model}/invoke",
    ("Authorization: Bearer $AWS_BEARER_TOKEN_BEDROCK",),
    None,
    "import json\n\nimport boto3\n\n"
    'client = boto3.client("bedrock-runtime")  # region and credentials come from the environment\n\n'
    "body = {body}\n\n"
    "answer = client.invoke_model(modelId={model}, body=json.dumps(body))\n"
    'print(answer["body"].read().decode())\n',
)
"""How Bedrock takes Anthropic's own body."""


def as_request(native: NativeBody, body: Any, form: Script, model: str | None = None) -> str:
    """Returns a body of the same API as `native`, as sent or repaired, as a command or script that sends it."""
    api = _INVOKED if native.is_invoked else _APIS[native.dialect]
    whole = dict(body) if isinstance(body, Mapping) else {native.key: body}
    named = _NOT_IN_MODEL.sub("", model or _model_of(whole)) or NO_MODEL
    address = api.address.format(model=named)
    if api.model_key is not None:
        whole = {api.model_key: named, **whole} if model is None else {**whole, api.model_key: named}
    if native.dialect == "anthropic-messages":
        whole = {"max_tokens": 1024, **whole}
    if form == "python":
        given = {"modelId": named, **whole} if native.dialect == "bedrock-converse" else whole
        return api.python.format(body=_as_python(given), address=repr(address), model=repr(named))
    whole = {key: value for key, value in whole.items() if key != "modelId"}
    lines = [f'  -H "{header}" \\\n' for header in (*api.headers, "Content-Type: application/json")]
    return f"curl \"{address}\" \\\n{''.join(lines)}  --data-binary @- <<'{_END}'\n{json.dumps(whole)}\n{_END}\n"


def _model_of(body: Mapping[str, Any]) -> str:
    known = body.get("modelId") or body.get("model")
    return known.removeprefix("models/") if isinstance(known, str) else ""


def _as_python(body: Mapping[str, Any]) -> str:
    lines = "".join(f"    {key!r}: {value!r},\n" for key, value in body.items())
    return f"{{\n{lines}}}"
