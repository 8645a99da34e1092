"""What both viewers of the comparison are given: the same conversations each time, each word where it is sought."""

import json
from pathlib import Path

import pytest

from benchmarks.peers import data
from benchmarks.peers.data import Conversation


@pytest.fixture(scope="module")
def generated() -> list[Conversation]:
    return list(data.conversations(ordinary=5, long=(40, 10_000)))


def test_the_same_seed_gives_the_same_conversations(generated: list[Conversation]) -> None:
    assert list(data.conversations(ordinary=5, long=(40, 10_000))) == generated
    (other, *_) = data.conversations(ordinary=1, long=(), seed=data.SEED + 1)
    assert other.messages != generated[0].messages


def test_each_long_conversation_has_as_many_messages_as_its_name_says(generated: list[Conversation]) -> None:
    assert [len(one.messages) for one in generated[5:]] == [40, 10_000]
    assert [one.name for one in generated] == [*(f"ordinary-000{n}" for n in range(5)), "long-40", "long-10000"]
    assert all(4 <= len(one.messages) <= 200 for one in generated[:5])


def test_each_word_that_is_waited_for_is_in_one_message_only(generated: list[Conversation]) -> None:
    words = [data.NEEDLE, *(words(one.name) for one in generated for words in (data.first_words, data.last_words))]
    texts = [(one.name, at, json.dumps(text.model_dump())) for one in generated for at, text in enumerate(one.messages)]
    found = {word: [(name, at) for name, at, text in texts if word in text] for word in words}
    assert found == {
        data.NEEDLE: [("long-10000", 9_899)],
        **{data.first_words(one.name): [(one.name, 0)] for one in generated},
        **{data.last_words(one.name): [(one.name, len(one.messages) - 1)] for one in generated},
    }


def test_every_tool_result_follows_its_call(generated: list[Conversation]) -> None:
    for one in generated:
        calls = {call["id"] for message in one.messages for call in message.tool_calls or []}
        results = {message.tool_call_id for message in one.messages if message.role == "tool"}
        assert results <= calls


def test_all_conversations_are_written_as_lines(
    tmp_path: Path, generated: list[Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "conversations", lambda: iter(generated))
    path = tmp_path / "conversations.jsonl"
    assert data.write(path) == (7, sum(len(one.messages) for one in generated))
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [(line["id"], len(line["messages"])) for line in lines] == [(o.name, len(o.messages)) for o in generated]
    assert [line["started_at"] for line in lines] == sorted(line["started_at"] for line in lines)
