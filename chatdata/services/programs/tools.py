"""The tools of agents: a name, what it is for, and the question that it asks. None runs SQL, and none writes."""

from dataclasses import dataclass

from chatdata.services.programs.bounds import Bounds
from chatdata.services.programs.door import NOTICE, DoorRules
from chatdata.services.programs.questions import (
    CacheHealthQuestion,
    DiffQuestion,
    ExplainQuestion,
    LintQuestion,
    MessagesForAgents,
    ProgramQuestion,
    RepairQuestion,
    SessionsForAgents,
    UsageQuestion,
)
from chatdata.settings.stores import MCP_VIEW, Settings

_BOUNDS = Bounds(text=1_000, items=20, total=40_000)
INSTRUCTIONS = (
    "Inspects an assistant's chat sessions, each of which lives twice: as a document in a cache and as rows in a "
    "database. To find what is wrong: cache_health says which sessions lose messages next, compare_copies why, "
    "propose_repair what a repair would change; check_providers and explain_error say which provider rejects a request "
    "and which message is the cause. Nothing is ever changed. The default view is structure, without any text; ask for "
    f"view masked where words matter. {NOTICE} Long texts and lists are cut: to read on, call the same tool with the "
    "same arguments and a pointer from `truncated`, and an offset."
)


@dataclass(frozen=True, slots=True)
class AgentTool:
    """One tool."""

    name: str
    title: str
    description: str
    question: type[ProgramQuestion]


TOOLS: tuple[AgentTool, ...] = (
    AgentTool(
        "find_conversation",
        "Find conversations",
        "List sessions, latest activity first, filtered by words, status, tool or user; or find the session that a "
        "text points to (an ID, URL, cache key, log line or provider's error). Returns counts, times and whether a "
        "session is cached; in view full also titles and first and last texts.",
        SessionsForAgents,
    ),
    AgentTool(
        "get_messages",
        "Read messages",
        "Return the messages of one copy of a session from a position on, 20 by default, with the state of both "
        "copies. `page.next` is the position to go on from.",
        MessagesForAgents,
    ),
    AgentTool(
        "compare_copies",
        "Compare both copies",
        "Compare the cached document of a session with its rows: each difference with its kind, severity, likely "
        "causes, how many messages are at risk, when they are lost, and which repairs help. With other_id, compare two "
        "sessions.",
        DiffQuestion,
    ),
    AgentTool(
        "check_providers",
        "Check a payload against providers",
        "Say which providers reject the request that a session makes, with the error each returns and the messages "
        "that cause it.",
        LintQuestion,
    ),
    AgentTool(
        "explain_error",
        "Explain a provider's error",
        "Say what a provider's error means, which message of a session it is about, what to change, and the payload "
        "after the change.",
        ExplainQuestion,
    ),
    AgentTool(
        "usage",
        "Count usage",
        "Count sessions, messages, tool calls and tokens by day, hour, week, user, session or tool; with paid, what "
        "was really paid. Users are placeholders below view full.",
        UsageQuestion,
    ),
    AgentTool(
        "cache_health",
        "Health of the cache",
        "Say whether the stores answer, and what the last scan of all cached sessions found, those whose messages are "
        "lost next first, those whose messages expired since then after them. `scan` is null as long as none was made, "
        "which `python -m chatdata scan` does, or INSPECTOR_SCAN_EVERY; `finished_at` says how old it is.",
        CacheHealthQuestion,
    ),
    AgentTool(
        "propose_repair",
        "Preview a repair",
        "Preview what a repair would change in both copies, and what would be lost. It is never applied. For "
        "operators; values are shown in view full.",
        RepairQuestion,
    ),
)


def tool_rules(settings: Settings) -> DoorRules:
    """What the tools allow: the structure view unless another is asked for, and at most that of the setting."""
    return DoorRules("MCP", _BOUNDS, "structure", settings.mcp_view, MCP_VIEW)
