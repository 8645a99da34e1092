"""What people read for each code: one label for a status, finding, cause, repair, verdict, provider or severity.

JSON, CSV and URLs have the codes; a page, table or report has the label, with the code beside it where an engineer
needs it. Tables keyed by plain strings are of codes that the app database stores. Labels of lint codes are the titles
of the lint's catalogue, so that a rule has one name.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:  # a command that shows an activity does not need all rules of the domain
    from chatdata.domain.dialects.writers import ApiFormat
    from chatdata.domain.drift import CauseName, Comparison, ExpectedRule, Kind, Purpose, Repair, Severity, Status
    from chatdata.domain.lint import Code, Provider, Verdict
    from chatdata.domain.lint import Severity as LintSeverity
    from chatdata.domain.streams import Outcome
    from chatdata.domain.turns import Activity

    LINT_LABELS: Mapping[Code, str]
    PROVIDER_LABELS: Mapping[Provider, str]


def _joined(*tables: Mapping[Any, str]) -> Mapping[str, str]:
    """One table whose keys are plain strings, since stored scans and pages have codes of several types."""
    return MappingProxyType({code: label for table in tables for code, label in table.items()})


STATUS_LABELS: Final[Mapping[Status, str]] = MappingProxyType(
    {
        "in_sync": "In sync",
        "drifted": "Out of sync",
        "uncached": "Not cached",
        "ghost": "Cache only",
        "corrupt": "Unreadable",
        "moving": "Changing now",
        "missing": "Not found",
    }
)
NOT_CHECKED: Final = "Not checked"
UNTITLED: Final = "Untitled conversation"
"""The status of a comparison for which a store was unavailable."""

KIND_LABELS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "unsaved_tail": "Unsaved messages",
        "diverged_tail": "Conflicting ends",
        "missing_in_db": "Message missing in database",
        "stale_cache": "Cache is behind",
        "missing_in_cache": "Message missing in cache",
        "reordered": "Different order",
        "tool_calls_lost": "Tool calls missing in database",
        "tool_calls_stale": "Tool calls missing in cache",
        "tool_result_stale": "Outdated tool result in cache",
        "content_changed": "Different content",
        "duplicate_message": "Duplicate message",
        "owner_mismatch": "Different user (access risk)",
        "title_drift": "Different title",
        "usage_mismatch": "Token counts differ",
        "credentials_drift": "Different credentials",
        "run_counts_drift": "Run counts differ",
        "metadata_drift": "Metadata differs",
        "ghost_session": "Cache only (no database row)",
        "row_damaged": "Damaged database row",
        "sequence_gap": "Gap in message numbers",
        "cache_corrupt": "Unreadable cache entry",
        "orphan_tool_result": "Orphaned tool result",
        "no_expiry": "No expiry set",
        "context_injected": "Context added in database",
        "partial_text": "Incomplete text",
        "split_message": "Answer split differently",
        "windowed_cache": "Cache keeps the latest messages only",
        "stuck_turn": "Stuck turn",
        "pending_messages": "Messages only in a waiting list",
        "failed_turn": "Failed turn",
        "unsaved_stream": "Unsaved stream",
    }
)
EXPECTED_LABELS: Final[Mapping[ExpectedRule, str]] = MappingProxyType(
    {
        "timestamp_precision": "Timestamp precision",
        "clock_skew": "Clock skew under 1 min",
        "stale_updated_at": "Cached updated_at not bumped",
        "usage_aggregated": "Per-turn vs total usage",
        "null_or_missing": "Null vs missing",
        "unset_row_fields": "Row-only fields empty",
        "control_characters": "Control characters stripped",
        "windowed_cache": "Cache keeps the latest messages only",
        "stale_status": "Status stored in database only",
        "metadata_defaults": "Metadata defaults filled in",
        "arguments_reserialised": "Arguments reformatted",
        "streaming_index": "Streaming index left on call",
        "reasoning_rows": "Reasoning in one copy only",
    }
)
FINDING_LABELS: Final = _joined(KIND_LABELS, EXPECTED_LABELS)
"""Findings: kinds of issues, and expected differences that were turned on."""
STRETCH_LABELS: Final = _joined(KIND_LABELS, EXPECTED_LABELS, {"equal": "Equal", "only_copy": "No other copy"})
"""Stretches: neighbouring messages of a comparison that differ in the same way, or not at all."""
CAUSE_LABELS: Final[Mapping[CauseName, str]] = MappingProxyType(
    {
        "older_copy_written_back": "An older version overwrote the cache",
        "missed_write": "Cache write failed or was skipped",
        "direct_insert": "Written straight to the database",
        "attempt_rolled_back": "Turn was rolled back",
        "database_write_failed": "Database write failed",
        "nul_refused": "NUL character rejected by PostgreSQL",
        "same_start_sequence": "Two writers raced",
        "removed_in_memory": "Removed before saving",
        "calls_attached_after_saving": "Tool calls added after save",
        "placeholder_replaced": "Placeholder replaced in database only",
        "surrogate_replaced": "Broken Unicode replaced",
        "edited_in_database": "Edited in the database",
        "double_submit": "Submitted twice",
        "stale_retransmit": "Retried write",
        "rows_removed": "Rows deleted",
        "rename_raced": "Concurrent rename",
        "recreated_after_delete": "Recreated after deletion",
        "counted_twice": "Tokens counted twice",
        "changed_in_database": "Changed in the database",
        "account_changed": "User account changed",
        "key_not_deleted": "Cache key not deleted",
        "user_deleted": "User deleted",
        "cut_off": "Truncated write",
        "other_writer": "Written by another service",
        "expiry_lost": "Expiry lost",
        "creation_failed": "Session was never saved",
        "saved_mid_stream": "Saved while streaming",
        "context_written": "Context written at start of turn",
        "steps_split": "Steps saved separately",
        "compacted": "Replaced by a summary",
        "window": "Cache limited to latest messages",
        "system_prompt_not_stored": "System prompt not saved",
        "unreadable_by_current_version": "Unreadable by current version",
        "unicode_normalised": "Unicode normalized (encoding)",
        "line_endings": "Line endings converted",
        "mojibake": "Wrong text encoding",
        "html_escaped": "HTML escaped (encoding)",
        "json_encoded_twice": "JSON encoded twice",
        "trimmed": "White space trimmed",
        "result_truncated": "Tool result truncated",
        "worker_gone": "Worker stopped",
        "turn_failed": "Error during the turn",
        "keys_not_stored": "Keys of calls not kept",
        "turn_waits": "Waiting for the current turn",
        "activity_unknown": "Unknown whether a turn runs",
        "wrong_type": "Wrong Redis type",
        "compressed": "Compressed value",
    }
)
ACTIVITY_LABELS: Final[Mapping[Activity, str]] = MappingProxyType(
    {
        "idle": "Idle",
        "queued": "Queued",
        "running": "Running",
        "stuck": "Stuck (no worker)",
        "unknown": "Unknown",
    }
)
OUTCOME_LABELS: Final[Mapping[Outcome, str]] = MappingProxyType(
    {
        "running": "Running",
        "completed": "Completed",
        "failed": "Failed",
        "worker_gone": "Stopped (no worker)",
    }
)
"""What became of a turn, by its task and its stream."""
REPAIR_LABELS: Final[Mapping[Repair, str]] = MappingProxyType(
    {
        "rewarm_cache": "Rebuild cache from database",
        "invalidate_cache": "Delete cache entry",
        "save_cached_tail": "Save to database",
        "save_cached_text": "Save full text to database",
        "keep_alive": "Reset TTL",
    }
)
PURPOSE_LABELS: Final[Mapping[Purpose, str]] = MappingProxyType({"resolve": "Suggested fix", "gain time": "Workaround"})

SEVERITY_LABELS: Final[Mapping[Severity, str]] = MappingProxyType(
    {"critical": "Critical", "high": "High", "medium": "Medium", "info": "Info"}
)

LINT_SEVERITY_LABELS: Final[Mapping[LintSeverity, str]] = MappingProxyType(
    {"error": "Error", "warning": "Warning", "info": "Info"}
)
VERDICT_LABELS: Final[Mapping[Verdict, str]] = MappingProxyType(
    {"accept": "Valid", "reject": "Fails", "unknown": "Unknown"}
)
API_FORMAT_LABELS: Final[Mapping[ApiFormat, str]] = MappingProxyType(
    {
        "openai": "OpenAI chat completions",
        "responses": "OpenAI Responses",
        "anthropic": "Anthropic Messages",
        "gemini": "Gemini",
        "bedrock": "Bedrock Converse",
    }
)
VISIBILITY_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {"full": "Full", "masked": "Masked", "structure": "Structure"}
)
AUDIT_EVENT_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "view": "Viewed",
        "export": "Exported",
        "send": "Sent",
        "repair": "Repaired",
        "call": "Called",
        "token": "Token",
    }
)
AUDIT_RESULT_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {"begun": "Started", "done": "Done", "refused": "Refused", "failed": "Failed"}
)


def activity_label(status: str | None) -> str | None:
    """The label of a chat's status; an unknown status stands for itself."""
    return None if status is None else _joined(ACTIVITY_LABELS).get(status, status)


def repair_label(code: str) -> str:
    """The label of a repair; an unknown code stands for itself, as another version may have stored it."""
    return _joined(REPAIR_LABELS).get(code, code)


def status_label(status: Status | None) -> str:
    """The label of a status; "Not checked" for None."""
    return NOT_CHECKED if status is None else STATUS_LABELS[status]


def sync_label(comparison: Comparison) -> str:
    """The label of the most severe finding above info, else of the status."""
    worst = next((finding.kind for finding in comparison.findings if finding.severity != "info"), None)
    return status_label(comparison.status) if worst is None else FINDING_LABELS[worst]


def __getattr__(name: str) -> Mapping[Any, str]:
    """Returns a table of another package, which is loaded with its rules when the table is first used."""
    match name:
        case "LINT_LABELS":
            from chatdata.domain.lint import RULES

            return _kept(name, {code: rule.title for code, rule in RULES.items()})
        case "PROVIDER_LABELS":
            from chatdata.domain.payload import PROVIDER_NAMES

            return _kept(name, PROVIDER_NAMES)
        case _:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _kept(name: str, table: Mapping[Any, str]) -> Mapping[Any, str]:
    kept = globals()[name] = MappingProxyType(dict(table))
    return kept
