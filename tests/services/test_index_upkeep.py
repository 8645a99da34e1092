"""The usage index in the background of the app."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from chatdata.services.connect import Connected
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage.index_upkeep import IndexUpkeep
from chatdata.services.usage.indexing import is_large
from chatdata.settings.stores import IndexUse, Settings
from chatdata.stores.database import Database
from chatdata.stores.usage_index import UsageIndex, reading
from tests.support.builders import fill, new_session

WORDS = "words", "of", "a", "conversation"
"""In pieces, since a traceback quotes the line that raises."""

SECONDS = 60.0


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[Connected]:
    with closing(Database.open(f"sqlite:///{tmp_path / 'chat.db'}", write=True)) as database:
        fill(database, new_session("s-1"))
        stores = SessionStores(database, None, usage_index=UsageIndex(tmp_path / "own", "here"))
        yield Connected(Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path / "own")}), stores)


def asked(connected: Connected, use: IndexUse, *, large: bool) -> bool:
    """Whether the index is there once the thread has decided and ended."""
    decided = threading.Event()

    def is_so(_stores: SessionStores) -> bool:
        decided.set()
        return large

    upkeep = IndexUpkeep(replace(connected, settings=replace(connected.settings, usage_index=use)), large=is_so)
    upkeep.start()
    assert use == "on" or decided.wait(SECONDS)
    assert connected.stores.usage_index is not None
    waited = threading.Event()
    for _ in range(600):
        if connected.stores.usage_index.exists or (use == "auto" and not large):
            break
        waited.wait(0.1)
    upkeep.stop()
    return connected.stores.usage_index.exists


@pytest.mark.parametrize(
    ("use", "large", "built"), [("auto", True, True), ("auto", False, False), ("on", False, True)], ids=str
)
def test_it_is_built_if_the_settings_or_the_size_ask_for_it(
    connected: Connected, use: IndexUse, large: bool, built: bool
) -> None:
    assert asked(connected, use, large=large) == built


def test_it_is_renewed_again_and_again(connected: Connected) -> None:
    index = connected.stores.usage_index
    assert index is not None
    settings = replace(connected.settings, usage_index="on")
    upkeep = IndexUpkeep(replace(connected, settings=settings), seconds=0.01)
    upkeep.start()
    found, waited = set(), threading.Event()
    for _ in range(600):
        if index.exists:
            with reading(index) as reader:
                found.add(reader.as_of)
        if len(found) > 1:
            break
        waited.wait(0.05)
    upkeep.stop()
    assert len(found) > 1


def test_a_store_of_a_few_messages_is_not_large(connected: Connected) -> None:
    assert not is_large(connected.stores)


def test_nothing_runs_if_the_index_is_switched_off(connected: Connected) -> None:
    stores = replace(connected.stores, usage_index=None)
    upkeep = IndexUpkeep(replace(connected, stores=stores))
    before = threading.active_count()
    upkeep.start()
    assert threading.active_count() == before
    upkeep.stop()


def test_an_error_that_nobody_expected_is_logged_without_its_message(
    connected: Connected, caplog: pytest.LogCaptureFixture
) -> None:
    asked = threading.Event()

    def failing(_stores: SessionStores) -> bool:
        asked.set()
        raise ValueError(" ".join(WORDS))

    upkeep = IndexUpkeep(replace(connected, settings=replace(connected.settings, usage_index="auto")), large=failing)
    upkeep.start()
    assert asked.wait(SECONDS)
    upkeep.stop()
    assert "the usage index was not renewed: ValueError\n" in caplog.text
    assert " ".join(WORDS) not in caplog.text
