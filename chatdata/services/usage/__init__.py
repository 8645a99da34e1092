"""Token usage of a deployment, as the usage page and the usage command show it.

totals         by time, user and session
distributions  distribution of tokens and messages over sessions
breakdowns     by tool, title word and model, with the cost
costs          cost by time, user, title word and session
discrepancies  sessions whose recorded totals and cached usage differ
conversation   one session: recorded, turn by turn, estimated
indexing       builds and renews the usage index; index_upkeep does so in the background
indexed        figures from the usage index
tool_growth    the prompt tokens and the cost that the results of tools caused
"""

from chatdata.services.usage.breakdowns import (
    Cost,
    ModelUsage,
    ModelUsageTable,
    ToolUsageTable,
    WordUsageTable,
    by_model,
    by_title_word,
    by_tool,
    by_tool_with_totals,
)
from chatdata.services.usage.conversation import (
    ConversationUsage,
    Sums,
    conversation_usage,
    counted_responses,
    figures_by_turn,
)
from chatdata.services.usage.costs import Costs, session_costs
from chatdata.services.usage.discrepancies import MOST_COMPARED, Mismatch, Mismatches, mismatches
from chatdata.services.usage.distributions import Scatter, Spreads, scatter, spread
from chatdata.services.usage.tool_growth import ToolGrowth, ToolGrowthTable, tool_growth
from chatdata.services.usage.totals import (
    LargestSessions,
    Overview,
    UnknownSessions,
    UsageTotals,
    UserUsageTable,
    by_user,
    largest_sessions,
    overview,
    sessions_at_any_time,
    totals,
    unknown_sessions,
)

__all__ = [
    "MOST_COMPARED",
    "ConversationUsage",
    "Cost",
    "Costs",
    "LargestSessions",
    "Mismatch",
    "Mismatches",
    "ModelUsage",
    "ModelUsageTable",
    "Overview",
    "Scatter",
    "Spreads",
    "Sums",
    "ToolGrowth",
    "ToolGrowthTable",
    "ToolUsageTable",
    "UnknownSessions",
    "UsageTotals",
    "UserUsageTable",
    "WordUsageTable",
    "by_model",
    "by_title_word",
    "by_tool",
    "by_tool_with_totals",
    "by_user",
    "conversation_usage",
    "counted_responses",
    "figures_by_turn",
    "largest_sessions",
    "mismatches",
    "overview",
    "scatter",
    "session_costs",
    "sessions_at_any_time",
    "spread",
    "tool_growth",
    "totals",
    "unknown_sessions",
]
