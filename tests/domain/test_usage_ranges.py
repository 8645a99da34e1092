"""Time ranges by name: weeks from Monday, whole months, and the range before each."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.usage import DayRange, TimeRange, days_before, days_of
from chatdata.domain.usage.stop_words import STOP_WORDS
from chatdata.domain.usage.title_words import words_of

DAY = timedelta(days=1)
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("7", date(2028, 2, 24), date(2028, 3, 1)),
        ("this-week", date(2028, 2, 28), date(2028, 3, 5)),
        ("last-week", date(2028, 2, 21), date(2028, 2, 27)),
        ("this-month", date(2028, 3, 1), date(2028, 3, 31)),
        ("last-month", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_wednesday_after_a_leap_day(name: TimeRange, first: date, last: date) -> None:
    assert days_of(name, date(2028, 3, 1)) == DayRange(first, last)


@given(today=DAYS)
def test_weeks_and_months_are_whole_and_follow_each_other(today: date) -> None:
    for kind in ("week", "month"):
        this, last = (days_of(f"{which}-{kind}", today) for which in ("this", "last"))  # type: ignore[arg-type]
        assert this is not None
        assert last is not None
        assert last.last + DAY == this.first <= today <= this.last
        before = days_before(f"last-{kind}", today)  # type: ignore[arg-type]
        assert before is not None
        assert before.last + DAY == last.first
        assert days_before(f"this-{kind}", today) == last  # type: ignore[arg-type]
        if kind == "week":
            assert {one.first.weekday() for one in (this, last, before)} == {0}
            assert {(one.last - one.first).days for one in (this, last, before)} == {6}
        else:
            assert {one.first.day for one in (this, last, before)} == {1}
            assert {(one.last + DAY).day for one in (this, last, before)} == {1}


@given(today=DAYS, name=st.sampled_from(["7", "30", "90"]))
def test_the_days_before_are_as_many(today: date, name: TimeRange) -> None:
    shown, before = days_of(name, today), days_before(name, today)
    assert shown is not None
    assert before is not None
    assert (shown.last, (shown.last - shown.first).days + 1) == (today, int(name))
    assert (before.last + DAY, before.last - before.first) == (shown.first, shown.last - shown.first)


def test_all_time_has_no_days() -> None:
    assert days_of("all", date(2028, 3, 1)) is None
    assert days_before("all", date(2028, 3, 1)) is None


@pytest.mark.parametrize(
    ("title", "subjects"),
    [
        ("Why isn't the invoice paid for this month?", {"invoice", "paid", "month"}),
        ("Rechnungen mit Zahlungen für den Export", {"rechnungen", "zahlungen", "export"}),
        ("Alérgenos de la carta", {"alérgenos", "carta"}),
        ("L'historique des commandes qui n'est pas à jour", {"historique", "commandes", "jour"}),
        ("Hur mycket kostar det att byta lås", {"kostar", "byta", "lås"}),
        ("Почему не работает вход", {"работает", "вход"}),
        ("AI and CI on the Go team's OS", {"ai", "ci", "go", "team", "os"}),
    ],
)
def test_only_the_subjects_of_a_title_are_keywords(title: str, subjects: set[str]) -> None:
    assert words_of(title) - STOP_WORDS == subjects


def test_stop_words_are_words_as_titles_are_split() -> None:
    assert {word for stop in STOP_WORDS for word in words_of(stop)} == STOP_WORDS
