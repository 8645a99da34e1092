"""Secrets of each kind to plant, and a search that finds them however they are escaped."""

import html
import json
import re
import string
from collections.abc import Iterable
from itertools import pairwise
from urllib.parse import quote, unquote

from hypothesis import strategies as st
from stdnum import luhn
from stdnum.iso7064 import mod_97_10

_BASE62 = string.ascii_letters + string.digits
_ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|["\\/bfnrt])')


def _chosen(alphabet: str, least: int, most: int | None = None) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=least, max_size=most or least)


@st.composite
def emails(draw: st.DrawFn) -> str:
    local = draw(_chosen(string.ascii_lowercase, 3, 8))
    number, host = draw(st.integers(100, 99_999)), draw(_chosen(string.ascii_lowercase, 4, 9))
    end = draw(st.sampled_from(["com", "org", "co.uk", "museum", "xn--p1ai"]))
    return f"{local}.canary{number}@{host}.{end}"


@st.composite
def _cards(draw: st.DrawFn) -> str:
    start = draw(st.sampled_from(["4", "51", "55", "2221", "6011"]))
    body = start + draw(_chosen(string.digits, 15 - len(start)))
    number = body + luhn.calc_check_digit(body)
    between = draw(st.sampled_from(["", " ", "-"]))
    return between.join(number[at : at + 4] for at in range(0, 16, 4))


@st.composite
def _ibans(draw: st.DrawFn) -> str:
    body = draw(_chosen(string.digits, 18))
    return f"DE{mod_97_10.calc_check_digits(body + 'DE')}{body}"


@st.composite
def _phones(draw: st.DrawFn) -> str:
    tail = draw(st.integers(1_000_000, 9_999_999))
    area = draw(st.integers(201, 989))
    return draw(
        st.sampled_from(
            [
                f"+49 170 {tail}",
                f"+1 ({area}) 555-{tail % 10_000:04}",
                f"({area}) 555-{tail % 10_000:04}",
                f"+4420{tail}9",
            ]
        )
    )


def _random(least: int, most: int) -> st.SearchStrategy[str]:
    """As machines make them: of letters and digits, never nearly all of one kind."""
    return _chosen(_BASE62, least, most).filter(_is_mixed)


def _is_mixed(text: str) -> bool:
    digits, capitals = sum(map(str.isdigit, text)), sum(map(str.isupper, text))
    changes = sum(_class(one) != _class(two) for one, two in pairwise(text))
    return digits >= len(text) / 10 and capitals >= len(text) / 5 and changes >= len(text) / 2


def _class(character: str) -> int:
    return 0 if character.isdigit() else 1 if character.isupper() else 2


_PREFIXES = [
    "sk-proj-",
    "sk-ant-api03-",
    "ghp_",
    "github_pat_",
    "xoxb-",
    "AKIA",
    "AIza",
    "glpat-",
    "hf_",
    "whsec_",
    "zq_new_",
]
_tokens = st.builds("".join, st.tuples(st.sampled_from(_PREFIXES), _random(24, 40)))
_jwts = st.builds(lambda *parts: "eyJ" + ".".join(parts), _random(20, 30), _random(20, 40), _random(20, 43))
_passwords = st.builds(lambda one, two: f"{one}!{two}", _random(8, 12), st.integers(100, 999))
_ipv4 = st.builds(lambda a, b: f"203.{a}.{b}.77", st.integers(0, 255), st.integers(0, 255))
_ipv6 = st.builds(lambda a, b: f"2001:db8:{a:x}::{b:x}", st.integers(16, 0xFFFF), st.integers(16, 0xFFFF))

secrets = st.one_of(emails(), _cards(), _ibans(), _phones(), _tokens, _jwts, _ipv4, _ipv6)
"""What gives itself away wherever it stands."""
named_secrets = st.one_of(
    st.builds(lambda word: (f'password: "{word}"', word), _passwords),
    st.builds(lambda word: (f"API_KEY={word}", word), _random(16, 30)),
    st.builds(lambda word: (f"Authorization: Bearer {word}", word), _random(16, 30)),
    st.builds(lambda word: (f"postgres://canary:{word}@db.example.org/app", word), _random(8, 12)),
    st.builds(lambda word: (f"https://example.org/in?access_token={word}&page=2", word), _random(12, 20)),
)
"""A text, and the secret that its context gives away."""
user_ids = st.builds(
    lambda name, number: f"canary_{name}_{number}", _chosen(string.ascii_lowercase, 4, 8), st.integers(10, 9_999)
)
names = st.builds(
    lambda first, last: f"{first.title()} {last.title()}",
    _chosen(string.ascii_lowercase, 6, 9),
    _chosen(string.ascii_lowercase, 6, 9),
)


def _escaped_json(text: str) -> str:
    return "".join(f"\\u{ord(character):04x}" if character in "@.:-+" else character for character in text)


ESCAPES = {
    "as it is": str,
    "JSON \\u": _escaped_json,
    "JSON in JSON": lambda text: json.dumps({"in": json.dumps({"of": _escaped_json(text)})}).replace(
        "\\\\\\\\u", "\\\\u"
    ),
    "percent": lambda text: quote(text, safe=""),
    "entities": lambda text: "".join(
        f"&#{ord(character)};" if character in "@.:-+" else character for character in text
    ),
    "full width": lambda text: "".join(
        chr(ord(character) + 0xFEE0) if character in "@0123456789" else character for character in text
    ),
    "control characters": lambda text: text[:3] + "\x01" + text[3:],
    "zero width": lambda text: text[:3] + "\u200b" + text[3:],
}


def leaked(output: str, secrets: Iterable[str]) -> list[str]:
    """Those of the secrets that the output says, under any of a few levels of escapes, however it is spelled."""
    said = {_squeezed(text) for text in _meanings(output)}
    return [secret for secret in secrets if any(_squeezed(secret) in text for text in said)]


def _meanings(text: str) -> set[str]:
    found = {text}
    for _ in range(5):
        found |= {read for known in found for read in (_unescaped(known), unquote(known), html.unescape(known))}
    return found


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: _said(match[1]), text)


def _said(escape: str) -> str:
    if escape[0] in "ux":
        return chr(int(escape[1:], 16))
    return {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}.get(escape, escape)


def _squeezed(text: str) -> str:
    """Without what can stand between the parts of a number or inside a word unseen; plain digits, small letters."""
    plain = "".join(chr(ord(character) - 0xFEE0) if "！" <= character <= "～" else character for character in text)
    return re.sub(r"[\s\x00-\x1f\x7f\u200b()\-]", "", plain).lower()
