"""The payload that a model would be sent: to look at, to cut, to take elsewhere. Pure.

judging  the one judgement of a copy: payload, tokens, report
preview  rows of stored messages with what is sent for them, what the lint says, what they weigh
cuts     what is left when only the end is kept, and which cuts break a tool block
exports  as JSON, as a curl command, as Python
names    the providers by the names that people know
"""

from chatdata.payload.cuts import Cut, cut, orphaning
from chatdata.payload.exports import FORMATS, Format, export
from chatdata.payload.judging import Judged, judge, judge_as_it_is, objects
from chatdata.payload.names import PROVIDER_NAMES
from chatdata.payload.preview import Preview, Row, preview, preview_of

__all__ = [
    "FORMATS",
    "PROVIDER_NAMES",
    "Cut",
    "Format",
    "Judged",
    "Preview",
    "Row",
    "cut",
    "export",
    "judge",
    "judge_as_it_is",
    "objects",
    "orphaning",
    "preview",
    "preview_of",
]
