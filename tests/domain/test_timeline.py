"""The timeline of a copy: order, pairing of tool calls, descriptions of violations, texts and search."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from chatdata import SettingsError
from chatdata.domain.copies import CopyMessage
from chatdata.domain.messages import ChatMessage
from chatdata.domain.timeline import Timeline, build
from chatdata.domain.timeline.layout import laid_out, summary, unescaped
from pages.ui.session.messages.timeline_routes import timeline_routes
from tests.support.laws import examples

MOMENT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def call(id_: Any = "c1", name: str = "find_agent", arguments: Any = "{}") -> dict[str, Any]:
    return {"id": id_, "type": "function", "function": {"name": name, "arguments": arguments}}


def asks(*calls: Any, **fields: Any) -> ChatMessage:
    return ChatMessage(role="assistant", tool_calls=list(calls), **fields)


def result(id_: str | None = "c1", content: str = "{}") -> ChatMessage:
    return ChatMessage(role="tool", tool_call_id=id_, content=content)


def says(content: str | None, role: str = "user") -> ChatMessage:
    return ChatMessage(role=role, content=content)


def timeline(*messages: ChatMessage, first: int = 0) -> Timeline:
    return build([CopyMessage(first + n, message) for n, message in enumerate(messages)])


def notes(shown: Timeline, position: int) -> str:
    return " ".join(shown.at(position).notes)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
texts = st.none() | st.text(st.characters(), max_size=60) | st.sampled_from(['{"a":"\\ud83d"}', "[[", '{"type":5}'])
ids = st.sampled_from(["a", "b", "", None, 5])
calls = st.none() | st.lists(
    anything | st.builds(call, ids, st.text(max_size=5), st.none() | st.text(max_size=20) | anything), max_size=4
)
any_message = st.builds(
    ChatMessage.model_construct,
    role=st.sampled_from(["user", "assistant", "tool", "tool", "system", "function", "critic", ""]),
    content=texts,
    name=texts,
    tool_call_id=st.sampled_from(["a", "b", "", None]),
    refusal=texts,
    tool_calls=calls,
    function_call=anything,
)
moments = st.none() | st.datetimes() | st.datetimes(timezones=st.just(UTC))


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.tuples(any_message, moments), max_size=12), st.text(max_size=4))
def test_any_messages_make_a_timeline_with_every_position_once_in_order(
    given_messages: Sequence[tuple[ChatMessage, datetime | None]], query: str
) -> None:
    shown = build([CopyMessage(n * 3, message, at) for n, (message, at) in enumerate(given_messages)])
    positions = [n * 3 for n in range(len(given_messages))]
    assert [item.position for item in shown.items] == positions
    assert shown.index["positions"] == positions
    assert [item["position"] for item in shown.window(0, 100)] == positions
    json.dumps([shown.index, shown.outline, shown.window(0, 100), shown.find(query)]).encode("ascii")
    folded = [item for item in shown.items if item.under]
    assert all(shown.items[item.under.ordinal].calls[item.under.call].answer == item.ordinal for item in folded)


def test_results_right_after_their_call_are_folded_under_it() -> None:
    shown = timeline(says("hi"), asks(call("a"), call("b")), result("b"), result("a"), says("done", "assistant"))
    assert [(item.under.ordinal, item.under.call) if item.under else None for item in shown.items] == [
        None,
        None,
        (1, 1),
        (1, 0),
        None,
    ]
    assert shown.index["under"] == [-1, -1, 1, 1, -1]


def test_two_calls_with_one_id_are_answered_in_turn() -> None:
    shown = timeline(asks(call("a"), call("a")), result("a"), result("a"), result("a"))
    assert [item.under.call if item.under else None for item in shown.items] == [None, 0, 1, None]
    assert "Second answer to call a of message 0" in notes(shown, 3)


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([result("c9")], "Answers no call before it"),
        ([result(None)], "without tool_call_id"),
        ([result("")], "without tool_call_id"),
        ([asks(call()), says("wait"), result()], "Answers call c1 of message 0, but later than the block"),
        ([asks(call()), result(), result()], "Second answer to call c1 of message 0: message 1 answered it"),
        ([asks(call()), says("x"), result(), result()], "Second answer to call c1 of message 0: message 2"),
        ([result(), asks(call())], "Answers no call before it"),
        ([says("x", "critic")], "No model provider knows this role"),
        ([says("x", "")], "The role is empty"),
        ([ChatMessage(role="user", tool_calls=[call()])], "not the assistant's"),
    ],
    ids=["orphan", "no id", "empty id", "late", "second", "second late", "early", "role", "no role", "user calls"],
)
def test_what_breaks_a_rule_says_so(messages: list[ChatMessage], words: str) -> None:
    shown = timeline(*messages)
    assert words in " ".join(note for item in shown.items if not item.under for note in item.notes)


def test_calls_without_answer_say_so() -> None:
    shown = timeline(asks(call("a"), call("b"), call(None)), result("a"), says("x"), result("b"))
    first, second, third = shown.at(0).calls
    assert first.notes == ()
    assert second.notes == ("No answer right after it; message 3 answers it later.",)
    assert third.notes == ("The call has no id, so no answer can name it.",)


def test_damaged_entries_are_shown_as_they_are() -> None:
    shown = timeline(asks("words", 7, None, {"id": "x"}, call("y"), {**call("z"), "index": 4}))
    entries = shown.at(0).calls
    assert [entry.arguments for entry in entries[:4]] == ["words", "7", "null", '{"id": "x"}']
    assert [entry.damaged for entry in entries] == [True, True, True, True, False, False]
    assert entries[5].more == '{"index": 4}'


def test_positions_are_those_of_the_store() -> None:
    shown = timeline(says("a"), says("b"), first=41)
    assert [item.position for item in shown.items] == [41, 42]
    with pytest.raises(LookupError, match=r"Message 7 is not in this copy: it has 41–42\."):
        shown.at(7)
    with pytest.raises(LookupError, match="no messages"):
        timeline().at(0)


def test_gaps_are_seconds_since_the_message_before() -> None:
    times = [
        MOMENT,
        MOMENT + timedelta(seconds=133),
        None,
        MOMENT,
        (MOMENT - timedelta(seconds=5)).replace(tzinfo=None),
    ]
    shown = build([CopyMessage(n, says("x"), at) for n, at in enumerate(times)])
    assert [item.gap for item in shown.items] == [None, 133.0, None, None, -5.0]
    assert shown.index["times"][0] == "2026-11-22T09:00:00+00:00"


def test_long_texts_are_cut_with_their_length_and_the_rest_comes_in_chunks() -> None:
    text = "words " * 50_000
    shown = timeline(says(text))
    [item] = shown.window(0, 1)
    assert (len(item["content"]["text"]), item["content"]["length"]) == (20_000, 300_000)
    read, offset = "", 0
    while offset is not None:
        chunk = shown.text(0, "content", offset)
        read, offset = read + chunk["text"], chunk["next"]
    assert read == text


@pytest.mark.parametrize("part", ["nothing", "call.7", "call.", "call.x", "more.²", "refusal", "__class__"])
def test_a_part_that_is_not_there_is_a_lookup_error(part: str) -> None:
    with pytest.raises(LookupError):
        timeline(asks(call())).text(0, part)


def test_json_is_laid_out_token_by_token() -> None:
    text = '{"b":1.00,"a":[],"b":[1e400,"\\u0e44\\n"]}'
    assert laid_out(text) == '{\n  "b": 1.00,\n  "a": [],\n  "b": [\n    1e400,\n    "ไ\\n"\n  ]\n}'


@pytest.mark.parametrize("text", ["", "7", '"a"', "{", "[" * 100_000, "[" * 900 + "1," * 9_000 + "1" + "]" * 900])
def test_what_is_no_json_container_or_out_of_proportion_stays_exact(text: str) -> None:
    assert laid_out(text) is None


def test_arguments_and_results_come_laid_out_and_exact() -> None:
    shown = timeline(asks(call(arguments='{"q":"x"}')), result(content='{"type":"error","message":"No"}'))
    [asked] = shown.window(0, 1)[0]["calls"]
    assert asked["arguments"] == {"text": '{\n  "q": "x"\n}', "length": 14, "laid": True, "exact": 9}
    assert (asked["result"]["type"], asked["result"]["message"], asked["result"]["error"]) == ("error", "No", True)
    assert shown.text(0, "call.0")["text"] == '{"q":"x"}'
    assert shown.text(1, "content.laid")["text"].startswith("{\n")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{"type":"error"}', True),
        ('{"error":"x"}', True),
        ('{"error":null}', False),
        ('{"success":false}', True),
        ("Error: no such flight", True),
        ("all is well", False),
        ("[1]", False),
    ],
)
def test_a_result_that_is_an_error_is_told(text: str, error: bool) -> None:
    assert summary(text)["error"] is error


def matches_as_shown(arguments: str, query: str) -> int:
    """The matches in a call's arguments, counted in the forms in which they are shown and stored."""
    forms = (laid_out(arguments) or arguments, arguments, unescaped(arguments))
    return next((found for form in forms if (found := form.casefold().count(query.casefold()))), 0)


json_strings = st.lists(
    st.sampled_from(["a", "B", "1", "é", "\\u00e9", "\\u0061", "\\n", "\\\\", " "]), max_size=5
).map(lambda pieces: f'"{"".join(pieces)}"')
json_objects = st.builds(
    lambda pairs, colon, comma: "{" + comma.join(f"{name}{colon}{value}" for name, value in pairs) + "}",
    st.lists(st.tuples(json_strings, json_strings | st.just("[11]")), max_size=3),
    st.sampled_from([":", " :", ": "]),
    st.sampled_from([",", " , "]),
)


@settings(max_examples=examples(300), deadline=None)
@given(json_objects, st.integers(0, 40), st.integers(1, 3))
@example('{"a":"a\\u0061"}', 5, 1)
def test_find_counts_in_arguments_as_they_are_shown(arguments: str, start: int, length: int) -> None:
    query = (laid_out(arguments) or arguments)[start:][:length] or "a"
    found = matches_as_shown(arguments, query)
    assert timeline(asks(call("", "", arguments))).find(query) == ([(0, found)] if found else [])


def test_find_looks_everywhere_without_regard_to_case() -> None:
    shown = timeline(
        says("Straße and STRASSE", "assistant"),
        asks(call("Call_9", "run_agent", '{"note":"r\\u00e9sum\\u00e9 \\ud83d\\ude80"}'), refusal="Never"),
        result("Call_9", '{"text":"say \\"hi\\" \\u0e44\\u0e17\\u0e22"}'),
        ChatMessage(role="function", name="old_name", content="x"),
    )
    assert shown.find("strasse") == [(0, 2)]
    assert shown.find("RÉSUMÉ") == shown.find("🚀") == shown.find("call_9") == shown.find("NEVER") == [(1, 1)]
    assert shown.find('say "hi"') == shown.find("ไทย") == [(2, 1)]
    assert shown.find("old_name") == [(3, 1)]
    assert shown.find("\\u00e9") == [(1, 2)]
    assert shown.find("") == []


def test_escapes_are_undone_like_json_does() -> None:
    text = 'a\n"\\/\u0007é🚀'
    assert unescaped(json.dumps(text)[1:-1]) == text


def test_the_outline_has_each_question_on_one_line() -> None:
    shown = timeline(says("one\n two"), says("no", "assistant"), says("x" * 500), says(None))
    assert [(position, len(words)) for position, words, *_ in shown.outline] == [(0, 7), (2, 120), (3, 0)]


def test_the_outline_tells_when_each_turn_began_and_how_long_it_took() -> None:
    began = datetime(2026, 3, 1, 9, tzinfo=UTC)

    said = [(0, "system"), (1, "user"), (3, "assistant"), (4.5, "tool"), (60, "user"), (61, "user"), (60, "assistant")]
    moments = [(began + timedelta(seconds=seconds), role) for seconds, role in said]
    shown = build(
        [CopyMessage(n, says("x", role), at) for n, (at, role) in enumerate([*moments, (None, "user")])],
    )
    assert [(position, when, took) for position, _, when, took in shown.outline] == [
        (1, "2026-03-01T09:00:01+00:00", 3.5),
        (4, "2026-03-01T09:01:00+00:00", None),  # the next user message followed at once
        (5, "2026-03-01T09:01:01+00:00", None),  # its answer is earlier than it
        (7, None, None),
    ]


@dataclass(frozen=True)
class Loaded:
    """Timelines that a function gives, without marks."""

    load: Callable[[str, str], Timeline]

    def timeline(self, session_id: str, source: str) -> Timeline:
        return self.load(session_id, source)

    def marks(self, _session_id: str, _source: str) -> Mapping[int, str]:
        return {}

    def opened(self, session_id: str) -> None:
        pass


def served(load: Callable[[str, str], Timeline]) -> TestClient:
    return TestClient(Starlette(routes=timeline_routes(lambda: Loaded(load))))


@pytest.fixture
def browser() -> TestClient:
    shown = timeline(says("lone \ud800 **bold**"), says("two"))

    def load(session: str, source: str) -> Timeline:
        if (session, source) != ("s", "database"):
            raise KeyError(f"There is no session {session}.")
        return shown

    return served(load)


def ask(browser: TestClient, route: str, **parameters: Any) -> tuple[int, Any]:
    query = {"session": "s", "source": "database", **parameters}
    answer = browser.get(f"/api/timeline/{route}", params=query)
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers
    return answer.status_code, json.loads(answer.content.decode("ascii"))


def test_routes_answer_in_ascii_with_lone_surrogates(browser: TestClient) -> None:
    opening = ask(browser, "opening")[1]
    assert (opening["index"]["count"], opening["questions"][1]) == (2, [1, "two", None, None])
    assert opening["items"] == ask(browser, "window", items="0,1")[1]["items"]
    assert ask(browser, "window", items="1,0,9")[1]["items"][1]["content"]["text"] == "lone \ud800 **bold**"
    assert len(ask(browser, "window", start=1, count=5)[1]["items"]) == 1
    assert ask(browser, "text", position=1, part="content")[1]["next"] is None
    assert ask(browser, "find", query="TWO")[1] == {"matches": [[1, 1]], "total": 1}
    assert "<strong>bold</strong>" in ask(browser, "rendered", items="0")[1]["html"]["0"]


@pytest.mark.parametrize(
    ("message", "ordinals"),
    [
        (0, [*range(24), *range(48, 60)]),
        (20, [*range(14, 38), *range(48, 60)]),
        (36, range(30, 60)),
        (59, range(53, 60)),
    ],
)
def test_an_opening_has_what_is_near_the_message_and_the_end_each_once(message: int, ordinals: Sequence[int]) -> None:
    shown = timeline(*(says(str(n)) for n in range(60)))
    opening = ask(served(lambda _session, _source: shown), "opening", message=message)[1]
    assert [item["ordinal"] for item in opening["items"]] == list(ordinals)


@pytest.mark.parametrize(
    ("route", "parameters", "status", "words"),
    [
        ("opening", {"session": "other"}, 404, "There is no session other."),
        ("opening", {"session": ""}, 400, "“session” is missing"),
        ("text", {"position": 9, "part": "content"}, 404, "Message 9 is not in this copy: it has 0–1."),
        ("text", {"position": 0, "part": "more.0"}, 404, "has no text"),
        ("text", {"position": "-1", "part": "content"}, 400, "whole numbers"),
        ("window", {"items": "1,x"}, 400, "whole numbers"),
        ("window", {"items": ",".join("1" * 201)}, 400, "at most 200"),
        ("find", {"query": "x" * 1001}, 400, "at most 1,000"),
    ],
)
def test_routes_say_what_is_wrong(
    browser: TestClient, route: str, parameters: dict[str, Any], status: int, words: str
) -> None:
    given_status, body = ask(browser, route, **parameters)
    assert (given_status, words in body["error"]) == (status, True)


def test_stores_that_can_not_be_opened_are_said() -> None:
    def load(_session: str, _source: str) -> Timeline:
        raise SettingsError("REDIS_PORT needs a host.")

    answer = ask(served(load), "opening")
    assert answer == (503, {"error": "REDIS_PORT needs a host."})


def test_routes_only_read(browser: TestClient) -> None:
    assert browser.post("/api/timeline/opening?session=s&source=database").status_code == 405
