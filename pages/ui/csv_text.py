"""CSV for spreadsheets, which would run a text that begins like a formula."""

import pandas as pd

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(frame: pd.DataFrame) -> str:
    """The frame as CSV; unknown is empty."""
    return str(frame.map(_no_formula).to_csv(index=False))


def _no_formula(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_BEGINNINGS) else value
