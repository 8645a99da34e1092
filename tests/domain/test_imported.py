"""What is kept of a source beyond the stores: complete, bounded, and tied to the messages of either copy."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatdata.domain import imported
from chatdata.domain.copies import CopyMessage
from chatdata.domain.dialects import ReadConversation, read
from chatdata.domain.dialects.values import SPOKEN
from chatdata.domain.imported import (
    ImportedSource,
    parts_of_views,
    place_parts,
    sentence,
    sentence_of_extras,
    source_of,
)
from chatdata.domain.messages import ChatMessage
from tests.support.dialect_samples import SAMPLES, Sample
from tests.support.laws import examples

AT = datetime(2026, 2, 20, 10, tzinfo=UTC)
THINKING = {"type": "thinking", "thinking": "Bags have tags.", "signature": "c2ln"}


def kept(value: Any) -> tuple[ImportedSource, list[ChatMessage]]:
    (found,) = read(value)
    assert isinstance(found, ReadConversation)
    messages = [item.message.sanitize() for item in found.messages]
    return source_of("s-1", found, messages, AT), messages


def copy(messages: list[ChatMessage], first: int = 0) -> list[CopyMessage]:
    return [CopyMessage(first + index, item) for index, item in enumerate(messages)]


def talk(*blocks: Any) -> dict[str, Any]:
    return {
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": "Where is it?"},
            {"role": "assistant", "content": [*blocks, {"type": "text", "text": "In Porto."}]},
        ],
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_everything_that_a_reader_leaves_out_is_kept_as_it_stood(sample: Sample) -> None:
    for found in read(sample.value):
        assert isinstance(found, ReadConversation)
        source = source_of("s-1", found, [item.message for item in found.messages], AT)
        assert [(part.kind, part.place) for part in source.parts] == [
            (part.kind, part.place) for part in found.left_out
        ]
        assert [json.loads(part.json or "") for part in source.parts] == [part.value for part in found.left_out]
        assert source.cut == 0


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_what_was_said_in_an_item_belongs_to_a_message(sample: Sample) -> None:
    for found in read(sample.value):
        assert isinstance(found, ReadConversation)
        source = source_of("s-1", found, [item.message for item in found.messages], AT)
        said = [part for part in source.parts if part.kind in SPOKEN - {"branch"} and "[" in part.place]
        assert [part.place for part in said if part.position is None] == []


def test_a_message_of_openai_has_its_reasoning_its_images_and_its_keys() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}
    source, _ = kept(
        {
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "Where is it?"}, picture]},
                {"role": "assistant", "content": "In Porto.", "reasoning_content": "Bags have tags.", "weight": 1},
            ]
        }
    )
    assert {(part.kind, part.position) for part in source.parts} == {("image", 0), ("thinking", 1), ("key", 1)}


def test_a_part_belongs_to_the_message_that_became_of_its_item() -> None:
    source, messages = kept(talk(THINKING))
    (part,) = source.parts
    assert (part.kind, part.place, messages[part.position or 0].content) == (
        "thinking",
        "messages[1].content[0]",
        "In Porto.",
    )


def test_thinking_that_stands_alone_belongs_to_the_call_that_it_led_to() -> None:
    items = [
        {"type": "message", "role": "user", "content": "Where is it?"},
        {"type": "message", "role": "assistant", "content": "One moment."},
        {"type": "reasoning", "summary": [], "encrypted_content": "c2ln"},
        {"type": "function_call", "call_id": "c", "name": "find", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "Porto"},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "So."}]},
    ]
    source, messages = kept({"input": items})
    thoughts = [part for part in source.parts if part.kind == "thinking"]
    assert [messages[part.position or 0].role for part in thoughts] == ["assistant", "tool"]


def test_what_stands_beside_the_messages_belongs_to_the_session() -> None:
    source, _ = kept({**talk(), "temperature": 0.5})
    assert [(part.position, part.name, part.json) for part in source.parts] == [(None, "temperature", "0.5")]


def test_a_part_is_found_again_in_a_copy_that_begins_later_and_not_where_its_message_is_gone() -> None:
    source, messages = kept(talk(THINKING))
    (here,) = place_parts(source.parts, copy(messages))
    (later,) = place_parts(source.parts, copy(messages[1:]))
    (gone,) = place_parts(source.parts, copy(messages[:2]))
    assert (here.position, later.position, gone.position) == (2, 1, None)


def test_parts_beyond_the_bounds_are_told_and_smaller_ones_are_still_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imported, "MOST_BYTES", 100)
    monkeypatch.setattr(imported, "MOST_PARTS", 3)
    large = {"type": "thinking", "thinking": "x" * 200}
    small = {"type": "thinking", "thinking": "y"}
    source, _ = kept(talk(small, large, small, small))
    assert [part.kept for part in source.parts] == [True, False, True]
    assert [part.json is None for part in source.parts] == [False, True, False]
    assert source.parts[1].size > 200
    assert (dict(source.dropped), source.cut) == ({"thinking": 1}, 2)


def test_the_model_and_the_counts_of_a_message_are_kept_with_it() -> None:
    answer = {
        "role": "assistant",
        "content": "Hi.",
        "model": "m-1",
        "usage": {"prompt_tokens": 7, "completion_tokens": 2},
    }
    source, _ = kept([{"role": "user", "content": "Hi"}, answer])
    (turn,) = source.turns
    assert (turn.position, turn.model, turn.usage and turn.usage.prompt_tokens) == (1, "m-1", 7)


def test_parts_are_counted_by_kind_and_key() -> None:
    source, _ = kept({**talk(THINKING, THINKING), "temperature": 1, "top_p": 1})
    assert sentence(source.parts) == "key temperature, 1 value; key top_p, 1 value; thinking, 2 parts"


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None, max_examples=examples(100))
@given(st.lists(_JSON, max_size=5))
def test_blocks_of_any_shape_are_kept_as_they_stood_or_are_in_the_text(values: list[Any]) -> None:
    blocks = [{"type": "hologram", "value": value} for value in values]
    source, messages = kept(talk(*blocks))
    assert [json.loads(part.json or "") for part in source.parts] == blocks
    assert {part.position for part in source.parts} <= {len(messages) - 1}


@pytest.mark.parametrize(
    ("extras", "expected"),
    [
        ({}, ""),
        ({"sourceParts": [{"kind": "thinking"}, {"kind": "thinking"}]}, "thinking, 2 parts"),
        (
            {"sourceParts": [{"kind": "key", "name": "id"}, {"kind": "file", "name": "x"}]},
            "key id, 1 value; file, 1 part",
        ),
        ({"sourceParts": [{"kind": []}, {"kind": "other"}, 5, {"kind": "key", "name": 5}]}, "key, 1 value"),
        ({"sourceParts": "thinking"}, ""),
    ],
    ids=["none", "one kind", "several kinds", "values of other kinds", "no list"],
)
def test_the_parts_of_a_message_of_a_view_are_counted_by_kind(extras: dict[str, object], expected: str) -> None:
    assert sentence_of_extras(extras) == expected


def test_the_parts_of_views_are_numbered_through_all_messages_and_keep_their_json() -> None:
    def part(kind: str, value: object) -> dict[str, object]:
        return {"kind": kind, "name": "id" if kind == "key" else "", "place": "it", "value": value}

    extras = [
        {"sourceParts": [part("thinking", {"a": 1}), part("key", "\ud83d")]},
        {},
        {"sourceParts": [part("file", None)]},
    ]
    messages = [CopyMessage(position, ChatMessage(role="user"), extras=given) for position, given in enumerate(extras)]
    found = parts_of_views(messages)
    assert [(item.position, item.part.number, item.part.kind) for item in found] == [
        (0, 0, "thinking"),
        (0, 1, "key"),
        (2, 2, "file"),
    ]
    assert [json.loads(item.part.json or "") for item in found] == [{"a": 1}, "\ud83d", None]
