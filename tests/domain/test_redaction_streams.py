"""The masked view of text that grows: what has to be hidden is not shown at any length of the text."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatdata.domain.copies import Absent, Copies
from chatdata.domain.redaction import redact
from chatdata.domain.redaction.masker import Masker
from chatdata.domain.redaction.streams import masked_length, masked_text
from chatdata.domain.streams import (
    ErrorPart,
    Part,
    StreamedCall,
    StreamedTurn,
    StreamOutput,
    Task,
    TextPart,
    UnknownPart,
    UsagePart,
)
from chatdata.domain.turns import TurnState
from tests.support.canaries import leaked
from tests.support.laws import examples

KEY = b"k" * 16
BEFORE = "I looked at the orders of this week and found what you asked for. It says: "
AFTER = " That is all that I could find for now; tell me whether you need more of it. " * 7
SECRETS = {
    "e-mail": "ann.canary77@example-mail.org",
    "card": "4111 1111 1111 1111",
    "iban": "DE89 3704 0044 0532 0130 00",
    "phone": "+49 170 5550123",
    "token": "sk-proj-Zk3q9XbT7mPwR2vLs8Yd4HfJ6nCa1Ge5",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "password": "password: hunter2-Canary!",
    "quoted": 'the secret is "seven canaries 77 sing"',
    "header": "Authorization: " + "word " * 120 + "c4nary77",
    "private key": "-----BEGIN PRIVATE KEY-----\n"
    + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB\n" * 12
    + "-----END PRIVATE KEY-----",
    "url": "https://ann:c4naryPass77@example.org/reports",
    "address": "2001:db8:85a3::8a2e:370:7334",
}


def shown(text: str, *, ended: bool = False) -> str:
    return masked_text(TextPart(text, ended=ended), Masker(KEY)).text


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_at_every_length_only_the_beginning_of_the_final_masked_text_is_shown(secret: str) -> None:
    text = BEFORE + secret + AFTER
    final = shown(text, ended=True)
    assert secret not in final

    wrong = [size for size in range(len(text) + 1) if not final.startswith(shown(text[:size]))]

    assert wrong == []


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_text_whose_beginning_was_trimmed_within_a_secret_does_not_show_its_rest(secret: str) -> None:
    text = BEFORE + secret + "\n" + AFTER + "\n" + AFTER
    words = [word for word in secret.split() if any(map(str.isdigit, word))]

    for cut in range(len(BEFORE), len(BEFORE) + len(secret), 5):
        told = masked_text(TextPart(text[cut:], ended=True, begun=False), Masker(KEY)).text
        assert told.endswith(AFTER)
        assert leaked(told, words) == []


@settings(max_examples=examples(60))
@given(st.lists(st.sampled_from(sorted(SECRETS.values())), min_size=1, max_size=3), st.data())
def test_several_secrets_in_one_text_stay_hidden_while_it_grows(secrets: list[str], data: st.DataObject) -> None:
    text = AFTER.join(["", *secrets, ""])
    final = shown(text, ended=True)
    size = data.draw(st.integers(0, len(text)))

    assert final.startswith(shown(text[:size]))


def test_the_withheld_end_is_counted_and_shown_once_the_text_has_ended() -> None:
    part = masked_text(TextPart(BEFORE * 8, ended=False), Masker(KEY))

    assert part.text
    assert (BEFORE * 8).startswith(part.text)
    assert part.withheld == len(BEFORE * 8) - len(part.text) > 0
    assert masked_text(TextPart(BEFORE * 8), Masker(KEY)) == TextPart(BEFORE * 8)


def test_json_that_is_not_complete_is_withheld() -> None:
    assert shown('{"first_name": "Ann", "rest": "' + "word " * 300) == ""


def test_a_place_in_the_text_is_found_again_in_the_masked_text() -> None:
    text = "Write to ann.canary77@example-mail.org today."
    part, mask = TextPart(text), Masker(KEY)
    masked = masked_text(part, mask).text

    assert masked_length(part, 9, mask, masked) == 9
    assert masked_length(part, text.index(" today"), mask, masked) == masked.index(" today")
    assert masked_length(part, len(text), mask, masked) == len(masked)


def test_no_part_of_a_turn_shows_a_secret_in_a_narrower_view() -> None:
    secret = SECRETS["e-mail"]
    parts: tuple[Part, ...] = (
        TextPart(f"Write to {secret}."),
        StreamedCall("call_1", "bash_exec", {"to": secret}, f'{{"to":"{secret}"}}', called=True, answered=True),
        ErrorPart(f"No mail to {secret}", "refused", f"to {secret}"),
        UnknownPart("reasoning-delta", 3, f'{{"delta":"{secret}"}}'),
        UsagePart(1, 2, 3),
    )
    turn = StreamedTurn(Task("turn-1", "s-1", "running", user_id=secret), StreamOutput(parts, 9))
    copies = Copies("s-1", Absent(), Absent(), datetime(2026, 5, 20, tzinfo=UTC), TurnState(streams=(turn,)))

    for view in ("masked", "structure"):
        told = redact(copies, view, KEY).copies.turn
        assert told is not None
        assert leaked(repr(told.streams), [secret]) == []
        assert "reasoning-delta" in repr(told.streams)


def test_the_structure_view_shows_no_words() -> None:
    words = "Greenhouse sensors report nothing"
    parts: tuple[Part, ...] = (
        TextPart(words, ended=False),
        StreamedCall("call_1", "bash_exec", {"command": words}, words, called=True, answered=True),
        ErrorPart(words, words, words),
        UnknownPart(words, 1, words),
    )
    turn = StreamedTurn(Task("turn-1", "s-1", "running"), StreamOutput(parts, 4), problem=words)
    copies = Copies("s-1", Absent(), Absent(), datetime(2026, 5, 20, tzinfo=UTC), TurnState(streams=(turn,)))

    told = redact(copies, "structure", KEY).copies.turn

    assert told is not None
    assert not any(word in repr(told) for word in words.split())
