"""Readers of formats: what is recognised, what becomes of calls and counts, and that nothing is lost unseen."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatdata.domain.dialects import (
    DIALECTS,
    Dialect,
    InvalidConversation,
    ReadConversation,
    anthropic,
    bedrock,
    gemini,
    openai_chat,
    read,
    recognise,
    sentences,
)
from chatdata.domain.dialects.account import Account
from tests.support import builders
from tests.support.dialect_samples import CALL, CHAT, SAMPLES, Sample
from tests.support.laws import examples

samples = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.dialect}: {sample.name}")


def only(value: Any) -> ReadConversation:
    """The one conversation in a value."""
    (found,) = read(copy.deepcopy(value))
    assert isinstance(found, ReadConversation)
    return found


def refusal(value: Any, dialect: Dialect | None = None) -> str:
    """The sentence with which a value is refused."""
    with pytest.raises(InvalidConversation) as refused:
        read(value, dialect)
    return str(refused.value)


def test_every_format_has_a_sample() -> None:
    assert {sample.dialect for sample in SAMPLES} == set(DIALECTS)


@samples
def test_a_format_is_recognised_by_its_keys(sample: Sample) -> None:
    assert recognise(sample.value) == sample.dialect
    assert only(sample.value).dialect == sample.dialect


@samples
def test_messages_come_in_order_with_their_roles(sample: Sample) -> None:
    found = only(sample.value)
    assert tuple(item.message.role for item in found.messages) == sample.roles
    words = [item.message.content for item in found.messages if item.message.role in ("user", "assistant")]
    assert words[0] == "Where is my bag?"
    if found.messages[-1].message.role == "assistant":
        assert str(words[-1]).splitlines()[0] == "It is in Porto."
    assert found.id == sample.id


@samples
def test_calls_and_results_keep_their_ids(sample: Sample) -> None:
    messages = [item.message for item in only(sample.value).messages]
    calls = [call for message in messages for call in message.tool_calls or ()]
    results = [message for message in messages if message.role == "tool"]
    if sample.call_id is None:
        assert (calls, results) == ([], [])
        return
    ((call,), (result,)) = (calls, results)
    assert (call["id"], call["type"], result.tool_call_id) == (sample.call_id, "function", sample.call_id)
    assert call["function"]["name"] == "find_bag"
    assert json.loads(call["function"]["arguments"]) == {"tag": "LX 9"}
    assert result.content in ("Porto", '{"city":"Porto"}')


@samples
def test_counts_become_prompt_and_completion(sample: Sample) -> None:
    usage = only(sample.value).usage
    assert (sum(item.prompt_tokens for item in usage), sum(item.completion_tokens for item in usage)) == sample.usage


@samples
def test_what_is_left_out_is_accounted_for_by_kind(sample: Sample) -> None:
    kinds = {item.kind for item in only(sample.value).left_out} - {"key"}
    assert kinds == set(sample.kinds)


# Nothing is lost unseen


def leaves(value: Any) -> Iterator[str]:
    """Every text in a value, keys aside; JSON inside a text counts as its texts."""
    if isinstance(value, str):
        inner = None
        if value[:1] in ("{", "["):
            try:
                inner = json.loads(value)
            except ValueError:
                inner = None
        if inner is None:
            yield value
        else:
            yield from leaves(inner)
    elif isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)


def held(found: ReadConversation) -> str:
    """Everything that a reader gives back, as one text."""
    messages = [(item.message.model_dump(), item.id, item.model) for item in found.messages]
    account = [(item.place, item.name, item.value) for item in found.left_out]
    return json.dumps([messages, account, found.id, found.user, found.title, found.model], ensure_ascii=False)


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a value."""
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from objects_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from objects_in(item)


def told_of(value: Any, sample: Sample) -> str:
    """All that reading a value gives, or the sentence that refuses it; no sentence quotes the value."""
    try:
        found = read(value, sample.dialect)
    except InvalidConversation as refused:
        return f"refused: {refused}"
    return "".join(held(item) if isinstance(item, ReadConversation) else f"refused: {item}" for item in found)


_canaries = st.text("abcdef", min_size=4, max_size=8).map("canary-{}".format)


@samples
@settings(deadline=None, max_examples=examples(40))
@given(data=st.data())
def test_whatever_is_added_anywhere_is_in_the_result_or_in_its_account(sample: Sample, data: st.DataObject) -> None:
    value = copy.deepcopy(sample.value)
    target = data.draw(st.sampled_from(list(objects_in(value))))
    canary = data.draw(_canaries)
    block = {"type": "hologram", "payload": canary}
    added = data.draw(st.sampled_from([canary, [canary], {"deep": canary}, block, {"type": "text", "text": canary}]))
    key = data.draw(st.sampled_from(["novelty", "extra_info", "reasoning_content", "annotations", "metadata", "cost"]))
    target.setdefault(key, added)
    told = told_of(value, sample)
    assert (canary in told) != told.startswith("refused") or target[key] is not added


@samples
@settings(deadline=None, max_examples=examples(40))
@given(data=st.data())
def test_every_word_of_a_message_is_in_the_result_or_in_its_account(sample: Sample, data: st.DataObject) -> None:
    value = copy.deepcopy(sample.value)
    spots = list(spots_of_words(value))
    target, key = data.draw(st.sampled_from(spots))
    target[key] = canary = data.draw(_canaries)
    told = told_of(value, sample)
    assert (canary in told) != told.startswith("refused")


def spots_of_words(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place of a text with a space in it: its object or list, and its key."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if isinstance(item, str) and " " in item and item[:1] not in ("{", "["):
            yield value, key
        yield from spots_of_words(item)


@samples
def test_every_text_of_a_sample_is_in_the_result_or_in_its_account(sample: Sample) -> None:
    found = held(only(sample.value))
    structure = {
        *(
            "20",
            "none",
            "gen_ai.input.messages",
            "gen_ai.usage.input_tokens",
            "user",
            "assistant",
            "system",
            "tool",
            "human",
            "ai",
            "gpt",
            "model",
            "function_call",
            "observation",
        ),
        *("text", "thinking", "reasoning", "function", "tool_use", "tool_result", "input_text", "output_text"),
        *("message", "function_call_output", "request", "response", "all", "stop", "constructor", "success"),
        *("langchain", "schema", "messages", "HumanMessage", "AIMessage", "ToolMessage", "AIMessageChunk"),
        *("tool-call", "tool-result", "json", "result", "output-available", "step-start", "tool-find_bag"),
        *("thinking", "tool-return", "system-prompt", "user-prompt", "tool_call", "tool_call_response", "summary"),
        *("session_meta", "response_item", "event_msg", "token_count", "0", "e4", "find", "root"),
    }
    lost = [
        text
        for text in leaves(sample.value)
        if text not in structure and json.dumps(text, ensure_ascii=False)[1:-1] not in found and not _is_time(text)
    ]
    assert lost == []


def _is_time(text: str) -> bool:
    return text.startswith("2026-02-20T")


# A shorter way for what is plain


_INNER = ("toolUse", "toolResult", "functionCall", "functionResponse")


def with_null_keys(items: Any) -> list[Any]:
    """The messages with a key more at each level that says nothing, so that none is read as plain."""
    return [
        _more(item) | {key: _more_blocks(item[key]) for key in ("content", "parts") if key in item} for item in items
    ]


def _more(value: Any) -> Any:
    return {**value, "nothing": None} if isinstance(value, dict) else value


def _more_blocks(blocks: Any) -> Any:
    if not isinstance(blocks, list):
        return blocks
    return [_more({key: _more_inner(key, item) for key, item in block.items()}) for block in blocks]


def _more_inner(key: str, value: Any) -> Any:
    if key not in _INNER or not isinstance(value, dict):
        return value
    inner = _more(value)
    if key == "toolResult" and isinstance(value.get("content"), list):
        inner["content"] = [_more(block) for block in value["content"]]
    return inner


_words = st.sampled_from(["", " ", "Where is my bag?", "caf\ud83d", "\0"])
_maybe_ids = st.sampled_from(["a", "b", ""])
_inputs = st.none() | st.sampled_from([{}, {"tag": "LX 9"}, [], ""])
_calls = st.tuples(_maybe_ids, st.sampled_from(["find_bag", ""]), _inputs)
_results = st.tuples(_maybe_ids, _words)
_roles = st.sampled_from(["user", "assistant", "model", "system", "tool", "", None])


def anthropic_block(kind: str, drawn: tuple[Any, ...]) -> dict[str, Any]:
    match kind:
        case "call":
            return {"type": "tool_use", "id": drawn[0], "name": drawn[1], "input": drawn[2]}
        case "result":
            return {"type": "tool_result", "tool_use_id": drawn[0], "content": drawn[1]}
        case _:
            return {"type": "text", "text": drawn[0]}


def bedrock_block(kind: str, drawn: tuple[Any, ...]) -> dict[str, Any]:
    match kind:
        case "call":
            return {"toolUse": {"toolUseId": drawn[0], "name": drawn[1], "input": drawn[2]}}
        case "result":
            return {"toolResult": {"toolUseId": drawn[0], "content": [{"text": drawn[1]}]}}
        case _:
            return {"text": drawn[0]}


def gemini_part(kind: str, drawn: tuple[Any, ...]) -> dict[str, Any]:
    match kind:
        case "call":
            return {"functionCall": {"name": drawn[1], "args": drawn[2], **({"id": drawn[0]} if drawn[0] else {})}}
        case "result":
            return {"functionResponse": {"name": "find_bag", "response": {"said": drawn[1]}}}
        case _:
            return {"text": drawn[0]}


_BLOCKS = {
    "anthropic-messages": (anthropic_block, "content", anthropic.messages),
    "bedrock-converse": (bedrock_block, "content", bedrock.messages),
    "gemini-contents": (gemini_part, "parts", gemini.messages),
}
_block_kinds = st.one_of(
    st.tuples(st.just("text"), st.tuples(_words)),
    st.tuples(st.just("call"), _calls),
    st.tuples(st.just("result"), _results),
)


def outcome(messages: Any, items: Any, account: Account) -> Any:
    """The messages of a list, or why it is refused."""
    try:
        return messages(items, "messages", account)
    except InvalidConversation as refused:
        return str(refused)


@pytest.mark.parametrize("dialect", _BLOCKS)
@settings(deadline=None, max_examples=examples(150))
@given(drawn=st.lists(st.tuples(_roles, st.lists(_block_kinds, max_size=3)), max_size=4))
def test_what_is_plain_is_read_like_anything_else(dialect: str, drawn: list[Any]) -> None:
    block, key, messages = _BLOCKS[dialect]
    items = [{"role": role, key: [block(*one) for one in blocks]} for role, blocks in drawn]
    items = [{name: value for name, value in item.items() if value is not None} for item in items]
    plain, other = Account(), Account()
    assert outcome(messages, items, plain) == outcome(messages, with_null_keys(items), other)
    assert (plain.left_out, plain.remarks) == (other.left_out, other.remarks)


@settings(deadline=None, max_examples=examples(100))
@given(
    st.lists(
        st.fixed_dictionaries(
            {"content": st.none() | _words},
            optional={
                "role": _roles,
                "tool_calls": st.lists(st.just(CALL), min_size=1, max_size=2),
                "tool_call_id": _maybe_ids,
            },
        ),
        max_size=4,
    )
)
def test_a_plain_message_of_chat_completions_is_read_like_any_other(items: list[Any]) -> None:
    plain, other = Account(), Account()
    more = [{**item, "nothing": None} for item in items]
    assert outcome(openai_chat.messages, items, plain) == outcome(openai_chat.messages, more, other)
    assert plain.left_out == other.left_out == []


# What is refused


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ([CHAT[0], {"role": "assistant", "text": "SECRET"}], ("messages[1]", "key text", "content or tool_calls")),
        ([{"role": "user", "body": ["SECRET"]}], ("messages[0]", "key body", "content or tool_calls")),
        ({"system": "x", "messages": [{"role": "user", "words": "SECRET"}]}, ("messages[0]", "key words")),
        ({"contents": [{"role": "user", "text": "SECRET"}]}, ("contents[0]", "key text")),
        ([{"type": "human", "text": "SECRET"}], ("messages[0]", "key text")),
        ({"chat_messages": [{"sender": "human", "message": "SECRET"}]}, ("chat_messages[0]", "key message")),
        (
            {"messages": [{"messageId": "1", "isCreatedByUser": True, "words": "SECRET"}]},
            ("messages[0]", "key words"),
        ),
    ],
)
def test_a_message_whose_only_content_has_an_unknown_key_is_refused_by_name(value: Any, parts: tuple[str, ...]) -> None:
    sentence = refusal(value)
    assert [part for part in parts if part not in sentence] == []
    assert "SECRET" not in sentence


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ({"mapping_": {}, "current_node": "SECRET"}, ("current_node, mapping_", "ChatGPT export", "mapping")),
        ({"prompt": ["SECRET"], "chosen": [], "rejected": []}, ("chosen, prompt, rejected", "messages was expected")),
        ({"object": "chat.completion", "choices": ["SECRET"]}, ("choices", "without the messages it answers")),
        ({"role": "user", "content": "SECRET"}, ("one message", "a list of them was expected")),
        ({"zebra": "SECRET"}, ("zebra", "messages was expected")),
        ({"message": "SECRET", "chat_history": [], "model": "SECRET"}, ("no known format has more than one of them",)),
        ({"response": "SECRET"}, ("no known format has more than one of them", "messages was expected")),
        ({"output": "SECRET", "traceId": "SECRET"}, ("Langfuse observation", "which has input too")),
        ("SECRET", ("not a conversation",)),
    ],
)
def test_an_unknown_format_names_its_keys_and_the_nearest_format(value: Any, parts: tuple[str, ...]) -> None:
    assert recognise(value) is None
    sentence = refusal(value)
    assert [part for part in parts if part not in sentence] == []
    assert "SECRET" not in sentence


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_value_that_is_not_of_the_given_format_is_told_by_its_keys(dialect: Dialect) -> None:
    sentence = refusal({"zebra": "SECRET", "x" * 100: 1}, dialect)
    assert f"its keys are {'x' * 40}…, zebra; none of them belongs to a known format" in sentence
    assert "SECRET" not in sentence
    claude = {"chat_messages": [{"sender": "human", "text": "SECRET"}], "uuid": "SECRET"}
    chatgpt = {"mapping": {}, "current_node": "SECRET"}
    sentence = refusal(chatgpt if dialect == "claude-ai" else claude, dialect)
    assert "(chatgpt)" in sentence if dialect == "claude-ai" else "(claude-ai)" in sentence
    assert "SECRET" not in sentence


def test_one_unreadable_sample_of_an_evaluation_leaves_the_others() -> None:
    samples = [{"id": 1, "messages": CHAT}, {"id": 2}, {"id": 3, "messages": CHAT}]
    found = read({"eval": {"run_id": "r"}, "samples": samples})
    assert [isinstance(item, ReadConversation) for item in found] == [True, False, True]
    assert str(found[1]) == "samples[1] has no list of messages"


def test_a_session_file_of_a_side_chain_alone_is_a_conversation() -> None:
    (sample,) = [sample for sample in SAMPLES if sample.dialect == "claude-code"]
    events = [event | {"isSidechain": True} for event in sample.value if "message" in event]
    found = only(events)
    assert len(found.messages) == len(sample.roles) + 1
    assert {item.kind for item in found.left_out} == {"thinking", "key"}


def test_ids_that_are_made_for_calls_differ_between_request_and_answer() -> None:
    parts = [{"functionCall": {"name": "find_bag", "args": {}}}]
    answered = {"role": "user", "parts": [{"functionResponse": {"name": "find_bag", "response": {}}}]}
    request = {"contents": [{"role": "model", "parts": parts}, answered]}
    found = only({"request": request, "response": {"candidates": [{"content": {"role": "model", "parts": parts}}]}})
    calls = [call["id"] for item in found.messages for call in item.message.tool_calls or ()]
    assert calls == ["call_1", "call_2"]
    assert [item.message.tool_call_id for item in found.messages] == [None, "call_1", None]


def test_the_spans_of_an_export_are_a_conversation_each() -> None:
    def attribute(name: str, value: Any) -> dict[str, Any]:
        return {"key": name, "value": value}

    spoken = json.dumps([{"role": "user", "parts": [{"type": "text", "content": "Where is my bag?"}]}])
    attributes = [
        attribute("gen_ai.input.messages", {"stringValue": spoken}),
        attribute("gen_ai.usage.input_tokens", {"intValue": "20"}),
    ]
    broken = [attribute("gen_ai.input.messages", {"stringValue": "cut"})]
    spans = [{"traceId": "t1", "attributes": attributes}, {"name": "db"}, {"attributes": broken}]
    first, second = read({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})
    assert isinstance(first, ReadConversation)
    assert (first.id, first.messages[0].message.content, first.usage[0].prompt_tokens) == ("t1", "Where is my bag?", 20)
    assert str(second) == "gen_ai.input.messages is text that isn't JSON"


# Counts


@pytest.mark.parametrize(
    ("usage", "counts", "remark"),
    [
        (
            {"prompt_tokens": 90, "completion_tokens": -3, "total_tokens": 87},
            (90, 0),
            "completion_tokens is not a token count",
        ),
        ({"prompt_tokens": "90", "completion_tokens": "3"}, (0, 0), "prompt_tokens is not a token count"),
        ({"prompt_tokens": None, "completion_tokens": 3}, (0, 3), "prompt_tokens is null: the count is unknown"),
        ({"prompt_tokens": 90, "completion_tokens": 3, "total_tokens": 200}, (90, 3), "the total is not the sum"),
        ({"prompt_tokens": 90, "completion_tokens": 3, "total_tokens": 93}, (90, 3), None),
        (
            {"prompt_tokens": 90, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 91}},
            (90, 3),
            "more than the whole prompt",
        ),
        ({"prompt_tokens": 90, "completion_tokens": 3, "cache_read_input_tokens": 60}, (90, 3), None),
        ({"input_tokens": 5, "cache_read_input_tokens": 70, "output_tokens": 2}, (75, 2), None),
        ({"input_tokens": 90, "input_tokens_details": {"cached_tokens": 70}, "output_tokens": 2}, (90, 2), None),
        (
            {"input_tokens": 90, "cache_read_input_tokens": 70, "output_tokens": 2, "total_tokens": 92},
            (90, 2),
            None,
        ),
        ({"inputTokens": 90, "outputTokens": 9, "reasoningTokens": 4, "cachedInputTokens": 70}, (90, 9), None),
        ({"promptTokenCount": 90, "candidatesTokenCount": 9, "thoughtsTokenCount": 4}, (90, 13), None),
        ("many", (0, 0), "no object of counts"),
        ({"spent": 4}, (0, 0), "neither prompt_tokens nor completion_tokens"),
    ],
)
def test_counts_of_any_format_are_ours_and_a_bad_one_is_told(
    usage: Any, counts: tuple[int, int], remark: str | None
) -> None:
    found = only({"messages": CHAT, "usage": usage})
    assert len(found.messages) == 4
    sums = (sum(item.prompt_tokens for item in found.usage), sum(item.completion_tokens for item in found.usage))
    assert sums == counts
    assert found.remarks == () if remark is None else remark in " ".join(found.remarks)


@settings(deadline=None, max_examples=examples(200))
@given(
    st.dictionaries(
        st.sampled_from(["prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "thoughtsTokenCount"]),
        st.none() | st.integers(-5, 10) | st.floats() | st.text(max_size=3) | st.lists(st.integers(), max_size=1),
    )
)
def test_no_count_costs_the_words(usage: dict[str, Any]) -> None:
    found = only({"messages": CHAT, "usage": usage})
    assert [item.message.content for item in found.messages] == [item["content"] for item in CHAT]
    assert all(item.prompt_tokens >= 0 and item.completion_tokens >= 0 for item in found.usage)


@pytest.mark.parametrize(
    ("usage", "unknown"),
    [
        ({"prompt_tokens": 90, "completion_tokens": None}, [("completion", "usage.completion_tokens")]),
        ({"prompt_tokens": 90}, [("completion", "usage.completion_tokens")]),
        ({"prompt_tokens": "90", "completion_tokens": 3}, [("prompt", "usage.prompt_tokens")]),
        (
            {"input_tokens": 5, "cache_read_input_tokens": "many", "output_tokens": 2},
            [("prompt", "usage.cache_read_input_tokens")],
        ),
        ({"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 200}, [("total", "usage")]),
        ("many", [("prompt", "usage"), ("completion", "usage")]),
        ({"spent": 4}, [("prompt", "usage"), ("completion", "usage")]),
        ({"prompt_tokens": 9, "completion_tokens": 3}, []),
        (None, []),
        ({}, []),
    ],
)
def test_an_unknown_count_is_recorded_with_its_place(usage: Any, unknown: list[tuple[str, str]]) -> None:
    found = only({"messages": CHAT, "usage": usage})
    assert [(item.count, item.place) for item in found.unknown] == unknown


def test_counts_of_messages_are_unknown_only_where_the_conversation_has_none_itself() -> None:
    messages = [CHAT[0], {"role": "assistant", "content": "Hello.", "usage": {"prompt_tokens": 7}}]
    (item,) = only({"messages": messages}).unknown
    assert (item.count, item.place) == ("completion", "messages[1].usage.completion_tokens")
    assert only({"messages": messages, "usage": {"prompt_tokens": 7, "completion_tokens": 2}}).unknown == ()


def test_an_answer_whose_counts_are_known_makes_those_of_the_log_around_it_irrelevant() -> None:
    answer = {"choices": [{"message": {"role": "assistant", "content": "Hello."}}]}
    known = {"prompt_tokens": 7, "completion_tokens": 2}
    log = {"call_type": "completion", "messages": CHAT[:1], "prompt_tokens": None, "completion_tokens": None}
    assert only({**log, "response": {**answer, "usage": known}}).unknown == ()
    part = {**known, "completion_tokens": None}
    assert [item.count for item in only({**log, "response": {**answer, "usage": part}}).unknown] == ["completion"]
    assert {item.count for item in only({**log, "response": answer}).unknown} == {"prompt", "completion"}


# Sentences


def test_the_account_is_told_by_kind_count_and_first_place() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    thinking = {"role": "assistant", "content": "Hello", "reasoning_content": "SECRET"}
    found = only([{"role": "user", "content": [image, image]}, thinking, {**thinking, "weight": 1}])
    assert sentences(found.left_out) == [
        "2 images have no place in the stores (first at messages[0].content[0])",
        "2 thinking blocks have no place in the stores (first at messages[1].reasoning_content)",
        "the key weight of 1 message has no place in the stores",
    ]
    assert found.messages[0].message.content == "[image: 3 bytes of image/png data]\n[image: 3 bytes of image/png data]"
    assert len(found.spoken) == 4


def test_a_setting_that_is_on_by_default_is_told_when_it_is_off() -> None:
    off = {"messages": CHAT, "parallel_tool_calls": False, "stream": False, "tools": [{"type": "function"}]}
    assert sentences(only(off).left_out) == [
        "the key parallel_tool_calls has no place in the stores",
        "the key tools has no place in the stores",
    ]
    assert sentences(only({"messages": CHAT, "parallel_tool_calls": None}).left_out) == []


def test_openai_calls_stay_as_they_were_sent() -> None:
    damaged = {"function": {"name": "find_bag", "arguments": {"tag": "LX 9"}}}
    found = only([CHAT[0], {"role": "assistant", "content": "", "tool_calls": [damaged, CALL]}])
    assert found.messages[1].message.tool_calls == [damaged, CALL]


# Damaged input


def spots_of_anything(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place in a value: its object or list, and its key."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield value, key
        yield from spots_of_anything(item)


@samples
@settings(deadline=None, max_examples=examples(60))
@given(data=st.data())
def test_a_damaged_value_is_read_or_refused_with_a_sentence(sample: Sample, data: st.DataObject) -> None:
    value = copy.deepcopy(sample.value)
    target, key = data.draw(st.sampled_from(list(spots_of_anything(value))))
    target[key] = data.draw(builders.json_values | st.sampled_from([[[]], [{}], {"": {}}, [None], [{"type": []}]]))
    for given_value, dialect in ((value, sample.dialect), (value, None)):
        try:
            found = read(given_value, dialect)
        except InvalidConversation as refused:
            found = [refused]
        assert all(isinstance(item, ReadConversation | InvalidConversation) for item in found)


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(deadline=None, max_examples=examples(40))
@given(value=builders.json_values)
def test_anything_else_is_read_or_refused_with_a_sentence(dialect: Dialect, value: Any) -> None:
    try:
        found = read(value, dialect)
    except InvalidConversation as refused:
        found = [refused]
    assert all(isinstance(item, ReadConversation) or str(item) for item in found)


FLAT: list[Any] = [
    pytest.param(
        {"id": "call_1", "name": "find_bag", "arguments": {"tag": "LX 9"}, "requestor": "assistant"}, id="tau2"
    ),
    pytest.param({"id": "call_1", "name": "find_bag", "args": {"tag": "LX 9"}, "type": "tool_call"}, id="langchain"),
    pytest.param({"id": "call_1", "name": "find_bag", "arguments": '{"tag":"LX 9"}', "type": "function"}, id="text"),
]


@pytest.mark.parametrize("call", FLAT)
def test_a_call_with_its_name_beside_its_id_becomes_a_call(call: Any) -> None:
    asked = {"role": "user", "content": "Where is my bag?"}
    calling = {"role": "assistant", "content": None, "tool_calls": [call]}
    found = only({"messages": [asked, calling, {"role": "tool", "id": "call_1", "content": "Porto"}]})
    function = {"name": "find_bag", "arguments": '{"tag":"LX 9"}'}
    assert found.messages[1].message.tool_calls == [{"id": "call_1", "type": "function", "function": function}]
    assert (found.messages[2].message.tool_call_id, found.messages[2].id) == ("call_1", None)
    kept = [(item.kind, item.place) for item in found.left_out]
    assert kept == ([("key", "messages[1].tool_calls[0].requestor")] if "requestor" in call else [])


def test_a_result_with_an_id_of_its_own_answers_no_call_that_is_not_there() -> None:
    found = only([{"role": "user", "content": "Hi"}, {"role": "tool", "id": "row-7", "content": "Porto"}])
    assert (found.messages[1].message.tool_call_id, found.messages[1].id) == (None, "row-7")


def test_a_line_of_litellms_spend_log_keeps_its_id() -> None:
    line = {"request_id": "chatcmpl-9", "call_type": "acompletion", "messages": CHAT, "response": {}}
    assert only(line).id == "chatcmpl-9"


@pytest.mark.parametrize("key", ["modelId", "inferenceConfig", "toolConfig"])
def test_a_request_of_bedrock_is_recognised_by_what_stands_beside_the_messages(key: str) -> None:
    said = [{"role": "user", "content": "Where is my bag?"}]
    assert recognise({key: {}, "messages": said}) == "bedrock-converse"
    assert recognise({key: {}, "messages": CHAT}) == "openai-chat"
