"""`diff` on the command line: status, impact, causes, exit codes and JSON."""

from datetime import timedelta
from typing import Any

import pytest

from chatdata import CachedCopy, ChatSessions
from tests.support import builders
from tests.support.command_line import HOSTILE, Line, save, warm

KEYS = {
    "session_id",
    "user_id",
    "status",
    "read_at",
    "cache",
    "database",
    "first_difference",
    "findings",
    "ledger",
}
FINDING_KEYS = {
    "kind",
    "severity",
    "cache_position",
    "database_position",
    "field",
    "count",
    "cache_value",
    "database_value",
    "meaning",
    "likely_causes",
    "at_risk",
    "expires_at",
    "repairs",
}


def stale(sessions: ChatSessions, session_id: str = "s-1") -> None:
    save(sessions, session_id, 3, title="Trip")
    assert sessions.stores.cache is not None
    raw = sessions.stores.cache.read_raw(session_id)
    for number in range(2):
        sessions.append_and_save_message(session_id, builders.message("user", f"later {number}"))
    warm(sessions, raw or b"", session_id)


def test_a_session_in_sync_is_code_0(real: Line, sessions: ChatSessions) -> None:
    save(sessions)
    answer = real("diff", "s-1")
    assert answer.code == 0
    assert answer.out.startswith("s-1: In sync\n")


def test_drift_is_code_1_and_says_what_it_costs_and_why(run: Line, sessions: ChatSessions) -> None:
    stale(sessions)
    answer = run("diff", "s-1")
    assert answer.code == 1
    assert "Cache is behind (stale_cache)" in answer.out
    assert "so the model does not see them" in answer.out
    assert "Likely cause: An older version overwrote the cache (older_copy_written_back)." in answer.out
    assert (
        "Suggested fix: Delete cache entry (invalidate_cache), Rebuild cache from database (rewarm_cache)" in answer.out
    )
    assert "3 equal messages" in answer.out
    assert "#3 user: later 0" in answer.out


def test_what_the_model_misses_is_named(run: Line, sessions: ChatSessions) -> None:
    stale(sessions)
    told = " ".join(run("diff", "s-1").out.split())
    assert "From the cache the model misses 2 messages that the database has, among them the user's “later 1”." in told
    assert "from the cache 3 messages" in told
    assert "from the database 5 messages" in told
    assert "fails on" in told


def test_a_longer_life_is_named_apart_from_what_ends_a_finding(run: Line, sessions: ChatSessions) -> None:
    save(sessions, "s-1", 3, title="Trip")
    cached = sessions.stores.read_copies("s-1").cached
    assert isinstance(cached, CachedCopy)
    session = cached.session()
    session.messages.append(builders.message("user", "unsaved"))
    sessions.cache_chat_session(session)
    told = run("diff", "s-1").out
    assert "Suggested fix: Save to database (save_cached_tail)\n" in told
    assert "Workaround: Reset TTL (keep_alive)\n" in told


def test_a_session_in_sync_is_not_weighed(run: Line, sessions: ChatSessions) -> None:
    save(sessions)
    assert "the model" not in run("diff", "s-1").out


def test_the_json_is_the_contracts(run: Line, sessions: ChatSessions) -> None:
    stale(sessions)
    answer = run("diff", "s-1", "--json")
    document: dict[str, Any] = answer.json
    assert (answer.code, set(document)) == (1, KEYS)
    assert (document["status"], document["first_difference"]) == ("drifted", 3)
    (finding,) = document["findings"]
    assert set(finding) == FINDING_KEYS
    assert (finding["kind"], finding["count"], finding["severity"]) == ("stale_cache", 2, "high")
    assert document["cache"]["messages"] == 3
    assert document["read_at"].endswith("Z")


def test_normal_differences_are_counted_and_shown_when_asked(run: Line, sessions: ChatSessions) -> None:
    save(sessions)
    finer = builders.new_session(messages=3, at=builders.START + timedelta(microseconds=400))
    sessions.cache_chat_session(finer)
    ledger = run("diff", "s-1", "--json").json["ledger"]
    assert ledger
    rule = next(iter(ledger))
    shown = run("diff", "s-1", "--show", rule, "--json")
    assert [finding["kind"] for finding in shown.json["findings"]] == [rule]
    assert shown.code == 0


def test_an_uncached_session_is_code_0(run: Line, sessions: ChatSessions) -> None:
    save(sessions)
    sessions.invalidate_session_cache("s-1")
    assert (run("diff", "s-1").code, run("diff", "s-1", "--json").json["status"]) == (0, "uncached")


def test_a_corrupt_document_and_a_ghost_are_code_1(run: Line, sessions: ChatSessions) -> None:
    save(sessions)
    warm(sessions, b"{broken")
    assert run("diff", "s-1", "--json").json["status"] == "corrupt"
    sessions.cache_chat_session(builders.new_session("ghost", messages=2))
    answer = run("diff", "ghost")
    assert (answer.code, "Cache only (no database row)" in answer.out) == (1, True)


def test_a_session_that_nobody_has_is_code_1(run: Line, sessions: ChatSessions) -> None:
    answer = run("diff", "nosuch")
    assert (answer.code, "not found in the database or the cache" in answer.err) == (1, True)
    assert run("diff", "nosuch", "--json").json["status"] == "missing"


def test_a_store_out_of_reach_is_code_3_and_one_without_a_setting_code_2(
    run: Line,
    sessions: ChatSessions,
    database_only: str,
) -> None:
    save(sessions)
    answer = run("diff", "s-1", "--json", DATABASE_URL=database_only, REDIS_URL="redis://:SECRET@127.0.0.1:1")
    assert (answer.code, answer.json["unavailable"]) == (3, ["cache"])
    assert run("diff", "s-1", DATABASE_URL=database_only).code == 2


@pytest.mark.parametrize("arguments", [(), ("s-1", "--show", "nonsense")])
def test_wrong_use_is_code_2(run: Line, arguments: tuple[str, ...]) -> None:
    assert run("diff", *arguments).code == 2


def test_hostile_text_does_not_reach_the_terminal(run: Line, sessions: ChatSessions) -> None:
    save(sessions)
    sessions.upsert_chat_session(builders.new_session("odd", messages=1, title=HOSTILE.replace("\x1b", "")))
    stale(sessions, "two")
    out = run("diff", "two").out
    assert "\x1b" not in out
    assert "\u202e" not in out


@pytest.mark.parametrize("command", [("diff",), ("diff", "--json"), ("show",), ("show", "--json", "--source", "cache")])
@pytest.mark.parametrize(("view", "words"), [("full", True), ("masked", True), ("structure", False)])
def test_a_view_says_as_much_as_it_may(
    run: Line, sessions: ChatSessions, command: tuple[str, ...], view: str, words: bool
) -> None:
    save(sessions, "s-1", 3, title="Trip")
    sessions.append_and_save_message("s-1", builders.message("user", "mail umbrella@meadow.example then"))
    answer = run(command[0], "s-1", *command[1:], "--view", view)
    told = answer.out
    if command[0] == "show":
        assert ("then" in told, "umbrella@" in told) == (words, view == "full")
    else:
        assert "umbrella@" not in told or view == "full"
    assert answer.code == 0
