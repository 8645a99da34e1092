"""`diff` and `show` make visible what differs in messages that look the same, and what is no text at all."""

import pytest

from chatdata import ChatSessions
from chatdata.domain.messages import ChatMessage, ChatSession
from chatdata.services.connect import Connected
from tests.support.builders import new_session, tool_call
from tests.support.command_line import Line, save

SIGNED = {**tool_call(), "extra_content": {"google": {"thought_signature": "c2ln"}}}


def cached_differently(sessions: ChatSessions, connected: Connected, **changes: object) -> None:
    """Saves a session with a call, and caches it with other values in the message of the call."""
    asked = ChatMessage(role="user", content="q")
    called = ChatMessage(role="assistant", content="", tool_calls=[tool_call()])
    end = [ChatMessage(role="tool", content="r", tool_call_id="call_1"), ChatMessage(role="assistant", content="a")]
    session: ChatSession = new_session("s-1", messages=[asked, called, *end])
    sessions.upsert_chat_session(session)
    other = session.model_copy(update={"messages": [asked, called.model_copy(update=changes), *end]})
    connected.stores.require_cache().put(other)


@pytest.mark.parametrize(
    ("changes", "left", "right"),
    [
        ({"content": None}, "#1 assistant, content: null", '#1 assistant, content: ""'),
        ({"tool_calls": [SIGNED]}, "keys_not_stored", "#1 assistant, tool_calls: "),
    ],
    ids=["null", "signature"],
)
def test_sides_that_look_the_same_show_what_differs(
    run: Line, sessions: ChatSessions, connected: Connected, changes: dict[str, object], left: str, right: str
) -> None:
    cached_differently(sessions, connected, **changes)
    out = " ".join(run("diff", "s-1").out.split())
    assert left in out
    assert right in out
    assert "the model is sent the cached" not in out


def test_a_key_of_another_type_is_not_shown_as_bytes(run: Line, sessions: ChatSessions, connected: Connected) -> None:
    save(sessions, "s-1", 2)
    cache = connected.stores.require_cache()
    cache.delete("s-1")
    cache._client.hset("chat:session:s-1", "a", "b")
    answer = run("show", "s-1", "--source", "cache")
    assert answer.code == 1
    assert "the key holds a hash" in answer.out
    assert "First bytes" not in answer.out


def test_a_file_with_nothing_in_it_is_told(run: Line, connected: Connected) -> None:
    answer = run("import", "-", given="")
    assert (answer.code, "there is nothing in this file" in answer.err) == (0, True)
