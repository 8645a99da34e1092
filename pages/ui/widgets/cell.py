"""Text in the cell of a table. Free of pandas, which a page without tables need not load."""


def text(value: str | None) -> str:
    """Puts text on one line for a cell and replaces lone surrogates, which can't be sent to the browser."""
    return " ".join((value or "").encode("utf-8", "replace").decode().split())
