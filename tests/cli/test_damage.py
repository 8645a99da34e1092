"""Damaged documents and rows at every command: each answers, and a session beside them is as it was."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chatdata import ChatSessions, Connected
from chatdata.services.connect import EMBEDDED_DATABASE
from tests.support import damage
from tests.support.builders import new_session
from tests.support.command_line import Line

ONE = [
    ["show", "{id}"],
    ["show", "{id}", "--source", "cache", "--json"],
    ["show", "{id}", "--view", "masked", "--json"],
    ["show", "{id}", "--view", "structure"],
    ["diff", "{id}"],
    ["diff", "{id}", "--view", "masked", "--json"],
    ["payload", "{id}", "--source", "cache"],
    ["payload", "{id}", "--source", "database"],
    ["lint", "{id}", "--json"],
    ["repair", "{id}", "--action", "rewarm_cache", "--json"],
    ["repair", "{id}", "--action", "save_cached_tail"],
    ["repair", "{id}", "--action", "save_cached_text"],
    *(
        ["export", "{id}", "--format", form, "--view", view]
        for form, view in (
            ("html", "full"),
            ("html", "masked"),
            ("json", "structure"),
            ("jsonl", "masked"),
            ("md", "full"),
        )
    ),
]
ALL = [
    ["sessions"],
    ["sessions", "--json", "--search", "porto"],
    ["users", "--json"],
    ["usage", "--by", "day", "--json"],
    ["usage", "--by", "session"],
    ["usage", "--by", "tool", "--csv"],
    ["usage", "--by", "user"],
    ["lint", "--all", "--json"],
    ["scan", "--grace", "0", "--json"],
    ["check", "--json"],
    ["export", "--all", "--format", "jsonl"],
    ["export", "--all", "--format", "html", "--view", "masked"],
]


@pytest.mark.parametrize("number", damage.numbers(12, 400))
def test_damage_is_answered_in_words(
    number: int, connected: Connected, sessions: ChatSessions, run: Line, tmp_path: Path
) -> None:
    data, out = tmp_path / "data", str(tmp_path / "file")
    damage.store(sessions, data / EMBEDDED_DATABASE, damage.chance_of(number))
    for arguments in [[part.format(id="s-1") for part in command] for command in ONE] + ALL:
        to_file = ["--output", out] if arguments[0] == "export" else []
        Path(out).unlink(missing_ok=True)
        answer = run(*arguments, *to_file, INSPECTOR_DATA_DIR=str(data))
        assert answer.code in (0, 1), (arguments, answer)
        assert answer.out or answer.err or to_file, (arguments, answer)
    assert "whole" in run("sessions", INSPECTOR_DATA_DIR=str(data)).out
    assert run("diff", "whole", "--json", INSPECTOR_DATA_DIR=str(data)).json["status"] == "in_sync"


@pytest.fixture
def damaged(sessions: ChatSessions, tmp_path: Path) -> ChatSessions:
    """s-1 with a title of bytes, a count of text, and a second message without a place in the order."""
    for name in ("s-1", "whole"):
        sessions.upsert_chat_session(new_session(name, messages=3, usage=[(10, 5)], title="Trip"))
    with closing(sqlite3.connect(tmp_path / "data" / EMBEDDED_DATABASE)) as connection, connection:
        connection.execute("""UPDATE "ChatSession" SET title = x'ff', "totalPromptTokens" = 'x' WHERE id = 's-1'""")
        connection.execute("""UPDATE "ChatMessage" SET sequence = 'x' WHERE "sessionId" = 's-1' AND sequence = 1""")
    return sessions


TITLE = "ChatSession.title is damaged: 1 byte where text was expected."
COUNT = "ChatSession.totalPromptTokens is damaged: text where a count of tokens was expected."
PLACE = "ChatMessage.sequence of message 3 is damaged: text where a whole number was expected; it is shown at the end."


@pytest.mark.usefixtures("damaged")
def test_what_is_damaged_is_said_with_its_place_wherever_it_is_shown(run: Line) -> None:
    listed = run("sessions")
    assert f"s-1: {TITLE}" in listed.out
    assert f"s-1: {COUNT}" in listed.out
    assert "1 session with a damaged count of tokens (not in totals)." in listed.out
    assert run("sessions", "--json").json["total"]["prompt_tokens"] == 10
    shown = run("show", "s-1")
    assert (shown.code, TITLE in shown.err, f"! {PLACE}" in shown.out) == (0, True, True)
    assert [value["place"] for value in run("show", "s-1", "--json").json["damaged"]] == [
        "ChatSession.title",
        "ChatSession.totalPromptTokens",
        "ChatMessage.sequence",
    ]
    assert PLACE in run("lint", "s-1").err
    assert PLACE in run("payload", "s-1").err
    for by in ("day", "user"):
        assert "1 session with a damaged count of tokens (not in totals)." in run("usage", "--by", by).out
    assert "1 session with a damaged count of tokens (not in totals)." in run("users").out
    (line,) = [each for each in run("usage", "--by", "session").out.splitlines() if each.startswith("s-1")]
    assert line.split()[-3:] == ["damaged", "5", "damaged"]


def test_calls_that_are_no_list_are_said_wherever_the_message_is_shown(
    sessions: ChatSessions, run: Line, tmp_path: Path
) -> None:
    sessions.upsert_chat_session(new_session("s-1", messages=3))
    with closing(sqlite3.connect(tmp_path / "data" / EMBEDDED_DATABASE)) as connection, connection:
        connection.execute("""UPDATE "ChatMessage" SET "toolCalls" = '{not json' WHERE sequence = 1""")
    said = "ChatMessage.toolCalls of message 1 is damaged: text where a list of tool calls was expected."
    shown = run("show", "s-1")
    assert (said in shown.err, f"! {said}" in shown.out) == (True, True)
    assert said in run("diff", "s-1").out
    assert said in run("lint", "s-1").err
    linted = run("lint", "s-1", "--source", "database", "--json")
    assert (linted.code, "accept" in linted.json["verdicts"].values()) == (1, False)
    assert run("repair", "s-1", "--action", "rewarm_cache", "--apply").code == 1


@pytest.mark.usefixtures("damaged")
def test_drift_has_a_finding_for_damaged_rows(run: Line) -> None:
    (finding,) = [each for each in run("diff", "s-1", "--json").json["findings"] if each["kind"] == "row_damaged"]
    assert (finding["severity"], finding["field"], finding["count"]) == ("high", "ChatSession.title", 3)
    assert TITLE in finding["meaning"]
    assert run("scan", "--grace", "0", "--json").json["findings_by_kind"]["row_damaged"] == 1


@pytest.mark.parametrize("action", ["rewarm_cache", "save_cached_tail", "save_cached_text"])
def test_a_repair_neither_copies_damaged_rows_nor_writes_behind_them(
    damaged: ChatSessions, run: Line, action: str
) -> None:
    assert damaged.stores.cache is not None
    before = damaged.stores.cache.read_raw("s-1")
    answer = run("repair", "s-1", "--action", action, "--apply")
    assert (answer.code, TITLE in answer.err) == (1, True)
    assert "2 more values of these rows are damaged too. Correct the rows in the database first." in answer.err
    assert damaged.stores.cache.read_raw("s-1") == before


@pytest.mark.usefixtures("damaged")
@pytest.mark.parametrize("form", ["html", "json", "jsonl", "md"])
def test_exports_name_what_is_damaged(run: Line, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"file.{form}"
    assert run("export", "--all", "--format", form, "-o", str(file)).code == 0
    text = file.read_text("utf-8")
    assert "ChatSession.title" in text
    assert "ChatMessage.sequence" in text
    assert "whole" in text


def test_an_export_counts_the_sessions_that_it_leaves_out(run: Line, sessions: ChatSessions, tmp_path: Path) -> None:
    sessions.upsert_chat_session(new_session("whole", messages=3))
    assert sessions.stores.cache is not None
    sessions.stores.cache.put_raw("broken", b"{")
    file = tmp_path / "file.jsonl"
    answer = run("export", "whole", "broken", "--format", "jsonl", "-o", str(file))
    assert (answer.code, len(file.read_text("utf-8").splitlines())) == (1, 1)
    assert "1 session left out, since no copy can be read: broken." in answer.err


def test_a_time_that_can_not_be_read_is_said_and_never_made_up(
    run: Line, sessions: ChatSessions, tmp_path: Path
) -> None:
    sessions.upsert_chat_session(new_session("s-1", messages=1))
    with closing(sqlite3.connect(tmp_path / "data" / EMBEDDED_DATABASE)) as connection, connection:
        connection.execute("""UPDATE "ChatSession" SET "createdAt" = x'ff', "updatedAt" = '9999-99-99'""")
    listed, shown = run("sessions", COLUMNS="200").out, run("show", "s-1").out
    assert "s-1: ChatSession.createdAt is damaged: no time that can be read." in listed
    assert "s-1: ChatSession.updatedAt is damaged: no time that can be read." in listed
    assert (listed.count("unreadable"), shown.count("unreadable")) == (2, 2)
    assert "1970-" not in listed + shown + run("export", "s-1", "--format", "md").out


@pytest.mark.parametrize("place", ["ChatSession.createdAt", "ChatSession.updatedAt", "ChatMessage.createdAt"])
def test_copies_with_a_time_that_can_not_be_read_are_not_in_sync(
    run: Line, sessions: ChatSessions, tmp_path: Path, place: str
) -> None:
    sessions.upsert_chat_session(new_session("s-1", messages=2))
    sessions.get_chat_session("s-1")
    table, column = place.split(".")
    with closing(sqlite3.connect(tmp_path / "data" / EMBEDDED_DATABASE)) as connection, connection:
        connection.execute(f"""UPDATE "{table}" SET "{column}" = 'garbage'""")
    answer = run("diff", "s-1")
    assert (answer.code, f"{place} is damaged" in answer.out.replace(" of message 0", ""), "1970" in answer.out) == (
        1,
        True,
        False,
    )
    found = run("diff", "s-1", "--json").json
    (finding,) = [each for each in found["findings"] if each["kind"] == "row_damaged"]
    assert finding["field"] == place
    assert (found["database"]["updated_at"] is None) is (place == "ChatSession.updatedAt")
    assert run("scan", "--grace", "0", "--json").json["findings_by_kind"]["row_damaged"] == 1


def test_one_damaged_session_does_not_hide_when_its_user_was_last_seen(
    run: Line, sessions: ChatSessions, tmp_path: Path
) -> None:
    for session_id in ("good", "bad"):
        sessions.upsert_chat_session(new_session(session_id, messages=1))
    with closing(sqlite3.connect(tmp_path / "data" / EMBEDDED_DATABASE)) as connection, connection:
        connection.execute("""UPDATE "ChatSession" SET "createdAt" = '', "updatedAt" = 'garbage' WHERE id = 'bad'""")
        (known,) = connection.execute("""SELECT "updatedAt" FROM "ChatSession" WHERE id = 'good'""")
    (user,) = run("users", "--json").json["users"]
    assert user["last_seen"] == f"{known[0].replace(' ', 'T')}Z"
    assert user["first_seen"][:4] != "1970"


def test_a_damaged_count_is_unknown_and_in_no_sum(run: Line, sessions: ChatSessions, tmp_path: Path) -> None:
    sessions.upsert_chat_session(new_session("s-1", messages=1, usage=[(3, 5)]))
    with closing(sqlite3.connect(tmp_path / "data" / EMBEDDED_DATABASE)) as connection, connection:
        connection.execute("""UPDATE "ChatSession" SET "totalPromptTokens" = 'ten'""")
    assert "unknown input and 5 output tokens" in run("show", "s-1", "--source", "database").out
    shown = run("show", "s-1", "--source", "database", "--json").json
    assert (shown["prompt_tokens"], shown["completion_tokens"]) == (None, 5)
    assert "0 input" not in run("export", "s-1", "--format", "md").out
