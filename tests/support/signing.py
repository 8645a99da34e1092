"""An inspector with sign-in, and users who are signed in, refused or forged."""

import json
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from tests.support.chromium import streamlit_server
from tests.support.openid_provider import Provider, openid_provider
from tests.support.servers import free_port

USER_COOKIE = "_streamlit_user"
ROLES = {
    "INSPECTOR_VIEWERS": "vera@example.com",
    "INSPECTOR_ANALYSTS": "ana@example.com, group:readers",
    "INSPECTOR_OPERATORS": "otto@example.com, group:support-leads",
    "INSPECTOR_ROLE_CLAIM": "realm.roles",
}


@dataclass(frozen=True)
class SignInServer:
    """A running inspector and its provider."""

    address: str
    provider: Provider
    cookie_secret: str
    data_dir: Path

    def client(self, **cookies: str) -> httpx.Client:
        """A plain client that follows nothing by itself."""
        return httpx.Client(base_url=self.address, cookies=cookies, timeout=60, trust_env=False)

    def sign_in(self, person: str, to: str = "/") -> tuple[httpx.Client, httpx.Response]:
        """Signs somebody in as a browser would; the client with its cookies and the last answer."""
        client = self.client()
        page = client.get(to, headers={"Accept": "text/html"})
        link = re.search(r'href="(/sign-in[^"]*)"', page.text)
        assert page.status_code == 401
        assert link is not None
        answer = client.get(link[1].replace("&amp;", "&"))
        answer = client.get(answer.headers["location"])
        answer = client.get(f"{answer.headers['location']}&person={quote(person)}")
        return client, client.get(answer.headers["location"])

    def cookie(self, claims: Mapping[str, Any], *, secret: str | None = None, age: float = 0, **more: Any) -> str:
        """A cookie of Streamlit's form, `age` seconds old, with the inspector's secret unless another is given."""

        class _Earlier(TimestampSigner):
            def get_timestamp(self) -> int:
                return int(time.time() - age)

        signer = URLSafeTimedSerializer(secret or self.cookie_secret, salt=USER_COOKIE, signer=_Earlier)
        told = {"origin": self.address, "is_logged_in": True, "provider": "default", "sub": "cookie", **claims, **more}
        return str(signer.dumps(json.dumps(told)))


@contextmanager
def sign_in_server(folder: Path, *, log: Path = Path(os.devnull), **environment: str) -> Iterator[SignInServer]:
    """An inspector with demo conversations that asks its provider who somebody is."""
    port, cookie_secret = free_port(), secrets.token_hex(32)
    with openid_provider() as provider:
        file, data_dir = folder / "secrets.toml", folder / "data"
        file.write_text(provider.secrets_toml(f"http://127.0.0.1:{port}", cookie_secret))
        settings = {"INSPECTOR_DATA_DIR": str(data_dir), "NO_PROXY": "*", **ROLES, **environment}
        options = [f"--secrets.files={file}"]
        with streamlit_server("app.py", *options, port=port, ready="/healthz", log=log, **settings) as address:
            yield SignInServer(address, provider, cookie_secret, data_dir)
