"""The figures of a scan, their change since the previous scan, and the share of sessions in sync."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatdata.services.scan import ScanResult
from pages.ui.base.formatting import count, duration, moment, percent, plain
from pages.ui.cache_health.run import repaired_since

_COUNTS = (
    ("in_sync", "In sync", "off"),
    ("drifted", "Out of sync", "inverse"),
    ("ghost", "Cache only", "inverse"),
    ("corrupt", "Unreadable", "inverse"),
    ("moving", "Changing", "off"),
    ("messages_at_risk", "Unsaved messages", "inverse"),
)
_HELP = {
    "in_sync": "Both copies hold the same conversation, apart from expected differences",
    "drifted": "Both copies can be read and differ, confirmed by a second check",
    "ghost": "The session has no database row: it is lost when its key expires, or its key should have been deleted",
    "corrupt": "The cache entry can't be parsed as a session",
    "moving": "Changed during every check, so not compared",
    "messages_at_risk": "Messages that exist only in the cache",
}


def show(latest: ScanResult, previous: ScanResult | None, row: DeltaGenerator) -> None:
    """Draws the figures, the share in sync, and what the scan left out; `row` gets the sentence on the scan."""
    reason = (latest.reason or "stopped by hand").rstrip(".")
    whole = "" if latest.status == "finished" else f" **Scan {latest.status}: {plain(reason)}.**"
    nothing = latest.status != "finished" and not latest.judged
    row.markdown(
        f"Scanned {latest.compared:,} of {count(latest.cached_keys, 'key')} in {duration(latest.seconds)}, "
        f"{moment(latest.started_at)}.{whole}{repaired_since(latest)}"
    )
    with st.container(key="health_figures"):
        boxes = st.columns(len(_COUNTS))
    for box, (name, label, colour) in zip(boxes, _COUNTS, strict=True):
        now = getattr(latest, name)
        change = None if previous is None or nothing else now - getattr(previous, name)
        box.metric(
            label,
            "–" if nothing else f"{now:,}",
            delta=f"{change:+,}" if change else None,
            delta_color=colour if change else "off",  # type: ignore[arg-type]
            help=_HELP[name],
        )
    st.markdown(" ".join([_consistency(latest), *_left_out(latest)]))


def _consistency(result: ScanResult) -> str:
    if result.status != "finished":
        return "Partial scan, so there is no overall rate."
    found = result.consistency()
    if found.share is None or found.at_most is None:
        return "No session could be compared, so there is no overall rate."
    everything = result.whole and not (result.unreadable or result.unconfirmed or result.moving)
    if everything:  # every cached session was compared, so there is nothing to infer
        return f"**{percent(found.share)} in sync** of all {count(found.sample, 'cached session')}."
    nines = f", {found.nines:.1f} nines" if found.nines is not None and found.nines >= 1 else ""
    return (
        f"**{percent(found.share)} in sync** of {count(found.sample, 'compared session')}{nines}. "
        f"95% confidence: at most {percent(found.at_most)} of all such sessions are out of sync."
    )


def _left_out(result: ScanResult) -> list[str]:
    groups = [
        (result.unreadable, "could not be read"),
        (result.unconfirmed, "not re-checked"),
        (result.gone, "expired or deleted during the scan"),
    ]
    words = [f"{count(number, 'session')} {what}" for number, what in groups if number]
    if result.uncached is not None:
        words.append(f"about {count(result.uncached, 'session')} not cached (expected)")
    joined = " · ".join(words)
    return [f":gray[{joined[:1].upper()}{joined[1:]}.]"] if words else []
