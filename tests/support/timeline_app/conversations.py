"""Generated conversations for timeline tests, the same in each run."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chatdata.domain.copies import CopyMessage
from chatdata.domain.messages import ChatMessage

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
NEEDLE = "zebra-crossing"
_PROSE = """cohort billing query token activation chart median seat invoice budget trace refund balance order export
index window cache onboarding report latency schedule agent library block credential graph status inputs"""
_WORDS = _PROSE.split()
_QUESTIONS = (
    "Can you find me an agent that summarises competitor newsletters every Monday morning?",
    "Why did the last run fail? It says the credential has expired, but I renewed it yesterday.",
    "Please run it now with my default inputs and tell me when it is done.",
    "ช่วยสรุปผลลัพธ์ของเอเจนต์เมื่อวานนี้ให้หน่อย แล้วส่งให้ทีมด้วย",
    "أرسل لي ملخصًا يوميًا عند الساعة التاسعة صباحًا",
    "Could you make the report shorter?\nThree bullet points at most, with the numbers in bold.",
)
_TOOLS = ("find_agent", "run_agent", "view_agent_output", "find_block", "bash_exec", "web_fetch")


def hostile() -> list[CopyMessage]:
    """Texts that would load, run, hide or fake something wherever they are not shown exactly."""
    texts = [
        "![beacon](http://beacon.example/a.png) <img src=http://beacon.example/b.png onerror=alert(1)>",
        "<script>fetch('http://beacon.example/c')</script> [click](javascript:alert(1)) :red[x] $x^2$ --> :smile:",
        "safe\u202etxt.exe \u200bzero\u2060width \x00nul \x1b[31mred\x1b[0m \ud800 lone \ufeff bom",
        "  leading\n\n\n\ttabs and  two  blanks  \n# heading\n<style>*{display:none}</style>",
        "family \U0001f468\u200d\U0001f469\u200d\U0001f467 and tag " + "".join(chr(0xE0000 + ord(c)) for c in "hidden"),
    ]
    messages = [ChatMessage(role="user", content=text) for text in texts]
    messages.append(ChatMessage(role="</style><script>", content="an odd role"))
    return _copies(messages)


def damaged() -> list[CopyMessage]:
    """Every rule that a stored copy can break, once."""
    call = {"id": "call_1", "type": "function", "function": {"name": "find_agent", "arguments": '{"query":"news"}'}}
    return _copies(
        [
            ChatMessage(role="developer", content="Be brief."),
            ChatMessage(role="user", content="Find me a news agent", name="ana"),
            ChatMessage(role="assistant", tool_calls=[call, "a string", 7, None, {"id": "call_x"}]),
            ChatMessage(role="tool", tool_call_id="call_1", content='{"type":"error","message":"No agent found"}'),
            ChatMessage(role="tool", tool_call_id="call_1", content="once more"),
            ChatMessage(role="tool", content="no id"),
            ChatMessage(role="tool", tool_call_id="call_404", content="no such call"),
            ChatMessage(role="assistant", content="Trying again", tool_calls=[{**call, "id": "call_2"}]),
            ChatMessage(role="user", content="Hurry up"),
            ChatMessage(role="tool", tool_call_id="call_2", content='{"type":"agents_found","count":2}'),
            ChatMessage(role="assistant", content="", refusal="I can't help with that."),
            ChatMessage(role="assistant", function_call={"name": "old_style", "arguments": '{"a":1}'}),
            ChatMessage(role="function", name="old_style", content='{"ok":true}'),
            ChatMessage(role="critic", content="a role of a later version"),
            ChatMessage(role="", content=None),
        ]
    )


def generated(count: int, *, size: int = 0) -> list[CopyMessage]:
    """`count` messages that look like agent work; with `size`, of about that many characters in all."""
    rng = random.Random(count)
    made: list[ChatMessage] = [ChatMessage(role="system", content=f"You are a helpful copilot. {_prose(rng, 60)}")]
    while len(made) < count:
        made.extend(_turn(rng))
    made = made[:count]
    if size:
        _grow(rng, made, size)
    if count > 20:
        made[count - 1] = ChatMessage(role="assistant", content=f"At last: the {NEEDLE} is done.")
    return _copies(made)


def told() -> list[CopyMessage]:
    """A question, two calls at once, their results 4 s and 2 h later, and the answer."""
    calls = [
        {"id": f"call_{name}", "type": "function", "function": {"name": name, "arguments": '{"town":"Hamra"}'}}
        for name in ("find_block", "web_fetch")
    ]
    messages = [
        ChatMessage(role="system", content="Be brief."),
        ChatMessage(role="user", content="How far is Hamra?", name="ana"),
        ChatMessage(role="assistant", content="Let me look.", tool_calls=calls),
        ChatMessage(role="tool", tool_call_id="call_find_block", content='{"type":"block_found","km":12}'),
        ChatMessage(role="tool", tool_call_id="call_web_fetch", content="12 km by road"),
        ChatMessage(role="assistant", content="It is **12 km** away \U0001f6b2.\u202e\n\n- by road\n- or on foot"),
        ChatMessage(role="user", content="Thanks"),
    ]
    seconds = (0, 1, 3, 7, 7207, 7210, 7300)
    return [
        replace(copy, created_at=START + timedelta(seconds=at), extras={})
        for copy, at in zip(_copies(messages), seconds, strict=True)
    ]


def untimed(copies: list[CopyMessage]) -> list[CopyMessage]:
    """As in the cache, where a message has no time."""
    return [replace(copy, created_at=None) for copy in copies]


def _turn(rng: random.Random) -> Iterator[ChatMessage]:
    yield ChatMessage(role="user", content=rng.choice(_QUESTIONS))
    for _ in range(rng.randint(0, 2)):
        yield from _calls(rng)
    answer = f"{_prose(rng, 30)}\n\n- **{rng.choice(_WORDS)}**: {_prose(rng, 9)}\n- {_prose(rng, 8)}\n\n"
    yield ChatMessage(role="assistant", content=answer + "See [the run](https://platform.example/runs/42) for more.")


def _calls(rng: random.Random) -> Iterator[ChatMessage]:
    names = [rng.choice(_TOOLS) for _ in range(rng.choice((1, 1, 2)))]
    ids = [f"call_{rng.getrandbits(64):016x}" for _ in names]
    calls = [
        {"id": id_, "type": "function", "function": {"name": name, "arguments": _arguments(rng, name)}}
        for id_, name in zip(ids, names, strict=True)
    ]
    yield ChatMessage(role="assistant", content=rng.choice((None, "Let me look.")), tool_calls=calls)
    for id_, name in zip(ids, names, strict=True):
        yield ChatMessage(role="tool", tool_call_id=id_, name=name, content=_result(rng, name))


def _arguments(rng: random.Random, name: str) -> str:
    if name == "bash_exec":
        return json.dumps({"command": f"cd /srv && python report.py --{rng.choice(_WORDS)}\nls -la"})
    return json.dumps(
        {
            "username_agent_slug": f"ana/{rng.choice(_WORDS)}-{rng.choice(_WORDS)}",
            "inputs": {"topic": _prose(rng, 4), "limit": rng.randint(1, 50), "note": "résumé ✓"},
            "use_defaults": False,
        },
        separators=(",", ":"),
    )


def _result(rng: random.Random, name: str) -> str:
    if rng.random() < 0.1:
        body: dict[str, Any] = {"type": "error", "message": "The credential has expired", "error": "401"}
    else:
        agents = [
            {"id": f"{rng.getrandbits(32):08x}", "name": _prose(rng, 3), "runs": rng.randint(0, 999)} for _ in "abc"
        ]
        body = {"type": f"{name}_done", "message": f"Found {len(agents)} agents", "agents": agents, "count": 3}
    return json.dumps({**body, "session_id": "s"}, separators=(",", ":"))


def _grow(rng: random.Random, messages: list[ChatMessage], size: int) -> None:
    padding = "\n".join(_prose(rng, 14) for _ in range(400))
    each = size // len(messages)
    for message in messages:
        if message.role not in ("user", "tool"):
            start = rng.randrange(len(padding) // 2)
            message.content = f"{message.content or ''}\n{padding[start : start + rng.randint(0, each * 4)]}"


def _prose(rng: random.Random, words: int) -> str:
    return " ".join(rng.choice(_WORDS) for _ in range(words)).capitalize()


def _copies(messages: list[ChatMessage]) -> list[CopyMessage]:
    rng, now, copies = random.Random(7), START, []
    for position, message in enumerate(messages):
        now += timedelta(seconds=rng.choice((0, 0.4, 2, 9, 47, 133, 4000)) if position else 0)
        extras = {"durationMs": 812, "model": "claude-opus-4.6"} if position == 3 else {}
        copies.append(CopyMessage(position, message, now, f"m{position}", extras))
    return copies


CONVERSATIONS: dict[str, Callable[[], list[CopyMessage]]] = {
    "none": list,
    "ten": lambda: generated(10),
    "forty": lambda: generated(40),
    "thousand": lambda: generated(1_000),
    "threethousand": lambda: generated(3_000),
    "told": told,
    "untimed": lambda: untimed(told()),
    "tenthousand": lambda: generated(10_000, size=20_000_000),
    "hostile": hostile,
    "damaged": damaged,
    "long": lambda: _copies([ChatMessage(role="assistant", content=("line of words\n" * 60_000) + NEEDLE)]),
}
