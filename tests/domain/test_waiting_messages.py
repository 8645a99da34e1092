"""What is said about messages that are only in a waiting list: what they wait for, and what is known about it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chatdata.domain.copies import Absent, Copies, StoredSide, Unavailable
from chatdata.domain.drift import DriftFinding, compare
from chatdata.domain.turns import PendingMessage, TurnState
from tests.support.builders import message
from tests.support.mutations import session_of, stored_copy

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
WAITS, GIVEN = PendingMessage("Hello?"), PendingMessage("And this?", given=True)


def finding(*pending: PendingMessage, status: str | None, locked: bool | None = False, **turn: object) -> DriftFinding:
    stored = stored_copy(session_of([message("user", "Hi")]))
    extras = dict(stored.extras) | ({"chatStatus": status} if status else {})
    return judged(replace(stored, extras=extras), TurnState(locked, pending, NOW + timedelta(hours=1), **turn))  # type: ignore[arg-type]


def judged(stored: StoredSide, turn: TurnState) -> DriftFinding:
    found = compare(Copies("s", stored, Absent(), NOW, turn)).findings
    [only] = [item for item in found if item.kind == "pending_messages"]
    return only


def test_a_row_without_a_status_leaves_it_unknown_whether_a_turn_runs() -> None:
    found = finding(WAITS, status=None)
    assert (found.severity, found.at_risk) == ("medium", True)
    assert "not known whether a turn is running" in found.meaning
    assert [cause.cause for cause in found.likely_causes] == ["activity_unknown"]


@pytest.mark.parametrize(("pending", "they"), [((WAITS,), "it"), ((WAITS, GIVEN), "them")])
def test_words_that_wait_while_no_turn_runs_have_an_advice(pending: tuple[PendingMessage, ...], they: str) -> None:
    assert finding(*pending, status="idle").advice == (
        f"The application takes {they} with its next turn: if none runs, send a message in this session or restart the "
        f"worker before 2026-05-01 13:00:00 UTC. Nothing in the inspector can save {they}."
    )


def test_a_list_without_expiry_is_lost_with_its_deletion() -> None:
    advice = judged(Absent(), TurnState(False, (WAITS,))).advice
    assert "restart the worker before its list is deleted." in advice


def test_words_that_wait_for_a_running_turn_need_nothing() -> None:
    assert finding(WAITS, status="running", locked=True).advice == "The application takes it with its next turn."


def test_an_unavailable_database_leaves_it_unknown_whether_a_turn_runs() -> None:
    found = judged(Unavailable("down"), TurnState(False, (WAITS,)))
    assert (found.severity, found.likely_causes[0].cause) == ("medium", "activity_unknown")


@pytest.mark.parametrize("status", ["idle", None])
def test_no_turn_runs_in_an_idle_session_or_in_one_without_a_row(status: str | None) -> None:
    found = finding(WAITS, status=status) if status else judged(Absent(), TurnState(False, (WAITS,)))
    assert (found.severity, found.likely_causes[0].cause) == ("critical", "worker_gone")
    assert "although no turn is running" in found.meaning


@pytest.mark.parametrize(
    ("pending", "begins"),
    [
        ((WAITS,), "1 message waits although no turn is running; it is in neither copy and is lost when its list"),
        (
            (WAITS, WAITS),
            "2 messages wait although no turn is running; they are in neither copy and are lost when their",
        ),
        ((GIVEN,), "1 message was given to the model but is not stored although no turn is running; it is"),
        ((GIVEN, GIVEN), "2 messages were given to the model but are not stored although no turn is running; they"),
        ((WAITS, GIVEN), "1 message waits and 1 was given to the model but is not stored although no turn is running"),
    ],
)
def test_messages_that_the_model_has_are_told_from_those_that_wait(
    pending: tuple[PendingMessage, ...], begins: str
) -> None:
    assert finding(*pending, status="idle").meaning.startswith(begins)


def test_messages_that_the_model_has_do_not_wait_for_the_running_turn() -> None:
    found = finding(GIVEN, status="running", locked=True)
    assert found.severity == "info"
    assert found.meaning == (
        "1 message was given to the model but is not stored while a turn is running; it is in neither copy yet."
    )


def test_a_list_of_another_type_is_named() -> None:
    found = finding(status="idle", unreadable_lists=("copilot:pending:{s}",))
    assert (found.severity, found.count, found.at_risk) == ("medium", 0, False)
    assert found.meaning == "copilot:pending:{s} is not a list in the cache: messages that wait in it can't be read."
    assert found.likely_causes[0].cause == "wrong_type"
