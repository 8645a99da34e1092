"""What a payload or a request body would be after the change that an explained error asks for."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from chatdata.domain.lint.catalogue import RULES
from chatdata.domain.lint.documents import lint_native
from chatdata.domain.lint.errors.error_lookup import Explanation, Match
from chatdata.domain.lint.fixes import Fix, propose
from chatdata.domain.lint.native import NativeBody, native_body
from chatdata.domain.lint.native_fixes import NativeFix, propose_native
from chatdata.domain.lint.validation import lint_messages
from chatdata.domain.lint.values import Code, LintFinding, Report

_Repair = TypeVar("_Repair", Fix, NativeFix)
_MOST_STEPS = 10
_MOST_TRIES = 50
"""How often a payload is judged again for its other faults; after that it is told with what remains."""
_EXPECTED: frozenset[Code] = frozenset({"ends_with_assistant"})
"""What a stored session has between two turns, so that it is no fault of a repair that leaves it."""


def repaired(messages: Sequence[Any], match: Match) -> Fix | None:
    """Returns the payload without the fault of a match, or None where only a person can decide what to send.

    Nothing is changed that the lint does not find: the error may be about another conversation.
    """
    before, tools = lint_messages(messages), _payload_tools(match)
    fix = next((propose(messages, _as_refused(finding, match)) for finding in _found(before.findings, match)), None)
    return fix and _completed(fix, match, before, tools)


def fully_repaired(messages: Sequence[Any], match: Match) -> Fix | None:
    """Returns the payload with all fixes that its provider wants; None where `repaired` is all that can be done."""
    fix = repaired(messages, match)
    return fix and _with_the_others(fix, match, _payload_tools(match))


def repaired_body(native: NativeBody, match: Match) -> NativeFix | None:
    """Returns a request body of another API without the fault of a match; as with `repaired`, None is possible."""
    before, tools = lint_native(native), _body_tools(native)
    fix = next((propose_native(native, finding) for finding in _found(before.findings, match)), None)
    return fix and _completed(fix, match, before, tools)


def fully_repaired_body(native: NativeBody, match: Match) -> NativeFix | None:
    """Returns a request body of another API with all fixes, as `fully_repaired` does for a payload."""
    fix = repaired_body(native, match)
    return fix and _with_the_others(fix, match, _body_tools(native))


@dataclass(frozen=True, slots=True)
class _Tools(Generic[_Repair]):
    """How a repaired payload or body is judged again, and how the next fix of it is made."""

    lint: Callable[[_Repair], Report]
    propose_next: Callable[[_Repair, LintFinding], _Repair | None]


def _payload_tools(match: Match) -> _Tools[Fix]:
    return _Tools(
        lambda done: lint_messages(done.messages),
        lambda done, left: propose(done.messages, _as_refused(left, match)),
    )


def _body_tools(native: NativeBody) -> _Tools[NativeFix]:
    def body(done: NativeFix) -> NativeBody:
        return native_body(done.body, native.dialect)

    return _Tools(lambda done: lint_native(body(done)), lambda done, left: propose_native(body(done), left))


def _as_refused(finding: LintFinding, match: Match) -> LintFinding:
    """Returns the finding as its provider sees it: where an empty text is refused too, null can't become one."""
    wants_words = finding.code == "null_content" and match.provider in ("xai", "moonshot")
    return replace(finding, code="empty_content") if wants_words else finding


def _completed(fix: _Repair, match: Match, before: Report, tools: _Tools[_Repair]) -> _Repair:
    """Returns a repair with what its own changes make necessary, and says what the provider still refuses then."""
    had = Counter(finding.code for finding in _refused(before, match))
    left = _refused(tools.lint(fix), match)
    for _ in range(_MOST_STEPS):
        count = Counter(finding.code for finding in left)
        new = [finding for finding in left if count[finding.code] > had[finding.code]]
        following = [one for finding in new if (one := tools.propose_next(fix, finding)) is not None]
        if not following:
            break
        fix = _and(fix, following[0])
        left = _refused(tools.lint(fix), match)
    titles = _titles(finding for finding in left if had[finding.code] == 0 or finding.code not in _EXPECTED)
    return replace(fix, what=f"{fix.what}{_rest(titles)}", still_refused=titles)


def _with_the_others(fix: _Repair, match: Match, tools: _Tools[_Repair]) -> _Repair | None:
    """Returns a repair and the fixes of what its provider still refuses; None where none of that can be fixed."""
    if not fix.still_refused:
        return None
    done, left = fix, _refused(tools.lint(fix), match)
    said: Counter[str] = Counter()
    tries = iter(range(_MOST_TRIES))
    while (step := _step(done, left, match, tools, tries)) is not None:
        words, done, left = step
        said[words] += 1
    if not said:
        return None
    first = fix.what.removesuffix(_rest(fix.still_refused))
    what = " ".join([first, *(words if number == 1 else f"{words} ({number} times)" for words, number in said.items())])
    titles = _titles(finding for finding in left if finding.code not in _EXPECTED)
    return replace(done, what=f"{what}{_rest(titles)}", still_refused=titles)


def _step(
    done: _Repair, left: list[LintFinding], match: Match, tools: _Tools[_Repair], tries: Iterator[int]
) -> tuple[str, _Repair, list[LintFinding]] | None:
    """Returns the next fix after which less is refused: what it does, all that is done by then, what is refused then.

    Each fix that has to be judged takes one of the `tries`.
    """
    for finding in left:
        following = tools.propose_next(done, finding)
        if following is None:
            continue
        if next(tries, None) is None:
            break
        after = _refused(tools.lint(following), match)
        if len(after) < len(left):
            return f"{RULES[finding.code].title}: {following.what}", _and(done, following), after
    return None


def _titles(findings: Iterable[LintFinding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(RULES[finding.code].title for finding in findings))


def _rest(titles: tuple[str, ...]) -> str:
    return f" Still refused: {', '.join(titles)}." if titles else ""


def _and(fix: _Repair, following: _Repair) -> _Repair:
    """Returns a repair and the one made after it as one."""
    return replace(following, what=f"{fix.what} {following.what}", lost=(*fix.lost, *following.lost))


def _refused(report: Report, match: Match) -> list[LintFinding]:
    """Returns the findings for which the provider of an error would reject what was sent."""
    return [
        finding
        for finding in report.findings
        if finding.severity == "error" and any(one.provider == match.provider for one in finding.rejected_by)
    ]


def _found(findings: Iterable[LintFinding], match: Match) -> Iterator[LintFinding]:
    """Yields the findings that a match is about."""
    for finding in findings:
        here = finding.payload_position == match.payload_position
        if finding.code == match.code and (here or _names(finding, match)):
            yield finding


def _names(finding: LintFinding, match: Match) -> bool:
    return finding.tool_call_id is not None and finding.tool_call_id in match.tool_call_ids


def explanation_json(
    explanation: Explanation, messages: Sequence[Any] | None, native: NativeBody | None = None
) -> dict[str, Any]:
    """Returns the JSON that `explain --json` prints, with repairs of the messages or of the body that was sent."""
    return {
        "recognised": explanation.recognised,
        "provider": explanation.provider,
        "about_messages": explanation.about_messages,
        "reason": explanation.reason or None,
        "matches": [_match_json(match) | _repairs_json(match, messages, native) for match in explanation.matches],
    }


def _match_json(match: Match) -> dict[str, Any]:
    return {
        "code": match.code,
        "provider": match.provider,
        "payload_position": match.payload_position,
        "stored_positions": list(match.stored_positions),
        "path": match.path,
        "tool_call_id": next(iter(match.tool_call_ids), None),
        "meaning": match.meaning,
        "fix": match.fix,
        "text": match.text,
        "about_messages": match.about_messages,
        "presence": match.presence,
        "threads": list(match.threads),
    }


def _repairs_json(match: Match, messages: Sequence[Any] | None, native: NativeBody | None) -> dict[str, Any]:
    if native is not None:
        return {
            "repaired": _body_json(repaired_body(native, match)),
            "all_repaired": _body_json(fully_repaired_body(native, match)),
        }
    if messages is None:
        return {"repaired": None, "all_repaired": None}
    return {
        "repaired": _fix_json(repaired(messages, match)),
        "all_repaired": _fix_json(fully_repaired(messages, match)),
    }


def _body_json(fix: NativeFix | None) -> dict[str, Any] | None:
    return None if fix is None else {**(_fix_json(fix) or {}), "body": fix.body}


def _fix_json(fix: Fix | NativeFix | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    return {
        "what": fix.what,
        "lost": list(fix.lost),
        "still_refused": list(fix.still_refused),
        "messages": fix.messages,
    }
