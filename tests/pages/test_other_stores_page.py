"""Pages on stores of other products: what those do not store is unknown on screen."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pages.ui.server import services
from pages.ui.session.messages import source_parts
from tests.pages.conftest import TABS, OpenPage, component, protos
from tests.support.other_stores import PRODUCTS, OtherStore, filled_store
from tests.support.tables import tables


@pytest.fixture(params=PRODUCTS)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OtherStore:
    found = filled_store(request.param, "sqlite", str(tmp_path / "other.db"))
    monkeypatch.setenv("DATABASE_URL", found.url)
    return found


def test_the_list_has_every_session(store: OtherStore, open_page: OpenPage) -> None:
    app = open_page("sessions", columns="user,drift,active,started,prompt,completion")
    assert not app.exception
    table: Any = tables(app)[0].value
    assert set(table["title"]) == {"“Is it raining?”", "“Trouvez un siège près du hublot”"} or set(table["title"]) == {
        "“Is it raining?”",
        "“Find a window seat”",
    }
    assert set(table["user"]) == {"No user"}
    assert all(value is None for value in table["drift"])
    for name in ("active", "started"):
        assert all(pd.isna(value) for value in table[name]) == (store.product == "n8n")
    for name in ("prompt", "completion"):
        assert set(table[name]) == {"unknown"}


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_of_a_session_opens(store: OtherStore, open_page: OpenPage, tab: str) -> None:
    app = open_page("session", id="trip", tab=tab)
    assert not app.exception
    assert "1970" not in protos(app)
    facts = {fact["label"]: fact["value"] for row in component(app, "head")["rows"] for fact in row}
    assert facts["User"] == "No user"
    assert (facts["Started"] == facts["Last active"] == "Unknown") == (store.product == "n8n")
    assert facts["Providers"] == "Valid for all"
    assert "Damaged" not in facts


def test_what_an_item_held_beyond_its_message_is_shown_part_by_part(store: OtherStore, open_page: OpenPage) -> None:
    assert not open_page("session", id="trip").exception
    title, said = {"n8n": ("thinking · content[0]", "Sure."), "openai-agents": ("thinking · sourceItem", "gAAA")}[
        store.product
    ]
    told = source_parts.listed("trip", "database")["messages"]
    ((words, part),) = [(each["words"], part) for each in told for part in each["parts"] if part["title"] == title]
    assert "thinking, 1 part" in words
    assert said in source_parts.part("trip", part["number"])["text"]
    with pytest.raises(LookupError):
        source_parts.part("trip", 99)
    shown = services.inspections().timeline("trip", "database").window(0, 10)
    assert "sourceParts" not in str([item["extras"] for item in shown])


@pytest.mark.parametrize("page", ["usage", "users", "cache_health", "overview"])
def test_other_pages_open(store: OtherStore, open_page: OpenPage, page: str) -> None:
    app = open_page(page)
    assert not app.exception
    assert "1970" not in protos(app)
