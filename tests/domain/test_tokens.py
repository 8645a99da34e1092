"""Token counts, facts and prices of models, from data that ships with the packages."""

import importlib.metadata
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.tokens import (
    Encoding,
    ModelFacts,
    Price,
    catalogue,
    count,
    counting,
    estimate,
    estimate_message,
    known_models,
    model_facts,
    price,
)

O200K: Encoding = "o200k_base"
CL100K: Encoding = "cl100k_base"
ANY_TEXT = st.text(st.characters(), max_size=60)
"""Lone surrogates too."""


@pytest.fixture
def nothing_loaded() -> Iterator[None]:
    """As in a new process, and left so."""
    counting._tokenizer.cache_clear()
    catalogue.find.cache_clear()
    yield
    counting._tokenizer.cache_clear()
    catalogue.find.cache_clear()


def known(text: str) -> int:
    tokens = count(text, O200K)
    assert tokens is not None
    return tokens


# Counting


@pytest.mark.parametrize(
    ("text", "cl100k", "o200k"),
    [
        ("", 0, 0),
        ("hello world", 2, 2),
        ("antidisestablishmentarianism", 6, 6),
        ("2 + 2 = 4", 7, 7),
        ("お誕生日おめでとう", 9, 8),
        ("<|endoftext|>", 7, 7),
    ],
)
def test_tokens_are_those_of_openais_tokenizers_and_special_ones_are_plain_text(
    text: str, cl100k: int, o200k: int
) -> None:
    assert (count(text, CL100K), count(text, O200K)) == (cl100k, o200k)


def test_half_a_character_counts_as_the_replacement_character() -> None:
    assert count("a\ud800b\udfff", O200K) == count("a\ufffdb\ufffd", O200K)


@pytest.mark.parametrize(
    "text", ["a" * 5_000_000, "日" * 1_600_000, "Where is it? 🙂\n" * 300_000], ids=["a", "日", "?"]
)
def test_five_megabytes_are_counted(text: str) -> None:
    assert 0 < known(text) <= len(text.encode())


@given(ANY_TEXT)
def test_every_text_has_a_count_of_at_most_its_bytes(text: str) -> None:
    assert 0 <= known(text) <= len(text.encode(errors="surrogatepass"))


def test_without_a_tokenizer_every_count_is_unknown(monkeypatch: pytest.MonkeyPatch, nothing_loaded: None) -> None:
    monkeypatch.setitem(sys.modules, "quicktok", None)
    assert count("a", O200K) is None
    assert estimate([{"role": "user", "content": "a"}], O200K) == counting.Estimate((None,), None)
    assert estimate([], O200K).total is None


def test_without_an_encoding_every_count_is_unknown() -> None:
    assert count("a", None) is None
    assert estimate([{"role": "user", "content": "a"}], None) == counting.Estimate((None,), None)


# Messages


CALL = {"id": "call_a", "type": "function", "function": {"name": "find_parcel", "arguments": '{"number": "AB1"}'}}
OLD_CALL = {"name": "find_parcel", "arguments": "{}"}
CUSTOM_CALL = {"id": "call_b", "type": "custom", "custom": {"name": "shell", "input": "ls"}}
PARTS = [{"type": "text", "text": "Hi"}, {"type": "refusal", "refusal": "No."}]


@pytest.mark.parametrize(
    ("param", "texts", "extra"),
    [
        ({"role": "user", "content": "Where is it?"}, ["user", "Where is it?"], 0),
        ({"role": "user", "content": "Hi", "name": "ann"}, ["user", "Hi", "ann"], 1),
        ({"role": "assistant", "content": None, "refusal": "No."}, ["assistant", "No."], 0),
        (
            {"role": "assistant", "content": "", "tool_calls": [CALL]},
            ["assistant", "call_a", "find_parcel", '{"number": "AB1"}'],
            0,
        ),
        ({"role": "assistant", "function_call": OLD_CALL}, ["assistant", "find_parcel", "{}"], 0),
        ({"role": "assistant", "tool_calls": [CUSTOM_CALL]}, ["assistant", "call_b", "shell", "ls"], 0),
        ({"role": "tool", "tool_call_id": "call_a", "content": "[]"}, ["tool", "call_a", "[]"], 0),
        ({"role": "user", "content": PARTS}, ["user", "Hi", "No."], 0),
    ],
    ids=["content", "name", "refusal", "tool call", "function call", "custom call", "tool result", "parts"],
)
def test_a_message_is_three_tokens_and_its_texts(param: dict[str, Any], texts: list[str], extra: int) -> None:
    assert estimate_message(param, O200K) == 3 + extra + sum(map(known, texts))


@pytest.mark.parametrize(
    "param",
    [
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]},
        {"role": "user", "content": {"text": "no list"}},
        {"role": "assistant", "tool_calls": ["not a call"]},
        {"role": "assistant", "tool_calls": 5},
        {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": {"not": "text"}}}]},
    ],
    ids=["image", "content of another form", "call of another form", "calls of another form", "other arguments"],
)
def test_what_no_tokenizer_reads_makes_message_and_total_unknown(param: dict[str, Any]) -> None:
    estimated = estimate([{"role": "user", "content": "Hi"}, param], O200K)
    assert estimated.messages == (3 + known("user") + known("Hi"), None)
    assert estimated.total is None


@given(st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), ANY_TEXT), max_size=5))
def test_the_total_is_the_sum_of_the_messages_and_the_start_of_the_reply(contents: list[tuple[str, str]]) -> None:
    estimated = estimate([{"role": role, "content": text} for role, text in contents], CL100K)
    assert len(estimated.messages) == len(contents)
    assert estimated.total == sum(tokens or 0 for tokens in estimated.messages) + 3


# Facts


@pytest.mark.parametrize("name", known_models())
def test_every_offered_model_has_a_price_and_a_context_window(name: str) -> None:
    facts = model_facts(name)
    assert facts.price_known
    assert facts.prices_dated == catalogue.PRICES_DATED
    assert facts.context_window
    assert facts.context_window >= 8_000
    assert price(name, 1_000_000, 0) != price(name, 0, 0)


def test_the_facts_of_a_model() -> None:
    assert model_facts("gpt-4o") == ModelFacts("gpt-4o", "openai", O200K, 128_000, True, catalogue.PRICES_DATED)


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("openai/gpt-4o", "openrouter"),
        ("azure/gpt-4o", "azure"),
        ("openrouter/openai/gpt-4o", "openrouter"),
        ("chatgpt-4o-latest", "openai"),
        ("claude-sonnet-4-5", "anthropic"),
        ("mistral/mistral-large-4", "mistral"),
    ],
)
def test_a_name_with_a_slash_is_openrouters_id_first_and_a_providers_model_then(name: str, provider: str) -> None:
    assert model_facts(name).provider == provider


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        (
            O200K,
            "gpt-4o GPT-4o gpt-4o-mini-2024-07-18 chatgpt-4o-latest gpt-4.1-nano gpt-4.5-preview gpt-5 gpt-5.5-pro",
        ),
        (O200K, "o1 o1-preview o3-mini o4-mini gpt-oss-120b openai/gpt-4o azure/gpt-5-mini ft:gpt-4o-mini:acme::id"),
        (CL100K, "gpt-4 gpt-4-0613 gpt-4-turbo gpt-4-32k gpt-3.5-turbo-16k gpt-35-turbo openrouter/openai/gpt-4"),
        (None, "gpt-6-sol gpt-4.2 gpt-40 gpt-5x gpt-5.6x o3x o11 claude-opus-5 acme/gpt-4o text-davinci-003"),
    ],
)
def test_only_families_whose_tokenizer_was_published_have_an_encoding(encoding: Encoding | None, names: str) -> None:
    assert {name: model_facts(name).encoding for name in names.split()} == dict.fromkeys(names.split(), encoding)


@pytest.mark.parametrize("name", ["", "/", "nonsense", "acme/model", "acme/", "gpt-4o\0", "x" * 100_000, "\ud800"])
def test_of_an_unknown_model_nothing_is_known(name: str) -> None:
    assert model_facts(name) == ModelFacts(name, None, model_facts(name).encoding, None, False, None)
    assert price(name, 1, 1) is None


def test_without_price_data_only_the_tokenizer_is_known(monkeypatch: pytest.MonkeyPatch, nothing_loaded: None) -> None:
    monkeypatch.setitem(sys.modules, "genai_prices.data", None)
    assert model_facts("gpt-4o") == ModelFacts("gpt-4o", None, O200K, None, False, None)
    assert price("gpt-4o", 1, 1) is None


# Prices


def test_cached_prompt_tokens_are_part_of_the_prompt_tokens_and_cost_less() -> None:
    assert price("gpt-4o", 1_000_000, 0) == Price(Decimal("2.50"), "USD", catalogue.PRICES_DATED)
    assert price("gpt-4o", 1_000_000, 0, 1_000_000) == Price(Decimal("1.25"), "USD", catalogue.PRICES_DATED)
    assert price("gpt-4o", 1_000_000, 100_000, 400_000) == Price(Decimal("3.00"), "USD", catalogue.PRICES_DATED)


@pytest.mark.parametrize("counts", [(10, 0, 11), (-1, 0, 0), (0, -1, 0), (10, 0, -1)])
def test_counts_that_cannot_be_have_no_price(counts: tuple[int, int, int]) -> None:
    assert price("gpt-4o", *counts) is None


@pytest.mark.parametrize("name", ["text-embedding-3-small", "whisper-1", "azure/phi-4-reasoning:free"])
def test_what_is_not_priced_by_text_in_and_text_out_has_no_price(name: str) -> None:
    assert price(name, 10, 10) is None
    assert not model_facts(name).price_known


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_more_tokens_never_cost_less(prompt: int, completion: int) -> None:
    smaller, larger = price("gpt-4.1", prompt, completion), price("gpt-4.1", prompt + 1, completion)
    assert smaller
    assert larger
    assert smaller.amount < larger.amount


def test_the_day_of_the_prices_is_that_of_the_pinned_release() -> None:
    assert importlib.metadata.version("genai-prices") == catalogue.PRICES_RELEASE
    assert date(2026, 11, 10) == catalogue.PRICES_DATED


# What it needs


def test_nothing_is_downloaded(monkeypatch: pytest.MonkeyPatch, nothing_loaded: None) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("no connection may be opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert count("a", O200K) == count("a", CL100K) == 1
    assert price("gpt-4o", 1, 1)


def test_importing_loads_no_tokenizer_and_no_prices() -> None:
    code = "import sys, chatdata.domain.tokens; print({'quicktok', 'genai_prices', 'openai'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
