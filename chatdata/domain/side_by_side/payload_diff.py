"""The difference between the payloads of both copies, as values."""

from dataclasses import dataclass
from typing import Literal

from chatdata.domain.copies import Source
from chatdata.domain.lint import Code, Provider, Verdict
from chatdata.domain.payload import Assessment

Apartness = Literal["only_database", "only_cache", "otherwise", "elsewhere"]
"""otherwise: the same message with different contents. elsewhere: the same message at a different place."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A payload message that the other copy's payload does not have at that place."""

    source: Source
    positions: tuple[int, ...]
    """The positions in this copy of the messages that it is built from."""
    role: str
    words: str
    """The beginning of its text on one line; empty without text."""
    tools: tuple[str, ...]
    """The names of the tools that it calls."""
    tokens: int | None
    """None where the tokens can't be counted."""


@dataclass(frozen=True, slots=True)
class PayloadDiff:
    """One difference between the payloads: a message in only one of them, or a different message in both."""

    kind: Apartness
    cached: Sent | None
    stored: Sent | None


@dataclass(frozen=True, slots=True)
class ProviderVerdicts:
    """A provider that accepts only one of the payloads."""

    provider: Provider
    cached: Verdict
    stored: Verdict
    codes: tuple[Code, ...]
    """Why the one is rejected: codes of the lint."""


@dataclass(frozen=True, slots=True)
class Payloads:
    """Both payloads and their differences."""

    cached: Assessment
    stored: Assessment
    judged: bool
    """False while a copy is changing; `apart` is empty then."""
    apart: tuple[PayloadDiff, ...]
    """The differences in the order of the rows, then the messages that only the cache's payload has."""
    windowed: int
    """The number of payload messages that a windowed cache leaves out on purpose."""
    verdicts: tuple[ProviderVerdicts, ...]
    """The providers whose verdicts on the payloads differ."""

    @property
    def missed(self) -> tuple[Sent, ...]:
        """The messages that the model does not get when the cache is read."""
        return tuple(item.stored for item in self.apart if item.kind == "only_database" and item.stored)

    @property
    def unsaved(self) -> tuple[Sent, ...]:
        """The messages that the model would not get if the database were read."""
        return tuple(item.cached for item in self.apart if item.kind == "only_cache" and item.cached)

    @property
    def otherwise(self) -> tuple[tuple[Sent, Sent], ...]:
        """The messages with different contents, each as in the cache and as in the database."""
        return self._pairs("otherwise")

    @property
    def elsewhere(self) -> tuple[tuple[Sent, Sent], ...]:
        """The messages at different places, each as in the cache and as in the database."""
        return self._pairs("elsewhere")

    @property
    def more_tokens(self) -> int | None:
        """The database payload's tokens minus the cache payload's; None where either count is unknown."""
        one, other = self.cached.tokens.total, self.stored.tokens.total
        return None if one is None or other is None else other - one

    def _pairs(self, kind: Apartness) -> tuple[tuple[Sent, Sent], ...]:
        found = (item for item in self.apart if item.kind == kind)
        return tuple((item.cached, item.stored) for item in found if item.cached and item.stored)
