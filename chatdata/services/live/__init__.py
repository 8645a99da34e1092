"""Follows sessions while their turns run, with one reading for all followers of a session, and counts running turns."""

from chatdata.services.live.follower import SessionFollower, is_missing
from chatdata.services.live.followers import Followers
from chatdata.services.live.now import TurnsNow, turns_now

__all__ = ["Followers", "SessionFollower", "TurnsNow", "is_missing", "turns_now"]
