"""The first provider check of embedded stores: before the first page for a few sessions, else while pages are open."""

import threading
from typing import Any

import pytest

from chatdata import ChatSessions
from chatdata.services.lint_all import LintRun
from pages.ui.server import demo, lint_job, services
from tests.pages.conftest import conversation


def last_check() -> LintRun | None:
    connected = services.connected()
    return connected.app_db.last_lint("database", connected.settings.model)


@pytest.fixture
def two(sessions: ChatSessions) -> None:
    for name in ("s1", "s2"):
        conversation(sessions, name, "apples")


def test_a_few_sessions_are_checked_before_the_first_page(two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "_FEW", 2)
    demo.start_demo()
    assert (checked := last_check()) is not None
    assert checked.sessions == 2
    assert services.lint_job().state is None


def test_many_sessions_are_checked_while_pages_are_open(two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, lint = threading.Event(), lint_job.lint_and_keep

    def lint_once_opened(*arguments: Any, **options: Any) -> LintRun:
        assert opened.wait(60), "the server waits for the check"
        return lint(*arguments, **options)

    monkeypatch.setattr(demo, "_FEW", 1)
    monkeypatch.setattr(lint_job, "lint_and_keep", lint_once_opened)
    demo.start_demo()
    assert last_check() is None
    assert services.lint_job().running
    opened.set()
    job = services.lint_job()._job
    assert job is not None
    job.wait()
    assert (checked := last_check()) is not None
    assert checked.sessions == 2
    demo.start_demo()
    assert services.lint_job()._job is job
