"""Seeding the embedded stores: content as generated, renewed at each start, with a user's changes kept."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text

from chatdata import (
    Absent,
    CachedCopy,
    ChatSessions,
    Connected,
    CorruptDocument,
    ReadOnlyError,
    Settings,
    SettingsError,
    StoredCopy,
)
from chatdata.services.connect import connect
from chatdata.services.demo import DemoSession, demo_sessions, seeding, stories
from chatdata.services.demo.seeding import (
    DEMO_SEED,
    DEMO_VERSION,
    STATE_FILE,
    refresh_demo,
    seed_demo,
    seed_if_empty,
    seed_or_refresh,
)
from chatdata.services.scan import scan
from chatdata.services.session_stores import SessionStores
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, SessionFilter
from tests.support import builders
from tests.support.servers import WAIT_SECONDS

NOW = datetime(2026, 11, 20, 9, 0, 0, 123456, tzinfo=UTC)
DEMO = demo_sessions(NOW, DEMO_SEED)
STORED = [item for item in DEMO if item.row is not None]
CACHED = [item for item in DEMO if item.document is not None]


_generated = lru_cache(maxsize=2)(demo_sessions)


@pytest.fixture(autouse=True)
def each_demo_is_generated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of the time of a seeding goes into making the conversations, which are always the same."""
    monkeypatch.setattr(seeding, "demo_sessions", _generated)


@dataclass(frozen=True)
class Stores:
    """Embedded stores with the demo in them."""

    connected: Connected
    sessions: ChatSessions
    database: Database
    cache: SessionCache

    def forget_cached_copies(self) -> None:
        for session_id in set(self.cache.session_ids()):
            self.cache.delete(session_id)

    def raw(self, item: DemoSession) -> bytes | None:
        return self.cache.read_raw(item.session.session_id)


def opened(folder: Path) -> Connected:
    return connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(folder)}))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Stores]:
    with opened(tmp_path / "data") as connected:
        sessions = connected.sessions
        assert sessions.stores.database is not None
        assert sessions.stores.cache is not None
        yield Stores(connected, sessions, sessions.stores.database, sessions.stores.cache)


@pytest.fixture
def filled(empty: Stores) -> Stores:
    seed_demo(empty.connected, NOW)
    return empty


def planted(kind: str) -> DemoSession:
    return next(item for item in DEMO if kind in item.planted)


def plain_cached() -> DemoSession:
    """A cached session with nothing wrong."""
    return next(item for item in CACHED if not item.planted and item.row is not None)


def test_both_stores_hold_what_the_demo_says(empty: Stores) -> None:
    report = seed_demo(empty.connected, NOW)
    assert (report.created, report.cached) == (len(STORED), len(CACHED))
    assert report.messages == sum(len(item.rows) for item in STORED)
    for item in DEMO:
        copies = empty.sessions.stores.read_copies(item.session.session_id)
        assert empty.raw(item) == item.document
        if item.row is None:
            assert isinstance(copies.stored, Absent)
            continue
        assert isinstance(copies.stored, StoredCopy)
        assert [message.id for message in copies.stored.messages] == [row["id"] for row in item.rows]
        assert [message.position for message in copies.stored.messages] == [row["sequence"] for row in item.rows]
        assert tuple(message.created_at for message in copies.stored.messages) == item.message_times
        assert copies.stored.info.title == item.row["title"]
        assert copies.stored.info.started_at.replace(tzinfo=None) == item.row["createdAt"]


@pytest.mark.parametrize(
    ("where", "slug"),
    [
        (SessionFilter(chat_status="queued"), "angebot-carport"),
        (SessionFilter(chat_status="running"), "orchard-map"),
        (SessionFilter(turn_end="failed"), "sensor-check"),
        (SessionFilter(turn_end="stopped"), "price-list"),
    ],
    ids=["queued", "running", "failed", "stopped"],
)
def test_every_filter_of_turns_finds_a_session_of_the_demo(full_demo: Stores, where: SessionFilter, slug: str) -> None:
    (line,) = full_demo.database.page(where).sessions
    assert line.session_id == next(item.session.session_id for item in DEMO if item.slug == slug)


@pytest.mark.parametrize("item", CACHED, ids=lambda item: item.slug)
def test_a_key_lives_as_long_as_the_demo_says(full_demo: Stores, item: DemoSession) -> None:
    copy = full_demo.cache.read_copy(item.session.session_id)
    assert isinstance(copy, CachedCopy | CorruptDocument)
    left = copy.expiry.ttl_seconds
    if item.ttl_seconds is None:
        assert left is None
    else:
        assert left is not None
        assert item.ttl_seconds - 300 < left <= item.ttl_seconds


@pytest.fixture(scope="module")
def full_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    with opened(tmp_path_factory.mktemp("demo")) as connected:
        seed_demo(connected, NOW)
        assert connected.stores.database is not None
        assert connected.stores.cache is not None
        yield Stores(connected, connected.sessions, connected.stores.database, connected.stores.cache)


def test_the_stories_are_about_sessions_that_are_there(full_demo: Stores) -> None:
    ids = [story.session_id for story in stories(DEMO_SEED)]
    assert full_demo.database.existing(ids) == ids


def test_a_scan_of_the_demo_finds_the_stuck_turn_and_the_waiting_messages(filled: Stores) -> None:
    found = scan(filled.sessions.stores, grace=0.0)
    kinds = {item.session_id: [finding.kind for finding in item.findings] for item in found.sessions}
    assert kinds[planted("stuck_turn").session.session_id] == ["stuck_turn"]
    assert kinds[planted("pending_messages").session.session_id] == ["pending_messages"]


def test_messages_that_waited_wait_again_after_a_renewal_and_not_twice(filled: Stores) -> None:
    item = planted("pending_messages")
    for _ in range(2):
        assert refresh_demo(filled.connected) is not None
        turn = filled.sessions.stores.read_copies(item.session.session_id).turn
        assert turn is not None
        assert tuple(message.content for message in turn.pending) == item.waiting


def test_filling_again_adds_nothing_and_renews(filled: Stores) -> None:
    filled.forget_cached_copies()
    report = seed_demo(filled.connected, NOW + timedelta(days=1))
    assert (report.created, report.messages, report.cached) == (0, 0, len(CACHED))
    assert filled.database.facts().sessions == len(STORED)


def test_a_start_tomorrow_plants_the_same_documents_again(filled: Stores) -> None:
    filled.forget_cached_copies()
    report = seed_or_refresh(filled.connected, NOW + timedelta(days=1))
    assert report is not None
    assert (report.created, report.cached, report.from_rows, report.deleted) == (0, len(CACHED), 0, 0)
    assert all(filled.raw(item) == item.document for item in DEMO)


def test_a_start_leaves_the_copies_that_are_there_so_that_the_time_of_their_writing_stays(filled: Stores) -> None:
    renamed = plain_cached()
    filled.sessions.update_session_title(renamed.session.session_id, "Mine")
    expiring = [item for item in CACHED if item.ttl_seconds is not None]
    for item in expiring:
        raw = filled.raw(item)
        assert raw is not None
        filled.cache.put_raw(item.session.session_id, raw, ttl_seconds=round(0.8 * (item.ttl_seconds or 0)))
    report = seed_or_refresh(filled.connected, NOW + timedelta(hours=1))
    assert report is not None
    assert (report.cached, report.from_rows) == (len(CACHED) - 1, 0)
    assert all(ttl(filled, item) <= 0.81 * (item.ttl_seconds or 0) for item in expiring)


def test_a_start_renews_a_copy_that_soon_expires_and_the_command_renews_all(filled: Stores) -> None:
    item, other = [it for it in CACHED if not it.planted and it.row is not None and it.ttl_seconds][:2]
    for it, share in ((item, 0.49), (other, 0.51)):
        left = int(it.ttl_seconds or 0) * share
        filled.cache.put_raw(it.session.session_id, it.document or b"", ttl_seconds=round(left))
    refresh_demo(filled.connected)
    assert ttl(filled, item) > 0.9 * (item.ttl_seconds or 0)
    assert ttl(filled, other) < 0.6 * (other.ttl_seconds or 0)
    seed_demo(filled.connected, NOW)
    assert ttl(filled, other) > 0.9 * (other.ttl_seconds or 0)


def ttl(stores: Stores, item: DemoSession) -> float:
    copy = stores.cache.read_copy(item.session.session_id)
    assert copy is not None
    return copy.expiry.ttl_seconds or 0


def test_repaired_drift_comes_back_with_the_next_start(filled: Stores) -> None:
    item = planted("stale_cache")
    filled.cache.delete(item.session.session_id)
    filled.sessions.get_chat_session(item.session.session_id)
    refresh_demo(filled.connected)
    assert filled.raw(item) == item.document


def test_a_deleted_session_stays_deleted(filled: Stores) -> None:
    item = plain_cached()
    filled.sessions.delete_chat_session(item.session.session_id)
    report = refresh_demo(filled.connected)
    assert report is not None
    assert report.deleted == 1
    copies = filled.sessions.stores.read_copies(item.session.session_id)
    assert isinstance(copies.stored, Absent)
    assert isinstance(copies.cached, Absent)
    assert seed_demo(filled.connected, NOW).created == 0


@pytest.mark.parametrize("change", ["renamed", "continued"])
def test_a_session_that_a_person_changed_is_cached_from_its_rows(filled: Stores, change: str) -> None:
    session_id = plain_cached().session.session_id
    if change == "renamed":
        filled.sessions.update_session_title(session_id, "Mine")
    else:
        filled.sessions.append_and_save_message(session_id, builders.message(content="And one more"))
    filled.forget_cached_copies()
    report = refresh_demo(filled.connected)
    assert report is not None
    assert (report.from_rows, report.cached) == (1, len(CACHED) - 1)
    copies = filled.sessions.stores.read_copies(session_id)
    assert isinstance(copies.stored, StoredCopy)
    assert isinstance(copies.cached, CachedCopy)
    assert copies.cached.session() == copies.stored.session()


def test_a_renewal_keeps_the_tokens_by_turn_of_a_changed_session(filled: Stores) -> None:
    item = next(item for item in CACHED if not item.planted and item.row is not None and len(item.session.usage) > 1)
    filled.sessions.append_and_save_message(item.session.session_id, builders.message(content="And one more"))
    refresh_demo(filled.connected)
    copy = filled.cache.read_copy(item.session.session_id)
    assert isinstance(copy, CachedCopy)
    assert copy.info.usage == item.session.usage


def test_words_of_a_changed_session_that_only_the_cache_has_are_not_overwritten(filled: Stores) -> None:
    item = planted("unsaved_tail")
    filled.sessions.update_session_title(item.session.session_id, "Mine")
    before = filled.raw(item)
    refresh_demo(filled.connected)
    assert filled.raw(item) == before


def test_a_ghost_stays_a_ghost(filled: Stores) -> None:
    item = planted("ghost_session")
    filled.forget_cached_copies()
    refresh_demo(filled.connected)
    copies = filled.sessions.stores.read_copies(item.session.session_id)
    assert isinstance(copies.stored, Absent)
    assert isinstance(copies.cached, CachedCopy)


def test_a_ghost_that_was_brought_back_is_cached_from_its_rows(filled: Stores) -> None:
    item = planted("ghost_session")
    rescued = item.session.model_copy(update={"title": "Rescued"})
    builders.fill(filled.database, rescued)
    filled.forget_cached_copies()
    refresh_demo(filled.connected)
    copy = filled.cache.read_copy(item.session.session_id)
    assert isinstance(copy, CachedCopy)
    assert copy.info.title == "Rescued"


def test_a_demo_of_which_all_was_deleted_is_made_anew(filled: Stores) -> None:
    for item in STORED:
        filled.sessions.delete_chat_session(item.session.session_id)
    assert refresh_demo(filled.connected) is None
    report = seed_if_empty(filled.connected, NOW + timedelta(days=40))
    assert report is not None
    assert report.created == len(STORED)


def test_conversations_of_ones_own_get_no_demo_beside_them(empty: Stores) -> None:
    empty.sessions.upsert_chat_session(builders.new_session(messages=2))
    assert seed_or_refresh(empty.connected, NOW) is None
    assert empty.database.facts().sessions == 1


def test_the_command_adds_the_demo_beside_conversations_of_ones_own(empty: Stores) -> None:
    empty.sessions.upsert_chat_session(builders.new_session(messages=2))
    assert seed_demo(empty.connected, NOW).created == len(STORED)
    assert empty.database.facts().sessions == len(STORED) + 1


def earlier(filled: Stores, **changes: object) -> None:
    """Makes the demo one of an earlier version: other token counts in the rows, and the memory of that version."""
    file = filled.connected.settings.data_dir / STATE_FILE
    file.write_text(json.dumps({**json.loads(file.read_text()), "version": 1, **changes}))
    with filled.database.writing() as connection:
        connection.execute(text('UPDATE "ChatSession" SET "totalPromptTokens" = 1'))


def test_a_demo_of_an_earlier_version_gets_the_rows_of_this_one(filled: Stores) -> None:
    kept, changed = plain_cached(), next(item for item in CACHED if item is not plain_cached() and item.row)
    assert filled.sessions.update_session_title(changed.session.session_id, "Mine")
    earlier(filled)
    assert refresh_demo(filled.connected) is not None
    assert (prompt_tokens(filled, kept), prompt_tokens(filled, changed)) == (kept.session.prompt_tokens, 1)
    assert filled.raw(kept) == kept.document
    earlier(filled, version=DEMO_VERSION)
    refresh_demo(filled.connected)
    assert prompt_tokens(filled, kept) == 1


def prompt_tokens(filled: Stores, item: DemoSession) -> int:
    stored = filled.database.read_copy(item.session.session_id)
    assert stored is not None
    return sum(one.prompt_tokens for one in stored.info.usage)


def test_a_session_that_an_earlier_version_had_not_is_added_and_a_deleted_one_is_not(filled: Stores) -> None:
    new, deleted = (item.session.session_id for item in STORED[:2])
    for session_id in (new, deleted):
        filled.sessions.delete_chat_session(session_id)
    earlier(filled, ids=[item.session.session_id for item in DEMO if item.session.session_id != new])
    refresh_demo(filled.connected)
    assert filled.database.existing([new, deleted]) == [new]


def test_the_version_of_the_demo_changes_with_its_contents() -> None:
    digest = sha256()
    for item in DEMO:
        parts = (item.row, item.rows, item.document, item.ttl_seconds, item.status, item.waiting)
        digest.update(repr(parts).encode())
    assert (DEMO_VERSION, digest.hexdigest()[:16]) == (3, "44489fe2a843719f"), (
        "increase DEMO_VERSION and put the new digest here"
    )


@pytest.mark.parametrize("text", ["", "{", "[]", '{"seed": "x", "anchor": 3}'])
def test_a_lost_memory_of_the_demo_overwrites_nothing(filled: Stores, text: str) -> None:
    (filled.connected.settings.data_dir / STATE_FILE).write_text(text)
    assert refresh_demo(filled.connected) is None
    report = seed_demo(filled.connected, NOW + timedelta(days=2))
    assert (report.created, filled.database.facts().sessions) == (0, len(STORED))
    item = plain_cached()
    copies = filled.sessions.stores.read_copies(item.session.session_id)
    assert isinstance(copies.stored, StoredCopy)
    assert isinstance(copies.cached, CachedCopy)
    assert copies.cached.session().messages == copies.stored.session().messages


def test_without_a_cache_the_rows_are_there_and_it_is_said(tmp_path: Path) -> None:
    settings = Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path)})
    database = Database.open(f"sqlite:///{tmp_path / 'chat.db'}", write=True)
    with Connected(settings, SessionStores(database, None, cache_hint="No cache here.")) as connected:
        report = seed_demo(connected, NOW)
        assert (report.created, report.cached, report.cache_problem) == (len(STORED), 0, "No cache here.")


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_a_deployment_never_gets_the_demo(tmp_path: Path, name: str) -> None:
    url = {"DATABASE_URL": f"sqlite:///{tmp_path / 'd.db'}", "REDIS_URL": "redis://127.0.0.1:1"}[name]
    with connect(Settings.from_environment({name: url, "INSPECTOR_ACCESS": "write"})) as connected:
        with pytest.raises(SettingsError, match="embedded stores only"):
            seed_demo(connected, NOW)
        assert seed_or_refresh(connected, NOW) is None


def test_embedded_stores_that_may_only_be_read_are_left_as_they_are(filled: Stores) -> None:
    folder = str(filled.connected.settings.data_dir)
    filled.forget_cached_copies()
    environment = {"INSPECTOR_DATA_DIR": folder, "INSPECTOR_ACCESS": "read"}
    with connect(Settings.from_environment(environment)) as reading:
        assert seed_or_refresh(reading, NOW) is None
        with pytest.raises(ReadOnlyError):
            seed_demo(reading, NOW)
    assert list(filled.cache.session_ids()) == []


_START = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from chatdata import Settings, connect
from chatdata.services.demo.seeding import seed_or_refresh
with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": sys.argv[1]})) as connected:
    report = seed_or_refresh(connected, datetime.now(UTC))
    print(report.created)
"""


def test_starts_at_the_same_moment_fill_once(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    command = [sys.executable, "-c", _START, str(folder)]
    starts = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    created = sorted(int(start.communicate(timeout=WAIT_SECONDS)[0]) for start in starts)
    assert created[:2] == [0, 0]
    with opened(folder) as connected:
        assert connected.stores.database is not None
        assert connected.stores.database.totals(SessionFilter()).sessions == created[2]
