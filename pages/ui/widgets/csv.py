"""CSV that is safe for spreadsheets, which would run text that begins like a formula."""

import pandas as pd

from chatdata.domain.text import escape_formula


def csv_text(frame: pd.DataFrame) -> str:
    """The frame as CSV without its index; unknown is empty. Column names are escaped too."""
    return str(frame.map(_inert).rename(columns=_inert).to_csv(index=False))


def _inert(value: object) -> object:
    return escape_formula(value) if isinstance(value, str) else value
