"""Payload exports: each yields the payload exactly, whatever its text, and never contains a key."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatdata.domain.messages import build_payload
from chatdata.domain.payload import FORMATS, Format, export
from chatdata.domain.payload.exports import DEFAULT_BASE_URL, as_json
from chatdata.settings.stores import Endpoint
from tests.support.builders import any_sessions, any_text
from tests.support.laws import examples
from tests.support.openai_server import KEY, openai_server

TEXTS = {
    "quotes": "it's \"quoted\" and `so` is '\\'' this",
    "expansions": "$(touch pwned) `touch pwned` $HOME ${HOME} !! \\$(id) $'x' <(id) ~ * ?",
    "end words": "END_OF_PAYLOAD\nEOF\n\nEND_OF_PAYLOAD\n'END_OF_PAYLOAD'",
    "lines": "one\ntwo\r\nthree\rfour\u2028five\x85six\ttab\\n not a line",
    "control characters": "".join(map(chr, range(32))) + "\x7f\x80\x9f",
    "every script": "日本 ไทย 🙂 e\u0301 \u202egnp.exe\u202c \ufeff\uffff\U0010ffff",
    "comments": "#!/bin/sh # \"\"\" ''' \\",
    "nothing": "",
}
CALL = {"id": "call_1", "type": "function", "function": {"name": "now", "arguments": json.dumps(TEXTS)}}
PAYLOAD: list[dict[str, Any]] = [
    {"role": "system", "content": TEXTS["quotes"], "name": TEXTS["expansions"]},
    *({"role": "user", "content": text} for text in TEXTS.values()),
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "content": TEXTS["end words"], "tool_call_id": "call_1"},
]
HALVES = [{"role": "user", "content": "half \ud83d and \udc80"}]
MODEL = 'it\'s $(a) "model"'


@pytest.fixture(params=["bash", "sh"])
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Runs a script there; what curl, a function that keeps what it is given, got: its arguments and its input."""

    def run(script: str) -> tuple[list[str], str]:
        stands_in = 'curl() { printf "%s\\0" "$@" > arguments; cat > body; }\n'
        environment = {"PATH": os.environ["PATH"], "OPENAI_API_KEY": KEY, "HOME": str(tmp_path)}
        subprocess.run([request.param], input=(stands_in + script).encode(), cwd=tmp_path, env=environment, check=True)
        assert {file.name for file in tmp_path.iterdir()} == {"arguments", "body"}
        arguments = (tmp_path / "arguments").read_bytes().decode().split("\0")[:-1]
        return arguments, (tmp_path / "body").read_bytes().decode()

    return run


# JSON


@settings(deadline=None)
@given(any_sessions)
def test_json_is_the_payload_again_with_lone_surrogates_and_all(session: Any) -> None:
    params = build_payload(session.messages).params
    for ascii_only in (False, True):
        text = as_json(params, ascii_only=ascii_only)
        assert json.loads(text.encode()) == params
        assert text.isascii() or not ascii_only
    assert export(params, "json", model="m") == as_json(params)


def test_json_keeps_words_readable_unless_they_can_not_be_written() -> None:
    assert "日本" in as_json([{"role": "user", "content": "日本"}])
    unsafe = as_json([{"role": "user", "content": "日本 \ud83d \u202e \x9b"}])
    assert "日本 \\ud83d \\u202e \\u009b" in unsafe


# curl


@pytest.mark.parametrize("payload", [PAYLOAD, HALVES, []], ids=["every text", "half characters", "empty"])
def test_the_body_that_a_shell_sends_is_the_payload(shell: Any, payload: list[Any]) -> None:
    arguments, body = shell(export(payload, "curl", model=MODEL, base_url="http://127.0.0.1:1/it's $(id)/v1/"))
    assert json.loads(body) == {"model": MODEL, "messages": payload}
    assert arguments == [
        "http://127.0.0.1:1/it's $(id)/v1/chat/completions",
        *("-H", f"Authorization: Bearer {KEY}"),
        *("-H", "Content-Type: application/json"),
        *("--data-binary", "@-"),
    ]


@settings(deadline=None, max_examples=examples(30))
@given(st.lists(any_text.map(lambda text: {"role": "user", "content": text}), max_size=40))
def test_no_text_ends_the_body_early_or_is_expanded(payload: list[Any]) -> None:
    script = "curl() { cat; }\n" + export(payload, "curl", model="m")
    ran = subprocess.run(["bash"], input=script.encode(), env={}, capture_output=True, check=True)
    assert json.loads(ran.stdout)["messages"] == payload


def test_the_real_curl_sends_it_to_a_server() -> None:
    curl_path()
    with openai_server("whole_completion") as server:
        script = export(PAYLOAD + HALVES, "curl", model=MODEL, base_url=server.base_url)
        environment = {"PATH": os.environ["PATH"], "OPENAI_API_KEY": KEY, "NO_PROXY": "*"}
        ran = subprocess.run(["bash"], input=script.encode(), env=environment, capture_output=True, check=True)
        (request,) = server.requests
    assert "All at once." in ran.stdout.decode()
    assert (request.path, request.headers["authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert request.body == {"model": MODEL, "messages": PAYLOAD + HALVES}


def curl_path() -> None:
    """Without curl the test says why it was passed over, and fails in CI."""
    if shutil.which("curl") is None and os.environ.get("INSPECTOR_CI") == "1":
        pytest.fail("curl is not installed, and INSPECTOR_CI=1 wants every test to run")
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed: apt-get install curl")


# Python


def test_the_script_sends_the_payload_with_the_openai_package(tmp_path: Path) -> None:
    file = tmp_path / "payload.py"
    with openai_server("whole_completion") as server:
        file.write_text(export(PAYLOAD, "python", model=MODEL, base_url=server.base_url), encoding="utf-8")
        environment = {**os.environ, "OPENAI_API_KEY": KEY, "NO_PROXY": "*"}
        ran = subprocess.run([sys.executable, str(file)], env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        (request,) = server.requests
    assert ran.stdout == "All at once.\n"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == {"model": MODEL, "messages": PAYLOAD}


@settings(deadline=None)
@given(any_sessions)
def test_the_script_is_python_whose_messages_are_the_payload(session: Any) -> None:
    params = build_payload(session.messages).params
    tree = ast.parse(export(params, "python", model=MODEL).encode())
    (value,) = [node.value for node in tree.body if isinstance(node, ast.Assign) and _name(node) == "messages"]
    assert ast.literal_eval(value) == params


def _name(node: ast.Assign) -> str | None:
    target = node.targets[0]
    return target.id if isinstance(target, ast.Name) else None


# Keys


@pytest.mark.parametrize("form", FORMATS)
def test_no_key_and_no_password_is_in_any_form(form: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    endpoint = Endpoint(f"https://ann:{KEY}@example.org/v1?token={KEY}", KEY, "gpt-4o", 5.0)
    text = export(PAYLOAD, form, model=endpoint.model, base_url=endpoint.shown)
    assert KEY not in text
    assert ("https://example.org/v1" in text) == (form != "json")
    assert (DEFAULT_BASE_URL in export(PAYLOAD, form, model="m")) == (form != "json")
