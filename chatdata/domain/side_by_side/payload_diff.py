"""What a model is sent from each copy: values only."""

from dataclasses import dataclass
from typing import Literal

from chatdata.domain.copies import Source
from chatdata.domain.lint import Code, Provider, Verdict
from chatdata.domain.payload import Assessment

Apartness = Literal["only_database", "only_cache", "otherwise", "elsewhere"]
"""otherwise: other words for the same message. elsewhere: the same message in another place."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A payload message that the other copy doesn't give there."""

    source: Source
    positions: tuple[int, ...]
    """Of the messages that it is built from, in this copy."""
    role: str
    words: str
    """Its first words on one line; empty where it says none."""
    tools: tuple[str, ...]
    """Names of the tools that it calls."""
    tokens: int | None
    """None where they can't be counted."""


@dataclass(frozen=True, slots=True)
class PayloadDiff:
    """What one of the payloads has, or both have otherwise."""

    kind: Apartness
    cached: Sent | None
    stored: Sent | None


@dataclass(frozen=True, slots=True)
class ProviderVerdicts:
    """A provider that takes one of the payloads only."""

    provider: Provider
    cached: Verdict
    stored: Verdict
    codes: tuple[Code, ...]
    """Why the one is rejected: codes of the lint."""


@dataclass(frozen=True, slots=True)
class Payloads:
    """Both payloads, and how they differ."""

    cached: Assessment
    stored: Assessment
    judged: bool
    """False for copies that are moving: nothing is apart then."""
    apart: tuple[PayloadDiff, ...]
    """In the order of the rows, then what only the cache gives."""
    windowed: int
    """Payload messages that a windowed cache leaves out on purpose."""
    verdicts: tuple[ProviderVerdicts, ...]
    """Those that differ."""

    @property
    def missed(self) -> tuple[Sent, ...]:
        """What the model misses when the cache is read."""
        return tuple(item.stored for item in self.apart if item.kind == "only_database" and item.stored)

    @property
    def unsaved(self) -> tuple[Sent, ...]:
        """What it would miss if the database were read."""
        return tuple(item.cached for item in self.apart if item.kind == "only_cache" and item.cached)

    @property
    def otherwise(self) -> tuple[tuple[Sent, Sent], ...]:
        """Messages with other words, as the cache and as the database gives them."""
        return self._pairs("otherwise")

    @property
    def elsewhere(self) -> tuple[tuple[Sent, Sent], ...]:
        """Messages in other places."""
        return self._pairs("elsewhere")

    @property
    def more_tokens(self) -> int | None:
        """How many tokens the database's payload has more; None where one is unknown."""
        one, other = self.cached.tokens.total, self.stored.tokens.total
        return None if one is None or other is None else other - one

    def _pairs(self, kind: Apartness) -> tuple[tuple[Sent, Sent], ...]:
        found = (item for item in self.apart if item.kind == kind)
        return tuple((item.cached, item.stored) for item in found if item.cached and item.stored)
