"""Damaged documents and rows at every command: each answers, and a session beside them is as it was."""

import os
import random
from datetime import date
from pathlib import Path

import pytest

from chatdata import ChatSessions, Connected
from chatdata.services.connect import EMBEDDED_DATABASE
from tests.support import damage
from tests.support.builders import new_session
from tests.support.command_line import Line

CASES = 24
"""A soak tries 600, which are over 10,000 commands, from the seeds of the day."""
ONE = [
    ["show", "{id}"],
    ["show", "{id}", "--source", "cache", "--json"],
    ["show", "{id}", "--view", "masked", "--json"],
    ["show", "{id}", "--view", "structure"],
    ["diff", "{id}"],
    ["diff", "{id}", "--view", "masked", "--json"],
    ["payload", "{id}", "--source", "cache"],
    ["payload", "{id}", "--source", "database"],
    ["lint", "{id}", "--json"],
    ["repair", "{id}", "--action", "rewarm_cache", "--json"],
    ["repair", "{id}", "--action", "save_cached_tail"],
    *(
        ["export", "{id}", "--format", form, "--view", view]
        for form, view in (
            ("html", "full"),
            ("html", "masked"),
            ("json", "structure"),
            ("jsonl", "masked"),
            ("md", "full"),
        )
    ),
]
ALL = [
    ["sessions"],
    ["sessions", "--json", "--search", "porto"],
    ["users", "--json"],
    ["usage", "--by", "day", "--json"],
    ["usage", "--by", "session"],
    ["usage", "--by", "tool", "--csv"],
    ["usage", "--by", "user"],
    ["lint", "--all", "--json"],
    ["scan", "--grace", "0", "--json"],
    ["check", "--json"],
    ["export", "--all", "--format", "jsonl"],
    ["export", "--all", "--format", "html", "--view", "masked"],
]


def seeds() -> list[int]:
    if os.environ.get("INSPECTOR_SOAK"):
        today = date.today().toordinal()  # the same on all workers, which must collect the same tests
        return [today * 1_000 + number for number in range(600)]
    return list(range(CASES))


@pytest.mark.parametrize("seed", seeds())
def test_damage_is_answered_in_words(
    seed: int, connected: Connected, sessions: ChatSessions, run: Line, tmp_path: Path
) -> None:
    data, out = tmp_path / "data", str(tmp_path / "file")
    chance = random.Random(seed)
    sessions.upsert_chat_session(new_session("whole", messages=4))
    made = damage.damaged_session("s-1")
    sessions.upsert_chat_session(made)
    if chance.random() < 0.8:
        damage.damage_rows(data / EMBEDDED_DATABASE, "s-1", chance)
    if chance.random() < 0.8 and sessions.stores.cache is not None:
        sessions.stores.cache.put_raw("s-1", damage.document(made, chance))
    for arguments in [[part.format(id="s-1") for part in command] for command in ONE] + ALL:
        to_file = ["--output", out] if arguments[0] == "export" else []
        Path(out).unlink(missing_ok=True)
        answer = run(*arguments, *to_file, INSPECTOR_DATA_DIR=str(data))
        assert answer.code in (0, 1), (arguments, answer)
    assert "whole" in run("sessions", INSPECTOR_DATA_DIR=str(data)).out
    assert run("diff", "whole", "--json", INSPECTOR_DATA_DIR=str(data)).json["status"] == "in_sync"
