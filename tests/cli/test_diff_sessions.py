"""`diff A B` on the command line: two sessions, exit codes and JSON."""

import json
from pathlib import Path

import pytest

from chatdata import ChatMessage, ChatSessions
from tests.support import builders
from tests.support.command_line import HOSTILE, UNREACHABLE_CACHE, UNREACHABLE_DATABASE, Line, save

KEYS = {"a", "b", "read_at", "equal", "counts", "fields", "rows", "unavailable", "not_configured"}
SESSION_KEYS = {
    "session_id",
    "source",
    "remark",
    "title",
    "user_id",
    "messages",
    "prompt_tokens",
    "completion_tokens",
    "tools",
}


def fork(sessions: ChatSessions) -> None:
    """s-2 is s-1 with more words in the third message, one more message, and a title of its own."""
    save(sessions, "s-1", 3, title="Trip")
    messages = [*builders.talk(2), builders.message("user", "message 2, please"), builders.message("assistant", "more")]
    sessions.upsert_chat_session(builders.new_session("s-2", messages=messages, title="Fork"))


def test_two_equal_sessions_are_code_0(real: Line, sessions: ChatSessions) -> None:
    save(sessions, "s-1")
    save(sessions, "s-2")
    answer = real("diff", "s-1", "s-2")
    assert answer.code == 0
    assert "3 equal, 0 changed, 0 only in A, 0 only in B, 0 moved" in answer.out
    assert "→" not in answer.out


def test_a_session_is_equal_to_itself_and_its_copies_can_be_compared(run: Line, sessions: ChatSessions) -> None:
    save(sessions, "s-1")
    assert run("diff", "s-1", "s-1").code == 0
    answer = run("diff", "s-1", "s-1", "--source-a", "database", "--source-b", "cache", "--json")
    assert (answer.code, answer.json["a"]["source"], answer.json["b"]["source"]) == (0, "database", "cache")


def test_what_differs_is_code_1_and_shown_side_by_side(run: Line, sessions: ChatSessions) -> None:
    fork(sessions)
    answer = run("diff", "s-1", "s-2")
    assert answer.code == 1
    told = " ".join(answer.out.split())
    assert "A s-1: Trip (3 messages, database)" in told
    assert "B s-2: Fork (4 messages, database)" in told
    assert "2 equal, 1 changed, 0 only in A, 1 only in B, 0 moved" in told
    assert "Title: Trip → Fork" in told
    assert "2 equal messages" in told
    for cause in ("Likely cause", "Suggested fix", "stale_cache"):
        assert cause not in told


def test_what_differs_inside_a_text_is_marked_without_colours(run: Line, sessions: ChatSessions) -> None:
    for session_id, colour in (("s-1", "red"), ("s-2", "blue")):
        texts = [builders.message("user", f"a {colour} tent"), builders.message("assistant", "yes")]
        sessions.upsert_chat_session(builders.new_session(session_id, messages=texts))
    out = run("diff", "s-1", "s-2").out
    assert "#0 user: a [-red-] tent" in out
    assert "#0 user: a {+blue+} tent" in out


def test_a_moved_message_names_its_other_place(run: Line, sessions: ChatSessions) -> None:
    first, *rest = builders.talk(4)
    for session_id, messages in (("s-1", [first, *rest]), ("s-2", [*rest, first])):
        sessions.upsert_chat_session(builders.new_session(session_id, messages=messages))
    answer = run("diff", "s-1", "s-2")
    assert (answer.code, "moved to #3" in answer.out, "moved to #0" in answer.out) == (1, True, True)
    rows = run("diff", "s-1", "s-2", "--json").json["rows"]
    assert [(row["kind"], row["a"], row["b"], row["elsewhere"]) for row in rows] == [
        ("moved", 0, None, 3),
        ("equal", 1, 0, None),
        ("equal", 2, 1, None),
        ("equal", 3, 2, None),
        ("moved", None, 3, 0),
    ]


def test_the_json_document(run: Line, sessions: ChatSessions) -> None:
    fork(sessions)
    answer = run("diff", "s-1", "s-2", "--json")
    assert answer.code == 1
    found = answer.json
    assert set(found) == KEYS
    assert set(found["a"]) == set(found["b"]) == SESSION_KEYS
    assert (found["equal"], found["a"]["title"], found["b"]["messages"]) == (False, "Trip", 4)
    assert [row["field"] for row in found["fields"] if not row["equal"]] == ["title", "messages"]
    assert {row["kind"] for row in found["rows"]} == {"equal", "changed", "only_b"}
    assert (found["unavailable"], found["not_configured"]) == ([], [])


def test_the_json_of_a_change_has_both_texts(run: Line, sessions: ChatSessions) -> None:
    for session_id, text in (("s-1", "red"), ("s-2", "blue")):
        sessions.upsert_chat_session(builders.new_session(session_id, messages=[builders.message("user", text)]))
    (row,) = run("diff", "s-1", "s-2", "--json").json["rows"]
    assert row["texts"] == [{"field": "content", "a": "red", "b": "blue"}]


@pytest.mark.parametrize(("arguments", "letter"), [(("s-1", "nobody"), "B"), (("nobody", "s-1"), "A")])
def test_an_unknown_id_is_named(run: Line, sessions: ChatSessions, arguments: tuple[str, str], letter: str) -> None:
    save(sessions, "s-1")
    answer = run("diff", *arguments)
    assert answer.code == 1
    assert answer.err == f"Session {letter} was not found in the database or the cache: nobody\n"


def test_the_cached_copy_is_compared_where_the_database_has_none(run: Line, sessions: ChatSessions) -> None:
    save(sessions, "s-1")
    sessions.cache_chat_session(builders.new_session("s-2", messages=3))
    answer = run("diff", "s-1", "s-2", "--json")
    assert (answer.code, answer.json["b"]["source"]) == (0, "cache")
    assert "Session B is compared from the cache. It is not in the database." in answer.err


def test_one_store_down_does_not_hide_the_other(run: Line, sessions: ChatSessions, database_only: str) -> None:
    fork(sessions)
    answer = run("diff", "s-1", "s-2", "--json", DATABASE_URL=database_only, REDIS_URL=UNREACHABLE_CACHE)
    assert (answer.code, answer.json["counts"]["equal"], answer.json["unavailable"]) == (1, 2, ["cache"])


def test_a_store_that_is_needed_and_down_is_code_3(run: Line, sessions: ChatSessions, database_only: str) -> None:
    save(sessions, "s-1")
    stores = {"DATABASE_URL": database_only, "REDIS_URL": UNREACHABLE_CACHE}
    answer = run("diff", "s-1", "s-1", "--source-b", "cache", "--json", **stores)
    assert (answer.code, answer.json["unavailable"]) == (3, ["cache"])
    assert "Session B can't be read" in answer.err
    both = run("diff", "s-1", "s-2", DATABASE_URL=UNREACHABLE_DATABASE, REDIS_URL=UNREACHABLE_CACHE)
    assert both.code == 3


def test_an_unreadable_cache_entry_is_code_1(run: Line, sessions: ChatSessions) -> None:
    save(sessions, "s-1")
    assert sessions.stores.cache is not None
    sessions.stores.cache.put_raw("s-2", b"{broken")
    answer = run("diff", "s-1", "s-2")
    assert answer.code == 1
    assert "The cached copy of session B can't be read" in answer.err


@pytest.mark.parametrize(
    "arguments",
    [("s-1", "s-2", "--show", "clock_skew"), ("s-1", "--source-a", "cache"), ("s-1", "--source-b", "cache")],
)
def test_options_of_the_other_comparison_are_refused(run: Line, sessions: ChatSessions, arguments: list[str]) -> None:
    assert run("diff", *arguments).code == 2


def test_an_unknown_token_count_is_said_to_be_unknown(run: Line, sessions: ChatSessions, tmp_path: Path) -> None:
    for session_id, usage in (("s-1", {"prompt_tokens": 7}), ("s-2", {"prompt_tokens": 7, "completion_tokens": 0})):
        path = tmp_path / f"{session_id}.json"
        path.write_text(
            json.dumps({"id": session_id, "messages": [{"role": "user", "content": "Hi"}], "usage": usage}), "utf-8"
        )
        assert run("import", str(path)).code == 0
    answer = run("diff", "s-1", "s-2")
    assert (answer.code, "Output tokens: unknown → 0" in answer.out) == (1, True)
    found = run("diff", "s-1", "s-2", "--json").json
    assert (found["a"]["completion_tokens"], found["b"]["completion_tokens"]) == (None, 0)
    assert [row["field"] for row in found["fields"] if not row["equal"]] == ["completion_tokens"]


def named(sessions: ChatSessions) -> None:
    """Only s-1 tells that Lindqvist is a name; both sessions have the other message."""
    told = ChatMessage(role="user", name="Lindqvist", content="I am mia@example.com")
    same = builders.message("assistant", "Certainly, Lindqvist, said mia@example.com")
    sessions.upsert_chat_session(builders.new_session("s-1", "user-1", [told, same]))
    sessions.upsert_chat_session(builders.new_session("s-2", "user-2", [builders.message("user", "Hi"), same]))


@pytest.mark.parametrize("view", ["masked", "structure"])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_name_that_one_session_tells_is_hidden_in_both(
    run: Line, sessions: ChatSessions, view: str, form: tuple[str, ...]
) -> None:
    named(sessions)
    answer = run("diff", "s-1", "s-2", "--view", view, *form)
    assert answer.code == 1
    for hidden in ("Lindqvist", "mia@example", "user-1", "user-2"):
        assert hidden not in answer.out + answer.err


def test_kinds_and_counts_are_those_of_the_full_sessions(run: Line, sessions: ChatSessions) -> None:
    named(sessions)

    def kinds(view: str) -> object:
        rows = run("diff", "s-1", "s-2", "--view", view, "--json").json["rows"]
        return [(row["kind"], row["a"], row["b"]) for row in rows]

    assert kinds("full") == kinds("masked") == kinds("structure")


def test_nothing_that_a_conversation_says_steers_a_terminal(run: Line, sessions: ChatSessions) -> None:
    save(sessions, "s-1")
    sessions.cache_chat_session(
        builders.new_session("s-2", messages=[builders.message("user", HOSTILE), *builders.talk(3)[1:]], title=HOSTILE)
    )
    answer = run("diff", "s-1", "s-2")
    assert not {"\x1b", "\x07", "\u202e"} & set(answer.out + answer.err)
