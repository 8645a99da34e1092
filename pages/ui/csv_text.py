"""CSV for spreadsheets, which would run a text that begins like a formula."""

import pandas as pd

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(frame: pd.DataFrame) -> str:
    """The frame as CSV; unknown is empty, lone surrogates can't travel."""
    text = str(frame.map(_no_formula).to_csv(index=False))
    return text.encode("utf-8", "replace").decode()


def _no_formula(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_BEGINNINGS) else value
