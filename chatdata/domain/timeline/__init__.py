"""A conversation to look at: every message of one copy in its order, tool results under their calls. Pure.

items     the values: Item, Call, Under
calls     reading tool_calls and function_call, whatever they hold
pairing   calls with their results, and words for those that break the rule
layout    JSON laid out for reading, and what a result says about itself in one line
search    find: a literal search over everything that is shown
wire      items as JSON-able dicts, long texts cut with their full length
timeline  Timeline and build
"""

from chatdata.domain.timeline.items import CallItem, Kind, TimelineItem, Under
from chatdata.domain.timeline.timeline import Timeline, build

__all__ = ["CallItem", "Kind", "Timeline", "TimelineItem", "Under", "build"]
