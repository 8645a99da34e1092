"""One session as readers of a view see it: judged on the full copies, given out as the view has it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from chatdata.domain.copies import Copies, Source, View
from chatdata.domain.drift import Comparison, ExpectedRule
from chatdata.domain.payload import Assessment, Preview, assess, preview_of
from chatdata.domain.redaction import Redacted, project
from chatdata.domain.tokens import ModelFacts
from chatdata.services.comparing import compare_session
from chatdata.services.sessions import ChatSessions
from chatdata.services.usage import ConversationUsage, conversation_usage

RedactionKey = Callable[[], bytes]
"""Gives the key of the deployment's stand-ins; the full view never asks for it."""


@dataclass(frozen=True)
class Inspection:
    """A reading of a session in a view."""

    projected: Redacted
    comparison: Comparison | None
    """None where the copies were not compared."""
    _full: Copies = field(repr=False)

    @property
    def copies(self) -> Copies:
        """Both copies as the view has them."""
        return self.projected.copies

    def preview(self, source: Source, model: ModelFacts) -> Preview:
        """The payload of one copy: weights and findings are those of the full copy. LookupError without one."""
        return preview_of(self.copies.readable_from(source).messages, self.judged(source, model))

    def judged(self, source: Source, model: ModelFacts) -> Assessment:
        """What that payload is judged by. LookupError as above."""
        full = assess(self._full.readable_from(source).messages, model)
        if self.projected.view == "full":
            return full
        shown = assess(self.copies.readable_from(source).messages, model)
        return replace(shown, tokens=full.tokens, report=self.projected.report(full.report))

    def usage(self, model: ModelFacts) -> ConversationUsage:
        """Tokens by turn, counted on the full copies."""
        usage = conversation_usage(self._full, model)
        if usage.growth is None:
            return replace(usage, no_growth=self.projected.sentence(usage.no_growth))
        turns = tuple(
            replace(turn, jump=replace(turn.jump, tool=self.projected.tool_name(turn.jump.tool))) if turn.jump else turn
            for turn in usage.growth.turns
        )
        return replace(usage, growth=replace(usage.growth, turns=turns))


def see(sessions: ChatSessions, session_id: str, view: View, key: RedactionKey) -> Inspection:
    """Both copies, read one after the other."""
    return _seen(sessions.read_copies(session_id), None, view, key)


def see_compared(
    sessions: ChatSessions,
    session_id: str,
    view: View,
    key: RedactionKey,
    *,
    shown: frozenset[ExpectedRule] = frozenset(),
) -> Inspection:
    """Both copies, read so that they can be judged against each other; `shown` are normal differences to find too."""
    copies, comparison = compare_session(sessions, session_id, shown=shown)
    return _seen(copies, comparison, view, key)


def _seen(copies: Copies, comparison: Comparison | None, view: View, key: RedactionKey) -> Inspection:
    projected = project(copies, view, b"" if view == "full" else key())
    return Inspection(projected, None if comparison is None else projected.comparison(comparison), copies)
