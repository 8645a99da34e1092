"""No provider is said to accept a session of which a part was not understood."""

import sqlite3
from contextlib import closing

import pytest

from chatdata import ChatSessions, Connected
from chatdata.domain.lint import Report
from chatdata.domain.tokens import model_facts
from chatdata.services.connect import EMBEDDED_DATABASE
from chatdata.services.inspection import Inspection
from tests.support.builders import new_session

MODEL = model_facts("gpt-4o")


def damaged(connected: Connected, column: str, sequence: int) -> None:
    """A value in the row of one message that is none of its column."""
    file = connected.settings.data_dir / EMBEDDED_DATABASE
    with closing(sqlite3.connect(file)) as connection, connection:
        changed = connection.execute(
            f"""UPDATE "ChatMessage" SET "{column}" = x'ff' WHERE "sessionId" = 's-1' AND sequence = ?""", [sequence]
        )
        assert changed.rowcount == 1


def judged(sessions: ChatSessions, last: int | None = None) -> Report:
    inspection = Inspection(sessions.stores, "s-1")
    if last is None:
        return inspection.report("database", MODEL)
    return inspection.assessment_of_last("database", MODEL, last).report


def accepted(report: Report) -> bool:
    return "accept" in report.verdicts.values()


@pytest.mark.parametrize("column", ["content", "role", "toolCallId"])
def test_a_damaged_value_that_would_be_sent_leaves_the_verdict_unknown(
    connected: Connected, sessions: ChatSessions, column: str
) -> None:
    sessions.upsert_chat_session(new_session(messages=5))
    assert accepted(judged(sessions))
    damaged(connected, column, 1)
    report = judged(sessions)
    assert not accepted(report)
    told = [finding for finding in report.findings if finding.path == f"ChatMessage.{column}"]
    assert [(finding.code, finding.stored_positions) for finding in told] == [("unknown_block", (1,))]


def test_a_damaged_time_of_a_message_is_not_sent_and_changes_no_verdict(
    connected: Connected, sessions: ChatSessions
) -> None:
    sessions.upsert_chat_session(new_session(messages=5))
    damaged(connected, "createdAt", 1)
    assert accepted(judged(sessions))


@pytest.mark.parametrize(("last", "known"), [(1, True), (4, False)])
def test_what_a_window_leaves_out_is_no_reason_for_its_verdict(
    connected: Connected, sessions: ChatSessions, last: int, known: bool
) -> None:
    sessions.upsert_chat_session(new_session(messages=5))
    damaged(connected, "content", 1)
    assert accepted(judged(sessions, last)) is known
