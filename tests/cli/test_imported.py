"""`import`, then `show`, `sessions` and `usage`: what the stores can't hold is told, verbatim at full level only."""

import json
from pathlib import Path
from typing import Any

import pytest

from chatdata import ChatSessions
from tests.support.command_line import Line

THOUGHT = "canary-thought-7731"
KEY = "canary_key_5512"
THINKING = {"type": "thinking", "thinking": THOUGHT, "signature": "c2ln"}
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}}
TALK = {
    "id": "s-1",
    "user_id": "mia",
    "system": "Be brief.",
    "temperature": 0.5,
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "Where is this?"}, IMAGE]},
        {
            "role": "assistant",
            "model": "m-1",
            "content": [THINKING, THINKING, {"type": "text", "text": "In Porto.", KEY: 1}],
            "usage": {"input_tokens": 70, "cache_read_input_tokens": 5, "output_tokens": None},
        },
    ],
}


@pytest.fixture
def imported(sessions: ChatSessions, run: Line, tmp_path: Path) -> None:
    file = tmp_path / "talk.jsonl"
    file.write_text(json.dumps(TALK) + "\n")
    answer = run("import", str(file))
    assert answer.code == 1
    assert THOUGHT not in answer.out + answer.err


@pytest.mark.usefixtures("imported")
def test_show_names_what_the_source_also_held_at_its_message(run: Line) -> None:
    lines = run("show", "s-1").out.splitlines()
    assert any("75 input and unknown output tokens" in line for line in lines)
    assert any(line.startswith("Imported") and "anthropic-messages" in line for line in lines)
    assert any(line.startswith("Source held") and "key temperature, 1 value" in line for line in lines)
    assert any(line.startswith("Unknown") and "completion tokens: it is null" in line for line in lines)
    also = [line for line in lines if line.startswith("Source also held")]
    assert also == ["Source also held: image, 1 part", f"Source also held: thinking, 2 parts; key {KEY}, 1 value"]
    assert lines.index(also[1]) > lines.index("In Porto.")


@pytest.mark.usefixtures("imported")
def test_the_json_has_every_part_as_it_stood(run: Line) -> None:
    document = run("show", "s-1", "--json").json
    assert (document["prompt_tokens"], document["completion_tokens"]) == (75, None)
    held = document["imported"]
    assert held["format"] == "anthropic-messages"
    parts = {(part["position"], part["kind"], json.dumps(part["value"], sort_keys=True)) for part in held["parts"]}
    expected: list[tuple[int | None, str, Any]] = [
        (None, "key", 0.5),
        (1, "image", IMAGE),
        (2, "thinking", THINKING),
        (2, "key", 1),
    ]
    assert parts == {(position, kind, json.dumps(value, sort_keys=True)) for position, kind, value in expected}
    (turn,) = held["messages"]
    assert (turn["position"], turn["model"], turn["usage"]["prompt_tokens"]) == (2, "m-1", 75)
    assert held["unknown_counts"][0]["count"] == "completion"


@pytest.mark.parametrize("view", ["masked", "structure"])
@pytest.mark.parametrize("form", [(), ("--json",)])
@pytest.mark.usefixtures("imported")
def test_below_the_full_level_only_kinds_and_counts_are_told(run: Line, view: str, form: tuple[str, ...]) -> None:
    answer = run("show", "s-1", "--view", view, *form)
    assert answer.code == 0
    assert THOUGHT not in answer.out
    assert KEY not in answer.out
    assert "thinking" in answer.out


@pytest.mark.usefixtures("imported")
def test_a_session_that_the_stores_hold_wholly_has_no_such_field(
    sessions: ChatSessions, run: Line, tmp_path: Path
) -> None:
    file = tmp_path / "plain.jsonl"
    file.write_text('{"id": "s-2", "messages": [{"role": "user", "content": "Hi"}]}\n')
    assert run("import", str(file)).code == 0
    document = run("show", "s-2", "--json").json
    assert "imported" not in document
    assert (document["prompt_tokens"], document["completion_tokens"]) == (0, 0)
    assert "held" not in run("show", "s-2").out
    assert sessions.stores.app_db is not None
    assert sessions.stores.app_db.imported_ids() == {"s-1"}


@pytest.mark.usefixtures("imported")
def test_unknown_is_told_in_the_list_and_the_sums(run: Line) -> None:
    (line,) = run("sessions", "--json").json["sessions"]
    assert (line["prompt_tokens"], line["completion_tokens"], line["unknown"]) == (75, None, ["completion"])
    document = run("usage", "--json").json
    assert document["unknown_sessions"] == [{"session_id": "s-1", "unknown": ["completion"]}]
    totals = document["totals"]
    assert (totals["prompt_tokens"], totals["completion_tokens"], totals["total_tokens"], totals["unknown"]) == (
        75,
        None,
        None,
        1,
    )
    (user,) = run("users", "--json").json["users"]
    assert user["unknown"] == 1


@pytest.mark.usefixtures("sessions")
@pytest.mark.parametrize(
    "block", [{"type": "weird", "x": 1}, {"type": "text", "text": "plain"}], ids=["unknown", "known"]
)
def test_nobody_accepts_an_imported_block_that_nobody_understands(
    run: Line, tmp_path: Path, block: dict[str, Any]
) -> None:
    file = tmp_path / "talk.jsonl"
    blocks = [{"type": "text", "text": "Look."}, block]
    file.write_text(
        json.dumps(
            {
                "id": "s-2",
                "messages": [{"role": "user", "content": blocks}, {"role": "assistant", "content": "A wall."}],
            }
        )
        + "\n"
    )
    run("import", str(file))
    told = run("lint", "s-2", "--json").json
    verdicts, codes = set(told["verdicts"].values()), [finding["code"] for finding in told["findings"]]
    if block["type"] == "weird":
        assert "accept" not in verdicts
        assert "unknown" in verdicts
        assert "unknown_block" in codes
    else:
        assert "accept" in verdicts
        assert "unknown_block" not in codes
