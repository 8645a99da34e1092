"""What a model would be sent from each copy."""

import streamlit as st

from chatdata import Source
from chatdata.payload import PROVIDER_NAMES
from pages.ui.snapshots import BOTH, Snapshot
from pages.ui.wiring import connected, snapshots
from pages.ui.words import count


def show(session_id: str, snapshot: Snapshot) -> None:
    """Draws both payloads in figures and in words."""
    rows = {source: _row(session_id, source) for source in BOTH if snapshot.side(source) is not None}
    if not rows:
        st.caption("No copy can be read: there is nothing to send.")
        return
    if len(rows) == len(BOTH):
        _difference(rows)
    st.dataframe(list(rows.values()), hide_index=True, width="stretch")
    for source in rows:
        st.page_link(
            "payload.py",
            label=f"The payload from the {source}",
            icon=":material/data_object:",
            query_params={"session": session_id, "source": source},
        )


def _row(session_id: str, source: Source) -> dict[str, object]:
    model = connected().settings.model
    judged = snapshots().preview(session_id, source, model).judged
    return {
        "from the": source,
        "messages": len(judged.payload.messages),
        f"tokens ({model})": judged.tokens.total,
        "rejected by": ", ".join(PROVIDER_NAMES[name] for name in judged.rejected_by) or "nobody",
    }


def _difference(rows: dict[Source, dict[str, object]]) -> None:
    """The application reads the cache first."""
    cached, stored = rows["cache"]["messages"], rows["database"]["messages"]
    assert isinstance(cached, int)
    assert isinstance(stored, int)
    gone = count(abs(stored - cached), "payload message")
    if cached < stored:
        st.markdown(f"From the cache the model misses **{gone}** that the database has.")
    elif cached > stored:
        st.markdown(f"From the database the model would miss **{gone}** that only the cache has.")
    else:
        st.markdown("Both copies give as many payload messages.")
