"""`show` and `diff` of a session that is in neither store but has messages in a waiting list."""

import json

import pytest

from tests.cli.conftest import Line
from tests.support import servers


@pytest.mark.usefixtures("sessions")
def test_the_words_of_a_session_in_neither_store_are_shown(run: Line, valkey: servers.ValkeyServer) -> None:
    valkey.run("RPUSH", "copilot:pending:{nowhere}", '{"content": "Anyone there? a@example.com"}')
    shown = run("show", "nowhere")
    assert (shown.exit_code, "Anyone there? a@example.com" in shown.stdout) == (1, True)
    assert "was not found in the database or the cache" in shown.stderr
    document = json.loads(run("show", "nowhere", "--json").stdout)
    assert (document["source"], [item["content"] for item in document["pending"]]) == (
        None,
        ["Anyone there? a@example.com"],
    )
    assert "a@example.com" not in run("show", "nowhere", "--view", "masked").stdout
    assert "pending_messages" in run("diff", "nowhere").stdout
