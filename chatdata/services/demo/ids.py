"""Identifiers that look random and are the same each time: all come from a text and a seed."""

import random
import string
import uuid

_ALPHABET = string.ascii_letters + string.digits


def chance(*parts: object) -> random.Random:
    """A source of choices that belongs to these parts only, equal in every process."""
    return random.Random(":".join(str(part) for part in parts))


def uuid_of(*parts: object) -> str:
    """A version 4 UUID for these parts."""
    return random_uuid(chance("uuid", *parts))


def random_uuid(source: random.Random) -> str:
    """The next version 4 UUID of a source."""
    return str(uuid.UUID(int=source.getrandbits(128), version=4))


def tool_call_id(source: random.Random, prefix: str) -> str:
    """An id as model providers make them: "toolu_01…" or "call_…"."""
    head = "toolu_01" if prefix == "toolu" else "call_"
    return head + "".join(source.choices(_ALPHABET, k=22))
