"""The tokens that tool results caused: an example by hand, and what holds for any conversation."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.messages import Usage
from chatdata.domain.usage.tool_growth import (
    CausedTokens,
    MessageOutline,
    can_be_metered,
    estimated_growth,
    recorded_growth,
)

USER = MessageOutline("user", 40)
TOOLS = ("find", "run", "fetch")


def asking(*calls: tuple[str, str]) -> MessageOutline:
    return MessageOutline("assistant", 0, calls=calls)


def result(call_id: str, characters: int) -> MessageOutline:
    return MessageOutline("tool", characters, call_id)


def usage(*counts: tuple[int, int]) -> list[Usage]:
    return [Usage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=0) for prompt, completion in counts]


def test_a_result_counts_in_each_later_prompt() -> None:
    messages = [
        USER,
        asking(("a", "find"), ("b", "run")),
        result("a", 300),
        result("b", 100),
        MessageOutline("assistant", 20),
        USER,
        MessageOutline("assistant", 20),
    ]
    found = recorded_growth(messages, usage((1_000, 50), (1_450, 10), (1_480, 10)))
    assert found == {"find": CausedTokens(300, 600), "run": CausedTokens(100, 200)}


def test_a_shorter_prompt_adds_nothing_and_shrinks_what_was_there() -> None:
    messages = [
        asking(("a", "find")),
        result("a", 9),
        asking(("b", "run")),
        result("b", 9),
        MessageOutline("assistant", 0),
    ]
    found = recorded_growth(messages, usage((100, 0), (300, 0), (150, 0)))
    assert found == {"find": CausedTokens(200, 200 + 100)}


def test_the_answer_before_explains_its_own_tokens_and_other_messages_take_their_share() -> None:
    messages = [asking(("a", "find")), result("a", 60), MessageOutline("user", 40), MessageOutline("assistant", 0)]
    assert recorded_growth(messages, usage((100, 30), (230, 0))) == {"find": CausedTokens(60, 60)}
    assert recorded_growth(messages, usage((100, 500), (230, 0))) == {"find": CausedTokens(0, 0)}


def test_a_result_of_no_call_or_of_a_nameless_one_counts_for_no_tool() -> None:
    nameless = MessageOutline("assistant", 0, calls=(("a", None),))
    messages = [nameless, result("a", 50), result("x", 50), MessageOutline("assistant", 0)]
    assert recorded_growth(messages, usage((100, 0), (300, 0))) == {}
    assert estimated_growth(messages, None) == {}


def test_an_estimate_has_a_token_for_four_characters_and_never_exceeds_the_recorded_prompts() -> None:
    messages = [asking(("a", "find")), result("a", 41), MessageOutline("assistant", 0), MessageOutline("assistant", 0)]
    assert estimated_growth(messages, None) == {"find": CausedTokens(11, 22)}
    assert estimated_growth(messages, 30) == {"find": CausedTokens(11, 22)}
    assert estimated_growth(messages, 15) == {"find": CausedTokens(11, 15)}


def test_only_a_usage_for_each_answer_can_be_metered() -> None:
    messages = [USER, MessageOutline("assistant", 0), MessageOutline("assistant", 0)]
    assert can_be_metered(messages, usage((5, 0), (6, 0)))
    assert not can_be_metered(messages, usage((5, 0)))
    assert not can_be_metered(messages, usage((5, 0), (0, 7)))
    assert not can_be_metered([USER], [])


MESSAGES = st.lists(
    st.one_of(
        st.builds(MessageOutline, st.just("user"), st.integers(0, 500)),
        st.builds(
            MessageOutline,
            st.just("assistant"),
            st.integers(0, 500),
            st.none(),
            st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(TOOLS)), max_size=2).map(tuple),
        ),
        st.builds(MessageOutline, st.just("tool"), st.integers(0, 5_000), st.sampled_from([None, "", *"abcx"])),
    ),
    max_size=30,
)
COUNTS = st.tuples(st.integers(1, 10_000), st.integers(0, 1_000))


@given(data=st.data(), messages=MESSAGES)
def test_never_more_is_attributed_than_prompts_grew_by(data: st.DataObject, messages: list[MessageOutline]) -> None:
    answers = sum(message.role == "assistant" for message in messages)
    counts = data.draw(st.lists(COUNTS, min_size=answers, max_size=answers))
    found = recorded_growth(messages, usage(*counts))
    assert all(tokens.result_tokens >= 0 and tokens.caused_tokens >= 0 for tokens in found.values())
    prompts = [prompt for prompt, _ in counts]
    grown = sum(max(0, after - before) for before, after in pairwise(prompts))
    assert sum(tokens.result_tokens for tokens in found.values()) <= grown
    assert sum(tokens.caused_tokens for tokens in found.values()) <= sum(prompts[1:])


@given(messages=MESSAGES, prompt=st.none() | st.integers(1, 100_000))
def test_an_estimate_without_later_answers_causes_nothing(messages: list[MessageOutline], prompt: int | None) -> None:
    found = estimated_growth(messages, prompt)
    total = sum(tokens.caused_tokens for tokens in found.values())
    assert prompt is None or total <= prompt
    last = [message for message in messages if message.role != "assistant"]
    assert all(tokens.caused_tokens == 0 for tokens in estimated_growth(last, prompt).values())


@given(messages=MESSAGES)
def test_growth_that_only_results_can_explain_is_theirs_to_the_last_token(messages: list[MessageOutline]) -> None:
    turns = [message for message in messages if message.role != "user"]
    calls = MessageOutline("assistant", 0, calls=tuple((name, "find") for name in "abcx"))
    results = [MessageOutline("tool", each.characters + 1, "a") for each in turns if each.role == "tool"]
    whole = [calls, *results, MessageOutline("assistant", 0)]
    found = recorded_growth(whole, usage((100, 7), (100 + 7 + 1_001, 0)))
    assert found == ({"find": CausedTokens(1_001, 1_001)} if results else {})
