"""What the browser gets of a table's values."""

import pytest

from pages.ui.widgets import column


@pytest.mark.parametrize(
    ("form", "value", "words"),
    [
        ("{:.4f}", 0.03125, "0.0312"),
        ("{:.4f}", 0.00002, "<0.0001"),
        ("{:.4f}", 0, "0.0000"),
        (column.PERCENT, 0.0004, "<0.1%"),
        (column.PERCENT, 0.25, "25.0%"),
        (column.MONEY, 0.0004, "<$0.001"),
        (column.MONEY, 1.5, "$1.50"),
        (column.COUNT, 1234.0, "1,234"),
        (column.COUNT, 1234.5, "1,234.5"),
    ],
)
def test_a_number_that_is_not_nothing_never_looks_like_nothing(form: str, value: float, words: str) -> None:
    cell = column.cell(column.number("Number", format=form), "number", {"number": value})
    assert cell is not None
    assert (cell["text"], cell["value"]) == (words, value)
