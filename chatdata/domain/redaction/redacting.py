"""Decides how much of a conversation may leave chatdata in a view, for pages, command line, routes and exports alike.

Findings are computed on the full copies and then redacted: kinds, positions and counts stay, values and sentences
are shown as the view allows.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, assert_never

from chatdata.domain.copies import Copies, PrivacyLevel
from chatdata.domain.drift import Comparison, DriftFinding, LikelyCause, compare
from chatdata.domain.lint import RULES, LintFinding, Report
from chatdata.domain.redaction.masked import masked_copies, masked_status, people_of
from chatdata.domain.redaction.masker import Masker
from chatdata.domain.redaction.people import People
from chatdata.domain.redaction.spans import Kind
from chatdata.domain.redaction.streams import bare_turn, masked_text, masked_turn
from chatdata.domain.redaction.structure import Structure
from chatdata.domain.streams import TextPart
from chatdata.domain.turns import known_status, retold

_PLAIN_FIELDS = frozenset({"usage", "sequence", "started_at", "updated_at"})
"""Fields whose values are only counts and times."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """Both copies of a session in a view, with methods to redact comparisons, lint reports and sentences."""

    view: PrivacyLevel
    copies: Copies
    replaced: Mapping[Kind, int] = field(default_factory=dict)
    """The number of replaced parts of text by kind; empty for the structure view, which has no text."""
    mask: Masker | None = None
    """The masker of the view; None for the full view."""

    def comparison(self, comparison: Comparison) -> Comparison:
        """Returns the comparison of the full copies, redacted for the view."""
        match self.view:
            case "full":
                return comparison
            case "masked":
                return _with(comparison, self._mask.whole("user", comparison.user_id or "") or None, self._masked)
            case "structure":
                structure = Structure(self._mask)
                user_id = structure.id("user", comparison.user_id)
                return _with(comparison, user_id, lambda found: self._structure_only(structure, found))
            case _:
                assert_never(self.view)

    def report(self, report: Report) -> Report:
        """Returns a lint report redacted for the view; in the structure view, rule titles replace the sentences."""
        if self.view == "full":
            return report
        redact = self._masked_lint if self.view == "masked" else self._structure_lint
        return replace(report, findings=tuple(map(redact, report.findings)))

    def tool_name(self, name: str | None) -> str | None:
        """Returns the name of a tool, redacted for the view."""
        match self.view:
            case "full":
                return name
            case "masked":
                return None if name is None else self._mask.text(name, counted=False)
            case "structure":
                return None if name is None else Structure(self._mask).tool_name(name)
            case _:
                assert_never(self.view)

    def sentence(self, sentence: str) -> str:
        """Returns a sentence of the inspector, redacted because it may quote the conversation or a store's error."""
        return sentence if self.view == "full" else self._mask.text(sentence, counted=False)

    @property
    def _mask(self) -> Masker:
        assert self.mask is not None
        return self.mask

    def _masked(self, found: DriftFinding) -> DriftFinding:
        mask = self._mask
        values = [_masked_value(mask, found.field, value) for value in (found.cache_value, found.database_value)]
        if found.kind == "unsaved_stream" and isinstance(found.cache_value, str):
            unfinished = any(item.cause == "worker_gone" for item in found.likely_causes)
            values[0] = masked_text(TextPart(found.cache_value, ended=not unfinished), mask).text
        causes = tuple(LikelyCause(item.cause, mask.text(item.evidence, counted=False)) for item in found.likely_causes)
        named = None if found.field is None else mask.text(found.field, counted=False)
        return replace(
            found,
            field=named,
            cache_value=values[0],
            database_value=values[1],
            meaning=mask.text(found.meaning, counted=False),
            likely_causes=causes,
        )

    def _structure_only(self, structure: Structure, found: DriftFinding) -> DriftFinding:
        if found.kind == "cache_corrupt":
            safe = next((item for item in compare(self.copies).findings if item.kind == found.kind), None)
            return (
                found
                if safe is None
                else replace(found, field=safe.field, meaning=safe.meaning, likely_causes=safe.likely_causes)
            )
        values = [_bare_value(structure, found.field, value) for value in (found.cache_value, found.database_value)]
        return replace(found, cache_value=values[0], database_value=values[1])

    def _masked_lint(self, found: LintFinding) -> LintFinding:
        mask = self._mask
        return replace(
            found,
            tool_call_id=None if found.tool_call_id is None else mask.text(found.tool_call_id, counted=False),
            meaning=mask.text(found.meaning, counted=False),
            rejected_by=tuple(replace(item, text=mask.text(item.text, counted=False)) for item in found.rejected_by),
        )

    def _structure_lint(self, found: LintFinding) -> LintFinding:
        title = RULES[found.code].title
        return replace(
            found,
            tool_call_id=Structure(self._mask).id("call", found.tool_call_id),
            meaning=f"{title}.",
            rejected_by=tuple(replace(item, text=title) for item in found.rejected_by),
        )


def redact(copies: Copies, view: PrivacyLevel, key: bytes, people: People = People()) -> Redacted:  # noqa: B008 -- frozen
    """Returns both copies redacted for a view.

    `key`, of 16 bytes or more, determines the placeholders; use one per bundle or deployment. `people` are masked in
    addition to the people that the copies name.
    """
    match view:
        case "full":
            return Redacted(view, copies)
        case "masked":
            mask = Masker(key, people_of(copies) | people)
            turn = retold(copies.turn, mask.text, lambda streamed: masked_turn(streamed, mask))
            masked = replace(masked_copies(copies, mask), turn=turn)
            return Redacted(view, masked, Counter(mask.replaced), mask)
        case "structure":
            mask = Masker(key, people_of(copies) | people)
            bare = Structure(mask)
            waiting = retold(
                copies.turn, lambda text: bare.text(text) or "", lambda streamed: bare_turn(streamed, bare)
            )
            told = replace(bare.copies(copies), turn=waiting)
            return Redacted(view, told, {}, mask)
        case _:
            assert_never(view)


class Pseudonyms:
    """Placeholders for users and tools outside of conversations, as the conversations of the view have them."""

    def __init__(self, view: PrivacyLevel, key: bytes) -> None:
        self._view: PrivacyLevel = view
        self._mask = None if view == "full" else Masker(key, People())

    def user(self, user_id: str | None) -> str | None:
        """The user's ID, or its placeholder."""
        if self._mask is None or not user_id:
            return user_id
        if self._view == "masked":
            return self._mask.whole("user", user_id, counted=False)
        return Structure(self._mask).id("user", user_id)

    def tool(self, name: str | None) -> str | None:
        """The tool's name as the view shows it."""
        if self._mask is None or name is None:
            return name
        return self._mask.text(name, counted=False) if self._view == "masked" else Structure(self._mask).tool_name(name)


def _with(comparison: Comparison, user_id: str | None, project_one: Any) -> Comparison:
    return replace(
        comparison,
        user_id=user_id,
        chat_status=known_status(comparison.chat_status),
        findings=tuple(_projected(found, project_one) for found in comparison.findings),
    )


def _projected(found: DriftFinding, project_one: Any) -> DriftFinding:
    folded = tuple(_projected(one, project_one) for one in found.consequences)
    shown: DriftFinding = project_one(found)
    return replace(shown, consequences=folded)


def _masked_value(mask: Masker, named: str | None, value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and named == "user_id":
        return mask.whole("user", value, counted=False)
    if isinstance(value, str) and named == "chat_status":
        return masked_status(value, mask, counted=False)
    return mask.value(value, counted=False)


def _bare_value(structure: Structure, named: str | None, value: Any) -> Any:
    if value is None or isinstance(value, datetime) or named in _PLAIN_FIELDS:
        return value
    if named in ("user_id", "name", "tool_call_id", "role"):
        kind = {"user_id": "user", "tool_call_id": "call"}.get(named, named)
        return structure.id(kind, value) if isinstance(value, str) else structure.value(value)
    return structure.text(value) if isinstance(value, str) else structure.value(value)
