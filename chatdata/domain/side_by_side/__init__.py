"""Two copies side by side: a row for each pair of messages, what differs inside their texts marked. Pure.

texts          where two texts part, word by word
sides          a message of one copy, field by field
moved          which message is which where they stand in other places
rows           the rows of a comparison, column by column and in windows
logs           when it happened: the times to search logs for
payload_values what a model is sent from each copy, and what it misses
payloads       that of two payloads
payload_words  that in sentences
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
