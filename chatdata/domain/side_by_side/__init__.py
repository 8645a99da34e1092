"""Both copies, or any two sessions, side by side: a row for each pair of messages, with their differences marked. Pure.

texts            word differences of two texts
sides            the fields of one message as JSON values, differences marked
moved            pairs of equal messages at different places
aligned          rows of aligned messages as JSON values, as an index and in windows
rows             the rows of both copies
likeness         pairs of similar messages
matched          the messages of any two conversations, matched
sessions         any two sessions: what differs, and their rows
logs             the times known from both copies, and the window in which to search logs
payload_diff     how the payloads of both copies differ, as values
payloads         the comparison of both payloads
payload_summary  the difference between both payloads in sentences
"""

from chatdata.domain.side_by_side.logs import Moment, clock, log_window
from chatdata.domain.side_by_side.matched import Matched, RowKind, match
from chatdata.domain.side_by_side.payload_diff import PayloadDiff, Payloads, Sent
from chatdata.domain.side_by_side.payload_summary import payload_sentences, payload_weight
from chatdata.domain.side_by_side.payloads import compare_payloads
from chatdata.domain.side_by_side.rows import SideBySide, align
from chatdata.domain.side_by_side.sessions import (
    FIELD_LABELS,
    ROW_LABELS,
    FieldName,
    FieldValue,
    SessionDiff,
    SessionRows,
    compare_sessions,
    fields_of_session,
)

__all__ = [
    "FIELD_LABELS",
    "ROW_LABELS",
    "FieldName",
    "FieldValue",
    "Matched",
    "Moment",
    "PayloadDiff",
    "Payloads",
    "RowKind",
    "Sent",
    "SessionDiff",
    "SessionRows",
    "SideBySide",
    "align",
    "clock",
    "compare_payloads",
    "compare_sessions",
    "fields_of_session",
    "log_window",
    "match",
    "payload_sentences",
    "payload_weight",
]
