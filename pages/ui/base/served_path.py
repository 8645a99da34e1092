"""Paths on this server, all of which Streamlit's setting `server.baseUrlPath` may put under a path of their own."""

from streamlit import config
from streamlit.url_util import make_url_path


def served_path(path: str) -> str:
    """The path at which something of the server is served: with the base path and a slash before it."""
    return make_url_path(config.get_option("server.baseUrlPath") or "", path)
