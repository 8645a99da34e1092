"""How users sign in, and whether that is set up correctly; if not, nothing is served.

OpenID Connect is Streamlit's own (`st.login`): the section [auth] of its secrets, its routes, its signed cookie.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from streamlit import config
from streamlit.auth_util import (
    get_secrets_auth_section,
    get_validated_redirect_uri,
    is_authlib_installed,
    validate_auth_credentials,
)
from streamlit.errors import StreamlitAuthError
from streamlit.runtime.secrets import secrets_singleton

from chatdata import SettingsError
from chatdata.settings.auth import AccessSettings
from pages.ui.base import settings
from pages.ui.base.client_address import is_loopback

DEFAULT_PROVIDER = "default"
_SHORTEST_SECRET = 32
_FEWEST_CHARACTERS = 8
_NO_ROLES = (
    "nobody has a role, so nobody could see anything: set INSPECTOR_VIEWERS, INSPECTOR_ANALYSTS, INSPECTOR_OPERATORS "
    "or INSPECTOR_ROLE_CLAIM."
)
ONLY_LOOPBACK = (
    "This inspector can be reached from other machines, but does not require sign-in, so it shows nothing. "
    "Configure sign-in in the [auth] section of .streamlit/secrets.toml, or name a proxy that signs readers in with "
    "INSPECTOR_TRUSTED_USER_HEADER and INSPECTOR_TRUSTED_PROXIES, or listen on 127.0.0.1 only. "
    "INSPECTOR_WITHOUT_SIGN_IN=anywhere shows everything to everybody who can reach it."
)


def by_openid() -> bool:
    """True if Streamlit's secrets have a section [auth], even an invalid one."""
    return _by_openid(settings.reading())


@lru_cache(maxsize=1)
def _by_openid(_reading: int) -> bool:
    return secrets_singleton.load_if_toml_exists() and secrets_singleton.get("auth") is not None


def required() -> bool:
    """True if users have to sign in, here or at a proxy. Raises SettingsError for invalid settings."""
    return by_openid() or settings.readers().user_header is not None


def providers() -> tuple[str, ...]:
    """The names of the providers to choose from; "default" for the unnamed one."""
    section = get_secrets_auth_section()
    named = [name for name, value in section.items() if isinstance(value, Mapping) and "client_id" in value]
    return (*([DEFAULT_PROVIDER] if "client_id" in section else []), *named)


def problem() -> str | None:
    """The reason why this server must not show anything, as a message for its operator; None if all is well.

    Checked once and cached, since every request asks.
    """
    return _problem(settings.reading())


@lru_cache(maxsize=1)
def _problem(_reading: int) -> str | None:
    try:
        readers = settings.readers()
    except SettingsError as error:
        return str(error)
    if _unreadable_secrets():
        return "Streamlit's secrets can't be read, so it is unknown who has to sign in. See the server log."
    if by_openid():
        return _openid_problem(readers)
    if readers.user_header is not None:
        return None
    if readers.names_roles:
        return (
            "Roles are configured, but nobody can sign in: configure [auth] in .streamlit/secrets.toml, or name a "
            "proxy that signs readers in with INSPECTOR_TRUSTED_USER_HEADER and INSPECTOR_TRUSTED_PROXIES."
        )
    if readers.without_sign_in == "loopback" and not is_loopback(config.get_option("server.address")):
        return ONLY_LOOPBACK
    return None


def _unreadable_secrets() -> bool:
    """The reason why the secrets can't be read. Streamlit itself treats unreadable secrets as missing."""
    there = any(Path(name).exists() for name in config.get_option("secrets.files"))
    return there and not secrets_singleton.load_if_toml_exists()


def _openid_problem(readers: AccessSettings) -> str | None:
    if not is_authlib_installed():
        return "Sign-in is configured, but Authlib is not installed. Install the packages of requirements.txt."
    wrong = _section_problem()
    if wrong is not None:
        return f"The [auth] section of Streamlit's secrets is invalid: {wrong}"
    return None if readers.names_roles else f"Sign-in is configured, but {_NO_ROLES}"


def _is_guessable(secret: str) -> bool:
    """Whether a secret is made of few characters, or of a piece that is repeated: nobody drew those at random.

    Of 32 random hexadecimal digits, fewer than one in a million has under _FEWEST_CHARACTERS different ones.
    """
    return len(set(secret)) < _FEWEST_CHARACTERS or secret in (secret + secret)[1:-1]


def _section_problem() -> str | None:
    try:
        for provider in providers() or (DEFAULT_PROVIDER,):
            validate_auth_credentials(provider)
    except StreamlitAuthError as error:
        return " ".join(str(error).split())
    if get_validated_redirect_uri() is None:
        return "redirect_uri must be the address of this inspector followed by /oauth2callback."
    secret = get_secrets_auth_section().get("cookie_secret")
    if not isinstance(secret, str) or len(secret) < _SHORTEST_SECRET or _is_guessable(secret):
        return (
            f"cookie_secret needs at least {_SHORTEST_SECRET} random characters, not a repeated pattern: "
            "anyone who guesses it can sign in as anyone. Generate one with: openssl rand -hex 32"
        )
    return None
