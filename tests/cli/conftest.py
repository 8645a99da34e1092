"""Runs commands in this process or a separate one, on embedded stores of the test."""

import pytest

from chatdata import ChatSessions
from tests.support.command_line import Line, at_once, in_process


@pytest.fixture
def run() -> Line:
    """Commands on the stores of this test."""
    return at_once


@pytest.fixture
def real() -> Line:
    """Commands in processes of their own on the stores of this test."""
    return in_process


@pytest.fixture
def database_only(sessions: ChatSessions) -> str:
    """The URL of the same database as a deployment's."""
    assert sessions.stores.database is not None
    return sessions.stores.database.where
