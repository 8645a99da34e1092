"""Which providers would refuse a payload, with which words, at which place. Pure.

values                  the values: Finding, Rejection, Report, Limits
catalogue               RULES: title, usual cause and public threads of each code
texts                   what providers print, verbatim
turns                   where Anthropic counts a message
conversation            messages of any JSON, read and matched once
provider_messages       families of providers that print the same
rules.pairs             rules about calls and their results
rules.ids               rules about the ids of calls
rules.calls             rules about names, arguments and the number of calls
rules.contents          rules about what messages say
rules.order             rules about who speaks when, and about the whole
validation              lint_payload, lint_messages: all rules over one sequence
documents               a parsed file in, a report's JSON out
errors.provider_errors  providers' errors, and what each can mean
errors.patterns         known errors looked for in a text
errors.normalize_error  a pasted error made plain
errors.error_path       a provider's path mapped back to our message
errors.error_lookup     find_error: "paste an error"
fix_steps               small changes to messages
fixes                   propose: how a finding could be fixed, and what would be lost
"""

from chatdata.domain.lint.catalogue import RULES, Rule
from chatdata.domain.lint.documents import messages_of, report_json
from chatdata.domain.lint.errors.error_lookup import Match, find_error
from chatdata.domain.lint.fixes import Fix, propose
from chatdata.domain.lint.validation import NEXT_USER, lint_messages, lint_payload
from chatdata.domain.lint.values import (
    CODES,
    PROVIDERS,
    Code,
    Limits,
    LintFinding,
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
    "Fix",
    "Limits",
    "LintFinding",
    "Match",
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
