"""Text output of `scan`: how many are in sync, what is at risk until when, then the sessions, worst first."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import click
from rich.text import Text

from chatdata.cli.output.tables import ONE_LINE_FROM, console, print_table, table
from chatdata.cli.output.terminal import one_line
from chatdata.domain import formatting
from chatdata.domain.drift import SEVERITIES, Comparison, DriftFinding, Severity
from chatdata.domain.labels import FINDING_LABELS, STATUS_LABELS, status_label
from chatdata.domain.text import agreeing
from chatdata.services.scan import Consistency, DanglingChannel, ScanResult

_STYLES: dict[Severity, str] = {"critical": "bold red", "high": "red", "medium": "yellow", "info": "dim"}
_MOST_LINES = 100
_ID_COLUMNS = 36
"""The width of a UUID, which stays in one piece where there is room, since people copy it."""
_COUNTS = {
    **{status: STATUS_LABELS[status].lower() for status in ("in_sync", "drifted", "ghost", "corrupt", "moving")},
    "unreadable": "unavailable",
    "unconfirmed": "not re-checked",
}
"""Fields of a result that are counts, with their labels."""


def print_scan(result: ScanResult) -> None:
    """Prints the result of a scan."""
    click.echo(_compared(result))
    if result.status == "finished":
        click.echo(_consistency(result.consistency(), whole=_is_whole(result)))
    else:
        click.echo("The scan is incomplete, so no consistency estimate is given.")
    for line in _remarks(result):
        click.echo(line)
    if result.sessions:
        click.echo()
        _print_sessions(result)
    if result.dangling_channels:
        click.echo()
        _print_dangling(result.dangling_channels)


def _is_whole(result: ScanResult) -> bool:
    """Whether every cached session was compared, so that its share is known and not estimated from a sample."""
    return result.limit is None and result.shard is None


def scan_line(result: ScanResult) -> str:
    """A scan on one line, for a log."""
    at_risk = f"; {formatting.count(result.messages_at_risk, 'message')} at risk" if result.messages_at_risk else ""
    return f"{formatting.second(result.finished_at)} UTC: {_compared(result)}{at_risk}"


def _compared(result: ScanResult) -> str:
    of = "".join(
        [
            f" of user {one_line(result.user)}" if result.user is not None else "",
            f", shard {result.shard}" if result.shard is not None else "",
            f", the first {result.limit:,}" if result.limit is not None else "",
        ]
    )
    counts = [
        f"{getattr(result, name):,} {label}"
        for name, label in _COUNTS.items()
        if name == "in_sync" or getattr(result, name)
    ]
    keys = formatting.count(result.cached_keys, "cached session")
    ended = "" if result.status == "finished" else f" ({result.status} before the end)"
    return f"{keys}{of}, {formatting.duration(result.seconds)}{ended}: {', '.join(counts)}"


def _consistency(consistency: Consistency, *, whole: bool) -> str:
    share, at_most = consistency.share, consistency.at_most
    if share is None or at_most is None:
        return "No session could be compared, so no consistency estimate is given."
    if whole:
        return f"{formatting.percent(share)} in sync ({formatting.count(consistency.sample, 'session')} compared)."
    return (
        f"{formatting.percent(share)} in sync ({formatting.count(consistency.sample, 'session')} compared). "
        f"95% confidence: at most {formatting.percent(at_most)} are out of sync."
    )


def _remarks(result: ScanResult) -> list[str]:
    lines = []
    if result.messages_at_risk:
        lines.append(f"Only the cache has {formatting.count(result.messages_at_risk, 'message')}: {_expiring(result)}.")
    if result.gone:
        lines.append(f"{formatting.count(result.gone, 'key')} expired or deleted during the scan.")
    if result.uncached:
        lines.append(f"{formatting.count(result.uncached, 'session')} of the database are not cached (expected).")
    return lines


def _expiring(result: ScanResult) -> str:
    parts = [
        f"{count:,} without expiry"
        if hour is None
        else f"{count:,} {agreeing(count, 'expires', 'expire')} {_hour(hour)} UTC"
        for hour, count in result.at_risk_by_hour.items()
    ]
    more = [formatting.count(len(parts) - 6, "more hour")] if len(parts) > 6 else []
    return "; ".join([*parts[:6], *more])


def _hour(begin: datetime) -> str:
    return f"{formatting.minute(begin)}–{begin + timedelta(hours=1):%H:%M}"


def _print_sessions(result: ScanResult) -> None:
    made, out = table(), console()
    for name in ("Session", "User", "Status", "Issue", "Unsaved", "Expires (UTC)"):
        width = _ID_COLUMNS if name == "Session" and out.width >= ONE_LINE_FROM else None
        made.add_column(name, overflow="fold", justify="right" if name == "Unsaved" else "left", min_width=width)
    for one in result.sessions[:_MOST_LINES]:
        made.add_row(
            Text(one_line(one.session_id)),
            Text(one_line(one.user_id or "–")),
            status_label(one.status),
            _found(one.findings),
            f"{one.at_risk:,}" if one.at_risk else "",
            _until(one, one.at_risk_until),
        )
    print_table(made, out)
    more = len(result.sessions) - _MOST_LINES + result.not_listed if len(result.sessions) > _MOST_LINES else 0
    if more:
        click.echo(f"… {more:,} more; --json lists the worst {len(result.sessions):,}.")


def _print_dangling(channels: Sequence[DanglingChannel]) -> None:
    """Prints the channels that refer to a session without a row, and how many there are."""
    refer = agreeing(len(channels), "refers", "refer")
    click.echo(f"{formatting.count(len(channels), 'channel')} of chat platforms {refer} to a session without a row:")
    made = table()
    for name in ("Channel", "Session"):
        made.add_column(name, overflow="fold")
    for one in channels[:_MOST_LINES]:
        made.add_row(Text(one_line(one.channel)), Text(one_line(one.session_id)))
    print_table(made, console())
    if len(channels) > _MOST_LINES:
        click.echo(f"… {len(channels) - _MOST_LINES:,} more; --json lists them all.")


def _found(findings: tuple[DriftFinding, ...]) -> Text:
    counts = Counter((finding.kind, finding.severity) for finding in findings)
    parts = [
        Text(FINDING_LABELS[kind] if times == 1 else f"{FINDING_LABELS[kind]} ×{times}", _STYLES[severity])
        for (kind, severity), times in sorted(counts.items(), key=lambda item: SEVERITIES.index(item[0][1]))
    ]
    return Text(", ").join(parts)


def _until(comparison: Comparison, moment: datetime | None) -> str:
    if not comparison.at_risk:
        return ""
    return "never" if moment is None else formatting.minute(moment)
