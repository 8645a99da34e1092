"""The shape and the colour of each severity, the same on every page."""

from collections.abc import Mapping
from typing import Final, Literal

from chatdata.domain.drift import Severity

Mark = Severity | Literal["good", "none"]
"""A severity, or that nothing is wrong, or that nothing can be said."""
SHAPES: Final[Mapping[Mark, str]] = {
    "good": "●",
    "critical": "◆",
    "high": "▲",
    "medium": "■",
    "info": "○",
    "none": "○",
}
COLOURS: Final[Mapping[Mark, str]] = {
    "good": "green",
    "critical": "red",
    "high": "orange",
    "medium": "yellow",
    "info": "gray",
    "none": "gray",
}
"""Names of Streamlit's colours."""


def mark_of(label: str) -> Mark:
    """The severity of a label that begins with its shape; none where it has no shape of its own."""
    return next((mark for mark, shape in SHAPES.items() if label.startswith(shape)), "none")
