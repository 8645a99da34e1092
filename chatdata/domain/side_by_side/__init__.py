"""Both copies side by side: a row for each pair of messages, with the differences inside their texts marked. Pure.

texts            word differences of two texts
sides            the fields of one message as JSON values, differences marked
moved            pairs of equal messages at different places
rows             the rows of a comparison, as an index and in windows
logs             the times known from both copies, and the window in which to search logs
payload_diff     how the payloads of both copies differ, as values
payloads         the comparison of both payloads
payload_summary  the difference between both payloads in sentences
"""

from chatdata.domain.side_by_side.logs import Moment, clock, log_window
from chatdata.domain.side_by_side.payload_diff import PayloadDiff, Payloads, Sent
from chatdata.domain.side_by_side.payload_summary import payload_sentences, payload_weight
from chatdata.domain.side_by_side.payloads import compare_payloads
from chatdata.domain.side_by_side.rows import SideBySide, align

__all__ = [
    "Moment",
    "PayloadDiff",
    "Payloads",
    "Sent",
    "SideBySide",
    "align",
    "clock",
    "compare_payloads",
    "log_window",
    "payload_sentences",
    "payload_weight",
]
