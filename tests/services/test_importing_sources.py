"""What an import could not put into the two stores is kept beside them, replaced with the session, and told."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chatdata import Settings
from chatdata.domain.drift import compare
from chatdata.errors import AppDatabaseError
from chatdata.services.connect import Connected, connect
from chatdata.services.importing import ImportReport, import_lines
from chatdata.stores.app_db import AppDatabase
from tests.support.dialect_samples import SAMPLES, Sample

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
ASK = {"role": "user", "content": "Where is my bag?"}
THINKING = {"type": "thinking", "thinking": "Bags have tags.", "signature": "c2ln"}
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}}
ANSWER = {"role": "assistant", "content": [THINKING, {"type": "text", "text": "In Porto."}]}
SEEN = {"role": "user", "content": [{"type": "text", "text": "This one?"}, IMAGE]}


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[Connected]:
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path / "own")})) as made:
        yield made


def take(connected: Connected, *values: Any, now: datetime = NOW) -> ImportReport:
    raw = "".join(json.dumps(value) + "\n" for value in values).encode()
    return import_lines(connected.stores, io.BytesIO(raw), now)


def talk(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "s", "system": "Be brief.", "messages": list(messages), **more}


def places(connected: Connected, session_id: str = "s") -> list[tuple[str, str, int | None]]:
    source = connected.app_db.imported(session_id)
    return [] if source is None else [(part.kind, part.place, part.position) for part in source.parts]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_an_imported_session_of_any_format_is_in_sync_and_what_it_leaves_out_is_kept(
    connected: Connected, sample: Sample
) -> None:
    report = take(connected, sample.value)
    assert report.problems == ()
    for session_id in report.created:
        assert compare(connected.stores.read_copies(session_id)).status == "in_sync"
    sources = [connected.app_db.imported(session_id, verbatim=True) for session_id in report.created]
    parts = [part for source in sources if source for part in source.parts]
    kinds = {part.kind for part in parts}
    assert set(sample.kinds) <= kinds
    assert all(part.json for part in parts)


def test_thinking_and_images_are_kept_with_their_messages(connected: Connected) -> None:
    take(connected, talk(ASK, ANSWER, SEEN))
    assert places(connected) == [("thinking", "messages[1].content[0]", 2), ("image", "messages[2].content[1]", 3)]
    assert json.loads(connected.app_db.imported_json("s", 0) or "") == THINKING


def test_a_conversation_that_the_stores_hold_wholly_leaves_nothing(connected: Connected) -> None:
    take(connected, {"id": "s", "messages": [ASK]})
    assert connected.app_db.imported_ids() == frozenset()


def test_a_continued_session_has_what_the_longer_file_held_and_a_second_import_changes_nothing(
    connected: Connected,
) -> None:
    take(connected, talk(ASK, ANSWER))
    for _ in range(2):
        take(connected, talk(ASK, ANSWER, SEEN), now=NOW.replace(day=2))
        assert [kind for kind, _, _ in places(connected)] == ["thinking", "image"]
    source = connected.app_db.imported("s")
    assert source is not None
    assert source.imported_at.day == 2
    take(connected, talk(ASK, ANSWER, SEEN), now=NOW.replace(day=3))
    assert connected.app_db.imported("s") == source


def test_a_session_that_is_refused_leaves_what_was_kept(connected: Connected) -> None:
    take(connected, talk(ASK, ANSWER))
    report = take(connected, talk(SEEN))
    assert len(report.problems) == 1
    assert [kind for kind, _, _ in places(connected)] == ["thinking"]


def test_what_an_interrupted_import_did_not_keep_is_kept_by_the_next_one(connected: Connected) -> None:
    value = talk(ASK, ANSWER, usage={"input_tokens": 7})
    take(connected, value)
    connected.app_db.forget_imported("s")
    take(connected, value)
    assert [kind for kind, _, _ in places(connected)] == ["thinking"]
    assert connected.app_db.unknown_counts().of("s") == ("completion",)


def test_unknown_counts_of_a_file_say_nothing_about_a_session_that_has_others(connected: Connected) -> None:
    take(connected, {"id": "s", "messages": [ASK], "usage": {"prompt_tokens": 7, "completion_tokens": 2}})
    take(connected, {"id": "s", "messages": [ASK], "usage": {"prompt_tokens": 7, "completion_tokens": None}})
    assert connected.app_db.unknown_counts().of("s") == ()


@pytest.mark.parametrize(
    ("usage", "unknown"),
    [
        ({"prompt_tokens": None, "completion_tokens": None}, ("prompt", "completion")),
        ({"prompt_tokens": 7, "completion_tokens": -1}, ("completion",)),
        ({"prompt_tokens": "7", "completion_tokens": 2}, ("prompt",)),
        ([{"prompt_tokens": 7, "completion_tokens": 2}, {"prompt_tokens": 7}], ("completion",)),
        ([{"prompt_tokens": 2_000_000_000, "completion_tokens": 2}] * 2, ("prompt",)),
        ({"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 100}, ()),
        ({"prompt_tokens": 0, "completion_tokens": 0}, ()),
    ],
)
def test_unknown_counts_are_kept_by_session(connected: Connected, usage: Any, unknown: tuple[str, ...]) -> None:
    report = take(connected, {"id": "s", "messages": [ASK], "usage": usage})
    assert report.created == ("s",)
    assert connected.app_db.unknown_counts().of("s") == unknown


def test_counts_that_a_longer_file_knows_are_known_again(connected: Connected) -> None:
    take(connected, {"id": "s", "messages": [ASK], "usage": {"prompt_tokens": 7}})
    take(connected, {"id": "s", "messages": [ASK, ASK]})
    assert connected.app_db.unknown_counts().of("s") == ("completion",)
    take(connected, {"id": "s", "messages": [ASK, ASK, ASK], "usage": {"prompt_tokens": 7, "completion_tokens": 2}})
    assert connected.app_db.unknown_counts().of("s") == ()


def test_a_deleted_session_leaves_nothing(connected: Connected) -> None:
    take(connected, talk(ASK, ANSWER))
    assert connected.sessions.delete_chat_session("s")
    assert connected.app_db.imported("s") is None


def test_a_file_that_can_not_be_written_is_a_problem_and_costs_no_words(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: AppDatabase, _sources: object) -> None:
        raise AppDatabaseError("The disk of the inspector's own database is full.")

    monkeypatch.setattr(AppDatabase, "keep_imported", fail)
    report = take(connected, {"messages": [ASK]}, talk(ASK, ANSWER))
    assert len(report.created) == 2
    (problem,) = report.problems
    assert (problem.line, "is full" in problem.reason) == (2, True)
    assert "tags" not in problem.reason
