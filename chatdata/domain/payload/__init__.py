"""The payload that a model would be sent: to look at, to cut, to take elsewhere. Pure.

assessment  the one assessment of a copy: payload, tokens, report
preview     rows of stored messages with what is sent for them, what the lint says, what they weigh
truncation  what is left when only the end is kept, and which cuts break a tool block
exports     as JSON, as a curl command, as Python
names       the providers by the names that people know
"""

from chatdata.domain.payload.assessment import Assessment, assess, assess_raw, objects
from chatdata.domain.payload.exports import FORMATS, Format, export
from chatdata.domain.payload.names import PROVIDER_NAMES
from chatdata.domain.payload.preview import Preview, PreviewRow, preview, preview_of
from chatdata.domain.payload.truncation import Cut, cut, orphaning

__all__ = [
    "FORMATS",
    "PROVIDER_NAMES",
    "Assessment",
    "Cut",
    "Format",
    "Preview",
    "PreviewRow",
    "assess",
    "assess_raw",
    "cut",
    "export",
    "objects",
    "orphaning",
    "preview",
    "preview_of",
]
