"""The tables of a deployment under their original names; the engine's schema_translate_map sets the schema."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeEngine

from chatdata.stores.database.columns import JsonColumn, KnownTimestamp, UtcTimestamp

metadata = MetaData()
ITEM, FORMAT = "sourceItem", "sourceFormat"
"""The columns of a view over another product's tables: the item as that product wrote it, and its format's name."""

_now = text("CURRENT_TIMESTAMP")
_empty = text("'{}'")

chat_session = Table(
    "ChatSession",
    metadata,
    Column("id", Text, primary_key=True),
    Column("createdAt", KnownTimestamp, nullable=False, server_default=_now),
    Column("updatedAt", KnownTimestamp, nullable=False, server_default=_now),
    Column("userId", Text),
    Column("title", Text),
    Column("credentials", JsonColumn, nullable=False, server_default=_empty),
    Column("successfulAgentRuns", JsonColumn, nullable=False, server_default=_empty),
    Column("successfulAgentSchedules", JsonColumn, nullable=False, server_default=_empty),
    Column("totalPromptTokens", Integer, nullable=False, server_default=text("0")),
    Column("totalCompletionTokens", Integer, nullable=False, server_default=text("0")),
    Index("ChatSession_userId_updatedAt_idx", "userId", "updatedAt"),
)

chat_message = Table(
    "ChatMessage",
    metadata,
    Column("id", Text, primary_key=True),
    Column("createdAt", KnownTimestamp, nullable=False, server_default=_now),
    Column("sessionId", Text, ForeignKey("ChatSession.id", ondelete="CASCADE"), nullable=False),
    Column("role", Text, nullable=False),
    Column("content", Text),
    Column("name", Text),
    Column("toolCallId", Text),
    Column("refusal", Text),
    Column("toolCalls", JsonColumn),
    Column("functionCall", JsonColumn),
    Column("sequence", Integer, nullable=False),
    Index("ChatMessage_sessionId_sequence_key", "sessionId", "sequence", unique=True),
)

# Columns that only some versions have; they are selected if they exist and never created.
_SESSION_EXTRAS: dict[str, TypeEngine[Any]] = {
    "metadata": JsonColumn(),
    "chatStatus": Text(),
    "organizationId": Text(),
    "teamId": Text(),
    "visibility": String(),
    "isPinned": Boolean(),
    "isShared": Boolean(),
    "shareToken": Text(),
    "sharedAt": UtcTimestamp(),
    "autoShareExecutions": Boolean(),
    "expertId": Text(),
}
_MESSAGE_EXTRAS: dict[str, TypeEngine[Any]] = {
    "durationMs": Integer(),
    "metadata": JsonColumn(),
    "model": Text(),
    "routingSource": Text(),
    "llmAuthProvider": Text(),
    "llmCredentialId": Text(),
    "langfuseTraceId": Text(),
    ITEM: JsonColumn(),
    FORMAT: Text(),
}
OPTIONAL_COLUMNS = {"ChatSession": _SESSION_EXTRAS, "ChatMessage": _MESSAGE_EXTRAS}


def have_items(message_columns: Collection[str]) -> bool:
    """Whether rows with these columns have items of another format."""
    return ITEM in message_columns and FORMAT in message_columns
