"""Finds numbers that identify a person or an account: cards, phones, IBANs, social security numbers.

python-stdnum and phonenumbers validate the digits; dates, order numbers, prices and UUIDs are left alone.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from phonenumbers import NumberParseException, is_valid_number, parse
from stdnum import iban, luhn

from chatdata.domain.redaction.shapes import DIGITS, LETTERS, classes, matches_at, places, shape
from chatdata.domain.redaction.spans import Span

_SHAPE = classes(("a", LETTERS), ("0", DIGITS), ("-", " ().-/"))
_RUN = re.compile(r"\d(?:[ ().\-/]{0,3}\d){5,}")
_RUN_SHAPE = re.compile(b"0(?:-{0,3}0){5,}")
_GROUP = re.compile(r"\d+")
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_DATE = re.compile(r"(?<!\d)(?:(?:19|20)\d\d[-/.][01]?\d[-/.][0-3]?\d|[0-3]?\d[-/.][0-3]?\d[-/.](?:19|20)\d\d)(?!\d)")
_CARD_LENGTHS = (19, 16, 15, 14, 13)
_ISSUER = re.compile(
    r"4\d{12}(?:\d{3})?(?:\d{3})?|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|(?:6011|65\d\d|64[4-9]\d|35[2-8]\d|62\d\d|60\d\d|81\d\d|50\d\d|5[6-8]\d\d|6[37]\d\d)\d{12}(?:\d{3})?"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}[ -]?[A-Za-z0-9](?:[ -]?[A-Za-z0-9]){9,31}", re.ASCII)
_IBAN_BEGINS = b"aa00"
_SOCIAL_SECURITY = re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])", re.ASCII)
_INTERNATIONAL = re.compile(r"(?<![\w+])(?:\+|00)[ ]?\(?\d(?:[ ().\-/]{0,3}\d){6,16}", re.ASCII)
_AMERICAN = re.compile(
    r"(?<![\d\w.\-/])(?:1[ .\-])?(?:\(\d{3}\) ?|\d{3}[ .\-])\d{3}[ .\-]\d{4}(?![\d\w]|-\d)", re.ASCII
)
_TRUNK = re.compile(r"(?<![\w.,\-/+])\(?0\d{1,5}\)?(?:[ ()\-/.]{0,3}\d){5,10}(?![\d\w])", re.ASCII)
_CHINESE = re.compile(r"(?<![\w.\-])1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\w\-])", re.ASCII)
_CALLED = re.compile(
    r"(?i)(?<![a-z])(?:phone|tel|telefon|telephone|tele?fono|téléphone|mobile?|mobil|cell|handy|fax|whatsapp|sms|"
    r"telefone|celular|movil|móvil|телефон|тел|電話|电话|手机|call)(?:[_ ]?(?:number|nummer|numero|número|no|nr))?"
    r"[\w ]{0,12}?[\s\"':.=#*\x1f-]{0,6}[+(]?\Z"
)
_CALLED_STEMS = ("phone", "tel", "mobil", "cell", "handy", "fax", "whatsapp", "sms", "celular", "movil", "call")
"""What every ASCII word of `_CALLED` has a part of."""
_LOCAL = re.compile(r"(?<![\w.\-])[2-9]\d\d-\d{4}(?![\w\-]|\.\d)", re.ASCII)
_CALL_WORD = re.compile(
    r"(?i)(?<![a-z])(?:phone|tel|telephone|call(?:s|ed|ing)?|callback|call-back|dial|ring|mobile|fax)(?![a-z_])"
)
_TRUNK_REGIONS = ("DE", "GB", "FR", "IT", "NL", "AT", "CH", "SE", "AU", "JP", "IN", "BE", "TR", "UA", "ZA")
_UUID_LENGTH, _WORDS_BEFORE, _FEWEST, _NEAR = 36, 40, 6, 200
_HYPHENS_OF_UUID, _SEPARATORS_OF_DATE = 4, 2
_SHORTEST, _LONGEST = 8, 15
"""The number of digits in an international number (E.164)."""


def numbers(text: str) -> Iterator[Span]:
    """Yields card, phone and social security numbers and IBANs."""
    shaped = shape(text, _SHAPE)
    if _IBAN_BEGINS in shaped:
        yield from _ibans(text, shaped)
    for start, end in _runs(text, shaped):
        harmless = _dates_and_uuids(text, start, end)
        for first, last in _between(start, end, harmless):
            yield from _in_run(text, shaped, first, last)


def _runs(text: str, shaped: bytes) -> Iterator[tuple[int, int]]:
    found = _RUN_SHAPE.finditer(shaped) if text.isascii() else _RUN.finditer(text)
    return (run.span() for run in found)


def _dates_and_uuids(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Returns the dates and UUIDs that overlap a run of digits, which are not masked."""
    around = max(start - _UUID_LENGTH, 0), end + _UUID_LENGTH
    hyphens = text.count("-", *around)
    patterns = []
    if hyphens >= _HYPHENS_OF_UUID:
        patterns.append(_UUID)
    if hyphens + text.count(".", *around) + text.count("/", *around) >= _SEPARATORS_OF_DATE:
        patterns.append(_DATE)
    found = [match.span() for pattern in patterns for match in pattern.finditer(text, *around)]
    return sorted(span for span in found if span[0] < end and start < span[1])


def _between(start: int, end: int, excluded: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    edges = [start, *(place for span in excluded for place in span), end]
    for first, last in list(pairwise(edges))[::2]:
        if last - first >= _FEWEST:
            yield first, last


def _in_run(text: str, shaped: bytes, start: int, end: int) -> Iterator[Span]:
    yield from _labelled_phone(text, start, end)
    groups = [found.span() for found in _GROUP.finditer(text, start, end)]
    yield from _cards(text, groups)
    before = max(start - 3, 0)
    yield from _dialled(text, before, end)
    grouped = shaped[before:end]
    if b"000-0000" in grouped:
        yield from _american(text, before, start, end)
    if b"0" * 11 in grouped.translate(None, b"-"):
        for found in _CHINESE.finditer(text, before, end):
            yield Span(*found.span(), "phone", _digits(found[0]))
    if b"000-00-0000" in grouped:
        for found in _SOCIAL_SECURITY.finditer(text, start, end):
            yield Span(*found.span(), "id number", _digits(found[0]))


def _dialled(text: str, start: int, end: int) -> Iterator[Span]:
    """Yields the numbers that begin with a plus or a zero."""
    nought = "0" in text[start:end]
    if nought or "+" in text[start:end]:
        for found in _INTERNATIONAL.finditer(text, start, end):
            if (digits := _international_digits(found[0])) is not None:
                yield Span(*found.span(), "phone", digits)
    if nought:
        for found in _TRUNK.finditer(text, start, end):
            if _is_national(found[0]):
                yield Span(*found.span(), "phone", _digits(found[0]))


def _american(text: str, before: int, start: int, end: int) -> Iterator[Span]:
    for found in _AMERICAN.finditer(text, before, end):
        yield Span(*found.span(), "phone", _digits(found[0]))
    for found in _LOCAL.finditer(text, before, end):
        if _CALL_WORD.search(text, max(start - _NEAR, 0), start):
            yield Span(*found.span(), "phone", _digits(found[0]))


def _cards(text: str, groups: list[tuple[int, int]]) -> Iterator[Span]:
    """Yields groups of digits with an issuer's prefix and a valid check digit."""
    first = 0 if sum(end - start for start, end in groups) >= _CARD_LENGTHS[-1] else len(groups)
    while first < len(groups):
        found = next(_cards_from(text, groups, first), None)
        if found is None:
            first += 1
            continue
        yield found[0]
        first = found[1]


def _cards_from(text: str, groups: list[tuple[int, int]], first: int) -> Iterator[tuple[Span, int]]:
    for last in range(min(first + 8, len(groups)), first, -1):
        digits = "".join(text[start:end] for start, end in groups[first:last])
        if len(digits) in _CARD_LENGTHS and _ISSUER.fullmatch(digits) and luhn.is_valid(digits):
            yield Span(groups[first][0], groups[last - 1][1], "card", digits), last


def _ibans(text: str, shaped: bytes) -> Iterator[Span]:
    for found in matches_at(_IBAN, text, _beginnings_of_ibans(shaped)):
        for end in range(found.end(), found.start() + 14, -1):
            written = text[found.start() : end]
            compact = re.sub("[ -]", "", written).upper()
            ends = written[-1].isalnum() and not _is_word(text[end : end + 1])
            if ends and _has_check_digits(compact) and iban.is_valid(compact):
                yield Span(found.start(), end, "iban", compact)
                break


def _beginnings_of_ibans(shaped: bytes) -> Iterator[int]:
    return (at for at in places(shaped, _IBAN_BEGINS) if shaped[at - 1 : at] not in (b"a", b"0"))


def _has_check_digits(compact: str) -> bool:
    """Returns whether the check digits are valid (ISO 7064, MOD 97-10), which rules out most candidates quickly."""
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1


def _international_digits(written: str) -> str | None:
    digits = _digits(written)
    if written.startswith("+"):
        right = _SHORTEST <= len(digits) <= _LONGEST and (len(digits) >= 10 or _is_valid("+" + digits, None))
        return digits if right else None
    digits = digits.removeprefix("00")
    return digits if _is_valid("+" + digits, None) else None


def _is_national(written: str) -> bool:
    digits = _digits(written)
    return 9 <= len(digits) <= 12 and any(_is_valid(digits, region) for region in _TRUNK_REGIONS)


def _is_valid(number: str, region: str | None) -> bool:
    try:
        return is_valid_number(parse(number, region))
    except NumberParseException:
        return False


def _labelled_phone(text: str, start: int, end: int) -> Iterator[Span]:
    """Yields a number that is called a phone number by the words before it."""
    first = max(start - _WORDS_BEFORE, 0)
    label = _CALLED.search(text, first, start) if _may_call(text[first:start]) else None
    if label and len(digits := _digits(text[start:end])) <= _LONGEST and not _is_word(text[end : end + 1]):
        first = start - (label[0][-1:] in "+(")
        yield Span(first, end, "phone", digits)


def _may_call(before: str) -> bool:
    """Returns whether the words before a number can call it a phone number."""
    lowered = before.lower()
    return not before.isascii() or any(stem in lowered for stem in _CALLED_STEMS)


def _is_word(character: str) -> bool:
    """Returns whether it is an ASCII letter or digit: other scripts may not separate words with spaces."""
    return character.isascii() and character.isalnum()


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written)
