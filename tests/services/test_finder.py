"""Finding a conversation from an ID, a URL, a log line or an error message."""

from collections.abc import Iterator

import pytest

from chatdata import ChatMessage, ChatSession, ChatSessions
from chatdata.services.finder import (
    NoSessionMatch,
    SessionMatch,
    call_ids,
    locate,
    message_position,
    session_candidates,
)
from chatdata.services.session_stores import SessionStores
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database

ID = "3f2b8c1e-5d7a-4e9b-8a61-0c2d4e6f8a10"


@pytest.fixture
def sessions(tmp_path, redis_url: str) -> Iterator[ChatSessions]:
    database = Database.open(f"sqlite:///{tmp_path}/chat.db", write=True)
    made = ChatSessions(SessionStores(database, SessionCache(RedisSettings(url=redis_url), session_ttl=60, write=True)))
    for session_id in (ID, "airline-00-0"):
        session = ChatSession.new("mia", session_id=session_id)
        call = {"id": f"call_{session_id[:8]}", "function": {"name": "find_agent", "arguments": "{}"}}
        session.messages = [
            ChatMessage(role="user", content="hello"),
            ChatMessage(role="assistant", tool_calls=[call]),
            ChatMessage(role="tool", content="{}", tool_call_id=call["id"]),
        ]
        made.upsert_chat_session(session)
    yield made
    made.close()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ID, id="the id"),
        pytest.param(f"  {ID}\n", id="the id with space around"),
        pytest.param(f"GET chat:session:{ID} -> miss", id="a key in a log line"),
        pytest.param(f"https://chat.example/copilot?session={ID}&x=1", id="a link of the application"),
        pytest.param(f"https://chat.example/chat/{ID}/messages", id="a path"),
        pytest.param(f'{{"level":"error","session_id":"{ID}","msg":"boom"}}', id="a JSON log line"),
        pytest.param(f"2026-02-20 ERROR [worker-3] session={ID}: save failed", id="a log line"),
    ],
)
def test_a_text_that_names_a_session_finds_it(sessions: ChatSessions, text: str) -> None:
    assert locate(sessions.stores, text) == SessionMatch(ID, "database", None, "session id")


def test_an_id_that_is_no_uuid_is_found_in_a_sentence(sessions: ChatSessions) -> None:
    found = locate(sessions.stores, "please look at airline-00-0, thanks")
    assert isinstance(found, SessionMatch)
    assert found.session_id == "airline-00-0"


def test_a_text_that_is_an_id_is_tried_however_short(sessions: ChatSessions) -> None:
    sessions.upsert_chat_session(ChatSession.new("mia", session_id="q1"))
    assert locate(sessions.stores, " q1 ") == SessionMatch("q1", "database", None, "session id")


def test_a_link_of_ours_keeps_its_message(sessions: ChatSessions) -> None:
    found = locate(sessions.stores, f"http://127.0.0.1:8501/conversation?session={ID}&message=2")
    assert found == SessionMatch(ID, "database", 2, "session id")


def test_a_providers_error_is_found_by_the_tool_call_that_it_quotes(sessions: ChatSessions) -> None:
    error = (
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        "The following tool_call_ids did not have response messages: call_3f2b8c1e"
    )
    assert locate(sessions.stores, error) == SessionMatch(ID, "database", 1, "tool call")


def test_a_session_that_only_the_cache_has_is_found_there(sessions: ChatSessions) -> None:
    sessions.cache_chat_session(ChatSession.new("mia", session_id="ghost-1"))
    assert locate(sessions.stores, "ghost-1") == SessionMatch("ghost-1", "cache", None, "session id")


@pytest.mark.parametrize(
    "text", ["", "x", "nothing here", "\x00\ud800", "'; DROP TABLE--", "%" * 500, "https://[bad?x=1"]
)
def test_a_text_that_names_nothing_finds_nothing(sessions: ChatSessions, text: str) -> None:
    assert locate(sessions.stores, text) == NoSessionMatch(())


def test_a_store_that_is_down_is_named_and_the_other_still_asked(tmp_path, redis_url: str) -> None:
    down = Database.open("postgresql://nobody:secret@127.0.0.1:1/none")
    sessions = ChatSessions(SessionStores(down, SessionCache(RedisSettings(url=redis_url), session_ttl=60, write=True)))
    sessions.cache_chat_session(ChatSession.new("mia", session_id="ghost-1"))
    assert locate(sessions.stores, "ghost-1") == SessionMatch("ghost-1", "cache", None, "session id")
    lost = locate(sessions.stores, "nothing-here")
    assert isinstance(lost, NoSessionMatch)
    assert "127.0.0.1:1/none" in lost.problems[0]
    assert "secret" not in lost.problems[0]
    sessions.close()


def test_the_surest_candidates_come_first() -> None:
    candidates = session_candidates(f"worker-3: chat:session:abc failed, see {ID}")
    assert candidates.index("abc") < candidates.index(ID) < candidates.index("failed")


def test_call_ids_of_several_providers_are_recognised() -> None:
    assert call_ids("ids toolu_vrtx_01ABC: call_gmd4x. chatcmpl-tool-8dd5") == [
        "toolu_vrtx_01ABC",
        "call_gmd4x",
        "chatcmpl-tool-8dd5",
    ]


def test_a_message_number_that_is_none_is_ignored() -> None:
    assert message_position("http://x/?session=a&message=-1") is None
    assert message_position("http://x/?session=a&message=٣") is None
