"""Disjoint shards of the keys, computed alike on every machine, so that any scheduler can distribute a scan."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Self


def number_of(session_id: str) -> int:
    """The 64-bit number of a session: BLAKE2b of its id's bytes in the cache key, as a big-endian integer."""
    try:
        raw = session_id.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = session_id.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "big")


def _which(of: int) -> str:
    return "the only shard of 1 is 0/1" if of == 1 else f"shards of {of} are counted from 0/{of} to {of - 1}/{of}"


@dataclass(frozen=True, slots=True)
class Shard:
    """The sessions whose number modulo `of` is in `numbers`, counted from 0 like Kubernetes indexed jobs."""

    numbers: frozenset[int]
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parses "3/16", or "0,3/16" for several shards. Raises ValueError with a sentence for people."""
        numbers, _, of = text.partition("/")
        try:
            shard = cls(frozenset(map(int, numbers.split(","))), int(of))
        except ValueError:
            raise ValueError(f"{text!r} is not a shard: use a form like 3/16.") from None
        if shard.of < 1:
            raise ValueError(f"There is no shard {text}: the number of shards, after the slash, must be at least 1.")
        if not all(0 <= number < shard.of for number in shard.numbers):
            raise ValueError(f"There is no shard {text}: {_which(shard.of)}.")
        return shard

    def __str__(self) -> str:
        return f"{','.join(map(str, sorted(self.numbers)))}/{self.of}"

    def takes(self, number: int) -> bool:
        """Whether the session with this number belongs to the shard."""
        return number % self.of in self.numbers

    @property
    def whole(self) -> bool:
        """Whether the shard contains all sessions."""
        return len(self.numbers) == self.of
