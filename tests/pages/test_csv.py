"""CSV for spreadsheets: no cell and no column name is run as a formula."""

import csv
import io

import pandas as pd
import pytest

from pages.ui.widgets.csv import csv_text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+x", "@SUM(A1)", "\t=1"])
def test_a_formula_is_inert_in_a_cell_and_in_the_name_of_a_column(text: str) -> None:
    (name, *_), (cell, *_) = csv.reader(io.StringIO(csv_text(pd.DataFrame({text: [text], "n": [-1]})), newline=""))
    assert (name, cell) == (f"'{text}", f"'{text}")


@pytest.mark.parametrize(
    ("text", "written"), [("x\r=1+1", "x\n=1+1"), ("\r=1", "'\n=1"), ("x\r\n=1", "x\r\n=1"), ("x\n=1", "x\n=1")]
)
def test_no_text_begins_a_row_of_its_own(text: str, written: str) -> None:
    line = csv_text(pd.DataFrame({"a": [text], "b": ["y"]}))
    assert line == f'a,b\n"{written}",y\n'


def test_numbers_stay_numbers_and_what_is_unknown_is_empty() -> None:
    assert csv_text(pd.DataFrame({"a": ["x", None], "n": [-1, 2]})) == "a,n\nx,-1\n,2\n"
