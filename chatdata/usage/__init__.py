"""Where tokens went: sums that don't depend on how they were grouped, and periods of a time zone. Pure.

amounts  counts that can be added; what was not recorded stays unknown
periods  quarter hours of UTC folded into hours, days and weeks of a time zone
"""

from chatdata.usage.amounts import (
    Amounts,
    QuarterHour,
    SessionUsage,
    ToolUsage,
    Unanswerable,
    UserUsage,
    WordUsage,
    summed,
)
from chatdata.usage.periods import GRAINS, Grain, Period, day_bounds, fold, weekday_hours

__all__ = [
    "GRAINS",
    "Amounts",
    "Grain",
    "Period",
    "QuarterHour",
    "SessionUsage",
    "ToolUsage",
    "Unanswerable",
    "UserUsage",
    "WordUsage",
    "day_bounds",
    "fold",
    "summed",
    "weekday_hours",
]
