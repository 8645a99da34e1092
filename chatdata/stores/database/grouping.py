"""What a SELECT groups by, where its keys are expressions with a label."""

from typing import Any

from sqlalchemy import literal_column


def first_columns(number: int) -> list[Any]:
    """The first columns of a SELECT by position, to group by.

    A label is not safe: both databases prefer a column of that name, such as `key` of json_each. Nor is the expression,
    because PostgreSQL takes its second set of parameters for other values.
    """
    return [literal_column(str(place)) for place in range(1, number + 1)]
