"""Inspecting a session at a privacy level: findings come from the full copies, output is redacted."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata import ChatMessage, ChatSessions, Connected, Settings, StoredCopy
from chatdata.domain.copies import Absent, Copies, PrivacyLevel
from chatdata.domain.dialects.writers import API_FORMATS, ApiFormat
from chatdata.domain.tokens import model_facts
from chatdata.services.connect import connect
from chatdata.services.demo import stories
from chatdata.services.demo.seeding import seed_demo
from chatdata.services.inspection import Inspection
from tests.support.builders import any_messages, message, tool_call
from tests.support.given_stores import GivenStores
from tests.support.mutations import READ_AT, session_of, stored_copy

KEY = b"a key of more than sixteen bytes"
MODEL = model_facts("gpt-4o")
NARROWER: tuple[PrivacyLevel, ...] = ("masked", "structure")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connected]:
    data_dir = tmp_path_factory.mktemp("data")
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(data_dir)})) as connected:
        seed_demo(connected, datetime.now(UTC))
        yield connected


def payload_of(seen: Inspection) -> tuple[list[object], ...]:
    """What must be the same in every view: which message came from where, what it weighs, what is wrong with it."""
    preview = seen.preview("database", MODEL)
    judged = preview.judged
    return (
        [entry.positions for entry in judged.payload.messages],
        [(note.kind, note.position) for note in judged.payload.skipped],
        [judged.tokens.total, *judged.tokens.messages],
        [(found.code, found.payload_position, found.stored_positions) for found in judged.report.findings],
        [judged.rejected_by],
        [row.payload_position for row in preview.rows],
    )


@pytest.mark.parametrize("view", NARROWER)
def test_every_demo_payload_is_judged_as_it_is_in_full(demo: Connected, view: PrivacyLevel) -> None:
    sessions = demo.sessions
    assert sessions.stores.database is not None
    for session_id in sessions.stores.database.session_ids():
        full, seen = (Inspection(sessions.stores, session_id, each, lambda: KEY) for each in ("full", view))
        assert payload_of(seen) == payload_of(full), session_id


@pytest.mark.parametrize("view", NARROWER)
def test_every_demo_difference_is_found_in_a_view_too(demo: Connected, view: PrivacyLevel) -> None:
    assert demo.stores.cache is not None
    for session_id in list(demo.stores.cache.session_ids()):
        full, seen = (Inspection.compared(demo.stores, session_id, each, lambda: KEY) for each in ("full", view))
        assert seen.comparison.status == full.comparison.status
        assert places(seen) == places(full)


def places(seen: Inspection) -> list[tuple[object, ...]]:
    return [(found.kind, found.cache_position, found.database_position) for found in seen.comparison.findings]


@given(st.lists(any_messages, min_size=1, max_size=8))
def test_any_payload_has_its_shape_in_every_view(messages: list[ChatMessage]) -> None:
    session = session_of(messages)
    copies = Copies(session.session_id, stored_copy(session), Absent(), READ_AT)
    stores = GivenStores(copies)
    full = payload_of(Inspection.compared(stores, session.session_id))
    for view in NARROWER:
        assert payload_of(Inspection(stores, session.session_id, view, lambda: KEY)) == full


def test_tokens_by_turn_are_those_of_the_full_copies(demo: Connected) -> None:
    session_id = stories()[0].session_id
    full, seen = (Inspection(demo.stores, session_id, each, lambda: KEY).usage(MODEL) for each in ("full", "structure"))
    assert seen.estimates == full.estimates
    assert seen.recorded == full.recorded


def test_the_full_view_needs_no_key(demo: Connected) -> None:
    def no_key() -> bytes:
        raise AssertionError("asked for a key")

    assert isinstance(Inspection(demo.stores, stories()[0].session_id, "full", no_key).copies.stored, StoredCopy)


@pytest.mark.parametrize("view", NARROWER)
def test_a_level_with_pseudonyms_needs_a_key(demo: Connected, view: PrivacyLevel) -> None:
    with pytest.raises(ValueError, match="needs a key"):
        _ = Inspection(demo.stores, stories()[0].session_id, view).copies


@pytest.mark.parametrize("view", NARROWER)
def test_without_a_copy_there_is_no_payload(demo: Connected, view: PrivacyLevel) -> None:
    with pytest.raises(LookupError, match="no readable copy of this conversation in the database"):
        Inspection(demo.stores, "nosuch", view, lambda: KEY).preview("database", MODEL)


def test_no_word_of_a_conversation_is_in_its_structure(demo: Connected) -> None:
    sessions: ChatSessions = demo.sessions
    session_id = stories()[0].session_id
    seen = Inspection(sessions.stores, session_id, "structure", lambda: KEY)
    preview = seen.preview("database", MODEL)
    told = json.dumps([preview.summary, preview.window(range(len(preview.rows)))])
    for word in ("Lindqvist", "Östervik", "sawmill", "Dukverk"):
        assert word not in told
        assert word in repr(Inspection(sessions.stores, session_id, "full", lambda: KEY).copies)


@pytest.mark.parametrize("form", API_FORMATS)
def test_no_word_of_a_conversation_is_in_the_translation_of_its_structure(demo: Connected, form: ApiFormat) -> None:
    session_id = stories()[0].session_id

    def told(view: PrivacyLevel) -> str:
        seen = Inspection(demo.stores, session_id, view, lambda: KEY).translated("database", MODEL, form)
        body = None if seen.translation is None else seen.translation.body
        return json.dumps([body, seen.summary, seen.window(range(len(seen.rows)))], ensure_ascii=False)

    for word in ("Lindqvist", "Östervik", "sawmill", "Dukverk"):
        assert word in told("full")
        assert word not in told("structure")


@pytest.mark.parametrize("form", API_FORMATS)
def test_what_the_masked_view_hides_is_not_in_its_translation_and_changes_are_the_same(form: ApiFormat) -> None:
    given_messages = [
        message("system", "You write for ada@example.org.", name="ada@example.org"),
        message("assistant", None, tool_calls=[tool_call("c", "send", '{"to": "ada@example.org"}')]),
        message("tool", '{"sent": "ada@example.org"}', tool_call_id="c"),
    ]
    session = session_of(given_messages)
    stores = GivenStores(Copies(session.session_id, stored_copy(session), Absent(), READ_AT))

    def seen(view: PrivacyLevel) -> tuple[str, list[list[str]]]:
        shown = Inspection(stores, session.session_id, view, lambda: KEY).translated("database", MODEL, form)
        rows = shown.window(range(len(shown.rows)))
        body = None if shown.translation is None else shown.translation.body
        return json.dumps([body, rows]), [[change[0] for change in row["changes"]] for row in rows]

    full, masked = seen("full"), seen("masked")
    assert "ada@example.org" in full[0]
    assert "ada@example.org" not in masked[0]
    assert masked[1] == full[1]


def test_a_translation_is_made_once(demo: Connected) -> None:
    inspection = Inspection(demo.stores, stories()[0].session_id)
    made = inspection.translated("database", MODEL, "gemini")
    assert inspection.translated("database", MODEL, "gemini") is made
    assert inspection.translated("database", MODEL, "bedrock").translation != made.translation
    assert inspection.translated("database", MODEL, "openai") is inspection.preview("database", MODEL)


def test_a_copy_is_read_once_and_only_when_it_is_needed(demo: Connected) -> None:
    session_id = stories()[0].session_id
    inspection = Inspection(demo.stores, session_id)
    cached = inspection.timeline("cache")
    assert [type(copies.stored) for copies in inspection.read_so_far()] == [Absent]
    first = inspection.readable("database")
    assert inspection.readable("database") is first
    assert inspection.timeline("cache") is cached


@pytest.mark.parametrize("view", NARROWER)
def test_a_narrower_level_reads_both_copies_for_the_names_in_them(demo: Connected, view: PrivacyLevel) -> None:
    inspection = Inspection(demo.stores, stories()[0].session_id, view, lambda: KEY).read("cache")
    assert isinstance(inspection.copies.stored, StoredCopy)


@pytest.mark.parametrize("view", ["full", *NARROWER])
def test_one_copy_alone_leaves_the_other_unread(demo: Connected, view: PrivacyLevel) -> None:
    inspection = Inspection(demo.stores, stories()[0].session_id, view, lambda: KEY, only="cache")
    assert isinstance(inspection.copies.stored, Absent)
    assert list(inspection.digests()) == ["cache"]
