"""Laws of the shortcuts of redaction: with them, each rule finds exactly what its whole expression finds."""

import json
import re
from collections.abc import Callable, Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatdata.domain.redaction import addresses, numbers, people, secrets
from chatdata.domain.redaction.json_paths import JsonPlaces
from chatdata.domain.redaction.labelled_values import kind_by_key, pairs
from chatdata.domain.redaction.masker import Masker
from chatdata.domain.redaction.normalize import layers, without_controls
from chatdata.domain.redaction.shapes import has_digit, matches_at, places, runs_with_digits
from chatdata.domain.text import CONTROL_CHARACTERS
from tests.support import canaries
from tests.support.builders import any_text, json_values
from tests.support.laws import examples

KEY = b"a key of more than sixteen bytes"
ODD = (
    "\u0661\u0662\uff11\u00b2\U0001d7d8\u200b\ufe6b\uff20\x00\x01\x1f\u2011\u00a0\ud800"
    "äé漢д\u0e01\u0131\u0130\u017f\u212a"
)
"""Digits, spaces, look-alikes and letters beyond ASCII, and control characters; some match ASCII letters."""
WORDS = (
    *("the report", "conversation", "Phone", "tel", "call", "security code", "auth code", "api_key", "access key"),
    *("\u212aey", "to\u212aen", "\u017fecret", "cvcvv", "otpin", "cookie", "password", "контракт пароль", "密码"),
    *("bearer ", "Basic\t", "ba\u017fic ", "token ", "apikey ", "digest ", "Negotiate\n", "hunter2", "is", "me"),
    *("sk-", "pk_live_", "ghp_", "AKIA", "SG.", "ya29.", "eyJ", "call_", "Ann Li <", "mia.li", "@example.org", "(at)"),
)
SIGNS = (*" .,;:-_/+='`\\{}[]()<>@#&?%*\"\n\t\r", ": ", '": "', "\\n", '\\"', '","', "...", "::", "://")
DIGITS = ("555-0142", "010000000", "+49 ", "2001:db8:", "203.0.113.7", "DE89", "gb82", "20240515", "-1234-", "f" * 16)
texts = st.lists(
    st.one_of(
        st.sampled_from([*WORDS, *secrets._STEMS]),
        st.sampled_from(SIGNS),
        st.sampled_from(DIGITS),
        st.sampled_from(ODD),
        st.text("0123456789 -.()", min_size=1, max_size=14),
        st.text("abcdefABCDEFkpcXYZ0123456789_-+/.=", min_size=1, max_size=24),
        canaries.secrets,
        canaries.named_secrets.map(lambda named: named[0]),
    ),
    max_size=14,
).map("".join)
Spans = list[tuple[int, int]]


def spans(found: Iterable[re.Match[str]]) -> Spans:
    return [match.span() for match in found]


def whole(pattern: re.Pattern[str]) -> Callable[[str], Spans]:
    return lambda text: spans(pattern.finditer(text))


def runs_of_digits(text: str) -> Spans:
    return list(numbers._runs(text, numbers.shape(text, numbers._SHAPE)))


def schemes(text: str) -> Spans:
    return spans(secrets._schemes(text, secrets.lower(text)))


def prefixed(text: str) -> Spans:
    shaped = secrets.shape(text, secrets._SHORT_SHAPE)
    found = [
        span for run in runs_with_digits(shaped, secrets._SHORTEST_PREFIXED) for span in secrets._prefixed(text, *run)
    ]
    return [(span.start, span.end) for span in found]


def prefixed_with_digits(text: str) -> Spans:
    return [match.span() for match in secrets._SHORT_PREFIXED.finditer(text) if re.search("[0-9]", match[0][3:])]


def tokens(text: str) -> Spans:
    return list(secrets._long_runs(text))


def ipv4(text: str) -> Spans:
    may_have = addresses._may_have_v4(addresses.shape(text, addresses._V4_SHAPE))
    return spans(addresses._V4.finditer(text)) if may_have else []


def ibans(text: str) -> Spans:
    beginnings = numbers._beginnings_of_ibans(numbers.shape(text, numbers._SHAPE))
    return spans(matches_at(numbers._IBAN, text, beginnings))


SHORTCUTS: dict[str, tuple[Callable[[str], Spans], Callable[[str], Spans]]] = {
    "runs of digits": (runs_of_digits, whole(numbers._RUN)),
    "IBANs": (ibans, whole(numbers._IBAN)),
    "IPv4 addresses": (ipv4, whole(addresses._V4)),
    "tokens": (tokens, whole(re.compile(r"[A-Za-z0-9_\-+/]{16,}={0,2}"))),
    "tokens with a prefix": (prefixed, prefixed_with_digits),
    "schemes": (schemes, whole(secrets._SCHEME)),
}


@pytest.mark.parametrize(("fast", "slow"), SHORTCUTS.values(), ids=SHORTCUTS)
def test_a_shortcut_finds_what_the_expression_finds(fast: Callable[[str], Spans], slow: Callable[[str], Spans]) -> None:
    @given(texts)
    @settings(max_examples=examples(100), deadline=None)
    def law(text: str) -> None:
        assert fast(text) == slow(text)

    law()


@given(texts)
@settings(max_examples=examples(200), deadline=None)
@example("otpin otpassword tokennwort cvcvv cvcode cvcookie security codecvc passecret secretoken token: otp")
@example("tokennwort")
@example("otpin")
def test_every_name_of_a_secret_is_found(text: str) -> None:
    lowered = secrets.lower(text)
    expected = set()
    for stem in secrets._STEMS:
        for name in filter(None, (secrets._NAMED.match(text, at) for at in places(lowered, stem))):
            before = max(name.start() - secrets._LONG_WORD, 0)
            if stem != "key" or secrets._KEY_OF.search(text, before, name.start()):
                expected.add(name.span())
    assert {name.span() for name in secrets._names(text, lowered)} == expected


@given(texts, st.integers(0, 60))
@settings(max_examples=examples(100), deadline=None)
def test_no_word_that_calls_a_number_a_phone_number_is_skipped(before: str, cut: int) -> None:
    before = before[-cut:]
    if numbers._CALLED.search(before):
        assert numbers._may_call(before)


@given(texts)
@settings(max_examples=examples(100), deadline=None)
def test_dates_uuids_and_kinds_of_numbers_are_found_in_every_run(text: str) -> None:
    shaped = numbers.shape(text, numbers._SHAPE)
    for start, end in runs_of_digits(text):
        around = max(start - 36, 0), end + 36
        harmless = [
            span for pattern in (numbers._UUID, numbers._DATE) for span in spans(pattern.finditer(text, *around))
        ]
        assert numbers._dates_and_uuids(text, start, end) == sorted(
            span for span in harmless if span[0] < end and start < span[1]
        )
        found = {(span.start, span.end) for span in numbers._in_run(text, shaped, start, end)}
        before = max(start - 3, 0)
        for pattern in (numbers._AMERICAN, numbers._CHINESE):
            assert set(spans(pattern.finditer(text, before, end))) <= found
        assert set(spans(numbers._SOCIAL_SECURITY.finditer(text, start, end))) <= found


@given(texts)
@settings(max_examples=examples(200), deadline=None)
def test_owners_are_found_from_whatever_stands_before_an_address(text: str) -> None:
    expected = []
    for at in (at for at in places(text, "@") if text[at - 1 : at].isalnum()):
        before = max(at - people._BEFORE, 0)
        expected += [owner[1] for owner in [people._OWNER.search(text, before, at)] if owner]
        expected += [re.sub("[._-]", " ", owner[1]) for owner in [people._LOCAL_PART.search(text, before, at)] if owner]
    assert list(people._owners_in(text)) == expected


PAIR = re.compile(
    r'"((?:[^"\\\x1f\n]|[\\\x1f].){1,64})"\s{0,4}:\s{0,4}(?:"((?:[^"\\\x1f]|[\\\x1f].){1,2000})(?:"|\Z)|(-?\d{3,40})(?![\d.eE]))',
    re.DOTALL,
)
"""A key and its value, character by character."""


@given(st.one_of(texts, json_values.map(json.dumps)), st.sampled_from(["", 'x"', "\\", '\\"', "\x1f\n"]))
@settings(max_examples=examples(200), deadline=None)
@example(f'{{"password": "{"x" * 2001}"}}', "")
@example(f'{{"password": "{"x" * 1999}', "\\n")
@example(f'{{"{"x" * 65}": "password", "{"token" * 12}": "abcdefgh1"}}', "")
def test_values_by_key_are_those_that_are_read_character_by_character(text: str, end: str) -> None:
    for said in (text + end, layers(text + end)[-1].text):
        found = [(match, 2 if match[2] is not None else 3) for match in PAIR.finditer(said)]
        expected = [match.span(part) for match, part in found if kind_by_key(match[1], match[part])]
        assert [(span.start, span.end) for span in pairs(said)] == expected


@given(st.one_of(texts, any_text))
@settings(max_examples=examples(100), deadline=None)
def test_classes_of_characters_are_those_of_expressions(text: str) -> None:
    assert has_digit(text) == bool(re.search("[0-9]", text))
    assert without_controls(text) == CONTROL_CHARACTERS.sub("", text)


@given(json_values)
@settings(max_examples=examples(100), deadline=None)
def test_the_strings_of_json_are_read_whole(value: object) -> None:
    text = json.dumps(value)
    plain = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s"{}\[\],:]+', re.DOTALL)
    assert JsonPlaces(text)._atoms == spans(plain.finditer(text))


def test_values_of_one_object_do_not_decide_about_those_of_another_with_equal_keys() -> None:
    mask = Masker(KEY)
    assert mask.value([{1: "ann@example.org"}, {True: "x"}])[1] == {True: "x"}
    assert repr(mask.value([{"a": 1}, {"a": True}, {"a": 1.0}])) == "[{'a': 1}, {'a': True}, {'a': 1.0}]"
    assert list(mask.value([{1: 0}, {True: 0}])[1]) == [True]
    assert repr(mask.value([{1: 0}, {True: 0}])) == "[{1: 0}, {True: 0}]"


def test_the_same_kinds_are_counted_for_every_object_with_the_same_keys() -> None:
    mask = Masker(KEY)
    mask.value([{"ann@example.org": 1}, {"ann@example.org": 2}, {"ann@example.org": "bob@example.org"}])
    assert mask.replaced == {"email": 4}
    mask.value({"ann@example.org": 1}, counted=False)
    assert mask.replaced == {"email": 4}
