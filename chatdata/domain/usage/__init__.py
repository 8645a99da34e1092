"""Where tokens went: sums that don't depend on how they were grouped, and periods of a time zone. Pure.

amounts  counts that can be added; what was not recorded stays unknown
periods  quarter hours of UTC folded into hours, days and weeks of a time zone
spread   percentiles, and counts between round numbers
words    of titles, as databases split them too
answers  which call a result belongs to
growth   of one conversation, turn by turn
"""

from chatdata.domain.usage.amounts import (
    Amounts,
    QuarterHour,
    SessionUsage,
    ToolUsage,
    Unanswerable,
    UserUsage,
    WordUsage,
    share,
    summed,
)
from chatdata.domain.usage.distribution import Bin, Cell, Spread
from chatdata.domain.usage.periods import GRAINS, Grain, Period, day_bounds, fold, weekday_hours
from chatdata.domain.usage.turns import EstimatedTurn, Growth, PromptJump, Turn, estimates, growth

__all__ = [
    "GRAINS",
    "Amounts",
    "Bin",
    "Cell",
    "EstimatedTurn",
    "Grain",
    "Growth",
    "Period",
    "PromptJump",
    "QuarterHour",
    "SessionUsage",
    "Spread",
    "ToolUsage",
    "Turn",
    "Unanswerable",
    "UserUsage",
    "WordUsage",
    "day_bounds",
    "estimates",
    "fold",
    "growth",
    "share",
    "summed",
    "weekday_hours",
]
