"""Identifiers that look random but are deterministic: all are derived from a text and a seed."""

import random
import string
import uuid

_ALPHABET = string.ascii_letters + string.digits


def chance(*parts: object) -> random.Random:
    """A random generator seeded with these parts only, so it yields the same values in every process."""
    return random.Random(":".join(str(part) for part in parts))


def uuid_of(*parts: object) -> str:
    """The version 4 UUID derived from these parts; equal parts give equal UUIDs."""
    return random_uuid(chance("uuid", *parts))


def random_uuid(source: random.Random) -> str:
    """The next version 4 UUID drawn from a random generator."""
    return str(uuid.UUID(int=source.getrandbits(128), version=4))


def tool_call_id(source: random.Random, prefix: str) -> str:
    """A random tool call id in a provider's format: "toolu_01…" or "call_…"."""
    head = "toolu_01" if prefix == "toolu" else "call_"
    return head + "".join(source.choices(_ALPHABET, k=22))
