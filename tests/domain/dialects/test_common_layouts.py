"""Messages laid out as most are take a shorter way than others: the result is the same whichever way they take."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatdata.domain.dialects import InvalidConversation, ReadConversation, chatgpt, read
from chatdata.domain.dialects.account import Account
from chatdata.domain.dialects.assembly import MadeIds
from chatdata.domain.dialects.encoding import as_json
from chatdata.domain.text import compact_json
from tests.support import builders
from tests.support.dialect_samples import SAMPLES, Sample
from tests.support.laws import examples

UNKNOWN = "an unknown key's value"


def read_as(sample: Sample, value: Any) -> list[ReadConversation]:
    return [found for found in read(value, sample.dialect) if isinstance(found, ReadConversation)]


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects_in(item)


def accounts(found: ReadConversation, aside: object = None) -> list[tuple[str, str, str]]:
    """What is left out, except for one value."""
    return [(item.kind, item.place, item.name) for item in found.left_out if item.value != aside]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.dialect}: {sample.name}")
def test_an_unknown_key_is_left_out_and_changes_nothing_else(sample: Sample) -> None:
    before = read_as(sample, sample.value)
    left_out = 0
    for number in range(len(list(objects_in(sample.value)))):
        value = json.loads(json.dumps(sample.value))  # no two parts of it are one object
        list(objects_in(value))[number]["novelty"] = UNKNOWN
        try:
            after = read_as(sample, value)
        except InvalidConversation:
            continue  # where a key is a message's or the format's own
        new = [item for found in after for item in found.left_out if item.value == UNKNOWN]
        if not new:
            continue  # an object that is kept whole, such as a call's arguments
        left_out += 1
        assert [item.name for item in new] == ["novelty"]
        assert [found.messages for found in after] == [found.messages for found in before]
        assert [accounts(found, UNKNOWN) for found in after] == [accounts(found) for found in before]
    assert left_out


_json = st.recursive(
    builders.json_values | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=examples(300))
@given(value=_json)
@example(value=[1e16, 0.00001])
@example(value={"a": {"b": [1.5]}})
@example(value=["".join(map(chr, range(0x300))), "\u2028😀"])
@example(value=[2**64, -(2**70), True, None])
def test_the_quick_encoder_writes_what_the_slow_one_writes(value: Any) -> None:
    text = as_json(value)
    assert text == compact_json(value)
    assert json.loads(text) == value


def test_the_quick_encoder_leaves_deep_values_to_the_slow_one() -> None:
    value: list[Any] = []
    for _ in range(200):
        value = [value, 1.5]
    assert as_json(value) == compact_json(value)


def test_messages_of_claude_ai_with_one_id_are_all_read() -> None:
    chat = [{"uuid": "m1", "sender": sender, "text": text} for sender, text in (("human", "Hi"), ("assistant", "Ho"))]
    (found,) = read({"uuid": "c-1", "chat_messages": chat})
    assert isinstance(found, ReadConversation)
    assert [item.message.content for item in found.messages] == ["Hi", "Ho"]


def test_a_message_of_claude_ai_that_a_later_one_of_its_id_hides_is_counted() -> None:
    chat = [
        {"uuid": "m1", "sender": "human", "text": "Hi"},
        {"uuid": "m2", "sender": "assistant", "text": "Ho", "parent_message_uuid": "m1"},
        {"uuid": "m2", "sender": "assistant", "text": "Hum", "parent_message_uuid": "m1"},
    ]
    (found,) = read({"uuid": "c-1", "chat_messages": chat})
    assert isinstance(found, ReadConversation)
    assert [item.message.content for item in found.messages] == ["Hi", "Hum"]
    assert [(item.kind, item.place) for item in found.left_out] == [("branch", "chat_messages[1]")]


def test_a_node_of_chatgpt_whose_message_is_no_object_is_left_out_by_name() -> None:
    said = {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["Hi"]}}
    nodes = {"a": {"message": said, "parent": None}, "b": {"message": "lost words", "parent": "a"}}
    (found,) = read({"mapping": nodes, "current_node": "b"})
    assert isinstance(found, ReadConversation)
    assert [(item.place, item.value) for item in found.left_out] == [("mapping[b].message", "lost words")]


_TIME = 1_700_000_000.25
_IMAGE = {"content_type": "image_asset_pointer"}
_odd = st.sampled_from([None, "", "text", 0, 1, 1.5, -1.5, 1e300, _TIME, _TIME * 1_000, True, [], ["a"], {}])
_PLAIN: dict[str, Any] = {
    "id": "m-1",
    "author": {"role": "user", "name": None, "metadata": {}},
    "create_time": _TIME,
    "content": {"content_type": "text", "parts": ["Hi"]},
    "status": "finished_successfully",
    "metadata": {},
    "recipient": "all",
}
_authors = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "tool", "system", ""])}, optional={"name": _odd, "metadata": _odd}
)
_contents = st.fixed_dictionaries(
    {
        "content_type": st.sampled_from(["text", "text", "thoughts", "code", {}]),
        "parts": st.lists(st.sampled_from(["Hi", "", None, _IMAGE]), max_size=2),
    }
)
_one_or_two_odd = st.dictionaries(st.sampled_from([*_PLAIN, "weight", "novelty"]), _odd, min_size=1, max_size=2)
_other_parts = st.fixed_dictionaries({}, optional={"author": _authors, "content": _contents})
_nearly_plain = (_one_or_two_odd | _other_parts).map(lambda changed: {**_PLAIN, **changed})


@settings(deadline=None, max_examples=examples(1_000))
@given(message=_nearly_plain)
@example(message={**_PLAIN, "create_time": 1e300})
def test_a_message_of_chatgpt_is_the_same_whichever_way_it_takes(message: dict[str, Any]) -> None:
    def tried() -> object:
        try:
            return read({"mapping": {"a": {"message": message, "parent": None}}, "current_node": "a"})
        except InvalidConversation as error:
            return str(error)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chatgpt, "_plain", lambda *_: None)
        long_way = tried()
    assert repr(tried()) == repr(long_way)


def test_most_messages_of_chatgpt_take_the_shorter_way() -> None:
    (found,) = chatgpt._plain(_PLAIN, "mapping[a]", MadeIds(Account())) or ()
    assert found.message.content == "Hi"
