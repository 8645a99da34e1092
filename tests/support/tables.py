"""The tables of a page in Streamlit's test app, to which the component that draws them is a stranger."""

import json
from dataclasses import dataclass
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

_INTERNAL = "$$STREAMLIT_INTERNAL_KEY"


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table as the browser gets it."""

    element_id: str
    data: dict[str, Any]

    @property
    def columns(self) -> list[str]:
        """The codes of the columns that are shown."""
        return [column["code"] for column in self.data["columns"]]

    @property
    def value(self) -> pd.DataFrame:
        """The values by the codes of the columns, with what stands below the first one as `below`."""
        return pd.DataFrame([_row(self.columns, cells) for cells in self.data["rows"]])

    def words(self, column: str) -> list[str | None]:
        """The words of a column, as they are shown."""
        at = self.columns.index(column)
        return [None if cells[at] is None else cells[at]["text"] for cells in self.data["rows"]]


def tables(app: AppTest) -> list[ShownTable]:
    """The tables of the page from top to bottom."""
    drawn = [element.proto for element in app.get("bidi_component")]
    return [ShownTable(proto.id, json.loads(proto.json)) for proto in drawn if proto.component_name == "table"]


def click_row(app: AppTest, row: int, table: int = 0) -> AppTest:
    """Clicks a row of the table, as its component tells it."""
    return _press(app, table, "picked", row)


def press_head(app: AppTest, order: str, table: int = 0) -> AppTest:
    """Presses the head of the column that orders the list so."""
    return _press(app, table, "sorted", order)


def tick_rows(app: AppTest, rows: list[int], table: int = 0) -> AppTest:
    """Ticks these rows of the table, and no others."""
    states = app._tree.get_widget_states()
    state = states.widgets.add()
    state.id = tables(app)[table].element_id
    state.json_value = json.dumps({"ticked": rows})
    return app._run(states)


def _press(app: AppTest, table: int, event: str, value: object) -> AppTest:
    states = app._tree.get_widget_states()
    state = states.widgets.add()
    state.id = f"{_INTERNAL}_{tables(app)[table].element_id}__events"
    state.json_trigger_value = json.dumps([{"event": event, "value": value}])
    return app._run(states)


def _row(columns: list[str], cells: list[dict[str, Any] | None]) -> dict[str, Any]:
    values = {column: None if cell is None else cell["value"] for column, cell in zip(columns, cells, strict=True)}
    below = [cell["below"] for cell in cells if cell and "below" in cell]
    return values | ({"below": "".join(below[0])} if below else {})
