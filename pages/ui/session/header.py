"""The header of a session: its title, its facts and the state of its copies."""

from chatdata import (
    Absent,
    CachedCopy,
    ChatSessionInfo,
    Copies,
    CorruptDocument,
    Expiry,
    Source,
    StoredCopy,
    Unavailable,
)
from chatdata.domain.drift import Comparison, DriftFinding
from chatdata.domain.drift.findings.turns import doing_now
from chatdata.domain.labels import ACTIVITY_LABELS, NOT_CHECKED, PROVIDER_LABELS, UNTITLED, sync_label
from chatdata.domain.text import json_or_text
from chatdata.domain.tokens import price
from chatdata.services.inspection import Inspection
from pages.ui.base.formatting import count, duration, known, moment, money
from pages.ui.base.severity_marks import worst_mark
from pages.ui.server.services import connected, inspections
from pages.ui.shell import page_title
from pages.ui.widgets import fact_header
from pages.ui.widgets.fact_header import Fact, Tone

_MOST_CHARACTERS = 160


def show(inspection: Inspection, source: Source) -> None:
    """Draws the title and the facts of the session; the browser tab gets its title too."""
    copy = inspection.readable(source) or inspection.readable("database") or inspection.readable("cache")
    title = copy.info.title if copy is not None else None
    page_title.put(title or inspection.session_id)
    fact_header.show(
        title or (UNTITLED if copy is not None else "Conversation"),
        _facts(inspection, copy, source),
        key="head",
        quiet_title=not title,
        session_id=inspection.session_id,
    )


def _facts(inspection: Inspection, copy: StoredCopy | CachedCopy | None, source: Source) -> list[list[Fact]]:
    copies = inspection.copies
    session = Fact("Session", copies.session_id, copy=True)
    stores = [_database_fact(copies), _cache_fact(copies, inspection.comparison), _sync_fact(inspection.comparison)]
    if copy is None:
        return [[session], stores]
    info = copy.info
    unknown = inspection.unknown_counts
    prompt = None if "prompt" in unknown else info.prompt_tokens
    completion = None if "completion" in unknown else info.completion_tokens
    tokens = Fact("Tokens", _tokens(prompt, completion), hint="As recorded for the session")
    judged = inspection.readable(source) is not None and doing_now(copies) != "running"  # else it ends within a turn
    sent = [_providers_fact(inspection, source)] if judged else []
    times = [Fact("Started", moment(info.started_at)), Fact("Last active", moment(info.updated_at))]
    user = Fact("User", info.user_id or "No user", copy=bool(info.user_id))
    facts = [*stores, *sent, *_status(copies), tokens, *([] if unknown else _cost(info))]
    return [[session, user, *times, *_replaced(inspection)], facts, [*_damaged(copy), *_extras(copy)]]


def _damaged(copy: StoredCopy | CachedCopy) -> list[Fact]:
    """Draws the damage of the session's own row; a message's damage is shown at the message."""
    return [Fact("Damaged", value.sentence, tone="warning") for value in copy.damaged if value.position is None]


def _replaced(inspection: Inspection) -> list[Fact]:
    """The number of placeholders by kind; empty unless masked."""
    if inspection.view != "masked":
        return []
    counted = sorted(inspection.redacted.replaced.items(), key=lambda item: (-item[1], item[0]))
    counts = ", ".join(f"{number:,} × {kind}" for kind, number in counted) or "Nothing to replace"
    return [Fact("Placeholders", counts, hint="In both copies; equal values have equal placeholders")]


def _extras(copy: StoredCopy | CachedCopy) -> list[Fact]:
    """Facts from columns that only later versions of the assistant have."""
    if not isinstance(copy, StoredCopy):
        return []
    filled = {name: value for name, value in copy.extras.items() if name != "chatStatus" and value not in _NOTHING}
    return [Fact(name, _short(value), hint="A column that only later versions have") for name, value in filled.items()]


_NOTHING: tuple[object, ...] = (None, "", {}, [])


def _status(copies: Copies) -> list[Fact]:
    """What the chat is doing, and since when; empty if its row does not say."""
    activity = doing_now(copies)
    if activity == "unknown" or not isinstance(copies.stored, StoredCopy):
        return []
    unsure = activity == "running" and (copies.turn is None or copies.turn.locked is None)
    hint = f"Last changed {moment(copies.stored.info.updated_at)}"
    return [
        Fact(
            "Status",
            ACTIVITY_LABELS[activity],
            tone="warning" if activity == "stuck" else "ok",
            hint=f"{hint}; it is unknown whether a worker is processing it" if unsure else hint,
        )
    ]


def _short(value: object) -> str:
    text = json_or_text(value)
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]} … ({len(text):,} characters)"


def _tokens(prompt: int | None, completion: int | None) -> str:
    if prompt == 0 and completion == 0:
        return "Not recorded"
    return f"{known(prompt)} input, {known(completion)} output"


def _cost(info: ChatSessionInfo) -> list[Fact]:
    """The list price of the recorded tokens; empty if there are none or the model's price is unknown."""
    model = connected().settings.model
    found = price(model, info.prompt_tokens, info.completion_tokens)
    if found is None or not (info.prompt_tokens or info.completion_tokens):
        return []
    hint = f"At list prices of {model}, {found.dated:%-d %b %Y}; the stores don't say which model was used"
    return [Fact("Cost", f"about {money(found.amount, found.currency)}", hint=hint)]


def _sync_fact(comparison: Comparison) -> Fact:
    if comparison.status is None:
        return Fact("Sync", NOT_CHECKED, tone="off", hint="A store is unavailable")
    issues = sum(finding.severity != "info" for finding in comparison.findings)
    quiet = comparison.status in ("uncached", "moving", "missing")
    tone: Tone = fact_header.tone_of(worst_mark(comparison)) if issues else ("off" if quiet else "ok")
    return Fact("Sync", sync_label(comparison), tone=tone, hint=count(issues, "issue") if issues else "")


def _providers_fact(inspection: Inspection, source: Source) -> Fact:
    """Whether providers would reject the shown copy, for the model of the settings."""
    model = connected().settings.model
    judged = inspections().preview(inspection.session_id, source, model).judged
    verdicts = judged.report.verdicts.values()
    names = [PROVIDER_LABELS[provider] for provider in judged.rejected_by]
    hint = f"The next request, for {model}"
    if names:
        who = "all providers" if len(names) == len(PROVIDER_LABELS) else names[0]
        more = f" and {len(names) - 1} more" if 1 < len(names) < len(PROVIDER_LABELS) else ""
        return Fact("Providers", f"Fails on {who}{more}", tone="high", hint=f"{hint}. Fails on: {', '.join(names)}")
    if "unknown" in verdicts:
        return Fact("Providers", "Unknown", tone="off", hint=f"{hint}, has content that is not understood")
    return Fact("Providers", "Valid for all", tone="ok", hint=hint)


def _database_fact(copies: Copies) -> Fact:
    match copies.stored:
        case StoredCopy(messages=messages):
            return Fact("Database", count(len(messages), "message"), tone="ok")
        case Absent():
            return Fact("Database", "Not in the database", tone="off")
        case Unavailable():
            return Fact("Database", "Unreachable", tone="warning")
        case _:
            return Fact("Database", "Not configured", tone="off")


def _cache_fact(copies: Copies, comparison: Comparison) -> Fact:
    match copies.cached:
        case CachedCopy() as copy:
            stored = len(copies.stored.messages) if isinstance(copies.stored, StoredCopy) else len(copy.messages)
            waiting = comparison.waiting
            left = None if waiting is None else _list_left(comparison, waiting, copy.expiry)
            value = f"{_of(len(copy.messages), stored)} · {left or _left(copy.expiry)}"
            whole = len(copy.messages) == stored and waiting is None
            tone: Tone = "ok" if whole else fact_header.tone_of(worst_mark(comparison))
            own = "" if left is None else f"The cache entry: {_left(copy.expiry)}. "
            return Fact("Cache", value, tone=tone, hint=f"{own}{_last_written(copy.expiry)}")
        case CorruptDocument(expiry=expiry):
            return Fact("Cache", f"Unreadable · {_left(expiry)}", tone="warning", hint=_last_written(expiry))
        case Absent():
            return Fact("Cache", "Not cached", tone="off", hint="Expected once the TTL is over")
        case Unavailable():
            return Fact("Cache", "Unreachable", tone="warning")
        case _:
            return Fact("Cache", "Not configured", tone="off")


def _of(cached: int, stored: int) -> str:
    """The number of cached messages, with that of the database if it differs."""
    if cached < stored:
        return f"{cached:,} of {count(stored, 'message')}"
    return count(cached, "message") + (f" ({cached - stored:,} not in the database)" if cached > stored else "")


def _left(expiry: Expiry) -> str:
    return "no expiry (TTL −1)" if expiry.ttl_seconds is None else f"expires in {duration(expiry.ttl_seconds)}"


def _list_left(comparison: Comparison, waiting: DriftFinding, entry: Expiry) -> str | None:
    """When messages that only a waiting list has are lost; None if the cache entry expires before that."""
    if waiting.expires_at is None:
        return None
    seconds = max((waiting.expires_at - comparison.read_at).total_seconds(), 0)
    if entry.ttl_seconds is not None and entry.ttl_seconds < seconds:
        return None
    return f"waiting list expires in {duration(seconds)}"


def _last_written(expiry: Expiry) -> str:
    if expiry.ttl_seconds is None:
        return "A key without a TTL never expires"
    return f"Last written {moment(expiry.last_written_at)}" if expiry.last_written_at else ""
