"""Finds e-mail addresses, IP addresses and credentials in URLs."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from chatdata.domain.redaction.shapes import DIGITS, classes, shape
from chatdata.domain.redaction.spans import Span

_LETTER = r"A-Za-z0-9\u00aa-\u02af\u0370-\u1fff"
"""Letters and digits of scripts that separate words with spaces; other scripts show no end of a word."""
_HAN = r"\u2e80-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
_LOCAL = re.compile(rf"(?:[{_LETTER}.!#$&'*+/^_`{{|}}~-]{{1,128}}|\"[^\"\\\n]{{1,64}}\")\Z")
_DOMAIN = re.compile(
    rf"(?:[{_LETTER}](?:[{_LETTER}_-]{{0,62}}[{_LETTER}])?\.){{1,8}}(?:[xX][nN]--[A-Za-z0-9-]{{2,59}}|[^\W\d_{_HAN}]{{2,24}})"
)
_HAN_LOCAL = re.compile(rf"[{_HAN}\w.+-]{{1,64}}\Z")
_HAN_DOMAIN = re.compile(rf"(?:[{_HAN}\w-]{{1,63}}\.){{1,4}}[{_HAN}]{{2,10}}")
_CUT_DOMAIN = re.compile(rf"[{_LETTER}.-]{{1,64}}\Z")
"""A domain at the end of a truncated text."""
_SPELLED_AT = re.compile(
    r"(?i)(?<![\w.+-])([\w.+-]{1,64}(?: ?[\[({] ?(?:dot|punkt|punto|point) ?[\])}] ?[\w+-]{1,64}){0,4})"
    r" ?[\[({<] ?(?:at|@|arroba|ät) ?[\])}>] ?"
    r"([\w-]{1,63}(?: ?(?:[\[({] ?(?:dot|punkt|punto|point) ?[\])}]|\.) ?[\w-]{2,63}){1,4})"
)
_SPELLED_SIGN = re.compile(r"[\[({<] ?(?:at|AT|At|@|arroba|ät) ?[\])}>]")
_SPELLED_DOT = re.compile(r"(?i) ?[\[({] ?(?:dot|punkt|punto|point) ?[\])}] ?")
_NOBODY = {"git@", "noreply@", "no-reply@"}
_OF_URL = re.compile(r"://[^\s/?#\"'<>]*\Z")
_AROUND = 130

_V4 = re.compile(r"(?<![\w.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?!\.?\w)", re.ASCII)
_V4_SHAPE = classes(("0", DIGITS), (".", "."))
_V4_PARTS = re.compile(rb"0\.0{1,3}\.0{1,3}\.0")
_V4_WORD = re.compile(r"(?i)(?:\bv|version|release|v\.)[ :=\"']{0,3}\Z")
_V6_HEART = re.compile(r":[0-9A-Fa-f]{0,4}:")
_V6_BEFORE = re.compile(r"[0-9A-Fa-f:]{0,40}\Z")
_V6_AFTER = re.compile(r"[0-9A-Fa-f:]{0,40}(?:\.\d{1,3}){0,3}")
_V6_NETWORKS = tuple(
    map(ip_network, ("2000::/3", "fc00::/7", "fe80::/10", "ff00::/8", "64:ff9b::/96", "::ffff:0:0/96"))
)

_USER_INFO = re.compile(
    r"://([^\s/?#\"'<>@\\]{0,128}@(?=[^\s/?#\"'<>@]))|://([^\s/?#\"'<>@]{1,128}:[^\s/?#\"'<>]{1,128})@"
)
_QUERY = re.compile(
    r"(?i)[?&;#](?:[\w.-]{0,40}(?:token|secret|signature|password|passwd|apikey|credential|session_?id|jwt)[\w.-]{0,40}"
    r"|(?:api|access|auth|private|subscription|aws\w*)?[_-]?key(?:[_-]?id)?|sig|sas|code|pwd|pass|auth|sid|otp|state|nonce|hash|ticket)"
    r"=([^\s&;#\"'<>\\)\]]+)"
)


def emails(text: str) -> Iterator[Span]:
    """Yields e-mail addresses in any script, including the form "name [at] example [dot] org"."""
    at = text.find("@")
    while at >= 0:
        yield from _email_at(text, at)
        at = text.find("@", at + 1)
    if ("[" in text or "(" in text or "{" in text or "<" in text) and _SPELLED_SIGN.search(text):
        for found in _SPELLED_AT.finditer(text):
            plain = _SPELLED_DOT.sub(".", f"{found[1]}@{found[2]}").replace(" ", "")
            yield Span(*found.span(), "email", plain.lower())


def _email_at(text: str, at: int) -> Iterator[Span]:
    for local, domain in ((_LOCAL, _DOMAIN), (_HAN_LOCAL, _HAN_DOMAIN), (_LOCAL, _CUT_DOMAIN)):
        after = domain.match(text, at + 1)
        before = after and local.search(text[max(at - _AROUND, 0) : at])
        if before and after:
            start = at - len(before[0])
            start += len(before[0]) - len(before[0].lstrip(".'`*/#_~&|"))
            named = start < at and text[start : at + 1].lower() not in _NOBODY
            if named and not _OF_URL.search(text[max(start - _AROUND, 0) : start]):
                yield Span(start, after.end(), "email", text[start : after.end()].casefold())
            return


def ips(text: str) -> Iterator[Span]:
    """Yields IPv4 and IPv6 addresses except loopback, unspecified addresses and netmasks."""
    for found in _V4.finditer(text) if _may_have_v4(shape(text, _V4_SHAPE)) else ():
        if _identifies_host(found[0]) and not _V4_WORD.search(text[max(found.start() - 10, 0) : found.start()]):
            yield Span(*found.span(), "ip", str(IPv4Address(".".join(str(int(part)) for part in found[0].split(".")))))
    end = 0
    for heart in _V6_HEART.finditer(text):
        if heart.start() >= end:
            run, span = _v6(text, heart.start())
            end = max(run, heart.end() - 1)
            if span:
                yield span


def _may_have_v4(shaped: bytes) -> bool:
    return b"0.0" in shaped and _V4_PARTS.search(shaped) is not None


def _v6(text: str, at: int) -> tuple[int, Span | None]:
    """Returns the end of the run of digits and colons, and the address in it."""
    before = _V6_BEFORE.search(text[max(at - _LONGEST_V6, 0) : at])
    after = _V6_AFTER.match(text, at)
    run = after.end() if after else at
    first, end = at - len(before[0] if before else ""), run
    while end > first and text[end - 1] == ":" and not text.startswith("::", end - 2):
        end -= 1
    for start in [first, *(place + 1 for place in range(first, at + 1) if text[place] == ":")]:
        if span := _v6_between(text, start, end):
            return run, span
    return run, None


def _v6_between(text: str, start: int, end: int) -> Span | None:
    written = text[start:end]
    if written.count(":") < _COLONS_V6 and "::" not in written:
        return None
    if _is_word(text[start - 1 : start]) or _is_word(text[end : end + 1]):
        return None
    try:
        address = IPv6Address(written)
    except ValueError:
        return None
    return Span(start, end, "ip", str(address)) if any(address in network for network in _V6_NETWORKS) else None


def _is_word(character: str) -> bool:
    return character.isascii() and character.isalnum()


_LONGEST_V6, _COLONS_V6 = 40, 7


def _identifies_host(written: str) -> bool:
    try:
        address = ip_address(".".join(str(int(part)) for part in written.split(".")))
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified or written.startswith(("255.", "0.")))


def urls(text: str) -> Iterator[Span]:
    """Yields the credentials in URLs: user and password, and the values of secret query parameters."""
    if "://" in text:
        for found in _USER_INFO.finditer(text):
            start, end = found.span(1) if found[1] is not None else found.span(2)
            end -= text[end - 1] == "@"
            if start < end:
                yield Span(start, end, "login", text[start:end])
    if "=" in text:
        for found in _QUERY.finditer(text):
            if len(found[1]) >= _SHORTEST_VALUE and not found[1].startswith(("[", "{", "$", "<")):
                yield Span(*found.span(1), "token", found[1])


_SHORTEST_VALUE = 5
