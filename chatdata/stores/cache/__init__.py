"""Access to the cached copies of sessions, independent of the database."""

from chatdata.stores.cache.store import CacheFacts, RawDocument, SessionCache

__all__ = ["CacheFacts", "RawDocument", "SessionCache"]
