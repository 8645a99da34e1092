"""Writes tasks and streams of running turns as the backend's versions do, with commands of its own."""

import json
from datetime import UTC, datetime
from typing import Any, Literal

from redis import Redis

StreamVersion = Literal["february", "may"]
VERSIONS: tuple[StreamVersion, ...] = ("february", "may")
SECONDS = 3600


class StreamWriter:
    """The turn `turn` of a session; entries are added one by one."""

    def __init__(self, url: str, session_id: str, turn: str, version: StreamVersion) -> None:
        self.redis = Redis.from_url(url)
        self.session_id = session_id
        self.turn = turn
        self.version = version
        self.task_key = f"chat:task:meta:{{{session_id}}}" if version == "may" else f"chat:task:meta:{turn}"
        self.stream_key = f"chat:stream:{turn}"

    def begin(self, status: str = "running", created_at: datetime | None = None, start: bool = True) -> None:
        """Writes the task's hash, and the first entry if `start` says so."""
        own = {"turn_id": self.turn, "blocking": "0"} if self.version == "may" else {"task_id": self.turn}
        fields = {
            "session_id": self.session_id,
            "user_id": "u-1",
            "tool_call_id": "chat_stream",
            "tool_name": "chat",
            "operation_id": "",
            "status": status,
            "created_at": (created_at or datetime.now(UTC)).isoformat(),
            **own,
        }
        self.redis.hset(self.task_key, mapping=fields)
        self.redis.expire(self.task_key, SECONDS)
        if start:
            self.add("start", messageId="m-1", taskId=self.turn)

    def add(self, kind: str, at: int | None = None, **values: Any) -> None:
        """Adds a chunk, at this time in milliseconds or now."""
        self.raw(json.dumps({"type": kind, **values}), at)

    def raw(self, data: str, at: int | None = None) -> None:
        """Adds an entry with this text in its field."""
        self.redis.xadd(self.stream_key, {"data": data}, id="*" if at is None else f"{at}-*")
        self.redis.expire(self.stream_key, SECONDS)

    def say(self, *deltas: str, block: str = "t-1") -> None:
        """Streams a block of text."""
        self.add("text-start", id=block)
        for delta in deltas:
            self.add("text-delta", id=block, delta=delta)
        self.add("text-end", id=block)

    def use(self, call_id: str, name: str, arguments: dict[str, Any], output: Any) -> None:
        """Streams a tool call and its result."""
        self.add("tool-input-start", toolCallId=call_id, toolName=name)
        self.add("tool-input-available", toolCallId=call_id, toolName=name, input=arguments)
        self.add("tool-output-available", toolCallId=call_id, toolName=name, output=output, success=True)

    def end(self, status: str = "completed") -> None:
        """Ends the stream and marks the task."""
        self.add("finish")
        self.redis.hset(self.task_key, "status", status)

    def close(self) -> None:
        """Closes the connection."""
        self.redis.close()
