"""The list of sessions as a table; a click on any cell opens the conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from chatdata.domain.drift import Comparison
from chatdata.domain.formatting import left_short, short_number
from chatdata.domain.labels import ACTIVITY_LABELS, PROVIDER_LABELS, UNTITLED, activity_label
from chatdata.domain.messages import TokenCount, is_stand_in
from chatdata.domain.summaries import SessionSummary
from chatdata.domain.tokens import TokenPrice, token_price
from chatdata.domain.turns import known_status
from chatdata.domain.word_matches import PROMPTS, WordMatches
from chatdata.services.catalog import SessionLine
from chatdata.services.lint_all import LintRun
from pages.ui.auth import current_principal
from pages.ui.base.formatting import known
from pages.ui.server.services import connected
from pages.ui.session.messages import annotations
from pages.ui.sessions import columns, order, sync_labels, verdict_filter
from pages.ui.sessions.page_place import PagePlace
from pages.ui.widgets import table
from pages.ui.widgets.cell import text
from pages.ui.widgets.clickable_table import timestamp

CONTAINER = "session_table"
"""The key of the container that the page draws the table in."""
_ROW_PIXELS = 42
_SHORT_USER = 8
"""Characters of a user ID in the narrow column."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rows of a page show beside its lines."""

    drift: Mapping[str, Comparison]
    matches: Mapping[str, WordMatches] | None
    """Where messages have the words of the search; None without one."""
    notes: Mapping[str, int]
    price: TokenPrice | None
    checked: LintRun | None


def facts(
    lines: Sequence[SessionLine], drift: Mapping[str, Comparison], matches: Mapping[str, WordMatches] | None
) -> Facts:
    """Reads what the rows of these lines show beside them."""
    notes = annotations.counts([line.summary.session_id for line in lines])
    return Facts(drift, matches, notes, token_price(connected().settings.model), verdict_filter.last())


def rows(lines: Sequence[SessionLine], beside: Facts) -> list[dict[str, Any]]:
    """The rows of these lines with all columns that have values, whether shown or not."""
    made = [_row(line, beside) for line in lines]
    if any(line.summary.unknown for line in lines):
        made = [_in_words(row, line.summary) for row, line in zip(made, lines, strict=True)]
    hidden = [
        *([] if current_principal.current().may_see_people else ["title", "answer", "user", "user_id"]),
        *([] if beside.matches is not None else ["match", "matches"]),
        *([] if beside.notes else ["notes"]),
        *([] if beside.checked is not None else ["provider"]),
        *([] if any(row["status"] is not None for row in made) else ["status"]),
    ]
    return [{name: value for name, value in row.items() if name not in hidden} for row in made]


def show(made: Sequence[dict[str, Any]], place: PagePlace, *, key: str) -> tuple[int | None, tuple[int, ...]]:
    """Draws the chosen columns of the rows; returns the index of the clicked row and those of the ticked rows.

    `place` is where the rows are in the whole list, through which an opened session leads on.
    """
    pressed = table.show(
        made,
        columns.configuration(
            connected().settings.model,
            below="match" if "match" in made[0] else "answer",
            counts_as_text=any(isinstance(row[name], str) for row in made for name in ("prompt", "completion")),
        ),
        key=key,
        alt="Sessions; open a row for the conversation, or tick two rows to compare them",
        names=columns.shown(made),
        ticks=True,
        order="server",
        sorted_by=order.current(),
        on_sort=order.choose,
        ids=[str(row["session"]) for row in made],
        place=asdict(place),
        row_pixels=_ROW_PIXELS,
        anywhere=True,
    )
    return pressed.picked, pressed.ticked


def _row(line: SessionLine, beside: Facts) -> dict[str, Any]:
    summary = line.summary
    prompt, completion = summary.known_tokens
    comparison = beside.drift.get(summary.session_id)
    label, status = sync_labels.label(line, comparison), _status(summary, comparison)
    match = (beside.matches or {}).get(summary.session_id)
    return {
        "session": text(summary.session_id),
        "title": text(summary.title) or _untitled(summary.first_user_message),
        "match": _match(match),
        "matches": 0 if match is None else match.messages,
        "answer": _answer(summary, status),
        "user": _short(text(summary.user_id)) or "No user",
        "user_id": text(summary.user_id) or None,
        "active": timestamp(summary.updated_at),
        "messages": summary.messages,
        "notes": beside.notes.get(summary.session_id),
        "tokens": _tokens(summary),
        "cost": _cost(beside.price, prompt, completion),
        "drift": label,
        "cached": _cached(line),
        "provider": _provider(line, beside.checked),
        "status": status,
        "exact": timestamp(summary.updated_at),
        "started": timestamp(summary.started_at),
        "prompt": prompt,
        "completion": completion,
    }


def _status(summary: SessionSummary, comparison: Comparison | None) -> str | None:
    """What the session is doing, by its worker's lock or its turn's task where those tell more than the row."""
    doing = None if comparison is None else comparison.activity
    if doing == "stuck" or (summary.chat_status is None and doing == "running"):
        return ACTIVITY_LABELS[doing]
    status = summary.chat_status if current_principal.current().may_see_people else known_status(summary.chat_status)
    return None if status is None else text(activity_label(status))


def _answer(summary: SessionSummary, status: str | None) -> str | None:
    """The last output, after what the session is doing unless it is idle."""
    answer = text(summary.last_answer)
    if status in (None, ACTIVITY_LABELS["idle"], ACTIVITY_LABELS["unknown"]):
        return answer
    return f"{status} · {answer}" if answer else status


def _match(match: WordMatches | None) -> str | tuple[str, str, str]:
    """The place and the text of a match in three parts, of which the one in the middle is the word."""
    if match is None:
        return "In title, user or ID"
    of_prompt = f" {match.role}:" if match.role in PROMPTS else ""
    snippet = match.snippet
    return f"#{match.position}{of_prompt} {snippet.before}", snippet.word, snippet.after


def _short(user_id: str) -> str:
    return user_id if len(user_id) <= _SHORT_USER + 2 else f"{user_id[:_SHORT_USER]}…"


def _untitled(first: str | None) -> str:
    return f"“{text(first)}”" if first else UNTITLED


def _tokens(summary: SessionSummary) -> str | None:
    """Both counts in few characters; None where nothing was recorded."""
    counts = summary.known_tokens
    if counts == (None, None):
        return known(None) if summary.unknown else None
    return " / ".join("?" if count is None else short_number(count) for count in counts)


def _in_words(row: dict[str, Any], summary: SessionSummary) -> dict[str, Any]:
    """The row with its token counts as text, since a column of numbers can't say unknown."""
    counts: tuple[TokenCount, ...] = ("prompt", "completion")
    return row | {
        name: known(None) if name in summary.unknown else None if row[name] is None else known(row[name])
        for name in counts
    }


def _cost(price: TokenPrice | None, prompt: int | None, completion: int | None) -> float | None:
    if price is None or prompt is None or completion is None:
        return None
    return float(price.of(prompt, completion).amount)


def _cached(line: SessionLine) -> str:
    if line.cached is None:
        return "unknown"
    if not line.cached or line.expiry is None:
        return "–"
    left = line.expiry.ttl_seconds
    return "no expiry" if left is None else left_short(left)


def _provider(line: SessionLine, run: LintRun | None) -> str | None:
    """What the latest check said; None where the session changed since, so that it says nothing."""
    active = line.summary.updated_at
    session_id = line.summary.session_id
    if run is None or is_stand_in(active) or active > run.rechecked.get(session_id, run.started_at):
        return None
    rejecting = run.rejected.get(session_id, ())
    if not rejecting:
        return "● Accepted"
    first = PROVIDER_LABELS.get(rejecting[0], rejecting[0])  # type: ignore[call-overload]
    return f"▲ {first}" if len(rejecting) == 1 else f"▲ {len(rejecting)} reject it"
