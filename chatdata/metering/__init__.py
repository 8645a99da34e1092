"""Where the tokens of a deployment went: what the usage page and the command ask.

sums    by time, user and session
"""

from chatdata.metering.sums import (
    LargestSessions,
    Overview,
    Totals,
    Users,
    by_user,
    largest_sessions,
    overview,
    totals,
)

__all__ = [
    "LargestSessions",
    "Overview",
    "Totals",
    "Users",
    "by_user",
    "largest_sessions",
    "overview",
    "totals",
]
