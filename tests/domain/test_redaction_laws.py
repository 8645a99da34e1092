"""Laws of redaction: no planted value gets through, equal values stay equal, and differences are still found."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatdata.domain.copies import Absent, CachedCopy, Copies, CorruptDocument, PrivacyLevel, StoredCopy, Unavailable
from chatdata.domain.document import copy_of
from chatdata.domain.drift import Comparison, compare, comparison_json
from chatdata.domain.messages import ChatMessage, ChatSession
from chatdata.domain.payload import assess
from chatdata.domain.redaction import Masker, People, redact
from chatdata.domain.tokens import model_facts
from tests.support import canaries
from tests.support.builders import any_messages, any_text, json_values, message
from tests.support.laws import examples
from tests.support.mutations import EXPIRY, READ_AT, Mutated, cached_copy, copies_of, mutations, session_of, stored_copy

KEY = b"a key of more than sixteen bytes"
VIEWS: tuple[PrivacyLevel, ...] = ("masked", "structure")
escapes = st.sampled_from(list(canaries.ESCAPES.values()))


def said(copies: Copies) -> str:
    """Everything that the values say."""
    return repr(copies)


@st.composite
def planted(draw: st.DrawFn) -> tuple[Copies, list[str]]:
    """Both copies of a session with secrets in every field, and the secrets."""
    hidden: list[str] = []

    def secret() -> str:
        if draw(st.booleans()):
            text, word = draw(canaries.named_secrets)
            hidden.append(word)
            return f"See {text} here"
        word = draw(canaries.secrets)
        hidden.append(word)
        return f"It is {draw(escapes)(word)} there"

    user, name = draw(canaries.user_ids), draw(canaries.names)
    hidden += [user, name]
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "find", "arguments": json.dumps({"of": secret(), "user_id": user, secret(): 1})},
        secret(): {"deep": [secret()]},
    }
    messages = [
        message("user", secret(), name=name),
        message(secret(), f"{secret()} for {user} or {name}"),
        message(
            "assistant", None, tool_calls=[call], refusal=secret(), function_call={"name": "f", "arguments": secret()}
        ),
        message("tool", json.dumps({"user_id": user, "password": "Tr0ub4dor&3", "x": secret()}), tool_call_id=secret()),
    ]
    hidden.append("Tr0ub4dor&3")
    session = session_of(
        messages, user_id=user, title=f"{secret()} of {name}", credentials={secret(): {"kind": secret()}},
        successful_agent_runs={secret(): 1}, successful_agent_schedules={secret(): {"a": secret()}},
    )  # fmt: skip
    cached = cached_copy(session)
    document = {**cached.document, "metadata": {"m": secret()}, secret(): secret()}
    document["messages"] = [{**item, "later": secret()} for item in document["messages"]]
    copy = copy_of(json.dumps(document).encode(), EXPIRY)
    rows = stored_copy(session, metadata=json.dumps({"a": secret()}), organizationId=secret())
    if draw(st.booleans()):
        copy = CorruptDocument(json.dumps(document).encode()[:-9], f"not a session: {secret()}", 9, secret(), EXPIRY)
    stored: Any = draw(st.sampled_from([rows, Unavailable(f"It said {secret()}.")]))
    return Copies("s-1", stored, copy, READ_AT), hidden


@given(planted(), st.sampled_from(VIEWS))
@settings(max_examples=examples(30), deadline=None)
def test_nothing_planted_comes_through(given_: tuple[Copies, list[str]], view: PrivacyLevel) -> None:
    copies, hidden = given_
    projected = redact(copies, view, KEY)
    comparison = compare(copies)
    outputs = [said(projected.copies), repr(projected.comparison(comparison))]
    outputs.append(json.dumps(comparison_json(projected.comparison(comparison)), default=str))
    sides = [side for side in (copies.stored, copies.cached) if isinstance(side, StoredCopy | CachedCopy)]
    outputs += [repr(projected.report(assess(side.messages, model_facts("gpt-4o")).report)) for side in sides]
    if isinstance(projected.copies.cached, CorruptDocument):
        outputs.append(projected.copies.cached.raw.decode())
    assert [canaries.leaked(output, hidden) for output in outputs] == [[]] * len(outputs)


@given(st.lists(any_text, min_size=1, max_size=4), canaries.secrets, escapes)
@settings(max_examples=examples(50), deadline=None)
def test_masking_twice_changes_nothing_more(around: list[str], secret: str, escape: Any) -> None:
    mask = Masker(KEY)
    once = mask.text(f"{around[0]} {escape(secret)} {around[-1]}")
    assert mask.text(once) == once


@given(st.one_of(any_text, st.builds("{} {} {}".format, any_text, canaries.secrets, any_text)))
@settings(max_examples=examples(50), deadline=None)
def test_control_characters_are_no_difference(text: str) -> None:
    from chatdata.domain.drift.matching.equality import stripped

    mask = Masker(KEY)
    assert stripped(mask.text(text)) == mask.text(stripped(text) or "")


@given(json_values, canaries.secrets, st.booleans())
@settings(max_examples=examples(50), deadline=None)
def test_json_stays_json(value: Any, secret: str, ascii_only: bool) -> None:
    number = int("4" + "1" * 15)
    text = json.dumps({"a": value, secret: [secret, number], "password": f'"{secret}\\'}, ensure_ascii=ascii_only)
    masked = Masker(KEY).text(text)
    assert canaries.leaked(masked, [secret, str(number)]) == []
    json.loads(masked, strict=False)


@given(st.lists(canaries.secrets, min_size=2, max_size=6, unique=True))
@settings(max_examples=examples(50), deadline=None)
def test_different_secrets_have_different_stand_ins(secrets: list[str]) -> None:
    mask = Masker(KEY)
    assert len({mask.text(secret) for secret in secrets}) == len(secrets)


@given(canaries.emails(), escapes)
@settings(max_examples=examples(50), deadline=None)
def test_one_address_has_one_stand_in_however_it_is_written(email: str, escape: Any) -> None:
    mask = Masker(KEY)
    plain = mask.text(email).rstrip("]")
    assert mask.text(email.upper()).startswith(plain)
    assert plain in mask.text(escape(email))


def shape(comparison: Comparison) -> list[Any]:
    """Kinds and positions."""
    found = [
        (item.kind, item.severity, item.cache_position, item.database_position, item.count, item.at_risk)
        for item in comparison.findings
    ]
    return [comparison.status, comparison.first_difference, comparison.stretches, sorted(map(repr, found))]


@st.composite
def _with_secrets(draw: st.DrawFn) -> Mutated:
    """A mutation of a conversation that names people and keys."""
    mutated = draw(mutations)
    secret = draw(canaries.secrets)

    def told(item: ChatMessage) -> ChatMessage:
        if item.content is None or item.role == "tool":
            return item
        return item.model_copy(
            update={"content": f"{item.content} {secret}", "name": "Mia Canary" if item.role == "user" else None}
        )

    return Mutated(
        mutated.kind, mutated.count, [told(item) for item in mutated.cached], [told(item) for item in mutated.stored]
    )


@given(_with_secrets(), st.sampled_from(VIEWS))
@settings(max_examples=examples(50), deadline=None)
def test_what_differs_in_full_differs_in_each_view_alike(mutated: Mutated, view: PrivacyLevel) -> None:
    copies = copies_of(mutated.cached, mutated.stored)
    projected = redact(copies, view, KEY)
    assert shape(projected.comparison(compare(copies))) == shape(compare(copies))
    assert told_of(compare(projected.copies)) == told_of(compare(copies))


def told_of(comparison: Comparison) -> list[Any]:
    """Kinds and positions; of two descriptions of one swap either is right, and which is taken hangs on the words."""
    if any(item.kind == "reordered" for item in comparison.findings):
        return [comparison.status, sorted((item.kind, item.count) for item in comparison.findings)]
    return shape(comparison)


@given(any_messages, any_messages, st.sampled_from(VIEWS))
@settings(max_examples=examples(50), deadline=None)
def test_any_two_messages_are_as_equal_in_each_view(one: ChatMessage, other: ChatMessage, view: PrivacyLevel) -> None:
    for cached, stored in ((one.sanitize(), other), (one.sanitize(), one), (one.sanitize(), one.sanitize())):
        copies = Copies("s-1", stored_copy(session_of([stored])), cached_copy(session_of([cached])), READ_AT)
        assert shape(compare(redact(copies, view, KEY).copies)) == shape(compare(copies))


@given(
    st.dictionaries(any_text, json_values, max_size=2),
    st.dictionaries(any_text, json_values, max_size=2),
    st.sampled_from(VIEWS),
)
@settings(max_examples=examples(50), deadline=None)
def test_any_two_fields_are_as_equal_in_each_view(
    one: dict[str, Any], other: dict[str, Any], view: PrivacyLevel
) -> None:
    copies = Copies(
        "s-1",
        stored_copy(session_of([], credentials=other, successful_agent_runs=one).sanitize()),
        cached_copy(session_of([], credentials=one, successful_agent_runs=one).sanitize()),
        READ_AT,
    )
    full, projected = compare(copies), compare(redact(copies, view, KEY).copies)
    if view == "structure":  # it has a digest in place of such a field, which does not tell what only the cache has
        full, projected = (
            replace(one, findings=tuple(replace(item, at_risk=False) for item in one.findings))
            for one in (full, projected)
        )
    assert shape(projected) == shape(full)


@pytest.mark.parametrize("view", VIEWS)
def test_stores_that_did_not_answer_stay_so(view: PrivacyLevel) -> None:
    copies = Copies("s-1", Absent(), Unavailable("The cache r@example.org:6379 can't be reached."), READ_AT)
    projected = redact(copies, view, KEY).copies
    assert (projected.stored, type(projected.cached)) == (Absent(), Unavailable)
    assert "r@example.org" not in repr(projected)


def test_positions_roles_and_times_stay() -> None:
    session = ChatSession.model_validate(session_of([message("user", "a"), message("assistant", "b")]).model_dump())
    copies = Copies("s-1", stored_copy(session), cached_copy(session), READ_AT)
    for view in VIEWS:
        stored = redact(copies, view, KEY).copies.stored
        assert isinstance(stored, StoredCopy)
        assert isinstance(copies.stored, StoredCopy)
        for item, full in zip(stored.messages, copies.stored.messages, strict=True):
            assert (item.position, item.message.role, item.created_at) == (
                full.position,
                full.message.role,
                full.created_at,
            )


def test_known_people_from_outside_are_masked_too() -> None:
    mask = Masker(KEY, People(frozenset({"usr-77"}), frozenset({"Ann Onymous"})))
    assert "usr-77" not in mask.text("ask usr-77")
    assert "Ann" not in mask.text("ask Ann")
