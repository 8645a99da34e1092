"""Conversations for the Payload page in a browser: long, empty and hostile ones."""

import json

from chatdata import ChatMessage, ChatSessions
from tests.support.builders import document, document_message, message, new_session, tool_call

HOSTILE = (
    "![beacon](http://beacon.example/a.png) <img src=http://beacon.example/b.png onerror=alert(1)> "
    "<script>document.title='owned'</script> \u202eright to left\u202c \ud800 \u200b "
    ":red[x] $x$ [a](javascript:alert(1))"
)
LONG = "".join(f"{number} pears. " for number in range(30_000))


def store(sessions: ChatSessions) -> None:
    sessions.upsert_chat_session(new_session("long", messages=turns(3_000)))
    sessions.upsert_chat_session(new_session("text", messages=[message(content=LONG), message("assistant", "ok")]))
    sessions.upsert_chat_session(new_session("empty"))
    call = tool_call("call_\u202e", f"find{HOSTILE}", json.dumps({"query": HOSTILE}))
    messages = [
        document_message("user", HOSTILE, name=HOSTILE),
        document_message("assistant", HOSTILE, tool_calls=[call]),
        document_message("tool", HOSTILE, tool_call_id=f"other {HOSTILE}"),
        document_message(HOSTILE, HOSTILE),
    ]
    assert sessions.stores.cache is not None
    sessions.stores.cache.put_raw("hostile", json.dumps(document(session_id="hostile", messages=messages)).encode())


def turns(count: int) -> list[ChatMessage]:
    """Questions, calls, results and answers in turns; the 30th result answers nothing."""
    made: list[ChatMessage] = []
    for number in range(count // 4):
        call_id = f"call_{number}"
        made.append(message(content=f"question {number}"))
        made.append(message("assistant", None, tool_calls=[tool_call(call_id)]))
        made.append(message("tool", "result " * 40, tool_call_id="call_x" if number == 30 else call_id))
        made.append(message("assistant", f"answer {number}"))
    return made
