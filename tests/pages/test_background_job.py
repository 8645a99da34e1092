"""Background jobs: they end, fail or are cancelled, and other threads see their progress."""

import logging
import threading

import pytest

from chatdata.errors import AppDatabaseError, ChatDataError, DatabaseUnavailable, RedisUnavailable
from pages.ui.server.background_job import BackgroundJob, IsCancelled, JobCancelled, JobState, Tell

WORDS = "words", "of", "a", "conversation"
"""In pieces, since a traceback quotes the line that raises."""

LONG = 60.0
"""Seconds that only a test that fails waits."""


def test_work_that_ends_leaves_its_result_and_its_last_progress() -> None:
    def work(tell: Tell[int], cancelled: IsCancelled) -> str:
        for number in range(3):
            tell(number)
        return f"cancelled: {cancelled()}"

    job = BackgroundJob("count", work)
    job.wait()
    assert job.state == JobState("done", 2, "cancelled: False")
    assert not job.running


def test_it_runs_in_a_thread_of_its_own_and_another_thread_sees_its_progress() -> None:
    told, go_on = threading.Event(), threading.Event()

    def work(tell: Tell[str], _cancelled: IsCancelled) -> int:
        tell("half")
        told.set()
        assert go_on.wait(LONG)
        tell("whole")
        return threading.get_ident()

    job = BackgroundJob("count", work)
    assert told.wait(LONG)
    assert (job.state, job.running) == (JobState("running", "half"), True)
    go_on.set()
    job.wait()
    state = job.state
    assert (state.status, state.progress, job.running) == ("done", "whole", False)
    assert state.result not in (None, threading.get_ident())


def test_before_the_work_told_anything_there_is_no_progress() -> None:
    go_on = threading.Event()
    job: BackgroundJob[int, bool] = BackgroundJob("wait", lambda _tell, _cancelled: go_on.wait(LONG))
    assert job.state == JobState("running")
    go_on.set()
    job.wait()
    assert job.state == JobState("done", None, True)


def test_cancelled_work_may_return_what_it_has_by_then() -> None:
    halfway = threading.Event()

    def work(tell: Tell[int], cancelled: IsCancelled) -> list[str]:
        tell(1)
        halfway.set()
        while not cancelled():
            threading.Event().wait(0.001)
        return ["one"]

    job = BackgroundJob("count", work)
    assert halfway.wait(LONG)
    job.cancel()
    job.wait()
    assert job.state == JobState("cancelled", 1, ["one"])


def test_cancelled_work_may_have_no_result() -> None:
    halfway = threading.Event()

    def work(tell: Tell[int], cancelled: IsCancelled) -> None:
        halfway.set()
        while not cancelled():
            threading.Event().wait(0.001)
        raise JobCancelled

    job, other = BackgroundJob("count", work), BackgroundJob("count", work)
    assert halfway.wait(LONG)
    job.cancel()
    job.wait()
    assert job.state == JobState("cancelled")
    assert other.running
    other.cancel()
    other.wait()


def test_cancelling_what_has_ended_changes_nothing() -> None:
    job: BackgroundJob[int, int] = BackgroundJob("count", lambda _tell, _cancelled: 7)
    job.wait()
    job.cancel()
    job.wait()
    assert job.state == JobState("done", None, 7)


@pytest.mark.parametrize(
    "error",
    [
        AppDatabaseError("The inspector's own file can't be used."),
        DatabaseUnavailable("The database can't be reached."),
        RedisUnavailable("The cache can't be reached."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_for_people_is_told_in_its_own_words(error: ChatDataError, caplog: pytest.LogCaptureFixture) -> None:
    def work(tell: Tell[int], _cancelled: IsCancelled) -> None:
        tell(1)
        raise error

    job = BackgroundJob("scan", work)
    job.wait()
    assert job.state == JobState("failed", 1, None, str(error))
    assert caplog.records == []


def test_an_error_that_nobody_expected_is_logged_and_told_in_general_words(caplog: pytest.LogCaptureFixture) -> None:
    def work(_tell: Tell[int], _cancelled: IsCancelled) -> None:
        raise KeyError(" ".join(WORDS))

    with caplog.at_level(logging.ERROR):
        job = BackgroundJob("scan", work)
        job.wait()
    assert job.state == JobState("failed", error="The scan failed; the server's log has the reason.")
    (record,) = caplog.records
    assert record.getMessage().startswith("the scan failed: KeyError\n")
    assert "in work" in record.getMessage()
    assert " ".join(WORDS) not in caplog.text
