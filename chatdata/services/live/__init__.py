"""Follows sessions while their turns run: one reading for all followers of a session in this process."""

from chatdata.services.live.follower import SessionFollower, is_missing
from chatdata.services.live.followers import Followers

__all__ = ["Followers", "SessionFollower", "is_missing"]
