"""Predicts which providers would reject a payload, with which error text and for which message. Pure.

values                  the values: LintFinding, Rejection, Report, Limits
catalogue               RULES: title, usual cause and public threads of each code
texts                   the error texts of providers, verbatim
turns                   the position of a message in Anthropic's count
conversation            messages of any JSON, parsed and matched once
provider_messages       rejections by families of providers with the same texts
rules.pairs             rules about calls and their results
rules.ids               rules about the IDs of calls
rules.calls             rules about names, arguments and the number of calls
rules.contents          rules about the contents of messages
rules.order             rules about the order of roles and the payload as a whole
validation              lint_payload, lint_messages: all rules over one sequence
documents               reads a parsed file, writes a report as JSON
errors.provider_errors  the known errors of providers, and what each can mean
errors.patterns         finds known errors in a text
errors.normalize_error  removes escapes from a pasted error
errors.error_path       maps a provider's path to the index of a message
errors.error_lookup     find_error, for a pasted error
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
