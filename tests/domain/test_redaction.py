"""What masking finds and what it leaves alone, rule by rule; the laws are in test_redaction_laws."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from chatdata.domain.copies import CachedCopy, Copies, PrivacyLevel
from chatdata.domain.drift import compare
from chatdata.domain.messages import ChatMessage
from chatdata.domain.redaction import Masker, People, redact
from chatdata.domain.redaction.people import people_in
from chatdata.stores.app_db import AppDatabase
from tests.domain.test_redaction_laws import KEY
from tests.support.builders import message
from tests.support.mutations import READ_AT, cached_copy, copies_of, session_of, stored_copy

STAND_IN = re.compile(r"\[([a-z ]+) [b-t]{16}(?:~[b-t]{6})?\]")


def kinds(text: str, people: People = People()) -> list[str]:  # noqa: B008
    return STAND_IN.findall(Masker(KEY, people).text(text))


FOUND = {
    "an address": ("write to ann@example.org.", ["email"]),
    "an address with a plus": ("ann+news@mail.example.co.uk", ["email"]),
    "an address of another script": ("иван@пример.рф", ["email"]),
    "an address between Chinese words": ("请联系ann@example.org谢谢", ["email"]),
    "an address in words": ("ann [at] example [dot] org", ["email"]),
    "an address at a cut": ("and then ann@exam", ["email"]),
    "a phone number from abroad": ("+49 (0)170 1234567", ["phone"]),
    "a German number": ("ruf 0170 1234567 an", ["phone"]),
    "an American number": ("(555) 010-4477", ["phone"]),
    "a Chinese number": ("打13812345678吧", ["phone"]),
    "a number that is called one": ('"phone": "5550104477"', ["phone"]),
    "a local number": ("Make me a call-back list: R. Almog 555-0142 (eye test)", ["phone"]),
    "a card": ("4111 1111 1111 1111, 12/27", ["card"]),
    "an IBAN": ("DE89 3704 0044 0532 0130 00 is mine", ["iban"]),
    "an IBAN in small letters": ("gb82west12345698765432", ["iban"]),
    "a social security number": ("SSN 123-45-6789", ["id number"]),
    "an IPv4 address": ("from 203.0.113.7:8080", ["ip"]),
    "an IPv6 address": ("from 2001:db8::8a2e:370:7334", ["ip"]),
    "a key of OpenAI": ("sk-proj-abc123def456ghi789jkl012", ["token"]),
    "a key of AWS": ("AKIAIOSFODNN7EXAMPLE", ["token"]),
    "a secret of AWS": ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ["token"]),
    "a token of GitHub": ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", ["token"]),
    "a token of Slack": ("xoxb-1234-abcdef1234", ["token"]),
    "a token of a maker that nobody lists": ("zz_live_9aK2mQ7xT4vB8nR3cW6y", ["token"]),
    "forty hex digits": ("9fceb02d0ae598e95dc970b74767f19372d61af8", ["token"]),
    "a JWT": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_123", ["token"]),
    "a bearer": ("curl -H 'Authorization: Bearer t0ken.value-1'", ["token"]),
    "a private key": ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", ["secret"]),
    "a password in words": ("my password is hunter2!", ["secret"]),
    "a password right behind its name": ("Use login mia, password hunter2.", ["secret"]),
    "a password behind its name in bold": ("**Password** S3cret-pw and go on", ["secret"]),
    "a quoted password behind its name": ('with the passphrase "correct horse battery" open it', ["secret"]),
    "a password for something": ("The password for the guest wifi is hunter2.", ["secret"]),
    "a password of something": ("password of mia@corp: qwerty12", ["secret"]),
    "a PIN right behind its name": ("enter PIN 4711 at the door", ["secret"]),
    "a password behind its German name": ("Das Passwort hunter2 gilt noch.", ["secret"]),
    "a password in code": ("password = 'correct horse'", ["secret"]),
    "a password in JSON": ('{"password": "a\\"b"}', ["secret"]),
    "a password in German": ("Passwort: geheim123", ["secret"]),
    "a pin": ('{"pin": 4711}', ["secret"]),
    "a login in a URL": ("postgres://app:s3cret@db.internal/x", ["login"]),
    "a token in a URL": ("https://example.org/a?sig=abcdef123", ["token"]),
}
LEFT = [
    "Your password must have 8 characters.",
    "Enter the password again and press OK.",
    "password reset for the account: see below",
    "A password like that is weak, e.g. too short.",
    "The token limit of 4096 was reached; a token is a word.",
    "password-protected PDF, password (optional), password manager",
    "Order #W1234567 of 2024-05-15 10:00:00 costs 1,234.56 € (EUR 12.50 each); version 1.2.3.4",
    "5c0b6e3e-8d3c-5e0a-9d55-0a5a1d4f1c11",
    '{"session_id": "5c0b6e3e-8d3c-5e0a-9d55-0a5a1d4f1c11", "total_tokens": 50000, "max_tokens": 4096}',
    "call_abc123DEF456ghi789JKL toolu_01A09q90qw90lq917835lq9 chatcmpl-9aK2mQ7xT4vB8nR3cW6y",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8, sha256: 9fceb02d0ae598e95dc970b74767f193",
    "def login(token: str, password: str | None = None) -> User: return self.users[token]",
    "std::vector<int> a; fe::ab; @app.route('/users/<id>'); git@github.com:owner/repo.git",
    "getUserAccountByEmailAddress2(base64EncodeUtf8String) /usr/local/lib/python3/site-packages",
    "The password is required. The key point: secrets are hard to keep; the token was expired.",
    "Wir treffen uns am 3. Mai um 14:30 Uhr, Zimmer 204. Прошу 12 345 рублей. 合計は12,345円です。",
    "Pages 200-1000, order 234-5678, room 204-2050",
    "127.0.0.1, 0.0.0.0 and ::1; 10:30:45; 3.14159265358979; 1.000.000,00",
    "9783161484100 is an ISBN, 1700000000000 a time in milliseconds, 20240515 a day",
    "| a | b |\n|---|---|\n| 1 | 2 |",
]


@pytest.mark.parametrize(("text", "expected"), FOUND.values(), ids=FOUND)
def test_found(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize("text", LEFT)
def test_left_alone(text: str) -> None:
    assert Masker(KEY).text(text) == text


def test_a_number_beside_another_one_is_masked_too() -> None:
    mask = Masker(KEY)
    once = mask.text("010000000 4000 0000 0000 0002 010000000")
    assert STAND_IN.sub("", once).strip() == ""
    assert mask.text(once) == once


def test_names_of_owners_are_found_everywhere_but_not_in_ordinary_words() -> None:
    people = people_in(
        ['Will Brandt <w.brandt@example.org>, {"x": 1}', '{"first_name": "Mia", "last_name": "Li", "email": "m@x.org"}']
    )
    masked = Masker(KEY, people).text("Brandt, Will; MIA LI! Mia, will you? Brandts miaow, may I?")
    assert masked.startswith("[name ")
    assert STAND_IN.sub("", masked) == "; !  , will you? Brandts miaow, may I?".replace("  ,", " ,")


def test_a_users_id_is_found_in_texts_and_a_plain_word_is_not() -> None:
    people = People(frozenset({"mia_li_3668", "imported", "42"}))
    assert kinds("mia_li_3668 and MIA_LI_3668, imported 42 times", people) == ["user", "user"]


def test_replacements_are_counted_by_kind() -> None:
    mask = Masker(KEY)
    mask.value({"a": ["ann@example.org", "bob@example.org"], "password": "hunter2"})
    assert mask.replaced == {"email": 2, "secret": 1}


def test_another_key_gives_other_stand_ins_and_a_short_one_is_refused() -> None:
    assert Masker(KEY).text("ann@example.org") != Masker(b"another key of sixteen bytes").text("ann@example.org")
    with pytest.raises(ValueError, match="16 bytes"):
        Masker(b"short")


@pytest.mark.parametrize(("view", "seen"), [("masked", "find_agent"), ("structure", "find_agent")])
def test_tool_names_are_shown_unless_they_are_secrets(view: PrivacyLevel, seen: str) -> None:
    def named(name: str) -> ChatMessage:
        return message("assistant", None, tool_calls=[{"id": "c", "type": "function", "function": {"name": name}}])

    secret = "sk-proj-abc123def456ghi789jkl012"
    said = repr(redact(copies_of([named("find_agent"), named(secret)], []), view, KEY).copies)
    assert seen in said
    assert secret not in said


def test_a_deployments_key_is_made_once(tmp_path: Path) -> None:
    kept = AppDatabase(tmp_path, "here")
    one = kept.redaction_key()
    assert (kept.redaction_key(), len(one)) == (one, 32)
    assert AppDatabase(tmp_path, "there").redaction_key() != one


def test_real_conversations_stay_readable(airline_file: Path) -> None:
    """Of 2,658 messages those change that name a person; nothing else is taken for a secret."""
    lines = [json.loads(line) for line in airline_file.read_text().splitlines()[:20]]
    replaced: dict[str, int] = {}
    for line in lines:
        mask = Masker(KEY, people_in([line]))
        mask.value(line["messages"])
        for kind, count in mask.replaced.items():
            replaced[kind] = replaced.get(kind, 0) + count
    assert set(replaced) == {"email", "name", "user"}


@pytest.mark.parametrize("view", ["masked", "structure"])
@pytest.mark.parametrize("number", [10**400, -(10**400), float("inf"), float("nan"), 1e308, 2.5])
def test_numbers_of_any_size_go_through_a_view(view: PrivacyLevel, number: float) -> None:
    calls = [{"id": "c", "type": "function", "n": number, "function": {"name": "f", "arguments": "{}"}}]
    shown = redact(copies_of([message("assistant", None, tool_calls=calls)], []), view, KEY).copies
    assert isinstance(shown.cached, CachedCopy)
    assert [item.message.role for item in shown.cached.messages] == ["assistant"]


def test_a_card_number_of_a_large_whole_number_is_masked() -> None:
    assert Masker(KEY, People()).value({"card": 4111111111111111}) != {"card": 4111111111111111}


@pytest.mark.parametrize("view", ["masked", "structure"])
@pytest.mark.parametrize("status", ["waiting for the results of her biopsy", "idle", "queued", "running"])
def test_a_status_is_shown_below_the_full_view_only_if_it_is_a_known_one(view: PrivacyLevel, status: str) -> None:
    """The column may hold any text."""
    cached = cached_copy(session_of([message()]))
    document = {**cached.document, "chat_status": f"{status}!"}
    copies = Copies(
        "s-1", stored_copy(session_of([message()]), chatStatus=status), replace(cached, document=document), READ_AT
    )
    redacted = redact(copies, view, KEY)
    comparison = redacted.comparison(compare(copies, shown=frozenset({"stale_status"})))
    known = status if status in ("idle", "queued", "running") else None
    assert comparison.chat_status == known
    assert [item.field for item in comparison.findings] == ["chat_status"]
    assert compare(redacted.copies).ledger == compare(copies).ledger
    assert f"{status}!" not in f"{redacted.copies}{comparison}"
    assert known or status not in f"{redacted.copies}{comparison}"
