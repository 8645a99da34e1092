"""Usage calculations without a store: totals, days of a time zone, percentiles, keywords, and turns."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.copies import CachedCopy, CopyMessage, Expiry
from chatdata.domain.document import copy_of
from chatdata.domain.messages import ChatMessage
from chatdata.domain.payload import assess
from chatdata.domain.tokens import known_models, model_facts, price, token_price
from chatdata.domain.usage import (
    GRAINS,
    Amounts,
    Grain,
    QuarterHour,
    Spread,
    cap_of,
    day_bounds,
    estimates,
    fold,
    growth,
    share,
    summed,
    weekday_hours,
)
from chatdata.domain.usage.answers import answered, is_failure
from chatdata.domain.usage.distribution import EDGES, nearest_rank, number_of
from chatdata.domain.usage.periods import MOST_PERIODS
from chatdata.domain.usage.title_words import words_of
from tests.support.builders import document_bytes, document_message, message, tool_call
from tests.support.usage_rows import BERLIN, RESULTS, failed, percentile

ZONES = (
    UTC,
    BERLIN,
    ZoneInfo("America/New_York"),
    ZoneInfo("Asia/Kathmandu"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("America/Sao_Paulo"),
    ZoneInfo("Pacific/Apia"),
)
"""Also a quarter past the hour, half an hour of summer time, a clock that skips midnight, a skipped day."""
EXPIRY = Expiry(3_600.0, None, None)
QUARTER = timedelta(minutes=15)
_counts = st.integers(0, 1_000)
_amounts = st.builds(
    Amounts,
    sessions=_counts,
    recorded=_counts,
    messages=_counts,
    tool_calls=_counts,
    prompt_tokens=st.none() | _counts,
    completion_tokens=st.none() | _counts,
)


def starts(around: datetime) -> st.SearchStrategy[datetime]:
    return st.integers(-300, 300).map(lambda quarters: around + quarters * QUARTER)


_changes = [datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1), datetime(2011, 12, 30, 10), datetime(2018, 11, 4, 3)]
_quarters = st.sampled_from(_changes).flatmap(
    lambda at: st.lists(
        st.builds(QuarterHour, starts(at.replace(tzinfo=UTC)), _amounts), max_size=12, unique_by=lambda one: one.start
    )
)


@given(quarters=_quarters, zone=st.sampled_from(ZONES), grain=st.sampled_from(GRAINS))
def test_folding_keeps_every_sum_and_leaves_no_hole(quarters: list[QuarterHour], zone: Any, grain: Grain) -> None:
    periods = fold(quarters, zone, grain)
    assert summed(period.amounts for period in periods) == summed(quarter.amounts for quarter in quarters)
    for one, following in pairwise(periods):
        assert one.end == following.start
        assert one.start.astimezone(UTC) < one.end.astimezone(UTC)
    for quarter in quarters:
        holding = [one for one in periods if one.start.astimezone(UTC) <= quarter.start < one.end.astimezone(UTC)]
        assert len(holding) == 1
    assert len({period.key for period in periods}) == len(periods)
    assert all(period.start.weekday() == 0 for period in periods if grain == "week")


@given(quarters=_quarters, zone=st.sampled_from(ZONES))
def test_weekdays_and_hours_keep_every_sum(quarters: list[QuarterHour], zone: Any) -> None:
    table = weekday_hours(quarters, zone)
    assert [len(hours) for hours in table] == [24] * 7
    assert summed(cell for hours in table for cell in hours) == summed(quarter.amounts for quarter in quarters)
    for quarter in quarters:
        local = quarter.start.astimezone(zone)
        assert table[local.weekday()][local.hour].sessions >= quarter.amounts.sessions


def one_each(*at: str) -> list[QuarterHour]:
    return [QuarterHour(datetime.fromisoformat(moment), Amounts(sessions=1)) for moment in at]


def test_a_day_of_changed_clocks_has_23_or_25_hours_and_a_repeated_hour_is_two() -> None:
    forward = fold(one_each("2026-03-28T23:00Z", "2026-03-29T21:45Z"), BERLIN, "hour")
    assert len(forward) == 23
    assert [hour.key[11:13] for hour in forward[:4]] == ["00", "01", "03", "04"]
    back = fold(one_each("2026-10-24T22:00Z", "2026-10-25T22:45Z"), BERLIN, "hour")
    assert len(back) == 25
    assert [hour.key for hour in back if "T02" in hour.key] == ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"]
    for quarters in (one_each("2026-03-29T10:00Z"), one_each("2026-10-25T10:00Z")):
        (day,) = fold(quarters, BERLIN)
        assert (day.end.astimezone(UTC) - day.start.astimezone(UTC)) / timedelta(hours=1) in (23, 25)


def test_a_skipped_midnight_and_a_skipped_day_are_no_trouble() -> None:
    sao_paulo = ZoneInfo("America/Sao_Paulo")
    days = fold(one_each("2018-11-03T12:00Z", "2018-11-05T12:00Z"), sao_paulo)
    assert [day.key for day in days] == ["2018-11-03", "2018-11-04", "2018-11-05"]
    assert days[1].start.hour == 1
    days = fold(one_each("2011-12-29T20:00Z", "2012-01-01T00:00Z"), ZoneInfo("Pacific/Apia"))
    assert [day.key for day in days] == ["2011-12-29", "2011-12-31", "2012-01-01"]


def test_an_axis_reaches_from_since_to_until_and_never_grows_without_end() -> None:
    since, until = day_bounds(date(2026, 11, 2), date(2026, 11, 8), BERLIN)
    days = fold(one_each("2026-11-05T10:00Z"), BERLIN, since=since, until=until)
    assert [day.key[-2:] for day in days] == ["02", "03", "04", "05", "06", "07", "08"]
    assert [day.amounts.sessions for day in days] == [0, 0, 0, 1, 0, 0, 0]
    assert fold([], BERLIN) == ()
    far = fold(one_each("1012-01-01T00:00Z", "2026-11-05T10:00Z"), UTC, "hour")
    assert len(far) == 2 < MOST_PERIODS


def test_unknown_is_not_zero_and_counts_as_zero_beside_what_is_known() -> None:
    unknown, known = Amounts(sessions=1), Amounts(sessions=1, recorded=1, prompt_tokens=5, completion_tokens=2)
    assert unknown.total_tokens is None
    assert (unknown + unknown).total_tokens is None
    assert (unknown + known).total_tokens == 7
    assert (unknown + known).unrecorded == 1


@given(parts=st.lists(st.none() | st.integers(0, 10**9), min_size=1))
def test_shares_of_a_whole_are_all_of_it_and_unknown_where_a_part_is(parts: list[int | None]) -> None:
    whole = sum(part or 0 for part in parts)
    shares = [share(part, whole) for part in parts]
    assert sum(one or 0.0 for one in shares) == pytest.approx(1.0 if whole else 0.0)
    assert [one is None for one in shares] == [part is None or not whole for part in parts]
    assert share(1, None) is None


@given(values=st.lists(st.integers(0, 10**7)), percent=st.sampled_from([1, 50, 90, 99, 100]))
def test_nearest_rank_is_a_value_that_so_many_do_not_exceed(values: list[int], percent: int) -> None:
    assert nearest_rank(values, percent) == percentile(values, percent)


@given(value=st.integers(0, 10**13 - 1))
def test_each_number_lies_in_its_bin(value: int) -> None:
    number = number_of(value)
    assert EDGES[number] <= value < EDGES[number + 1]


def test_bins_rise() -> None:
    assert list(EDGES) == sorted(set(EDGES))


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Reset THE password, again!", {"reset", "the", "password", "again"}),
        ("the The THE", {"the"}),
        ("Ärger—ärger", {"ärger"}),
        ("日本語、テスト「引用」", {"日本語", "テスト", "引用"}),
        ("می\u200cخواهم", {"می\u200cخواهم"}),
        ("ΣΊΣΥΦΟΣ", {"σίσυφοσ"}),
        (" …!? ", set()),
    ],
)
def test_words_of_a_title_are_folded_and_counted_once(title: str, words: set[str]) -> None:
    assert words_of(title) == words


@pytest.mark.parametrize("content", RESULTS)
def test_a_failure_is_an_object_of_type_error(content: str | None) -> None:
    assert is_failure(content) == failed(content)
    assert not is_failure("[" * 100_000)


def test_a_result_belongs_to_the_nearest_earlier_call_of_its_id() -> None:
    talk = [
        message("tool", "early", tool_call_id="a"),
        message("assistant", None, tool_calls=[tool_call("a", "one"), tool_call("a", "same message")]),
        message("tool", "first", tool_call_id="a"),
        message("assistant", None, tool_calls=[tool_call("a", "two")]),
        message("tool", "second", tool_call_id="a"),
        message("tool", "none", tool_call_id=None),
    ]
    assert [(at, tool) for at, _, tool in answered(enumerate(talk))] == [(0, None), (2, "one"), (4, "two"), (5, None)]


def cached(usage: Sequence[Any], messages: Sequence[dict[str, Any]]) -> CachedCopy:
    items = [
        item
        if isinstance(item, dict)
        else {"prompt_tokens": item[0], "completion_tokens": item[1], "total_tokens": sum(item)}
        for item in usage
    ]
    copy = copy_of(document_bytes(usage=items, messages=list(messages)), EXPIRY)
    assert isinstance(copy, CachedCopy)
    return copy


def asks(name: str, call_id: str) -> dict[str, Any]:
    return document_message("assistant", None, tool_calls=[tool_call(call_id, name)])


TALK = [
    document_message("user", "read the log"),
    asks("bash_exec", "a"),
    document_message("tool", "x" * 9_000, tool_call_id="a"),
    document_message("assistant", "it is long"),
    document_message("user", "thanks " * 500),
    document_message("assistant", "done"),
]


def test_turns_belong_to_assistant_messages_and_jumps_name_the_tool_result() -> None:
    facts = model_facts("gpt-4o")
    found = growth(cached([(100, 10), (3_000, 20), (4_000, 5)], TALK), facts)
    assert found.placed
    assert [turn.position for turn in found.turns] == [1, 3, 5]
    assert [turn.prompt_tokens for turn in found.turns] == [100, 3_000, 4_000]
    jump = found.turns[1].jump
    assert jump is not None
    assert (jump.tokens, jump.position, jump.tool, jump.characters) == (2_890, 2, "bash_exec", 9_000)
    assert found.turns[2].jump is None  # the user said that much
    assert (found.prompt_tokens, found.completion_tokens) == (7_100, 35)
    window = facts.context_window
    assert window is not None
    assert [turn.window_share for turn in found.turns] == [110 / window, 3_020 / window, 4_005 / window]


def test_where_counts_differ_the_message_of_a_turn_is_unknown() -> None:
    found = growth(cached([(7_100, 35)], TALK), model_facts("gpt-4o"))
    assert not found.placed
    assert [(turn.position, turn.jump) for turn in found.turns] == [(None, None)]
    assert found.assistant_messages == 3
    assert not growth(cached([], [document_message("user", "hello")]), model_facts("gpt-4o")).placed


def test_cached_prompt_tokens_are_part_of_the_prompt_and_cost_less() -> None:
    first = {"prompt_tokens": 1_000, "completion_tokens": 10, "total_tokens": 1_010, "cache_read_tokens": 800}
    found = growth(cached([first, (1_000, 10), (0, 0)], TALK), model_facts("gpt-4o"))
    costs = [price("gpt-4o", 1_000, 10, 800), price("gpt-4o", 1_000, 10)]
    assert costs[0] is not None
    assert costs[1] is not None
    assert [turn.cached_prompt_tokens for turn in found.turns] == [800, None, None]
    assert found.prompt_tokens == 2_000
    running = [turn.running_cost for turn in found.turns]
    assert running == [costs[0].amount, costs[0].amount + costs[1].amount, costs[0].amount + costs[1].amount]
    assert costs[0].amount < costs[1].amount
    assert (found.currency, found.prices_dated) == ("USD", costs[0].dated)


def test_a_model_that_nobody_knows_has_no_cost_no_window_and_no_estimate() -> None:
    copy = cached([(1, 1), (2, 1), (3, 1)], TALK)
    found = growth(copy, model_facts("no-such-model"))
    assert {(turn.running_cost, turn.window_share) for turn in found.turns} == {(None, None)}
    assert (found.currency, found.prices_dated, found.context_window) == (None, None, None)
    assert {turn.prompt_tokens for turn in estimates(copy.messages, model_facts("no-such-model"))} == {None}


def test_an_estimate_of_a_turn_is_the_payload_before_it() -> None:
    facts = model_facts("gpt-4o")
    copy = cached([], TALK)
    found = estimates(copy.messages, facts)
    assert [turn.position for turn in found] == [1, 3, 5]
    for turn in found:
        before = [message for message in copy.messages if message.position < turn.position]
        assert turn.prompt_tokens == assess(before, facts).tokens.total


def test_a_growth_of_an_empty_conversation_is_empty() -> None:
    facts = model_facts("gpt-4o")
    assert growth(cached([], []), facts).turns == ()
    assert estimates([], facts) == ()
    alone = [CopyMessage(0, ChatMessage(role="assistant", content="hi"))]
    assert estimates(alone, facts)[0].prompt_tokens == 3


@pytest.mark.parametrize("model", known_models())
def test_the_price_of_a_token_is_that_of_a_short_completion(model: str) -> None:
    each, whole = token_price(model), price(model, 1_000, 100)
    assert each is not None
    assert whole is not None
    assert each.of(1_000, 100) == replace(whole, amount=each.of(1_000, 100).amount)
    assert abs(each.of(1_000, 100).amount - whole.amount) < Decimal("1e-12")
    assert each.of(0, 0).amount == 0


def test_the_price_of_an_unknown_model_is_unknown() -> None:
    assert token_price("no-such-model") is None
    assert Spread(0, None, None, None, None, ()).median is None


@pytest.mark.parametrize(
    ("values", "cap"),
    [
        ([], None),
        ([1, 100], None),
        ([1, 2, 3, 100], 3.75),
        ([0, 0, 10, 12, 14, 39], None),
        ([10, 12, 14, 56, 0], 17.5),
        ([*range(1, 19), 90, 100], 22.5),
        ([*range(1, 18), 80, 90, 100], None),
    ],
)
def test_only_a_few_numbers_far_above_all_others_are_cut(values: list[float], cap: float | None) -> None:
    assert cap_of(values) == cap


@given(st.lists(st.integers(0, 10**9), max_size=60))
def test_a_cut_leaves_nine_of_ten_whole_and_the_next_largest_visible(values: list[int]) -> None:
    cap = cap_of(values)
    if cap is not None:
        cut = [value for value in values if value > cap]
        assert 1 <= len(cut) <= max(1, len(values) // 10)
        assert max(value for value in values if value <= cap) == cap / 1.25
