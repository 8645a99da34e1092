"""The cached document: every version of its format, and any other bytes under its key."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.copies import CachedCopy, CorruptDocument, Expiry
from chatdata.domain.document import Broken, copy_of, decode, encode, encode_storable, key_of, parse, patch, usage_of
from chatdata.domain.messages import ChatSession, Usage
from tests.support.builders import any_sessions, document, document_bytes, document_message, message, new_session

EXPIRY = Expiry(None, None, None)
CLEAN = document_bytes()


def read(raw: bytes) -> CachedCopy:
    copy = copy_of(raw, EXPIRY)
    assert isinstance(copy, CachedCopy)
    return copy


def corrupt(raw: bytes) -> CorruptDocument:
    copy = copy_of(raw, EXPIRY)
    assert isinstance(copy, CorruptDocument)
    assert copy.raw == raw
    with pytest.raises(Broken):
        decode(raw)
    return copy


def test_the_key_is_that_of_the_reference_system() -> None:
    assert key_of("s-1") == "chat:session:s-1"


def test_a_document_is_written_as_the_reference_system_does() -> None:
    session = new_session(messages=[message("user", "Grüße 😀")], usage=[(10, 2)], title="ไทย")
    assert encode(session).decode() == (
        '{"session_id":"s-1","user_id":"u-1","title":"ไทย",'
        '"usage":[{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}],"credentials":{},'
        '"started_at":"2026-02-20T10:00:00.123000Z","updated_at":"2026-02-20T10:00:00.123000Z",'
        '"successful_agent_runs":{},"successful_agent_schedules":{},'
        '"messages":[{"role":"user","content":"Grüße 😀","name":null,"tool_call_id":null,"refusal":null,'
        '"tool_calls":null,"function_call":null}]}'
    )


@given(any_sessions)
def test_what_was_written_is_read_as_it_was(session: ChatSession) -> None:
    clean = session.sanitize()
    assert decode(encode(clean)) == clean
    assert encode_storable(session) == encode(clean)
    assert read(encode(clean)).session() == clean


@given(any_sessions)
def test_the_usage_in_a_document_is_read_without_its_messages(session: ChatSession) -> None:
    assert usage_of(encode_storable(session)) == session.usage
    assert usage_of(b"\xef\xbb\xbf" + encode_storable(session)) == session.usage
    with pytest.raises(Broken):
        usage_of(b"[1]")


def test_a_session_from_a_document_remembers_what_it_was_loaded_with() -> None:
    for session in (decode(CLEAN), read(CLEAN).session()):
        assert (session.loaded.known, session.loaded.messages, session.loaded.prompt_tokens) == (True, 2, 10)


def test_the_document_of_february_2026_is_read() -> None:
    copy = read(CLEAN)
    assert copy.info.started_at == datetime(2026, 2, 20, 10, 0, 0, 123456, tzinfo=UTC)
    assert copy.info.usage == [Usage(prompt_tokens=10, completion_tokens=2, total_tokens=12)]
    assert [(item.position, item.message.role, item.created_at) for item in copy.messages] == [
        (0, "user", None),
        (1, "assistant", None),
    ]
    assert (copy.document, copy.size) == (document(), len(CLEAN))


def test_the_first_documents_order_of_fields_is_read() -> None:
    order = ["session_id", "user_id", "title", "messages", "usage", "credentials", "started_at", "updated_at"]
    first = {name: document()[name] for name in [*order, "successful_agent_runs", "successful_agent_schedules"]}
    assert read(json.dumps(first).encode()).session() == decode(CLEAN)


def test_later_versions_fields_are_read_and_kept_to_be_shown() -> None:
    later_message = document_message(
        "user",
        "Hello",
        id="m-1",
        sequence=7,
        duration_ms=12,
        created_at="2026-03-01T08:00:00Z",
        session_id="s-1",
        metadata=None,
    )
    usage = {**document()["usage"][0], "cache_read_tokens": 8, "cache_creation_tokens": 0}
    later = document(
        messages=[later_message],
        usage=[usage],
        metadata={"x": 1},
        chat_status="idle",
        organization_id=None,
        team_id=None,
        is_pinned=False,
    )
    copy = read(json.dumps(later).encode())
    (item,) = copy.messages
    assert (item.position, item.id, item.created_at) == (0, "m-1", datetime(2026, 3, 1, 8, tzinfo=UTC))
    assert item.extras["duration_ms"] == 12
    assert "metadata" not in item.extras
    assert copy.document["chat_status"] == "idle"
    assert copy.info.prompt_tokens == 10


def test_null_identity_of_later_messages_is_unknown() -> None:
    keys: dict[str, Any] = dict.fromkeys(["id", "sequence", "created_at", "session_id", "duration_ms"])
    (item,) = read(document_bytes(messages=[document_message("user", "x", **keys)])).messages
    assert (item.id, item.created_at, dict(item.extras)) == (None, None, {})


@pytest.mark.parametrize("value", [7, "yesterday", "0001-01-01T00:00:00+23:59", {}, ""])
def test_a_message_time_that_is_none_is_unknown(value: Any) -> None:
    (item,) = read(document_bytes(messages=[document_message("user", "x", created_at=value)])).messages
    assert item.created_at is None
    assert item.extras["created_at"] == value


@pytest.mark.parametrize("missing", ["credentials", "successful_agent_runs", "successful_agent_schedules", "title"])
def test_a_key_that_has_a_default_may_be_missing(missing: str) -> None:
    read(json.dumps({key: value for key, value in document().items() if key != missing}).encode())


def in_content(raw: bytes) -> bytes:
    """A document with these bytes inside a content's quotes."""
    return document_bytes(messages=[document_message("user", "HERE")]).replace(b"HERE", raw)


@pytest.mark.parametrize(
    ("raw", "content"),
    [
        (in_content(rb"\ud800"), "\ud800"),
        (in_content(rb"\ud83d\ude00"), "😀"),
        (in_content(b"tab\tline\nend"), "tab\tline\nend"),
        (in_content(b"nul\x00\x1b"), "nul\x00\x1b"),
        (in_content(rb"nul\u0000"), "nul\x00"),
        (in_content(b"\xed\xa0\xbd\xed\xb8\x80"), "\ud83d\ude00"),
        (b"\xef\xbb\xbf" + in_content(b"mark"), "mark"),
        (b"\xef\xbb\xbf" + in_content(b"\xed\xa0\x80"), "\ud800"),
        (in_content(b"x").replace(b"{", b'{"role":"a","role":"b",', 1), "x"),
        (in_content(b"x").replace(b'"credentials":{', b'"credentials":{"n":NaN,"i":-Infinity,'), "x"),
        (in_content(b"x").replace(b'"credentials":{', b'"credentials":{"n":1e999,"i":' + b"9" * 400 + b","), "x"),
        (in_content(b"x").replace(b'"credentials":{', b'"credentials":{"d":' + b"[" * 900 + b"]" * 900 + b","), "x"),
        (in_content(b"x" * 5_000_000), "x" * 5_000_000),
    ],
    ids=[
        "lone surrogate escaped",
        "pair escaped",
        "raw whitespace",
        "raw control characters",
        "NUL escaped",
        "CESU-8",
        "byte order mark",
        "byte order mark and CESU-8",
        "duplicate keys",
        "NaN",
        "huge numbers",
        "deep",
        "5 MB",
    ],
)
def test_documents_that_strict_parsers_refuse_are_read(raw: bytes, content: str) -> None:
    assert read(raw).messages[0].message.content == content
    assert decode(raw).messages[0].content == content


@pytest.mark.parametrize(
    ("raw", "reason", "offset"),
    [
        (b"", "expecting value", 0),
        (CLEAN[:-1], "not JSON", len(CLEAN) - 1),
        (CLEAN[:50], "not JSON", 50),
        (CLEAN + b"}", "extra data", len(CLEAN)),
        ("é ไทย".encode(), "expecting value", 0),
        (b'{"\xc3\xa9": \xc3\xa9}', "expecting value", 7),
        (b'\xef\xbb\xbf{"a": ?}', "expecting value", 9),
        (b"\xff\xfe{", "not UTF-8", 0),
        (b'{"a": "\x80"}', "byte 7 is wrong", 7),
        (b"null", "null where an object", 0),
        (b"[]", "an array where an object", 0),
        (b'"text"', "a string where", 0),
        (b"true", "a boolean where", 0),
        (b"12", "a number where", 0),
        (b"[" * 100_000, "nested too deeply", None),
        (b'{"a": ' + b"9" * 5000 + b"}", "number too long", None),
    ],
)
def test_bytes_that_are_no_document_say_why_and_where(raw: bytes, reason: str, offset: int | None) -> None:
    broken = corrupt(raw)
    assert reason in broken.reason
    assert (broken.offset, broken.field) == (offset, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"session_id": None}, "session_id"),
        ({"messages": None}, "messages"),
        ({"messages": [{}]}, "messages[0].role"),
        ({"messages": [document_message("user", "x"), {"role": None}]}, "messages[1].role"),
        ({"messages": [document_message("user", 5)]}, "messages[0].content"),  # type: ignore[arg-type]
        ({"usage": [{"prompt_tokens": "many"}]}, "usage[0].prompt_tokens"),
        ({"started_at": "yesterday"}, "started_at"),
        ({"credentials": []}, "credentials"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_by_its_path(changes: dict[str, Any], field: str) -> None:
    broken = corrupt(document_bytes(**changes))
    assert (broken.field, broken.offset) == (field, None)
    assert field in broken.reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"messages": [None]}, "messages[0]: null where an object was expected"),
        ({"messages": [["a"]]}, "messages[0]: an array where an object was expected"),
        ({"messages": {}}, "messages: an object where an array was expected"),
        ({"messages": [document_message("user", True)]}, "messages[0].content: a boolean where a string was expected"),  # type: ignore[arg-type]
        ({"messages": [{"content": "x"}]}, "messages[0].role: it is missing"),
        ({"usage": [5]}, "usage[0]: a number where an object was expected"),
        ({"usage": [{"prompt_tokens": "many"}]}, "usage[0].prompt_tokens: a string where a whole number was expected"),
        (
            {"usage": [{"prompt_tokens": 1.5}]},
            "usage[0].prompt_tokens: a number with a fraction where a whole number was expected",
        ),
        ({"started_at": "yesterday"}, "started_at: a string where a time was expected"),
        ({"started_at": {}}, "started_at: an object where a time was expected"),
        ({"credentials": None}, "credentials: null where an object was expected"),
    ],
)
def test_a_reason_says_what_was_found_and_what_was_expected_in_plain_words(
    changes: dict[str, Any], reason: str
) -> None:
    assert corrupt(document_bytes(**changes)).reason == f"not a session: {reason}"


@pytest.mark.parametrize("missing", ["session_id", "user_id", "usage", "started_at", "updated_at", "messages"])
def test_a_required_key_that_is_missing_makes_a_document_unreadable(missing: str) -> None:
    broken = corrupt(json.dumps({key: value for key, value in document().items() if key != missing}).encode())
    assert broken.field == missing


def test_a_time_before_the_first_year_is_damage_and_no_failure() -> None:
    corrupt(document_bytes(started_at="0001-01-01T00:00:00+23:59"))


def test_a_reason_has_no_words_of_the_conversation_and_can_be_printed() -> None:
    secret = document_bytes(messages=[document_message("user", "my secret"), {"role": 1, "content": "my secret"}])
    assert "secret" not in corrupt(secret).reason
    assert "secret" not in corrupt(secret[:-1]).reason
    odd = json.dumps(document(usage={"\ud800": 1}, credentials={"\ud800": 1})).encode()
    assert corrupt(odd).reason.encode()


def test_a_patch_keeps_what_later_versions_wrote() -> None:
    raw = document_bytes(chat_status="idle", metadata={"é": [1.5, None]}, messages=[{"role": "user", "sequence": 3}])
    patched = json.loads(patch(raw, {"title": "Neu ü"}))
    assert patched == {**json.loads(raw), "title": "Neu ü"}
    assert list(patched) == list(json.loads(raw))


def test_a_patch_changes_no_byte_of_what_it_keeps() -> None:
    assert patch(CLEAN, {"title": "Trip"}) == CLEAN


@pytest.mark.parametrize("raw", [in_content(rb"\ud800"), in_content(b"\xed\xa0\x80"), b"\xef\xbb\xbf" + CLEAN])
def test_a_patch_keeps_what_strict_parsers_refuse(raw: bytes) -> None:
    assert parse(patch(raw, {"title": "x"})) == {**parse(raw), "title": "x"}


def test_what_is_no_document_cannot_be_patched() -> None:
    for raw in (b"", b"[]", b"\xff", CLEAN[:-1]):
        with pytest.raises(Broken):
            patch(raw, {"title": "x"})


def test_a_session_nested_deeper_than_pydantic_writes_is_written_all_the_same() -> None:
    deep: Any = "é"
    for _ in range(600):
        deep = [deep]
    session = new_session(messages=[message("assistant", None, tool_calls=[{"x": deep}])])
    assert decode(encode(session.sanitize())) == session


def test_a_session_nested_too_deeply_for_json_is_said_to_be() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    try:
        with pytest.raises(Broken, match="nested too deeply"):
            encode(new_session(credentials={"x": deep}))
    finally:
        while deep:
            deep = deep.pop()


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value(raw: bytes) -> None:
    assert isinstance(copy_of(raw, EXPIRY), CachedCopy | CorruptDocument)
    assert isinstance(decoded_or_broken(raw), ChatSession | Broken)


def decoded_or_broken(raw: bytes) -> ChatSession | Broken:
    try:
        return decode(raw)
    except Broken as broken:
        return broken


@given(st.integers(0, len(CLEAN)), st.integers(0, 6), st.binary(max_size=6))
def test_any_damage_to_a_document_is_a_value(at: int, cut: int, put: bytes) -> None:
    raw = CLEAN[:at] + put + CLEAN[at + cut :]
    assert isinstance(copy_of(raw, EXPIRY), CachedCopy | CorruptDocument)
    assert isinstance(decoded_or_broken(raw), ChatSession | Broken)


ODD: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=5)
    | st.datetimes().map(str)
    | st.just([])
    | st.just([{"role": "user"}])
    | st.just({"\ud800": [None]})
)


@given(st.dictionaries(st.sampled_from([*document(), "chat_status"]), ODD, max_size=3), ODD, st.data())
def test_any_values_in_a_document_are_a_value(changes: dict[str, Any], odd: Any, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from([*document_message("user", ""), "created_at", "id"]))
    changed = document(messages=[document_message(**{"role": "user", "content": "x", key: odd})])
    raw = json.dumps({**changed, **changes}).encode()
    copy = copy_of(raw, EXPIRY)
    assert isinstance(copy, CachedCopy | CorruptDocument)
    assert isinstance(copy, CachedCopy) is isinstance(decoded_or_broken(raw), ChatSession)
    if isinstance(copy, CachedCopy):
        assert copy.session() == decoded_or_broken(raw)
    else:
        assert copy.reason.encode()
