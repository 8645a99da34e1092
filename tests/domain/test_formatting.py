"""How numbers and times are written."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.formatting import ago, money

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (0, "USD", "$0.000"),
        (Decimal("0.0004"), "USD", "<$0.001"),
        (0.14774, "USD", "$0.148"),
        (12.5, "USD", "$12.50"),
        (Decimal("1234.5"), "USD", "$1,234.50"),
        (2, "EUR", "2.00 EUR"),
        (0.0001, "EUR", "<0.001 EUR"),
        (2, None, "2.00"),
    ],
)
def test_an_amount_has_a_sign_and_as_many_digits_as_matter(
    amount: Decimal | float, currency: str | None, words: str
) -> None:
    assert money(amount, currency) == words


@given(st.decimals(min_value=0, max_value=10**9, places=9))
def test_only_nothing_is_shown_as_nothing(amount: Decimal) -> None:
    assert (money(amount) == "$0.000") is (amount == 0)


def test_an_age_of_a_month_becomes_a_day_which_the_reader_may_write_otherwise() -> None:
    assert ago(NOW - timedelta(days=29, hours=23), NOW) == "29 d ago"
    assert ago(NOW - timedelta(days=30), NOW) == "2026-10-31"
    assert ago(NOW - timedelta(days=30), NOW, "{:%-d %b %Y}".format) == "31 Oct 2026"
