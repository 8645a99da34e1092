"""A conversation as a timeline: every message of one copy in order, tool results under their calls. Pure.

items     the values: TimelineItem, CallItem, Under
calls     reads tool_calls and function_call, whatever they hold
pairing   calls with their results, and notes on those that break the pairing rules
layout    JSON formatted for reading, and one-line summaries of tool results
search    a literal search over everything that the timeline shows
wire      items as JSON values, long texts truncated and with their full length
markdown  a message's Markdown as safe HTML
timeline  Timeline and build
"""

from chatdata.domain.timeline.items import CallItem, Kind, TimelineItem, Under
from chatdata.domain.timeline.timeline import Timeline, build

__all__ = ["CallItem", "Kind", "Timeline", "TimelineItem", "Under", "build"]
