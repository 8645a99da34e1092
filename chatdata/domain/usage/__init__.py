"""Token usage: sums that don't depend on how they were grouped, and periods of a time zone. Pure.

amounts       counts that can be added; unrecorded tokens stay unknown
periods       quarter hours in UTC, grouped into hours, days and weeks of a time zone
ranges        time ranges by name, such as last-week
distribution  percentiles and histograms
title_words   the words of titles, split in the same way as in the databases
stop_words    words that say nothing about a title's subject
answers       the call that a tool result answers, and whether the result is a failure
turns         the growth of one conversation, turn by turn
turn_figures  what the responses to each user message used
tool_growth   the prompt tokens that the results of tools caused
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
from chatdata.domain.usage.distribution import Bin, Cell, Spread, cap_of
from chatdata.domain.usage.periods import GRAINS, Grain, Period, day_bounds, fold, weekday_hours
from chatdata.domain.usage.ranges import TIME_RANGES, DayRange, TimeRange, days_before, days_of
from chatdata.domain.usage.turn_figures import TurnFigures, same_positions, turn_figures
from chatdata.domain.usage.turns import EstimatedTurn, Growth, PromptJump, Turn, estimates, growth

__all__ = [
    "GRAINS",
    "TIME_RANGES",
    "Amounts",
    "Bin",
    "Cell",
    "DayRange",
    "EstimatedTurn",
    "Grain",
    "Growth",
    "Period",
    "PromptJump",
    "QuarterHour",
    "SessionUsage",
    "Spread",
    "TimeRange",
    "ToolUsage",
    "Turn",
    "TurnFigures",
    "Unanswerable",
    "UserUsage",
    "WordUsage",
    "amounts_of",
    "cap_of",
    "day_bounds",
    "days_before",
    "days_of",
    "estimates",
    "fold",
    "growth",
    "same_positions",
    "share",
    "summed",
    "turn_figures",
    "weekday_hours",
]
