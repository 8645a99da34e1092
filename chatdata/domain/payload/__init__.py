"""The payload that a model would be sent: its preview, truncation and export. Pure.

assessment  the assessment of a copy: payload, tokens and lint report
preview     rows of stored messages beside what is sent for them, with lint findings and tokens
truncation  which messages remain when only the last ones are kept, and which cuts split a tool block
exports     the payload as JSON, as a curl command or as Python
requests    a translated payload as JSON, or as a request of its API
names       the display names of providers and frameworks
"""

from chatdata.domain.payload.assessment import Assessment, assess, assess_cut, assess_raw, objects
from chatdata.domain.payload.exports import FORMATS, Format, export
from chatdata.domain.payload.names import PROVIDER_NAMES, printer_name
from chatdata.domain.payload.preview import Preview, PreviewRow, preview, preview_of, translated
from chatdata.domain.payload.truncation import Cut, cut, splits_tool_call

__all__ = [
    "FORMATS",
    "PROVIDER_NAMES",
    "Assessment",
    "Cut",
    "Format",
    "Preview",
    "PreviewRow",
    "assess",
    "assess_cut",
    "assess_raw",
    "cut",
    "export",
    "objects",
    "preview",
    "preview_of",
    "printer_name",
    "splits_tool_call",
    "translated",
]
