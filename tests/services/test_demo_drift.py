"""The demo conversations compared: every planted difference is found under its kind, and no others."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chatdata import ChatMessage, ChatSessionInfo, ChatSessions, CopyMessage, Expiry, Settings, StoredCopy
from chatdata.domain.copies import Absent, CachedSide, Copies
from chatdata.domain.document import copy_of
from chatdata.domain.drift import Comparison, compare
from chatdata.domain.turns import PendingMessage, TurnState
from chatdata.services.connect import connect
from chatdata.services.demo import DemoSession, demo_sessions
from chatdata.services.demo.draft import TIME_TO_LIVE
from chatdata.services.demo.seeding import DEMO_SEED, seed_demo

NOW = datetime(2026, 2, 20, 10, 0, tzinfo=UTC)
DEMO = demo_sessions(NOW, DEMO_SEED)
BOTH = [item for item in DEMO if item.row is not None and item.document is not None]
NO_DIFFERENCE = {"failed_turn", "stuck_turn", "pending_messages", "orphan_tool_result", "sequence_gap", "no_expiry"}
"""Planted kinds that leave a session in sync."""


def expected_status(item: DemoSession) -> str:
    if item.document is None:
        return "uncached"
    if "cache_corrupt" in item.planted:
        return "corrupt"
    if item.row is None:
        return "ghost"
    return "drifted" if set(item.planted) - NO_DIFFERENCE else "in_sync"


def stored(item: DemoSession) -> StoredCopy | Absent:
    if item.row is None:
        return Absent()
    pairs = zip(item.rows, item.message_times, strict=True)
    messages = [CopyMessage(row["sequence"], ChatMessage.from_db(row), time) for row, time in pairs]  # type: ignore[arg-type]
    return StoredCopy(ChatSessionInfo.from_db(item.row), tuple(messages), {"chatStatus": item.status})


def cached(item: DemoSession) -> CachedSide:
    if item.document is None:
        return Absent()
    left = -1 if item.ttl_seconds is None else item.ttl_seconds * 1000
    return copy_of(item.document, Expiry.read(left, TIME_TO_LIVE, NOW))


def compared(item: DemoSession) -> Comparison:
    waiting = tuple(PendingMessage(text, NOW) for text in item.waiting)
    turn = TurnState(False, waiting, NOW + timedelta(hours=1) if waiting else None)
    return compare(Copies(item.session.session_id, stored(item), cached(item), NOW, turn=turn))


def named(slug: str) -> Comparison:
    return compared(next(item for item in DEMO if item.slug == slug))


def kinds(comparison: Comparison) -> set[str]:
    return {finding.kind for finding in comparison.every_finding}


@pytest.mark.parametrize("item", DEMO, ids=lambda item: item.slug)
def test_a_session_of_the_demo_has_the_status_that_its_copies_were_made_for(item: DemoSession) -> None:
    assert compared(item).status == expected_status(item)


@pytest.mark.parametrize("item", [item for item in DEMO if item.document], ids=lambda item: item.slug)
def test_what_is_planted_is_found_under_its_kind_and_nothing_else(item: DemoSession) -> None:
    assert kinds(compared(item)) == set(item.planted)


def test_nothing_above_info_is_found_in_uncached_sessions() -> None:
    uncached = [compared(item) for item in DEMO if item.document is None]
    assert len(uncached) > 10
    assert {finding.severity for comparison in uncached for finding in comparison.findings} <= {"info"}


def test_normal_differences_are_in_the_ledger_of_healthy_sessions() -> None:
    healthy = [compared(item) for item in BOTH if not item.planted]
    rules = {rule for comparison in healthy for rule in comparison.ledger}
    assert {"timestamp_precision", "clock_skew", "stale_updated_at", "usage_aggregated", "control_characters"} <= rules


def test_messages_that_wait_are_at_risk_and_a_turn_without_a_worker_is_not() -> None:
    stuck, waiting = named("orchard-map"), named("choir-invitation")
    assert (stuck.activity, stuck.at_risk) == ("stuck", 0)
    assert (waiting.activity, waiting.at_risk, waiting.at_risk_until) == ("idle", 2, NOW + timedelta(hours=1))


def test_the_copilot_forgot_66_messages_because_an_older_copy_was_written_back() -> None:
    comparison = named("story-forgot")
    (finding,) = comparison.findings
    assert (comparison.first_difference, finding.count) == (35, 66)
    assert finding.likely_causes[0].cause == "older_copy_written_back"


def test_twelve_messages_are_lost_in_2_hours_and_14_minutes() -> None:
    comparison = named("story-unsaved")
    assert comparison.at_risk == 12
    assert comparison.at_risk_until == datetime(2026, 2, 20, 12, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("slug", "cause"),
    [
        ("orchard-map", "worker_gone"),
        ("choir-invitation", "worker_gone"),
        ("holzpreise", "calls_attached_after_saving"),
        ("udalennyj-chat", "recreated_after_delete"),
        ("map-render", "placeholder_replaced"),
        ("plumber", "double_submit"),
        ("backup-note", "same_start_sequence"),
        ("macro-cleanup", "counted_twice"),
        ("warehouse-labels", "attempt_rolled_back"),
        ("boot-sizes", "removed_in_memory"),
        ("sea-freight", "attempt_rolled_back"),
        ("cut-emoji", "surrogate_replaced"),
        ("deleted-draft", "key_not_deleted"),
        ("obi-layout", "cut_off"),
        ("urlaubsplan", "other_writer"),
        ("survey-export", "direct_insert"),
        ("shoten-list", "missed_write"),
        ("nombre-blend", "rename_raced"),
        ("laundry", "account_changed"),
        ("shop-calendar", "changed_in_database"),
        ("link-checker", "changed_in_database"),
        ("patient-callback", "edited_in_database"),
    ],
)
def test_the_likeliest_cause_is_the_fault_that_was_played(slug: str, cause: str) -> None:
    assert named(slug).findings[0].likely_causes[0].cause == cause


LATER = ("survey-export", "shoten-list", "nombre-blend", "laundry", "shop-calendar", "link-checker")
"""Sessions whose database was changed after the cache had been written."""


@pytest.mark.parametrize("slug", LATER)
def test_what_was_changed_in_the_database_later_has_the_later_time(slug: str) -> None:
    comparison = named(slug)
    assert comparison.database.updated_at
    assert comparison.cache.last_written_at
    assert comparison.cache.last_written_at < comparison.database.updated_at < NOW


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChatSessions]:
    """SQLite and Valkey with the demo in them."""
    folder = str(tmp_path_factory.mktemp("demo"))
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": folder})) as connected:
        seed_demo(connected, NOW)
        yield connected.sessions


def test_stores_that_hold_the_demo_give_the_same_answers(sessions: ChatSessions) -> None:
    for item in DEMO:
        comparison = compare(sessions.stores.read_copies(item.session.session_id))
        assert comparison.status == expected_status(item), item.slug
        assert kinds(comparison) == kinds(compared(item)), item.slug
