"""Reads the claims in Streamlit's sign-in cookie, verified by Streamlit's own functions.

The cookie is signed with cookie_secret; the signature covers its name and time, and a long cookie is split.
"""

import json
from collections.abc import Mapping
from typing import Any

from streamlit.auth_util import get_cookie_with_chunks, get_origin_from_redirect_uri
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

_DAY = 86_400


def claims_in(cookies: Mapping[str, str], seconds: float) -> Mapping[str, Any] | None:
    """The claims of a sign-in that is not older than the maximum age; None for any other cookie."""
    secret = get_cookie_secret()

    def one(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(secret, name, value.encode("latin-1", "replace"), seconds / _DAY) if value else None

    try:
        told = json.loads(get_cookie_with_chunks(one, USER_COOKIE_NAME) or b"null")
    except ValueError:
        return None
    if not isinstance(told, dict) or told.get("is_logged_in") is not True:
        return None
    return told if told.get("origin") == get_origin_from_redirect_uri() else None
