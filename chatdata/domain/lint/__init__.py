"""Which providers would refuse a payload, with which words, at which place. Pure.

values     the values: Finding, Rejection, Report, Limits
catalogue  RULES: title, usual cause and public threads of each code
texts      what providers print, verbatim
turns      where Anthropic counts a message
reading    messages of any JSON, read and matched once
dialects   families of providers that print the same
pairs      rules about calls and their results
ids        rules about the ids of calls
calls      rules about names, arguments and the number of calls
contents   rules about what messages say
order      rules about who speaks when, and about the whole
judging    lint_payload, lint_messages: all rules over one sequence
documents  a parsed file in, a report's JSON out
known      providers' errors, and what each can mean
patterns   known errors looked for in a text
flatten    a pasted error made plain
places     a provider's path mapped back to our message
pasted     find_error: "paste an error"
edits      small changes to messages
mends      propose: how a finding could be mended, and what would be lost
"""

from chatdata.domain.lint.catalogue import RULES, Rule
from chatdata.domain.lint.documents import messages_of, report_json
from chatdata.domain.lint.errors.error_lookup import Match, find_error
from chatdata.domain.lint.fixes import Mend, propose
from chatdata.domain.lint.validation import NEXT_USER, lint_messages, lint_payload
from chatdata.domain.lint.values import (
    CODES,
    PROVIDERS,
    Code,
    Finding,
    Limits,
    Provider,
    Rejection,
    Report,
    Severity,
    Verdict,
)

__all__ = [
    "CODES",
    "NEXT_USER",
    "PROVIDERS",
    "RULES",
    "Code",
    "Finding",
    "Limits",
    "Match",
    "Mend",
    "Provider",
    "Rejection",
    "Report",
    "Rule",
    "Severity",
    "Verdict",
    "find_error",
    "lint_messages",
    "lint_payload",
    "messages_of",
    "propose",
    "report_json",
]
