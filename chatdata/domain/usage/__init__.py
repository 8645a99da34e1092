"""Token usage: sums that don't depend on how they were grouped, and periods of a time zone. Pure.

amounts       counts that can be added; unrecorded tokens stay unknown
periods       quarter hours in UTC, grouped into hours, days and weeks of a time zone
distribution  percentiles and histograms
title_words   the words of titles, split in the same way as in the databases
answers       the call that a tool result answers, and whether the result is a failure
turns         the growth of one conversation, turn by turn
"""

from chatdata.domain.usage.amounts import (
    Amounts,
    QuarterHour,
    SessionUsage,
    ToolUsage,
    Unanswerable,
    UserUsage,
    WordUsage,
    amounts_of,
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
    "amounts_of",
    "day_bounds",
    "estimates",
    "fold",
    "growth",
    "share",
    "summed",
    "weekday_hours",
]
