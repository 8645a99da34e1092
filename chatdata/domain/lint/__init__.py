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
rules.shapes            rules about parts, calls and fields of another form
rules.media             images, audio and files, which not every provider and model accepts
rules.known_fields      the fields of a message that say nothing to a model
rules.tools             the tools that a request of OpenAI's APIs offers
rules.repeated_keys     keys that occur several times in one object of a document
rules.reasoning         rules about reasoning text
validation              lint_payload, lint_messages: all rules over one sequence
native                  request bodies of other APIs as the rules take them
native_finding          findings of a body and the rejections of its API
native_shapes           rules about blocks and fields of another form than the API takes
native_rules            rules about what only a request body has: thinking, images, tools, marks for caching
native_blocks           changes to the messages and blocks of a body
native_fixes            propose_native: how a finding in a body could be fixed, and what would be lost
native_explain          explain_native: the message of a body that a pasted error means
native_requests         a body as a curl command or a Python script for its API
documents               lints a parsed file in its own terms, writes a report as JSON
errors.known_error      the value of a known error text
errors.provider_errors  the known errors of providers, and what each can mean
errors.by_provider      texts about messages that no rule predicts, a module for each provider or kind of server
errors.request_errors   texts that are not about messages
errors.reports          where each predicted text was seen
errors.advice           what to change for each code
errors.patterns         finds known errors in a text
errors.normalize_error  removes escapes from a pasted error
errors.error_path       reads the path in an error
errors.error_place      maps a path, an ID or a role to the index of a message
errors.unsure           what a text means that can be about several faults
errors.token_counts     which count in an error about the context window is too large
errors.items            positions among the items of a Responses request
errors.locators         messages of a kind, for texts that name no place
errors.printed_by       which provider printed an error
errors.error_lookup     explain and find_error, for a pasted error
duplicates              which of several results of one call is the real one
fix_steps               small changes to messages
fixes                   propose: how a finding could be fixed, and what would be lost
repairs                 repaired, repaired_body: the payload without the fault of an explained error
"""

from chatdata.domain.lint.catalogue import RULES, Rule
from chatdata.domain.lint.documents import lint_document, messages_of, report_json, request_body, why_unread
from chatdata.domain.lint.errors.error_lookup import Explanation, Match, explain, find_error
from chatdata.domain.lint.fixes import Fix, propose
from chatdata.domain.lint.native import NativeBody
from chatdata.domain.lint.native_explain import explain_native
from chatdata.domain.lint.native_fixes import NativeFix
from chatdata.domain.lint.native_requests import as_request
from chatdata.domain.lint.repairs import (
    explanation_json,
    fully_repaired,
    fully_repaired_body,
    repaired,
    repaired_body,
)
from chatdata.domain.lint.validation import NEXT_USER, lint_messages, lint_payload
from chatdata.domain.lint.values import (
    CODES,
    PROVIDERS,
    UNJUDGED,
    Code,
    Framework,
    Limits,
    LintFinding,
    Printer,
    Provider,
    Rejection,
    Report,
    Severity,
    Verdict,
    with_findings,
)

__all__ = [
    "CODES",
    "NEXT_USER",
    "PROVIDERS",
    "RULES",
    "UNJUDGED",
    "Code",
    "Explanation",
    "Fix",
    "Framework",
    "Limits",
    "LintFinding",
    "Match",
    "NativeBody",
    "NativeFix",
    "Printer",
    "Provider",
    "Rejection",
    "Report",
    "Rule",
    "Severity",
    "Verdict",
    "as_request",
    "explain",
    "explain_native",
    "explanation_json",
    "find_error",
    "fully_repaired",
    "fully_repaired_body",
    "lint_document",
    "lint_messages",
    "lint_payload",
    "messages_of",
    "propose",
    "repaired",
    "repaired_body",
    "report_json",
    "request_body",
    "why_unread",
    "with_findings",
]
