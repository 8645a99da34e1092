"""Keys of widgets that belong to one session, copy or page of a list."""

from hashlib import sha256


def key_of(name: str, *parts: object) -> str:
    """`name` and a digest of the parts. Streamlit takes no `__` in a component's key and makes CSS classes of keys,
    and a session's id may hold any text."""
    digest = sha256("\0".join(map(repr, parts)).encode()).hexdigest()
    return f"{name}-{digest[:20]}"
