"""The demo conversations: reproducible, distributed like real ones, and broken only where intended."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chatdata.domain.lint import NEXT_USER, explain, fully_repaired, lint_messages, lint_payload, repaired
from chatdata.domain.messages import ChatMessage, ChatSession, build_payload, in_utc
from chatdata.domain.messages.markers import turn_end
from chatdata.services.demo import PEOPLE, DemoSession, demo_sessions, stories

NOW = datetime(2026, 2, 20, 10, 0, tzinfo=UTC)

KINDS = {
    "context_injected",
    "failed_turn",
    "pending_messages",
    "stuck_turn",
    "partial_text",
    "split_message",
    "windowed_cache",
    "ghost_session",
    "owner_mismatch",
    "unsaved_tail",
    "diverged_tail",
    "missing_in_db",
    "stale_cache",
    "missing_in_cache",
    "reordered",
    "tool_calls_lost",
    "tool_calls_stale",
    "tool_result_stale",
    "content_changed",
    "duplicate_message",
    "sequence_gap",
    "title_drift",
    "usage_mismatch",
    "credentials_drift",
    "run_counts_drift",
    "metadata_drift",
    "cache_corrupt",
    "orphan_tool_result",
    "no_expiry",
}
CODES = {
    "orphan_tool_result",
    "unanswered_tool_call",
    "late_tool_result",
    "missing_tool_call_id",
    "duplicate_tool_result",
    "duplicate_tool_call_id",
    "reused_tool_call_id",
    "long_tool_call_id",
    "bad_tool_call_id",
    "too_many_tool_calls",
    "empty_function_name",
    "bad_function_name",
    "bad_message_name",
    "arguments_not_json",
    "arguments_not_object",
    "empty_content",
    "whitespace_content",
    "no_messages",
    "empty_tool_calls",
    "consecutive_users",
    "user_after_tool",
    "second_system",
    "unknown_role",
    "null_content",
    "context_overflow",
}


@pytest.fixture(scope="module")
def sessions() -> list[DemoSession]:
    return demo_sessions(NOW)


def named(sessions: list[DemoSession], slug: str) -> DemoSession:
    return next(item for item in sessions if item.slug == slug)


def stored(item: DemoSession) -> ChatSession:
    assert item.row is not None
    return ChatSession.from_db(item.row, item.rows)


def cached(item: DemoSession) -> ChatSession:
    assert item.document is not None
    return ChatSession.model_validate_json(item.document)


def sanitize(session: ChatSession) -> list[ChatMessage]:
    return [message.sanitize() for message in session.messages]


def healthy(sessions: list[DemoSession]) -> list[DemoSession]:
    return [item for item in sessions if not item.planted]


def fingerprint(sessions: list[DemoSession]) -> str:
    digest = hashlib.sha256()
    for item in sessions:
        digest.update(
            repr((item.slug, item.row, item.rows, item.document, item.ttl_seconds)).encode("utf-8", "replace")
        )
    return digest.hexdigest()


# ---- repeatable


def test_the_same_seed_and_moment_give_the_same_bytes(sessions: list[DemoSession]) -> None:
    assert fingerprint(demo_sessions(NOW)) == fingerprint(sessions)


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_another_process_gives_the_same_bytes(sessions: list[DemoSession], hash_seed: str) -> None:
    code = (
        "from tests.services.test_demo_content import NOW, fingerprint\n"
        "from chatdata.services.demo import demo_sessions\n"
        "print(fingerprint(demo_sessions(NOW)))"
    )
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(root)}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == fingerprint(sessions)


def test_another_seed_gives_other_ids_and_a_later_moment_the_same(sessions: list[DemoSession]) -> None:
    ids = {item.session.session_id for item in sessions}
    assert not ids & {item.session.session_id for item in demo_sessions(NOW, seed=8)}
    assert ids == {item.session.session_id for item in demo_sessions(NOW + timedelta(days=5, hours=7))}


@pytest.mark.parametrize("hours", [0, 5, 14, 40, 64, 100])
def test_nothing_is_in_the_future_and_everything_within_about_30_days(hours: int) -> None:
    now = NOW + timedelta(hours=hours)
    for item in demo_sessions(now):
        moments = [item.session.started_at, item.session.updated_at, *item.message_times]
        assert max(moments) <= now
        assert min(moments) >= now - timedelta(days=32)
        if "reordered" not in item.planted:
            assert list(item.message_times) == sorted(item.message_times)


# ---- like a real deployment


def test_there_are_about_75_sessions_of_12_users(sessions: list[DemoSession]) -> None:
    assert 60 <= len(sessions) <= 80
    assert len(PEOPLE) == 12
    assert {item.session.user_id for item in sessions} == {person.user_id(7) for person in PEOPLE}
    assert len({item.session.session_id for item in sessions}) == len(sessions)


def test_at_least_25_sessions_are_entirely_healthy(sessions: list[DemoSession]) -> None:
    assert sum(1 for item in sessions if not item.planted and not item.lint) >= 25


def test_titles_are_unique_and_some_sessions_have_none(sessions: list[DemoSession]) -> None:
    titles = Counter(item.session.title for item in sessions)
    assert 2 <= titles.pop(None) <= 5
    assert max(titles.values()) == 1


def test_one_session_has_3000_messages_and_the_others_at_most_200(sessions: list[DemoSession]) -> None:
    sizes = sorted(len(item.session.messages) for item in sessions)
    assert sizes[-1] == 3000
    assert sizes[-2] == 200


def test_no_session_has_more_than_a_twentieth_of_all_tokens(sessions: list[DemoSession]) -> None:
    tokens = {item.slug: item.session.prompt_tokens + item.session.completion_tokens for item in sessions}
    assert {slug: count for slug, count in tokens.items() if 20 * count > sum(tokens.values())} == {}
    assert len(named(sessions, "station-monitor").session.usage) == 1500


def test_the_sessions_started_in_several_weeks(sessions: list[DemoSession]) -> None:
    weeks = Counter(item.session.started_at.isocalendar()[:2] for item in sessions)
    assert sum(count >= 5 for count in weeks.values()) >= 4


def test_rows_hold_only_what_a_database_can_hold(sessions: list[DemoSession]) -> None:
    unstorable = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
    for item in sessions:
        for row in item.rows:
            text = json.dumps(row, default=str, ensure_ascii=False)
            assert not unstorable.search(text)
            assert "\\u0000" not in text


def test_row_times_are_milliseconds_without_a_zone_and_a_batch_shares_one(sessions: list[DemoSession]) -> None:
    for item in sessions:
        for row in [*item.rows, *([item.row] if item.row else [])]:
            moment: Any = row["createdAt"]
            assert moment.tzinfo is None
            assert moment.microsecond % 1000 == 0
    times = named(sessions, "129-depots").message_times
    assert len(set(times[1:131])) == 1


def test_ids_of_rows_are_unique_and_sequences_run_from_0_but_where_planted(sessions: list[DemoSession]) -> None:
    ids = [row["id"] for item in sessions for row in item.rows]
    assert len(ids) == len(set(ids))
    for item in sessions:
        if "sequence_gap" not in item.planted:
            assert [row["sequence"] for row in item.rows] == list(range(len(item.rows)))


def test_each_call_of_a_healthy_session_is_answered_right_after_it(sessions: list[DemoSession]) -> None:
    for item in sessions:
        if item.planted or item.lint:
            continue
        messages = item.session.messages
        for index, message in enumerate(messages):
            ids = [call["id"] for call in message.tool_calls or ()]
            block = [answer.tool_call_id for answer in messages[index + 1 : index + 1 + len(ids)]]
            assert ids == block
            for call in message.tool_calls or ():
                assert isinstance(json.loads(call["function"]["arguments"]), dict)


def test_tool_results_of_healthy_sessions_are_compact_json_of_the_platform(sessions: list[DemoSession]) -> None:
    for item in sessions:
        if item.planted or item.lint or item.slug == "binary-header":
            continue
        for message in item.session.messages:
            if message.role == "tool":
                result = json.loads(message.content or "")
                assert list(result)[:3] == ["type", "message", "session_id"]
                assert result["session_id"] == item.session.session_id


def test_prompt_tokens_grow_turn_by_turn(sessions: list[DemoSession]) -> None:
    usage = named(sessions, "rechnungsabgleich").session.usage
    prompts = [turn.prompt_tokens for turn in usage]
    assert prompts == sorted(prompts)
    assert all(turn.total_tokens == turn.prompt_tokens + turn.completion_tokens for turn in usage)
    assert any(not item.session.usage for item in sessions)


CHANGED_LATER = {"survey-export", "shoten-list", "nombre-blend", "laundry", "shop-calendar", "link-checker"}
"""Sessions whose row was changed after their document had been written."""


def test_the_time_to_live_tells_the_last_write(sessions: list[DemoSession]) -> None:
    for item in sessions:
        if item.ttl_seconds is None or item.slug in CHANGED_LATER:
            continue
        assert 0 < item.ttl_seconds <= 43_200
        written = NOW - timedelta(seconds=43_200 - item.ttl_seconds)
        assert item.session.updated_at <= written + timedelta(seconds=2)


# ---- the unplanted copies agree


def test_unplanted_copies_do_not_differ(sessions: list[DemoSession]) -> None:
    both = [item for item in healthy(sessions) if item.document is not None]
    assert len(both) >= 8
    for item in both:
        ours, theirs = stored(item), cached(item)
        assert sanitize(theirs) == ours.messages
        assert (theirs.title, theirs.user_id) == (ours.title, ours.user_id)
        assert theirs.prompt_tokens == ours.prompt_tokens
        assert theirs.completion_tokens == ours.completion_tokens
        assert theirs.credentials == ours.credentials
        assert theirs.successful_agent_runs == ours.successful_agent_runs
        assert theirs.successful_agent_schedules == ours.successful_agent_schedules
        assert abs(theirs.started_at - ours.started_at) < timedelta(seconds=1)


def test_a_planted_message_difference_is_the_only_one(sessions: list[DemoSession]) -> None:
    beside = {"title_drift", "usage_mismatch", "owner_mismatch", "credentials_drift", "run_counts_drift"}
    for item in sessions:
        if item.row is None or item.document is None or "cache_corrupt" in item.planted or item.slug == "cut-emoji":
            continue
        ours, theirs = stored(item), cached(item)
        seen = {
            "title_drift": ours.title != theirs.title,
            "usage_mismatch": (ours.prompt_tokens, ours.completion_tokens)
            != (theirs.prompt_tokens, theirs.completion_tokens),
            "owner_mismatch": ours.user_id != theirs.user_id,
            "credentials_drift": ours.credentials != theirs.credentials,
            "run_counts_drift": ours.successful_agent_runs != theirs.successful_agent_runs,
        }
        assert {kind for kind, differs in seen.items() if differs} == beside & set(item.planted), item.slug


# ---- what is planted is there


def test_every_kind_of_drift_and_every_lint_code_is_somewhere(sessions: list[DemoSession]) -> None:
    assert {kind for item in sessions for kind in item.planted} == KINDS
    assert {code for item in sessions for code in item.lint} == CODES


def test_every_status_and_every_marked_end_of_a_turn_is_somewhere(sessions: list[DemoSession]) -> None:
    assert {item.status for item in sessions} == {"idle", "queued", "running"}
    ends = {turn_end(message) for item in sessions if item.row is not None for message in stored(item).messages}
    assert {"failed", "stopped"} <= ends


def test_uncached_sessions_have_nothing_planted(sessions: list[DemoSession]) -> None:
    assert not [item.slug for item in sessions if item.document is None and item.planted]


def test_the_forgetful_copy_is_the_first_35_of_101_messages(sessions: list[DemoSession]) -> None:
    item = named(sessions, "story-forgot")
    ours, theirs = stored(item).messages, cached(item).messages
    assert (len(ours), len(theirs)) == (101, 35)
    assert ours[:35] == theirs
    assert ours[99].role == "user"
    assert "Don't you remember" in (ours[99].content or "")


def test_the_last_12_words_are_only_cached_for_2_h_14_min(sessions: list[DemoSession]) -> None:
    item = named(sessions, "story-unsaved")
    ours, theirs = stored(item).messages, cached(item).messages
    assert theirs[:-12] == ours
    assert item.ttl_seconds == 2 * 3600 + 14 * 60


def test_an_orphan_answers_no_earlier_call(sessions: list[DemoSession]) -> None:
    for item in sessions:
        earlier: set[str] = set()
        orphans = 0
        for message in stored(item).messages if item.row else ():
            earlier |= {str(call.get("id")) for call in message.tool_calls or ()}
            orphans += message.role == "tool" and message.tool_call_id not in (earlier | {None})
        assert bool(orphans) == ("orphan_tool_result" in item.lint), item.slug


def test_the_tails_diverge_with_nothing_in_common(sessions: list[DemoSession]) -> None:
    item = named(sessions, "warehouse-labels")
    ours, theirs = stored(item).messages, cached(item).messages
    assert ours[:5] == theirs[:5]
    assert len(ours) != len(theirs)
    assert not {message.model_dump_json() for message in ours[5:]} & {m.model_dump_json() for m in theirs[5:]}


@pytest.mark.parametrize(
    ("slug", "missing"), [("boot-sizes", "database"), ("sea-freight", "cache")], ids=["in_db", "in_cache"]
)
def test_messages_between_others_are_missing_on_one_side(sessions: list[DemoSession], slug: str, missing: str) -> None:
    item = named(sessions, slug)
    shorter, longer = stored(item).messages, cached(item).messages
    if missing == "cache":
        shorter, longer = longer, shorter
    assert len(longer) == len(shorter) + 2
    start = next(index for index, pair in enumerate(zip(shorter, longer, strict=False)) if pair[0] != pair[1])
    assert shorter[start:] == longer[start + 2 :]
    assert start < len(shorter) - 1


def test_the_reordered_copies_hold_the_same_messages(sessions: list[DemoSession]) -> None:
    item = named(sessions, "backup-note")
    ours, theirs = stored(item).messages, cached(item).messages
    assert ours != theirs
    assert Counter(m.model_dump_json() for m in ours) == Counter(m.model_dump_json() for m in theirs)


@pytest.mark.parametrize(
    ("slug", "field"),
    [
        ("holzpreise", "tool_calls"),
        ("shoten-list", "tool_calls"),
        ("map-render", "content"),
        ("patient-callback", "content"),
    ],
)
def test_exactly_one_field_of_one_message_differs(sessions: list[DemoSession], slug: str, field: str) -> None:
    item = named(sessions, slug)
    pairs = zip(stored(item).messages, cached(item).messages, strict=True)
    differing = [(ours, theirs) for ours, theirs in pairs if ours != theirs]
    assert len(differing) == 1
    ours, theirs = differing[0]
    assert ours.model_copy(update={field: None}) == theirs.model_copy(update={field: None})
    if field == "tool_calls":
        assert (ours.tool_calls is None) == (slug == "holzpreise")


def test_the_placeholder_has_the_id_of_the_result(sessions: list[DemoSession]) -> None:
    item = named(sessions, "map-render")
    ours, theirs = stored(item).messages[-2], cached(item).messages[-2]
    assert ours.tool_call_id == theirs.tool_call_id
    assert json.loads(theirs.content or "")["type"] == "operation_pending"
    assert json.loads(ours.content or "")["type"] == "block_output"


def test_the_double_submit_is_two_equal_rows_and_one_cached_message(sessions: list[DemoSession]) -> None:
    item = named(sessions, "plumber")
    ours, theirs = stored(item).messages, cached(item).messages
    twice = next(index for index, message in enumerate(ours) if message == ours[index + 1])
    assert ours[:twice] + ours[twice + 1 :] == theirs
    assert ours[twice].role == "user"


def test_the_gap_is_in_the_sequence_only(sessions: list[DemoSession]) -> None:
    item = named(sessions, "churn-check")
    sequences: list[Any] = [row["sequence"] for row in item.rows]
    assert sequences != list(range(len(sequences)))
    assert sequences == sorted(set(sequences))
    assert stored(item).messages == cached(item).messages


def test_the_recreated_session_is_younger_than_its_start(sessions: list[DemoSession]) -> None:
    item = named(sessions, "udalennyj-chat")
    assert stored(item).started_at - in_utc(cached(item).started_at) > timedelta(minutes=1)
    assert stored(item).title is None


def test_corrupt_documents_do_not_read(sessions: list[DemoSession]) -> None:
    assert named(sessions, "deleted-draft").row is None
    cut, lacking = named(sessions, "obi-layout").document, named(sessions, "urlaubsplan").document
    assert cut is not None
    assert lacking is not None
    with pytest.raises(ValueError):
        json.loads(cut)
    assert "usage" not in json.loads(lacking)


def test_a_lone_surrogate_and_a_nul_are_in_documents_only(sessions: list[DemoSession]) -> None:
    emoji, header = named(sessions, "cut-emoji"), named(sessions, "binary-header")
    assert b"\\ud83d" in (emoji.document or b"")
    assert any("\ufffd" in str(row["content"]) for row in emoji.rows)
    assert b"\\u0000" in (header.document or b"")
    assert cached(header).messages != stored(header).messages


# ---- what the lint will find is there


def calls(item: DemoSession) -> list[dict[str, Any]]:
    return [call for message in stored(item).messages for call in message.tool_calls or ()]


def test_damaged_calls_are_stored_as_they_say(sessions: list[DemoSession]) -> None:
    assert len(stored(named(sessions, "129-depots")).messages[1].tool_calls or ()) == 129
    assert max(len(call["id"]) for call in calls(named(sessions, "provider-switch"))) > 40
    assert [call["id"] for call in calls(named(sessions, "ids-start-again"))] == ["call_0", "call_0"]
    assert "" in [call["function"]["name"] for call in calls(named(sessions, "function-names"))]
    with pytest.raises(ValueError):
        json.loads(calls(named(sessions, "arguments"))[0]["function"]["arguments"])


def test_built_payloads_show_what_only_building_can_show(sessions: list[DemoSession]) -> None:
    joined = stored(named(sessions, "stream-joined")).to_openai_messages()
    assert joined[-1].get("tool_calls") == []
    legacy = stored(named(sessions, "old-functions")).to_openai_messages()
    assert [message["role"] for message in legacy if message.get("content") is None] == ["function"]


def test_the_whole_log_is_far_above_a_128k_window(sessions: list[DemoSession]) -> None:
    for slug in ("whole-log", "station-monitor"):
        text = sum(len(message.content or "") for message in named(sessions, slug).session.messages)
        assert text / 4 > 128_000 * 1.1


# ---- stories


def test_the_stories_name_three_sessions_of_the_same_seed(sessions: list[DemoSession]) -> None:
    by_id = {item.session.session_id: item.slug for item in sessions}
    assert [by_id[story.session_id] for story in stories()] == ["story-forgot", "story-rejected", "story-unsaved"]
    assert not {story.session_id for story in stories(8)} & set(by_id)


def test_the_rejected_story_is_accepted_with_all_fixes_by_who_printed_an_error(sessions: list[DemoSession]) -> None:
    story = named(sessions, "story-rejected").session
    payload = build_payload(story.messages)
    for finding in lint_payload(payload).findings:
        if finding.code not in ("late_tool_result", "orphan_tool_result"):
            continue
        text = next(one.text for one in finding.rejected_by if one.provider == "openai")
        (match,) = explain(text, payload.params).distinct
        assert repaired(payload.params, match) != fully_repaired(payload.params, match)
        fix = fully_repaired(payload.params, match)
        assert fix is not None
        assert lint_messages([*fix.messages, NEXT_USER]).verdicts["openai"] == "accept"
