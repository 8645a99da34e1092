"""A disjoint share of the keys, the same on every machine, so that any scheduler can spread a scan."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Self


def number_of(session_id: str) -> int:
    """64 bits of a session's id: BLAKE2b of the bytes that its key has, read as a big-endian number."""
    try:
        raw = session_id.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = session_id.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class Shard:
    """The sessions whose number modulo `of` is one of these; counted from 0, as Kubernetes counts indexed jobs."""

    numbers: frozenset[int]
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """From "3/16"; several as "0,3/16". ValueError with a sentence."""
        numbers, _, of = text.partition("/")
        try:
            shard = cls(frozenset(map(int, numbers.split(","))), int(of))
        except ValueError:
            raise ValueError(f"{text!r} is no shard: it should look like 3/16.") from None
        if shard.of < 1 or not all(0 <= number < shard.of for number in shard.numbers):
            raise ValueError(
                f"There is no shard {text}: shards of {of} are counted from 0/{of} to {shard.of - 1}/{of}."
            )
        return shard

    def __str__(self) -> str:
        return f"{','.join(map(str, sorted(self.numbers)))}/{self.of}"

    def takes(self, number: int) -> bool:
        """Whether the session of this number is in it."""
        return number % self.of in self.numbers

    @property
    def whole(self) -> bool:
        """Whether these are all shards."""
        return len(self.numbers) == self.of
