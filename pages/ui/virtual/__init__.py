"""What the components with a virtual list share: text made safe, the list, its layout, its colours.

A component's script is one module made of these files and its own, in this order.
"""

from pathlib import Path

_HERE = Path(__file__).parent
_SHARED = ("text", "roles", "asking", "layout", "list", "fitter", "entry")


def script(folder: Path, names: tuple[str, ...], *, windows: bool = False) -> str:
    """The shared files, then a component's own out of `folder`/js: what a file uses while it is read comes before.

    `windows`: with the reading of rows in windows, for lists whose rows are all that they read.
    """
    shared = (*_SHARED, "windows", "listview") if windows else _SHARED
    files = [*(_HERE / "js" / f"{name}.js" for name in shared), *(folder / "js" / f"{name}.js" for name in names)]
    return "\n".join(file.read_text("utf-8") for file in files)


def style(folder: Path, name: str) -> str:
    """The shared style sheet and a component's own."""
    return (_HERE / "frame.css").read_text("utf-8") + (folder / name).read_text("utf-8")
