"""The shape and the colour of each severity, the same on every page."""

from collections.abc import Mapping
from typing import Final, Literal

import streamlit as st

from chatdata.domain.drift import Comparison, Severity
from chatdata.domain.labels import SEVERITY_LABELS

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
"""Names of Streamlit's colours, of which the theme (.streamlit/config.toml) makes the shades."""
SHADES: Final[Mapping[Literal["light", "dark"], Mapping[Mark, str]]] = {
    "light": {"critical": "#b8141f", "high": "#a84a00", "medium": "#6f6300", "info": "#5c6470", "good": "#0a6b45"},
    "dark": {"critical": "#ff9b93", "high": "#ffb26b", "medium": "#e8d35a", "info": "#a6aeba", "good": "#5fd3a0"},
}
"""The colours themselves, which src/shared/severity.css has for tables and headers."""


def mark_of(label: str) -> Mark:
    """The severity of a label that begins with its shape; none where it has no shape of its own."""
    return next((mark for mark, shape in SHAPES.items() if label.startswith(shape)), "none")


def worst_mark(comparison: Comparison) -> Mark:
    """The severity of the worst issue of a comparison, or that there is none."""
    worst = next((item.severity for item in comparison.findings if item.severity != "info"), None)
    if worst is not None:
        return worst
    return "good" if comparison.status == "in_sync" else "none"


def shades() -> Mapping[Mark, str]:
    """The colours of severities in the browser's theme, for charts."""
    return SHADES["dark" if st.context.theme.type == "dark" else "light"]


def marked_name(severity: Severity) -> str:
    """The name of a severity after its shape."""
    return f"{SHAPES[severity]} {SEVERITY_LABELS[severity]}"


def badge(severity: Severity) -> str:
    """Markdown for the name of a severity, with its shape and in its colour."""
    return f":{COLOURS[severity]}-badge[{marked_name(severity)}]"
