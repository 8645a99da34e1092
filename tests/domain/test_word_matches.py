"""Where a search's words are in messages, and how a snippet shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.word_matches import WordMatches, called_tools, find_words
from tests.support.builders import message, tool_call


def found(words: list[str], *texts: str | None) -> WordMatches | None:
    return find_words(((10 + number, message("user", text)) for number, text in enumerate(texts)), words)


def marked(word: str, text: str) -> str:
    match = found([word], text)
    assert match is not None
    return match.snippet.marked


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("refund", "A refund, please", "A «refund», please"),
        ("REFUND", "a Refund", "a «Refund»"),
        ("two words", "of two words", "of «two words»"),
        ("strasse", "Die Straße.", "Die «Straße»."),
        ("ß", "Die Strasse.", "Die Stra«ss»e."),
        ("i", "\u0130", "«\u0130»"),
        ("ไทย", "ภาษาไทย", "ภาษา«ไทย»"),
        ("b", "a\n\n\tb\r\n c", "a «b» c"),
        ("x", "x", "«x»"),
    ],
    ids=repr,
)
def test_a_snippet_marks_the_word_as_the_message_has_it(word: str, text: str, expected: str) -> None:
    assert marked(word, text) == expected


def test_a_snippet_is_cut_with_ellipses_and_begins_with_a_word_soon_before_the_match() -> None:
    text = f"{'left ' * 50}here {'right ' * 50}"
    snippet = marked("here", text)
    assert snippet.startswith("…left left left left «here» right right")
    assert snippet.endswith("…")
    assert len(snippet) < 150


def test_the_message_with_the_most_words_is_first_and_all_with_any_are_counted() -> None:
    match = found(["red", "green"], "green", None, "nothing", "red", "a green and red one", "green red")
    assert match is not None
    assert (match.messages, match.position, match.snippet.word) == (4, 14, "red")


def test_a_system_prompt_counts_but_comes_after_all_other_messages() -> None:
    prompt = message("system", "red green")
    match = find_words([(0, prompt), (1, message("user", "green"))], ["red", "green"])
    alone = find_words([(0, prompt), (1, message("user", "blue"))], ["red", "green"])
    assert match is not None
    assert alone is not None
    assert (match.messages, match.position, alone.position) == (2, 1, 0)


def test_words_that_no_message_has_match_nothing() -> None:
    assert found(["blue"], "red", None) is None
    assert found([""], "red") is None
    assert found([], "red") is None


def test_words_in_calls_are_found_and_the_names_of_tools_are_read_past_damage() -> None:
    calls = message("assistant", None, tool_calls=[tool_call(name="find", arguments='{"q": "pears"}')])
    match = find_words([(3, calls)], ["pears"])
    assert match is not None
    assert (match.position, match.snippet.word) == (3, "pears")
    assert list(called_tools(calls)) == ["find"]
    odd = message("assistant", None, tool_calls=["x", {"function": 7}, {"function": {"name": 1}}, {"function": {}}])
    assert list(called_tools(odd)) == []


@given(text=st.text(max_size=60), word=st.text(min_size=1, max_size=3))
def test_whatever_a_text_holds_the_marked_word_folds_to_one_that_holds_the_word(text: str, word: str) -> None:
    match = found([word], text)
    assert (match is not None) == (word.casefold() in text.casefold())
    if match is not None and not any(character.isspace() for character in word):
        assert word.casefold() in match.snippet.word.casefold()
