"""The page for users who have not signed in or have no access; it has no script."""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from starlette.responses import HTMLResponse, JSONResponse, Response

from pages.ui.auth.sign_in import DEFAULT_PROVIDER

_HEADERS = {"Cache-Control": "no-store"}
_STYLE = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f4f6f9, #11151c);
  color: light-dark(#1b2330, #e4e9f1); }
main { box-sizing: border-box; width: min(30rem, 100vw); padding: 2rem; border-radius: .5rem; line-height: 1.5;
  background: light-dark(#fff, #1a202b); border: 1px solid light-dark(#d9dee7, #2c3645); }
h1 { margin: 0 0 .75rem; font-size: 1.25rem; }
p { margin: 0 0 1.25rem; overflow-wrap: anywhere; }
a { display: block; box-sizing: border-box; margin-top: .5rem; padding: .6rem 1rem; border-radius: .375rem;
  text-align: center; text-decoration: none; font-weight: 600; background: light-dark(#1f5fbf, #6ea8fe);
  color: light-dark(#fff, #11151c); }
a:hover, a:focus-visible { filter: brightness(1.1); outline: 2px solid currentColor; outline-offset: 2px; }
"""


def answer(status: int, sentence: str, *, html: bool, links: Sequence[tuple[str, str]] = ()) -> Response:
    """The message as a page with links (address and label) for a browser that navigates, else as {"error"}."""
    if not html:
        return JSONResponse({"error": sentence}, status, _HEADERS)
    drawn = "".join(f'<a href="{escape(address)}">{escape(label)}</a>' for address, label in links)
    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Conversation Inspector</title><style>{_STYLE}</style>"
        f"<main><h1>Conversation Inspector</h1><p>{escape(sentence)}</p>{drawn}</main></html>",
        status,
        _HEADERS,
    )


def sign_in_links(path: str, providers: Sequence[str], to: str) -> list[tuple[str, str]]:
    """A sign-in link per provider; each leads back to the requested page."""
    return [
        (
            f"{path}?provider={quote(name, safe='')}&to={quote(to, safe='')}",
            "Sign in" if name == DEFAULT_PROVIDER else f"Sign in with {name}",
        )
        for name in providers
    ]
