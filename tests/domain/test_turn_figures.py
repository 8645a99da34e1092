"""What each turn used: sums of the recorded usage of its responses, and nothing where one is unknown."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.copies import CopyMessage
from chatdata.domain.messages import ChatMessage
from chatdata.domain.usage import Growth, Turn, TurnFigures, same_positions, turn_figures


def messages(roles: str, texts: str = "") -> list[CopyMessage]:
    """A message for each letter: u(ser), a(ssistant), t(ool), s(ystem)."""
    names = {"u": "user", "a": "assistant", "t": "tool", "s": "system"}
    contents = texts or roles
    return [
        CopyMessage(position=at, message=ChatMessage(role=names[role], content=contents[at]))
        for at, role in enumerate(roles)
    ]


def recorded(*responses: tuple[int | None, int, int, str | None]) -> Growth:
    """Usage of responses: position, prompt, completion, and the cost of it and all before."""
    turns = tuple(
        Turn(number, position, prompt, completion, None, None, None if cost is None else Decimal(cost), None)
        for number, (position, prompt, completion, cost) in enumerate(responses, start=1)
    )
    return Growth(turns, True, len(turns), "USD", None, None)


def figures(roles: str, usage: Growth, same: frozenset[int] | None = None) -> tuple[TurnFigures, ...]:
    given_messages = messages(roles)
    return turn_figures(given_messages, usage, same_positions(given_messages, given_messages) if same is None else same)


def test_a_turn_is_the_sum_of_its_responses() -> None:
    usage = recorded((2, 100, 5, "0.1"), (4, 130, 7, "0.25"), (6, 200, 9, "0.5"))
    assert figures("suataua", usage) == (
        TurnFigures(1, 2, 230, 12, Decimal("0.25")),
        TurnFigures(5, 1, 200, 9, Decimal("0.25")),
    )


def test_a_turn_with_an_unrecorded_response_has_no_figures_and_neither_has_one_without_a_response() -> None:
    usage = recorded((1, 100, 5, "0.1"), (5, 200, 9, "0.3"))
    assert [turn.position for turn in figures("uaauuau", usage)] == [4]


def test_a_response_that_is_another_one_in_this_copy_has_no_figures() -> None:
    usage = recorded((1, 100, 5, "0.1"), (3, 200, 9, "0.3"))
    same = same_positions(messages("uaua", "abcd"), messages("uaua", "abcX"))
    assert [turn.position for turn in figures("uaua", usage, same)] == [0]


def test_an_unknown_price_leaves_the_cost_open_and_not_the_tokens() -> None:
    usage = recorded((1, 100, 5, "0.1"), (3, 200, 9, None))
    assert [(turn.prompt_tokens, turn.cost) for turn in figures("uaua", usage)] == [(100, Decimal("0.1")), (200, None)]


def test_usage_that_belongs_to_no_message_is_in_no_turn() -> None:
    assert figures("ua", recorded((None, 100, 5, "0.1"))) == ()


@given(st.text("uats", max_size=30))
def test_the_turns_have_all_tokens_of_the_responses_after_the_first_question(roles: str) -> None:
    places = [at for at, role in enumerate(roles) if role == "a"]
    usage = recorded(*((at, 10 * number, number, str(number)) for number, at in enumerate(places, start=1)))
    after = [number for number, at in enumerate(places, start=1) if "u" in roles[:at]]
    found = figures(roles, usage)
    assert sum(turn.completion_tokens for turn in found) == sum(after)
    assert sum(turn.responses for turn in found) == len(after)
    assert sum((turn.cost or 0 for turn in found), Decimal(0)) == len(after)
