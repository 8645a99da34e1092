"""Readers of the formats in which conversations are exported and logged. Pure; each module has one format.

recognise, read  which format a parsed JSON value has, and the conversations in it
is_event         whether a value is a line of a session file, which is read together with the lines around it

Every reader keeps ids, times, models and token counts, turns calls and results into this project's terms with their
ids, and accounts for everything that it could not hold, with its kind and place.
"""

from chatdata.domain.dialects.registry import DIALECTS, FORMATS, Format, is_event, read, recognise, starts_session
from chatdata.domain.dialects.values import (
    SPOKEN,
    Conversation,
    Dialect,
    InvalidConversation,
    LeftOut,
    ReadMessage,
    sentences,
)

__all__ = [
    "DIALECTS",
    "FORMATS",
    "SPOKEN",
    "Conversation",
    "Dialect",
    "Format",
    "InvalidConversation",
    "LeftOut",
    "ReadMessage",
    "is_event",
    "read",
    "recognise",
    "sentences",
    "starts_session",
]
