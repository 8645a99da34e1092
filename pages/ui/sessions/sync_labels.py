"""The label of a session's sync status, with a shape and a colour for how severe it is."""

from chatdata.domain.drift import Comparison
from chatdata.domain.labels import FINDING_LABELS, sync_label
from chatdata.services.catalog import SessionLine
from pages.ui.base.severity_marks import SHAPES, Mark, worst_mark


def label(line: SessionLine, comparison: Comparison | None) -> str | None:
    """The label of the most severe finding, else of the status; None for a session that was not compared.

    A damaged row is told whether it was compared or not.
    """
    if line.summary.damaged:
        return _marked("high", FINDING_LABELS["row_damaged"])
    if comparison is None:
        return None
    return _marked(worst_mark(comparison), sync_label(comparison))


def _marked(mark: Mark, text: str) -> str:
    return f"{SHAPES[mark]} {text}"
