"""Services on stores of other products: unknown times in files, comparisons and searches of narrower views."""

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chatdata.domain.copies import PrivacyLevel
from chatdata.services.catalog import SessionFilter, list_sessions
from chatdata.services.exporting.table import table_pieces
from chatdata.services.inspection import Inspection
from chatdata.services.session_search import SessionSearch
from chatdata.services.session_stores import SessionStores
from chatdata.stores.database import Database
from tests.support.other_stores import filled_store

KEY = b"k" * 32


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[SessionStores]:
    store = filled_store("n8n", "sqlite", str(tmp_path / "other.db"))
    with closing(Database.open(store.url)) as database:
        yield SessionStores(database, None)


def test_a_csv_file_has_empty_cells_for_what_is_unknown(stores: SessionStores) -> None:
    lines = list_sessions(stores, SessionFilter()).lines
    for row in csv.DictReader(io.StringIO("".join(table_pieces(lines, "full")))):
        assert row["session_id"] in ("trip", "rain")
        unknown = ("started_at", "updated_at", "prompt_tokens", "completion_tokens", "user_id", "title")
        assert [row[name] for name in unknown] == [""] * len(unknown)


def test_a_comparison_knows_no_time_of_the_rows(stores: SessionStores) -> None:
    comparison = Inspection(stores, "trip", "full", lambda: KEY).comparison
    assert (comparison.database.messages, comparison.database.updated_at) == (4, None)
    assert not [finding for finding in comparison.findings if finding.severity != "info"]


@pytest.mark.parametrize("view", ["full", "masked"])
def test_a_search_of_each_view_turns_pages_without_times(stores: SessionStores, view: PrivacyLevel) -> None:
    search, where = SessionSearch(stores, view, lambda: KEY), SessionFilter(words="a")
    first = search.page(where, limit=1)
    second = search.page(where, cursor=first.lines[-1].summary.cursor, limit=1)
    found = [line.summary.session_id for page in (first, second) for line in page.lines]
    assert found == ["trip", "rain"]
    assert (first.has_older, second.has_older) == (True, False)


def test_a_message_whose_session_is_gone_counts_nowhere(tmp_path: Path) -> None:
    store = filled_store("openai-agents", "sqlite", str(tmp_path / "other.db"))
    with closing(Database.open(store.url)) as database:
        before = database.totals(SessionFilter()).messages
        store.write("INSERT INTO agent_messages (session_id, message_data) VALUES (?, ?)", [("gone", "{}")])
        lines = list_sessions(SessionStores(database, None), SessionFilter()).lines
        assert database.totals(SessionFilter()).messages == before == sum(line.summary.messages or 0 for line in lines)
