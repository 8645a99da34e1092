"""The built scripts and style sheets of the components; scripts/frontend --build makes them."""

from pathlib import Path

_DIST = Path(__file__).parents[2] / "frontend" / "dist"


def script(name: str) -> str:
    """The ES module of a component, whose default export Streamlit calls."""
    return (_DIST / f"{name}.js").read_text("utf-8")


def style(name: str) -> str:
    """The style sheet of a component."""
    return (_DIST / f"{name}.css").read_text("utf-8")
