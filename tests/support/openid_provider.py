"""A small OpenID provider on loopback: discovery, keys, the code flow with PKCE, RS256, sign-out.

`with openid_provider() as provider:` whoever opens its page picks a person of `PEOPLE`; a plain client adds
`person=…` to the address. It checks what a provider has to: client, redirect address, secret, verifier, one use.
"""

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "inspector", "hush-hush-client"
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "vera": {"email": "vera@example.com", "email_verified": True, "name": "Vera"},
    "ana": {"email": "Ana@Example.com", "email_verified": True, "name": "Ana"},
    "otto": {"email": "otto@example.com", "email_verified": True, "name": "Otto"},
    "nina": {"email": "nina@example.com", "email_verified": True, "name": "Nina"},
    "liar": {"email": "otto@example.com", "email_verified": False, "name": "Liar"},
    "mia": {"email": "m@example.com", "email_verified": False, "realm": {"roles": ["readers"]}},
    "not-mia": {"email": "m@example.com", "email_verified": False, "realm": {"roles": ["readers"]}},
    "grouped": {"email": "gus@example.com", "name": "Gus", "realm": {"roles": ["support-leads", "everybody"]}},
    "wordy": {"email": "otto@example.com", "name": "Otto", "groups": [secrets.token_hex(20) for _ in range(300)]},
}


@dataclass
class Provider:
    """A running provider."""

    issuer: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "k1"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    lasts: int = 3600
    """Seconds for which an ID token is good."""
    signed_out: int = 0

    def secrets_toml(self, address: str, cookie_secret: str) -> str:
        """The section [auth] for an inspector at this address."""
        return (
            f'[auth]\nredirect_uri = "{address}/oauth2callback"\ncookie_secret = "{cookie_secret}"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
            f'server_metadata_url = "{self.issuer}/.well-known/openid-configuration"\n'
        )

    def token(self, person: str, nonce: str | None) -> str:
        """A signed ID token."""
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": person, "iat": now, "exp": now + self.lasts}
        told = {**claims, **PEOPLE[person], **({"nonce": nonce} if nonce else {})}
        return jwt.encode({"alg": "RS256", "kid": "k1"}, told, self.key)


@contextmanager
def openid_provider() -> Iterator[Provider]:
    """A provider on a free port of loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    server.provider = provider  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def provider(self) -> Provider:
        return self.server.provider  # type: ignore[attr-defined, no-any-return]

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {name: values[-1] for name, values in parse_qs(url.query).items()}
        match url.path:
            case "/.well-known/openid-configuration":
                self._json(self._configuration())
            case "/keys":
                self._json({"keys": [self.provider.key.as_dict(private=False)]})
            case "/authorize":
                self._authorize(asked)
            case "/end":
                self.provider.signed_out += 1
                self._to(asked.get("post_logout_redirect_uri", "/"))
            case _:
                self._json({"error": "not_found"}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {name: values[-1] for name, values in parse_qs(body).items()}
        if urlsplit(self.path).path == "/token":
            self._token(form)
        else:
            self._json({"error": "not_found"}, 404)

    def _configuration(self) -> dict[str, Any]:
        issuer = self.provider.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "end_session_endpoint": f"{issuer}/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }

    def _authorize(self, asked: dict[str, str]) -> None:
        if asked.get("client_id") != CLIENT or not asked.get("redirect_uri", "").endswith("/oauth2callback"):
            self._json({"error": "invalid_client"}, 400)
        elif "openid" not in asked.get("scope", "").split() or asked.get("code_challenge_method") != "S256":
            self._json({"error": "invalid_request"}, 400)
        elif asked.get("person") not in PEOPLE:
            self._choose(asked)
        else:
            code = secrets.token_urlsafe(16)
            self.provider.codes[code] = asked
            self._to(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    def _choose(self, asked: dict[str, str]) -> None:
        links = "".join(
            f'<p><a href="/authorize?{html.escape(urlencode({**asked, "person": person}))}">{person}</a></p>'
            for person in PEOPLE
        )
        self._send(200, "text/html", f"<!doctype html><title>Provider</title><h1>Who are you?</h1>{links}".encode())

    def _token(self, form: dict[str, str]) -> None:
        """A code is good once, for the client, address and verifier that asked for it."""
        asked = self.provider.codes.pop(form.get("code", ""), None)
        basic = "Basic " + base64.b64encode(f"{quote(CLIENT)}:{quote(SECRET)}".encode()).decode()
        known = self.headers.get("Authorization") == basic or form.get("client_secret") == SECRET
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not known:
            self._json({"error": "invalid_client"}, 401)
        elif (
            asked is None
            or asked["redirect_uri"] != form.get("redirect_uri")
            or asked["code_challenge"] != challenge
            or form.get("grant_type") != "authorization_code"
        ):
            self._json({"error": "invalid_grant"}, 400)
        else:
            token = self.provider.token(asked["person"], asked.get("nonce"))
            self._json({"access_token": "opaque", "token_type": "Bearer", "expires_in": 3600, "id_token": token})

    def _to(self, address: str) -> None:
        self._send(302, "text/plain", b"", {"Location": address})

    def _json(self, value: Any, status: int = 200) -> None:
        self._send(status, "application/json", json.dumps(value).encode())

    def _send(self, status: int, kind: str, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
