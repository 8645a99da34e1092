"""Saved views in the app database, and who is offered them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatdata.domain.access import Principal
from chatdata.domain.access.users import VIEWS
from chatdata.domain.copies import PrivacyLevel
from chatdata.domain.saved_views import SavedView, view_name
from chatdata.errors import NotAllowed
from chatdata.stores.app_db import AppDatabase, saved_views
from tests.stores.conftest import AnyPlace

AT = datetime(2026, 2, 20, 10, tzinfo=UTC)
VIEW = SavedView("v-1", "Failed \ud800 \x00", "turns=failed&sort=tokens", False, "full", "Ana", AT, "sso|ana")


def test_views_come_back_oldest_first_for_their_deployment_only(place: AnyPlace) -> None:
    here = AppDatabase(place, "here")
    later = replace(VIEW, id="a-later", name="Later", shared=True, created_at=AT + timedelta(minutes=1))
    here.keep_view(later)
    here.keep_view(VIEW)
    assert here.saved_views() == (VIEW, later)
    assert AppDatabase(place, "there").saved_views() == ()


def test_before_the_first_view_looking_makes_no_file(tmp_path: Path) -> None:
    assert AppDatabase(tmp_path, "here").saved_views() == ()
    assert list(tmp_path.iterdir()) == []


def test_a_view_is_deleted_if_that_is_allowed_and_a_missing_one_is_gone_already(place: AnyPlace) -> None:
    here = AppDatabase(place, "here")
    here.keep_view(VIEW)
    with pytest.raises(NotAllowed, match="Only who saved a view"):
        here.delete_view("v-1", may=lambda view: view.author == "Otto")
    assert here.saved_views() == (VIEW,)
    AppDatabase(place, "there").delete_view("v-1", may=lambda _view: True)
    assert here.saved_views() == (VIEW,)
    here.delete_view("v-1", may=lambda view: view == VIEW)
    here.delete_view("v-1", may=lambda _view: False)
    assert here.saved_views() == ()


def test_there_is_an_end_to_views_and_to_their_length(place: AnyPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 1)
    here = AppDatabase(place, "here")
    with pytest.raises(ValueError, match="too long"):
        here.keep_view(replace(VIEW, query="words=" + "x" * 5_000))
    here.keep_view(VIEW)
    with pytest.raises(ValueError, match="already 1 saved views"):
        here.keep_view(replace(VIEW, id="v-2"))


@pytest.mark.parametrize("level", VIEWS)
@pytest.mark.parametrize("seen", VIEWS)
def test_a_view_is_offered_where_at_least_as_much_is_visible_to_its_author_or_to_all_if_shared(
    level: PrivacyLevel, seen: PrivacyLevel
) -> None:
    author, other = (Principal(f"sso|{name}", name, "operator", seen) for name in ("ana", "otto"))
    visible = {"full": 2, "masked": 1, "structure": 0}
    enough = visible[seen] >= visible[level]
    own, shared = replace(VIEW, level=level), replace(VIEW, level=level, shared=True)
    assert [own.offered_to(author), own.offered_to(other)] == [enough, False]
    assert [shared.offered_to(author), shared.offered_to(other)] == [enough, enough]


@pytest.mark.parametrize("name", ["", " \n\t ", "x" * 61])
def test_a_name_that_is_blank_or_too_long_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        view_name(name)
    assert view_name("  Failed \n turns ") == "Failed turns"
