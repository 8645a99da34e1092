"""`show` and `diff` of a session that is in neither store but has messages in a waiting list."""

from chatdata.services.connect import Connected
from tests.support.command_line import Line


def test_the_words_of_a_session_in_neither_store_are_shown(run: Line, connected: Connected) -> None:
    words = "Anyone there? a@example.com"
    connected.stores.require_cache().put_waiting("nowhere", [words])
    shown = run("show", "nowhere")
    assert (shown.code, words in shown.out) == (1, True)
    assert "was not found in the database or the cache" in shown.err
    document = run("show", "nowhere", "--json").json
    assert (document["source"], [item["content"] for item in document["pending"]]) == (None, [words])
    assert "a@example.com" not in run("show", "nowhere", "--view", "masked").out
    assert "pending_messages" in run("diff", "nowhere").out
