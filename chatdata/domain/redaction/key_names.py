"""What the key of a JSON object tells about its value."""

import re
from functools import lru_cache
from typing import Literal

from chatdata.domain.text import CONTROL_CHARACTERS

Strength = Literal["strong", "weak"]
"""strong: any such value is a credential; weak: the value can also be an ordinary word, as with "token" and "key"."""

_STRONG = (
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "passwort",
    "kennwort",
    "pwd",
    "secret",
    "secretkey",
    "senha",
)
_WEAK = ("token", "apikey", "accesskey", "privatekey", "authkey", "signingkey", "credential", "cookie")
_LAST_WORDS = frozenset({"pin", "cvv", "cvc", "otp", "tan", "authorization", "bearer", "signature", "jwt"})
_PHONE = frozenset({"phone", "mobile", "tel", "telephone", "telefon", "cell", "fax", "whatsapp", "msisdn"})
_LONGEST = 64
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def words_of_key(key: object) -> tuple[str, ...]:
    """Returns the words of a key in lower case, whatever its style: apiKey, api_key and API-KEY give api and key."""
    return _words_in(key) if isinstance(key, str) and len(key) <= _LONGEST else ()


@lru_cache(maxsize=4096)
def _words_in(key: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(CONTROL_CHARACTERS.sub("", key)))


@lru_cache(maxsize=4096)
def _strength(words: tuple[str, ...]) -> Strength | None:
    joined = "".join(words)
    if any(joined.endswith(strong) for strong in _STRONG):
        return "strong"
    return "weak" if any(joined.endswith(weak) for weak in _WEAK) or (words and words[-1] in _LAST_WORDS) else None


def names_secret(key: object) -> Strength | None:
    """Returns how strongly a key suggests that its value is a credential, or None."""
    return _strength(words_of_key(key))


def names_phone(key: object) -> bool:
    """Returns whether a key says that its value is a phone number."""
    return bool(_PHONE & set(words_of_key(key)))
