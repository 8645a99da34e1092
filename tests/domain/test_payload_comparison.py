"""What a model is sent from each copy, and what it misses."""

from collections.abc import Sequence

from hypothesis import given, settings

from chatdata.domain.copies import CachedCopy, Copies, StoredCopy
from chatdata.domain.drift import compare
from chatdata.domain.messages import ChatMessage
from chatdata.domain.payload import assess
from chatdata.domain.side_by_side import Payloads, compare_payloads, payload_sentences
from chatdata.domain.tokens import model_facts
from tests.support.builders import message, talk, tool_call
from tests.support.laws import examples
from tests.support.mutations import READ_AT, Mutated, cached_copy, copies_of, mutations, session_of, stored_copy

GPT = model_facts("gpt-4o")
USED = [
    message("user", "Look it up."),
    message("assistant", "Looking.", tool_calls=[tool_call("1", "web_fetch"), tool_call("2", "search_docs")]),
    message("tool", "found", tool_call_id="1"),
    message("tool", "nothing", tool_call_id="2"),
    message("assistant", "Here."),
]


def of(copies: Copies) -> Payloads:
    assert isinstance(copies.cached, CachedCopy)
    assert isinstance(copies.stored, StoredCopy)
    judged = assess(copies.cached.messages, GPT), assess(copies.stored.messages, GPT)
    return compare_payloads(*judged, copies, compare(copies))


def between(cached: Sequence[ChatMessage], stored: Sequence[ChatMessage]) -> Payloads:
    return of(copies_of(cached, stored))


def test_the_same_copies_send_the_same() -> None:
    payloads = between(USED, USED)
    assert (payloads.apart, payloads.windowed, payloads.verdicts) == ((), 0, ())
    assert payload_sentences(payloads) == ("The model is sent the same from both copies.",)


def test_what_a_stale_cache_lacks_is_named_with_place_role_words_and_tools() -> None:
    stored = [*talk(2), *USED, message("user", "No, I meant\nthe  other one!"), message("assistant", "Sorry.")]
    payloads = between(stored[:2], stored)
    assert [(item.positions, item.role, item.words, item.tools) for item in payloads.missed] == [
        ((2,), "user", "Look it up.", ()),
        ((3,), "assistant", "Looking.", ("web_fetch", "search_docs")),
        ((4,), "tool", "found", ()),
        ((5,), "tool", "nothing", ()),
        ((6,), "assistant", "Here.", ()),
        ((7,), "user", "No, I meant the other one!", ()),
        ((8,), "assistant", "Sorry.", ()),
    ]
    assert payloads.unsaved == ()
    assert payload_sentences(payloads) == (
        "From the cache the model misses 7 messages that the database has, among them the user's “No, I meant "
        "the other one!”.",
    )


def test_what_only_the_cache_gives_is_the_mirror_image() -> None:
    payloads = between([*talk(3), message("assistant", None, tool_calls=[tool_call("1", "run_agent")])], talk(3))
    (only,) = payloads.unsaved
    assert (only.source, only.positions, only.tools) == ("cache", (3,), ("run_agent",))
    assert payload_sentences(payloads)[0] == (
        "From the database the model would miss 1 message that only the cache has: assistant calls run_agent."
    )


def test_a_message_that_says_something_else_is_no_missing_one() -> None:
    cached = [*talk(3), message("user", "Blue"), *talk(1, "x")]
    stored = [*talk(3), message("user", "Red"), *talk(1, "x")]
    payloads = between(cached, stored)
    ((one, other),) = payloads.otherwise
    assert (one.words, other.words, payloads.missed, payloads.unsaved) == ("Blue", "Red", (), ())
    assert payload_sentences(payloads) == ("1 message differs: user “Blue” from the cache, “Red” from the database.",)


def test_a_message_in_another_place_is_no_missing_one() -> None:
    cached = [message("user", "a"), message("user", "b"), message("user", "c"), message("user", "d")]
    stored = [cached[0], cached[3], cached[1], cached[2]]
    payloads = between(cached, stored)
    ((one, other),) = payloads.elsewhere
    assert (one.words, one.positions, other.positions) == ("d", (3,), (1,))
    assert payload_sentences(payloads) == ("1 message is in a different place.",)


def test_words_that_are_sent_as_one_message_are_not_missing_as_a_whole() -> None:
    """Neighbouring messages of the assistant are sent as one: of the longer one the model misses the end."""
    stored = [message("user", "Go"), message("assistant", "First."), message("assistant", "Second.")]
    payloads = between(stored[:2], stored)
    assert (payloads.missed, len(payloads.otherwise)) == ((), 1)


def test_a_windowed_cache_misses_nothing() -> None:
    long = talk(1300)
    payloads = between(long[300:], long)
    assert (payloads.apart, payloads.windowed) == ((), 300)
    assert payload_sentences(payloads) == (
        "The cache keeps only the newest 1,000 messages; the 300 payload messages before them are omitted by design.",
    )


def test_what_a_window_lacks_at_its_end_is_missed_all_the_same() -> None:
    long = talk(1300)
    payloads = between(long[250:1250] + long[1251:], long)
    assert (len(payloads.missed), payloads.windowed) == (1, 250)


def test_the_verdicts_that_differ_are_named_with_their_reasons() -> None:
    lost = [*USED[:1], USED[1].model_copy(update={"tool_calls": None}), *USED[2:]]
    payloads = between(USED, lost)
    assert {item.provider for item in payloads.verdicts} >= {"openai", "anthropic"}
    first = payloads.verdicts[0]
    assert (first.cached, first.stored, first.codes) == ("accept", "reject", ("orphan_tool_result",))
    assert (
        "reject the payload from the database (Orphaned tool result) and accept the one from the cache."
        in payload_sentences(payloads)[1]
    )
    assert payload_sentences(payloads)[1].startswith("OpenAI, Anthropic, ")
    assert payload_sentences(payloads)[0] == (
        "1 message differs: assistant “Looking.” and calls web_fetch, search_docs from the cache, "
        "the same text calling nothing from the database."
    )


def test_tokens_that_nobody_can_count_are_unknown() -> None:
    copies = copies_of(talk(2), talk(4))
    assert isinstance(copies.cached, CachedCopy)
    assert isinstance(copies.stored, StoredCopy)
    unknown = model_facts("some/other-model")
    judged = assess(copies.cached.messages, unknown), assess(copies.stored.messages, unknown)
    payloads = compare_payloads(*judged, copies, compare(copies))
    assert (payloads.more_tokens, payloads.missed[0].tokens) == (None, None)
    counted = between(talk(2), talk(4))
    assert counted.more_tokens
    assert counted.more_tokens > 0


def contents(payloads: Payloads) -> tuple[str, str]:
    judged = payloads.cached, payloads.stored
    one, other = ("\n".join(str(item.param.get("content")) for item in side.payload.messages) for side in judged)
    return one, other


@settings(max_examples=examples(60))
@given(mutations)
def test_what_a_payload_misses_is_said_nowhere_in_it(mutated: Mutated) -> None:
    payloads = between(mutated.cached, mutated.stored)
    assert (payloads.apart == ()) == (payloads.cached.payload.params == payloads.stored.payload.params)
    if mutated.kind == "duplicate_message":
        return
    from_cache, from_database = contents(payloads)
    lines_of_cache, lines_of_rows = from_cache.splitlines(), from_database.splitlines()
    assert not {item.words for item in payloads.missed if item.words} & set(lines_of_cache)
    assert not {item.words for item in payloads.unsaved if item.words} & set(lines_of_rows)


@settings(max_examples=examples(60))
@given(mutations)
def test_what_is_said_in_one_payload_only_is_accounted_for(mutated: Mutated) -> None:
    payloads = between(mutated.cached, mutated.stored)
    from_cache, from_database = (set(text.splitlines()) for text in contents(payloads))
    told = [item.words for item in (*payloads.missed, *(other for _, other in payloads.otherwise))]
    assert all(any(line.strip() in words for words in told) for line in from_database - from_cache)


def test_copies_that_move_are_not_compared() -> None:
    copies = Copies("s-1", stored_copy(session_of(talk(3))), cached_copy(session_of(talk(2))), READ_AT)
    assert isinstance(copies.cached, CachedCopy)
    assert isinstance(copies.stored, StoredCopy)
    judged = assess(copies.cached.messages, GPT), assess(copies.stored.messages, GPT)
    payloads = compare_payloads(*judged, copies, compare(copies, moved=True))
    assert (payloads.judged, payloads.apart) == (False, ())
    assert payload_sentences(payloads) == ("A copy is changing right now, so the payloads are not compared.",)
