"""The figures of a scan with their change since the one before, and what the sample says."""

import streamlit as st

from chatdata.services.scan import ScanResult
from pages.ui.base.formatting import count, duration, moment, plain

_COUNTS = (
    ("in_sync", "In sync", "off"),
    ("drifted", "Drifted", "inverse"),
    ("ghost", "Ghosts", "inverse"),
    ("corrupt", "Corrupt", "inverse"),
    ("moving", "Moving", "off"),
    ("messages_at_risk", "Messages at risk", "inverse"),
)
_HELP = {
    "in_sync": "Both copies hold the same conversation, normal differences aside",
    "drifted": "Both copies can be read and differ, at two looks",
    "ghost": "Only the cache has the session: lost when its key expires, or it should have been deleted",
    "corrupt": "The cached bytes can't be read as a session",
    "moving": "Changed at every look: not judged",
    "messages_at_risk": "Messages that only the cache has",
}


def show(latest: ScanResult, previous: ScanResult | None) -> None:
    """Draws them."""
    reason = (latest.reason or "ended by hand").rstrip(".")
    whole = "" if latest.status == "finished" else f" **It was {latest.status}: {plain(reason)}.**"
    nothing = latest.status != "finished" and not latest.judged
    st.markdown(
        f"Scan of {moment(latest.started_at)}, {duration(latest.seconds)}: "
        f"{count(latest.compared, 'session')} compared of {count(latest.cached_keys, 'cached key')}.{whole}"
    )
    for box, (name, label, colour) in zip(st.columns(len(_COUNTS)), _COUNTS, strict=True):
        now = getattr(latest, name)
        change = None if previous is None or nothing else now - getattr(previous, name)
        box.metric(
            label,
            "–" if nothing else f"{now:,}",
            delta=f"{change:+,}" if change else None,
            delta_color=colour if change else "off",  # type: ignore[arg-type]
            help=_HELP[name],
        )
    st.markdown(_consistency(latest))
    _left_out(latest)


def _consistency(result: ScanResult) -> str:
    if result.status != "finished":
        return "The scan did not run to its end: what it judged is no fair sample, so nothing is said of consistency."
    found = result.consistency()
    if found.share is None or found.at_most is None:
        return "Nothing could be judged, so nothing can be said of consistency."
    nines = f", {found.nines:.1f} nines" if found.nines is not None and found.nines >= 1 else ""
    return (
        f"**{_percent(found.share)} of {found.sample:,} judged sessions are in sync**{nines}. "
        f"With 95 % confidence at most {_percent(found.at_most)} of all such sessions aren't."
    )


def _percent(share: float) -> str:
    """As many digits as say something."""
    return f"{share:.1%}" if 0.01 < share < 0.99 else f"{share:.3%}"


def _left_out(result: ScanResult) -> None:
    told = [
        (result.unreadable, "could not be read by a store that answers otherwise"),
        (result.unconfirmed, "differed and were not checked again"),
        (result.gone, "expired or were deleted while the scan ran"),
    ]
    words = [f"{count(number, 'session')} {what}" for number, what in told if number]
    if result.uncached is not None:
        words.append(f"{count(result.uncached, 'session')} or so are in the database only, which is normal")
    if words:
        st.caption("; ".join(words) + ".")
