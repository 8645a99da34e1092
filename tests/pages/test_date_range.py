"""The date range in the URL: its bounds in a time zone, the previous period, and what a brush covers."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.usage import TimeRange, day_bounds, fold
from chatdata.stores.database import SessionFilter
from pages.ui.usage import timeseries, url_state
from pages.ui.widgets import date_range, user_query
from pages.ui.widgets.date_range import Started

BERLIN, HAVANA = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Havana")
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/Havana", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo"]
)
MINUTES = st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1)).map(lambda at: at.replace(second=0, microsecond=0))


@given(st.builds(Started, st.none() | MINUTES, st.none() | MINUTES))
def test_a_span_comes_back_from_its_parameter(span: Started) -> None:
    assert date_range.read(span.query().get(date_range.PARAMETER, "")) == span


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(0, 400), ZONES)
def test_days_have_the_bounds_of_days_on_skipped_and_repeated_midnights_too(first: date, more: int, zone: str) -> None:
    last = first + timedelta(days=more)
    assert date_range.days(first, last).bounds(ZoneInfo(zone)) == day_bounds(first, last, ZoneInfo(zone))


@pytest.mark.parametrize("text", ["", "x..y", "2026-13-40..", "0001-01-01..9999-12-31", "..", "20"])
def test_what_can_not_be_read_is_open(text: str) -> None:
    assert not date_range.read(text)


def test_days_and_minutes_are_written_as_short_as_they_can() -> None:
    assert date_range.days(date(2026, 11, 20), date(2026, 11, 21)).query() == {"started": "2026-11-20..2026-11-21"}
    hours = Started(datetime(2026, 11, 20, 14), datetime(2026, 11, 20, 15, 59))
    assert hours.query() == {"started": "2026-11-20T14:00..2026-11-20T15:59"}
    assert date_range.words(hours) == "20 Nov 2026, 14:00 to 20 Nov 2026, 15:59"
    assert date_range.words(date_range.days(date(2026, 11, 20), date(2026, 11, 20))) == "on 20 Nov 2026"
    assert date_range.words(Started(None, datetime(2026, 11, 20, 23, 59))) == "until 20 Nov 2026"


def test_the_hour_that_comes_twice_is_covered_from_its_first_to_its_second_end() -> None:
    span = Started(datetime(2026, 10, 25, 2), datetime(2026, 10, 25, 2, 59))
    assert span.bounds(BERLIN) == (
        datetime(2026, 10, 25, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 2, tzinfo=UTC) - timedelta(microseconds=1),
    )


def test_the_time_before_is_as_long_and_ends_at_the_same_time_of_day() -> None:
    now = datetime(2026, 11, 25, 14, 20)
    assert asked("7").span_before(now) == Started(datetime(2026, 11, 12), datetime(2026, 11, 18, 14, 14))
    past = date_range.days(date(2026, 11, 1), date(2026, 11, 10))
    assert asked("30", past).span_before(now) == date_range.days(date(2026, 10, 22), date(2026, 10, 31))
    assert asked("all").span_before(now) is None
    assert asked("30", date_range.days(date(2027, 1, 1), date(2027, 1, 2))).span_before(now) is None


def test_a_calendar_week_or_month_is_compared_with_the_one_before() -> None:
    now = datetime(2026, 11, 25, 14, 20)
    assert asked("this-week").span(now) == date_range.days(date(2026, 11, 23), date(2026, 11, 29))
    assert asked("this-week").span_before(now) == Started(datetime(2026, 11, 16), datetime(2026, 11, 18, 14, 14))
    assert asked("last-week").span_before(now) == date_range.days(date(2026, 11, 9), date(2026, 11, 15))
    assert asked("this-month").span_before(now) == Started(datetime(2026, 10, 1), datetime(2026, 10, 25, 14, 14))
    assert asked("last-month").span(now) == date_range.days(date(2026, 10, 1), date(2026, 10, 31))
    assert asked("last-month").span_before(now) == date_range.days(date(2026, 9, 1), date(2026, 9, 30))
    late = datetime(2026, 3, 31, 14, 20)
    assert asked("this-month").span_before(late) == date_range.days(date(2026, 2, 1), date(2026, 2, 28))


def asked(period: TimeRange, narrowed: Started | None = None) -> url_state.UsageQuery:
    return url_state.UsageQuery(period, narrowed or Started(), "", "", "", None)


def milliseconds(moment: datetime) -> float:
    return moment.replace(tzinfo=UTC).timestamp() * 1000


def test_a_brush_covers_whole_bars_on_the_clock_of_the_zone() -> None:
    since, until = day_bounds(date(2026, 10, 20), date(2026, 10, 30), BERLIN)
    days = fold((), BERLIN, "day", since=since, until=until)
    ends = milliseconds(datetime(2026, 10, 24, 12)), milliseconds(datetime(2026, 10, 26, 1))
    assert timeseries.covered(days, *ends) == date_range.days(date(2026, 10, 24), date(2026, 10, 26))
    hours = fold((), BERLIN, "hour", since=since, until=until)
    ends = milliseconds(datetime(2026, 10, 25, 2, 10)), milliseconds(datetime(2026, 10, 25, 3, 10))
    assert timeseries.covered(hours, *ends) == Started(datetime(2026, 10, 25, 2), datetime(2026, 10, 25, 3, 59))
    assert timeseries.covered(days, 0, 1) is None


@pytest.mark.parametrize(
    ("length", "offered", "usual"),
    [(1, ["hour", "day", "week"], "hour"), (30, ["hour", "day", "week"], "day"), (90, ["day", "week"], "day"),
     (400, ["day", "week"], "week"), (9_000, ["week"], "week")],
)  # fmt: skip
def test_the_grain_suits_the_length(length: int, offered: list[str], usual: str) -> None:
    span = timedelta(days=length)
    assert timeseries.grains_for(span) == offered
    assert timeseries.grain_for(None, span) == usual
    assert timeseries.grain_for("hour", span) == ("hour" if "hour" in offered else usual)


@pytest.mark.parametrize(
    ("entered", "meant"),
    [
        ("mi", SessionFilter(user_contains="mi")),
        ('"mia"', SessionFilter(user_id="mia")),
        ('""', SessionFilter(without_user=True)),
        ('"mia" "noah"', SessionFilter(user_ids=frozenset({"mia", "noah"}))),
        ('"mia" ""', SessionFilter(user_ids=frozenset({"mia", None}))),
        ('"a"b"', SessionFilter(user_id='a"b')),
    ],
)
def test_the_input_for_users_means_a_part_one_or_several(entered: str, meant: SessionFilter) -> None:
    assert user_query.read(entered) == meant


def test_users_that_were_clicked_are_meant_exactly() -> None:
    assert user_query.read(user_query.exactly("mia", None)) == SessionFilter(user_ids=frozenset({"mia", None}))
