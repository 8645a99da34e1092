"""The messages of both sessions side by side: a virtual list that reads from `pages.ui.compare.routes`."""

import streamlit as st

from chatdata.domain.side_by_side import ROW_LABELS
from chatdata.services.two_sessions import ComparedSession, TwoSessions
from pages.ui.auth import current_principal
from pages.ui.base.formatting import sendable, zone_name
from pages.ui.base.keys import key_of
from pages.ui.compare.choices import parameters
from pages.ui.session.compare import side_by_side


def show(two: TwoSessions) -> None:
    """Draws the messages as they were compared."""
    view = current_principal.current().view
    if view != "full" and two.diff is not None and two.diff.counts["changed"]:
        st.caption("Compared in full: a changed message may differ only in what is hidden here.")
    side_by_side.component(
        data={
            "session": two.a.session_id,
            "token": key_of("pair", two.a.choice, two.b.choice, two.read_at),
            "zone": zone_name(),
            "view": view,
            "subject": {
                "base": "/api/compare",
                "address": {**parameters(two.a.choice, two.b.choice), "view": view},
                "label": "Both sessions",
                "sides": [_side(side) for side in two.sessions],
                "labels": dict(ROW_LABELS),
                "codes": False,
            },
        },
        key="compared",
        width="stretch",
    )


def _side(side: ComparedSession) -> dict[str, str]:
    title = side.copy.info.title if side.copy is not None else None
    return {
        "key": side.letter.lower(),
        "head": sendable(f"{side.letter} · {title or side.session_id}"),
        "session": side.session_id,
        "source": side.source or "database",
    }
