"""The built scripts and style sheets of the components, which scripts/frontend --build makes, and the pages' own style.

Streamlit sends a component's script again with every page. What it gets is a line that imports the script from an
address of this server, which changes with the script, so that browsers keep it.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

_DIST = Path(__file__).parents[2] / "frontend" / "dist"
_PAGE_STYLE = Path(__file__).parents[1] / "style.css"
FOLDER, STYLES = "scripts", "styles"
_DIGITS = 16


def script(name: str) -> str:
    """An ES module with the default export of a component's script, which it imports from `address`.

    The address is relative to the server's, which every page but the first has been told.
    """
    server = 'window.__streamlit?.BACKEND_BASE_URL ?? new URL("./", document.baseURI)'
    return f'const {{ default: start }} = await import(new URL("{address(name)}", {server}));\nexport default start;\n'


def address(name: str) -> str:
    """The address of a component's script on this server, as in scripts/timeline.0123456789abcdef.js."""
    return f"{FOLDER}/{name}.{_digest(_source(name))}.js"


def scripts() -> dict[str, bytes]:
    """Each component's script by its address."""
    names = sorted(file.stem for file in _DIST.glob("*.js"))
    return {address(name): _source(name) for name in names}


def page_style() -> tuple[str, bytes]:
    """The address of the style sheet of all pages on this server, and the sheet."""
    sheet = _PAGE_STYLE.read_bytes()
    return f"{STYLES}/pages.{_digest(sheet)}.css", sheet


def style(name: str) -> str:
    """The style sheet of a component."""
    return (_DIST / f"{name}.css").read_text("utf-8")


def _digest(source: bytes) -> str:
    return sha256(source).hexdigest()[:_DIGITS]


@cache
def _source(name: str) -> bytes:
    return (_DIST / f"{name}.js").read_bytes()
