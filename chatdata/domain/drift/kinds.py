"""The codes of drift: statuses, kinds of findings, severities, rules, causes and repairs (docs/drift.md)."""

from typing import Literal

Status = Literal["in_sync", "drifted", "uncached", "ghost", "corrupt", "moving", "missing"]

MessageKind = Literal[
    "split_message",
    "context_injected",
    "partial_text",
    "windowed_cache",
    "unsaved_tail",
    "diverged_tail",
    "missing_in_db",
    "stale_cache",
    "missing_in_cache",
    "reordered",
    "tool_calls_lost",
    "tool_calls_stale",
    "tool_result_stale",
    "content_changed",
    "duplicate_message",
]
"""The kinds of findings about messages that differ."""
FieldKind = Literal[
    "owner_mismatch", "title_drift", "usage_mismatch", "credentials_drift", "run_counts_drift", "metadata_drift"
]
"""What can be said of the fields beside the messages."""
CopyKind = Literal["ghost_session", "row_damaged", "sequence_gap", "cache_corrupt", "orphan_tool_result", "no_expiry"]
"""What one copy tells by itself."""
TurnKind = Literal["stuck_turn", "pending_messages", "failed_turn", "unsaved_stream"]
"""Kinds of findings about turns."""
Kind = MessageKind | FieldKind | CopyKind | TurnKind

Severity = Literal["critical", "high", "medium", "info"]
"""critical: messages will be lost or reach the wrong person; high: the model is sent a wrong history; medium: a list,
a count or the next save is wrong; info: worth knowing."""
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "info")
"""All severities, the worst first."""

SEVERITY: dict[Kind, Severity] = {
    "ghost_session": "critical",
    "owner_mismatch": "critical",
    "unsaved_tail": "critical",
    "diverged_tail": "critical",
    "missing_in_db": "critical",
    "partial_text": "critical",
    "pending_messages": "critical",
    "unsaved_stream": "critical",
    "stale_cache": "high",
    "missing_in_cache": "high",
    "reordered": "high",
    "tool_calls_lost": "high",
    "tool_calls_stale": "high",
    "tool_result_stale": "high",
    "content_changed": "high",
    "row_damaged": "high",
    "duplicate_message": "medium",
    "split_message": "medium",
    "context_injected": "medium",
    "windowed_cache": "medium",
    "stuck_turn": "medium",
    "sequence_gap": "medium",
    "title_drift": "medium",
    "usage_mismatch": "medium",
    "credentials_drift": "medium",
    "run_counts_drift": "medium",
    "metadata_drift": "medium",
    "cache_corrupt": "medium",
    "orphan_tool_result": "info",
    "no_expiry": "info",
    "failed_turn": "info",
}
"""The usual severity of each kind. It is lower for a text that is partial in the cache (high), for a missing system
prompt (medium), and while a turn is running (info)."""

ExpectedRule = Literal[
    "timestamp_precision",
    "clock_skew",
    "stale_updated_at",
    "usage_aggregated",
    "null_or_missing",
    "unset_row_fields",
    "control_characters",
    "windowed_cache",
    "stale_status",
    "metadata_defaults",
    "arguments_reserialised",
    "streaming_index",
    "reasoning_rows",
]
"""The rules for expected differences, which are counted but don't affect the status."""

CauseName = Literal[
    "older_copy_written_back",
    "missed_write",
    "direct_insert",
    "attempt_rolled_back",
    "database_write_failed",
    "nul_refused",
    "same_start_sequence",
    "removed_in_memory",
    "calls_attached_after_saving",
    "placeholder_replaced",
    "surrogate_replaced",
    "edited_in_database",
    "double_submit",
    "stale_retransmit",
    "rows_removed",
    "rename_raced",
    "recreated_after_delete",
    "counted_twice",
    "changed_in_database",
    "account_changed",
    "key_not_deleted",
    "user_deleted",
    "creation_failed",
    "saved_mid_stream",
    "context_written",
    "steps_split",
    "compacted",
    "window",
    "system_prompt_not_stored",
    "unreadable_by_current_version",
    "unicode_normalised",
    "line_endings",
    "mojibake",
    "html_escaped",
    "json_encoded_twice",
    "trimmed",
    "result_truncated",
    "worker_gone",
    "turn_failed",
    "turn_waits",
    "activity_unknown",
    "wrong_type",
    "compressed",
    "cut_off",
    "other_writer",
    "expiry_lost",
    "keys_not_stored",
]
"""The codes of likely causes, which never change."""

Repair = Literal["invalidate_cache", "rewarm_cache", "save_cached_tail", "save_cached_text", "keep_alive"]
