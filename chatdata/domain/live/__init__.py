"""A session that is followed while its turn runs, as a reader with some privacy level sees it.

views    the running turn with where its words are by now, redacted
wire     the same as JSON
changes  what is new in a later view, as events
"""

from chatdata.domain.live.changes import LiveEvent, changes
from chatdata.domain.live.views import LivePart, LiveTurn, LiveView, Place, live_view, places, turn_state
from chatdata.domain.live.wire import live_json

__all__ = [
    "LiveEvent",
    "LivePart",
    "LiveTurn",
    "LiveView",
    "Place",
    "changes",
    "live_json",
    "live_view",
    "places",
    "turn_state",
]
