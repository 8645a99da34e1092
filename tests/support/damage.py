"""Documents and rows damaged at random: what other programs, migrations and hands leave in stores."""

import json
import os
import random
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from chatdata import ChatSession, ChatSessions
from tests.support.builders import message, new_session, tool_call

_SOAK = os.environ.get("INSPECTOR_SOAK")
_FIRST = os.environ.get("INSPECTOR_SEED") or secrets.token_hex(4)
_HUGE = 10**400
_VALUES: list[Callable[[random.Random], Any]] = [
    lambda _: None,
    lambda _: True,
    lambda _: -1,
    lambda _: _HUGE,
    lambda _: 1e308,
    lambda _: float("nan"),
    lambda _: float("-inf"),
    lambda _: 0.1,
    lambda _: "",
    lambda _: "null",
    lambda _: "half \ud83d and \x00 and \x1b[2J",
    lambda chance: "wide " * chance.choice([1, 4_000]),
    lambda _: "9" * 400,
    lambda _: {},
    lambda _: [],
    lambda _: [None, 1, "x", {"role": "user"}],
    lambda _: {"role": "assistant", "tool_calls": [{"id": 1, "function": {"name": [], "arguments": {}}}]},
    lambda _: {"": {"$ref": "#"}, "__proto__": 1},
    lambda _: "9999-99-99T99:99:99Z",
    lambda _: "-4713-01-01",
    lambda _: 8.64e15,
]
_CELLS: list[Any] = [
    None,
    -1,
    2**62,
    1.5,
    1e308,
    "",
    "x",
    "1",
    b"\xff\x00",
    b"porto \xe9",
    float("inf"),
    "{",
    "[1, 2",
    "[]",
    '"text"',
    "9" * 400,
]
_COLUMNS = {
    "ChatSession": (
        "createdAt",
        "updatedAt",
        "userId",
        "title",
        "credentials",
        "successfulAgentRuns",
        "successfulAgentSchedules",
        "totalPromptTokens",
        "totalCompletionTokens",
    ),
    "ChatMessage": (
        "id",
        "createdAt",
        "role",
        "content",
        "name",
        "toolCallId",
        "refusal",
        "toolCalls",
        "functionCall",
        "sequence",
    ),
}


def numbers(few: int, many: int) -> range:
    """The numbers of the runs: the same few everywhere, many in a soak."""
    return range(many if _SOAK else few)


def chance_of(number: int) -> random.Random:
    """The chance of a run: fixed, in a soak another one each time, which INSPECTOR_SEED repeats."""
    seed = f"{_FIRST}-{number}" if _SOAK else str(number)
    print(f"seed {seed}" + (f": repeat it with INSPECTOR_SOAK=1 INSPECTOR_SEED={_FIRST}" if _SOAK else ""))
    return random.Random(seed)


def store(sessions: ChatSessions, path: Path, chance: random.Random) -> None:
    """Puts a session "whole", and "s-1" with its rows damaged, its document, or both.

    At times there is a session beside them whose id is no text.
    """
    sessions.upsert_chat_session(new_session("whole", messages=4))
    made = damaged_session("s-1")
    sessions.upsert_chat_session(made)
    if chance.random() < 0.8:
        damage_rows(path, "s-1", chance)
    if chance.random() < 0.2:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(
                'INSERT INTO "ChatSession" (id, "userId", title) VALUES (?, ?, ?)', (b"\xff\x00", b"u", "t")
            )
    if chance.random() < 0.8 and sessions.stores.cache is not None:
        sessions.stores.cache.put_raw("s-1", document(made, chance))


def damaged_session(session_id: str) -> ChatSession:
    """What is damaged: a conversation with calls, results, usage and a title."""
    calls = [tool_call("call_1", "find_parcel", '{"number": "AB1"}'), tool_call("call_2", "find_parcel", "{}")]
    messages = [
        message("user", "Where is it? Call +49 30 1234567 or write to ann@example.org."),
        message("assistant", None, tool_calls=calls),
        message("tool", '{"place": "Porto", "n": 12345678901234567890}', tool_call_id="call_1"),
        message("tool", "unknown", tool_call_id="call_2"),
        message("assistant", "In **Porto**."),
        message("user", "Thanks"),
    ]
    return new_session(session_id, messages=messages, usage=[(10, 5), (40, 7)], title="Lost parcel")


def document(session: ChatSession, chance: random.Random) -> bytes:
    """The cached document of a session with one to three places damaged, sometimes its bytes too."""
    value = json.loads(session.model_dump_json())
    for _ in range(chance.randint(1, 3)):
        value = _damaged(value, chance)
    raw = json.dumps(value).encode()
    match chance.randint(0, 11):
        case 0:
            return raw[: chance.randrange(len(raw))]
        case 1:
            at = chance.randrange(len(raw))
            return raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :]
        case 2:
            return raw.replace(b'"role"', b'"role": "user", "role"', 1)
        case 3:
            deep = chance.choice([100, 10_000])
            return raw.replace(b'"content"', b'"deep": ' + b"[" * deep + b"]" * deep + b', "content"', 1)
        case 4:
            return raw.replace(b": 10,", b": " + b"9" * 5_000 + b",", 1)
        case _:
            return raw


def damage_rows(path: Path, session_id: str, chance: random.Random) -> None:
    """Puts values of wrong types into one to three columns of a session's rows, as SQLite allows."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for _ in range(chance.randint(1, 3)):
            table = chance.choice(list(_COLUMNS))
            column = chance.choice(_COLUMNS[table])
            key = "id" if table == "ChatSession" else "sessionId"
            which = "" if table == "ChatSession" else f" AND rowid % 3 = {chance.randrange(3)}"
            value = chance.choice(_CELLS)
            given = "CAST(? AS TEXT)" if isinstance(value, bytes) and chance.random() < 0.5 else "?"  # text, no UTF-8
            try:
                connection.execute(
                    f'UPDATE "{table}" SET "{column}" = {given} WHERE "{key}" = ?{which}', (value, session_id)
                )
            except sqlite3.IntegrityError:
                continue  # a constraint that the real tables have too


def _damaged(value: Any, chance: random.Random) -> Any:
    if not isinstance(value, dict | list) or not value or chance.random() < 0.25:
        return chance.choice(_VALUES)(chance)
    key = chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
    if chance.random() < 0.1:
        rest = value.copy()
        del rest[key]
        return rest
    changed = value.copy()
    changed[key] = _damaged(value[key], chance)
    return changed
