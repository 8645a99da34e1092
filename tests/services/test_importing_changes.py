"""An import that changes words says so, with the place, and keeps what was given."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatdata import Settings
from chatdata.services.connect import Connected, connect
from chatdata.services.importing import ImportReport, import_lines

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[Connected]:
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path / "own")})) as made:
        yield made


def take(connected: Connected, raw: str) -> ImportReport:
    return import_lines(connected.stores, io.BytesIO(raw.encode()), NOW)


def kept(connected: Connected, session_id: str = "s") -> list[tuple[str, str, int | None, object]]:
    source = connected.app_db.imported(session_id, verbatim=True)
    assert source is not None
    return [(part.kind, part.place, part.position, json.loads(part.json or "")) for part in source.parts]


def texts(report: ImportReport) -> list[str]:
    return [note.text for note in report.notes]


@pytest.mark.parametrize(
    ("given", "stored", "said"),
    [
        ("a\0b", "ab", "control characters (such as U+0000) removed"),
        ("a\ud800b", "a\ufffdb", "half characters (such as U+D800) replaced by U+FFFD"),
        (
            "\x07a\udc00",
            "a\ufffd",
            "control characters (such as U+0007) removed and half characters (such as U+DC00) replaced by U+FFFD",
        ),
    ],
)
def test_characters_that_no_store_holds_are_named_at_their_message_and_kept(
    connected: Connected, given: str, stored: str, said: str
) -> None:
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": given}]
    report = take(connected, json.dumps({"id": "s", "messages": messages}))
    assert texts(report) == [f"{said} in 1 text (at messages[1].content)"]
    assert (report.left_out, report.kept) == (1, 1)
    assert kept(connected) == [("changed_text", "messages[1].content", 1, given)]
    held = connected.stores.read_copies("s").readable["database"].messages
    assert [item.message.content for item in held] == ["Hi", stored]


def test_characters_inside_calls_and_in_the_id_and_title_are_named(connected: Connected) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "\x01{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    report = take(connected, json.dumps({"id": "s\x01", "title": "T\x02", "messages": [message]}))
    assert report.created == ("s",)
    assert texts(report) == [
        "control characters (such as U+0001) removed in 2 texts (first at id)",
        "control characters (such as U+0002) removed in 1 text (at title)",
    ]
    assert [(place, value) for _, place, _, value in kept(connected)] == [
        ("id", "s\x01"),
        ("title", "T\x02"),
        ("messages[0].tool_calls", [call]),
    ]


@pytest.mark.parametrize(
    ("raw", "place", "lost"),
    [
        ('{"id":"s","messages":[{"role":"user","content":"first","content":"b"}]}', "messages[0].content", "first"),
        (
            '{"id":"s","messages":[{"role":"user","content":"first"}],"messages":[{"role":"user","content":"b"}]}',
            "messages",
            [{"role": "user", "content": "first"}],
        ),
        (
            '{"id":"s","messages":[{"role":"assistant","tool_calls":[{"id":"a","id":"b","function":{"name":"f"}}]}]}',
            "messages[0].tool_calls[0].id",
            "a",
        ),
    ],
    ids=["words", "messages", "call"],
)
def test_the_earlier_value_of_a_repeated_key_is_named_and_kept(
    connected: Connected, raw: str, place: str, lost: object
) -> None:
    report = take(connected, raw)
    key = place.rpartition(".")[2]
    assert texts(report) == [f"the key {key} is repeated in one object: the last value is stored (at {place})"]
    assert report.left_out == 1
    assert [(kind, at, value) for kind, at, _, value in kept(connected)] == [("repeated_key", place, lost)]


def test_a_key_repeated_with_the_same_value_loses_nothing(connected: Connected) -> None:
    report = take(connected, '{"id":"s","messages":[{"role":"user","content":"a","content":"a"}]}')
    assert (report.notes, report.left_out) == ((), 0)


def test_words_that_every_store_holds_are_not_mentioned(connected: Connected) -> None:
    report = take(connected, json.dumps({"id": "s", "messages": [{"role": "user", "content": "a\tb\r\n\U0001f600"}]}))
    assert (report.notes, report.left_out, report.kept) == ((), 0, 0)


@pytest.mark.parametrize("number", ["NaN", "1e400", "-Infinity"])
@pytest.mark.parametrize(
    "raw",
    [
        '{"id":"s","messages":[{"role":"user","content":"a"}],"usage":{"prompt_tokens":%s,"completion_tokens":1}}',
        '{"id":"s","messages":[{"role":"assistant","content":"a","usage":{"input_tokens":%s,"output_tokens":1}}]}',
    ],
    ids=["session", "message"],
)
def test_a_count_that_is_no_finite_number_is_unknown(connected: Connected, raw: str, number: str) -> None:
    report = take(connected, raw % number)
    assert (report.created, report.problems) == (("s",), ())
    source = connected.app_db.imported("s")
    assert source is not None
    assert [item.count for item in source.unknown] == ["prompt"]


def test_a_request_whose_whole_input_is_one_text_is_a_conversation(connected: Connected) -> None:
    report = take(connected, '{"input": "hello", "model": "gpt-5", "id": "s"}')
    assert (report.created, report.problems) == (("s",), ())
    held = connected.stores.read_copies("s").readable["database"].messages
    assert [(item.message.role, item.message.content) for item in held] == [("user", "hello")]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"id": "b", "custom_id": "a", "response": {"body": {}}, "error": None}, "a line of a batch's answers"),
    ],
)
def test_a_line_without_the_messages_it_belongs_to_is_named(connected: Connected, value: object, said: str) -> None:
    report = take(connected, json.dumps(value))
    assert said in report.problems[0].reason
