"""The turn that is running: its task and the stream of its output, from which browsers follow it.

tasks    the hash that names the turn of a session, in its two versions
entries  the entries of a stream, parsed tolerantly
output   the text, tool calls, usage and errors that the entries add up to, and what became of the turn
"""

from chatdata.domain.streams.entries import (
    Chunk,
    Damaged,
    StreamEntry,
    entry_of,
)
from chatdata.domain.streams.output import (
    ErrorPart,
    Outcome,
    OutputReader,
    Part,
    StreamedCall,
    StreamedTurn,
    StreamOutput,
    TextPart,
    UnknownPart,
    UsagePart,
    newest_first,
)
from chatdata.domain.streams.tasks import Task, task_of

__all__ = [
    "Chunk",
    "Damaged",
    "ErrorPart",
    "Outcome",
    "OutputReader",
    "Part",
    "StreamEntry",
    "StreamOutput",
    "StreamedCall",
    "StreamedTurn",
    "Task",
    "TextPart",
    "UnknownPart",
    "UsagePart",
    "entry_of",
    "newest_first",
    "task_of",
]
