"""The fields of a message that a lint understands, or that say nothing to a model."""

import re
from typing import Any

_KNOWN = frozenset(
    {
        "role",
        "content",
        "name",
        "tool_calls",
        "tool_call_id",
        "function_call",
        "refusal",
        "audio",
        "annotations",
        "reasoning",
        "reasoning_content",
        "reasoning_details",
        "prefix",
    }
)
_ABOUT = re.compile(
    r"""
    (.*[_-])?(ids?|uuid|at|on|time|timestamp|date|created|updated|modified|sequence|seq|index|position|order|number
    |metadata|meta|usage|tokens|cost|latency|duration|model|provider|status|state|version|hash|etag|tags?|labels?
    |feedback|rating|score|weight|flags?|session|user|author|sender|channel|language|locale|reason|object|type
    |cache_control|logprobs|fingerprint|tier|credentials|title)
    | .*(Id|Ids|At|Time|Timestamp|Date|Index|Metadata|Usage|Reason)
    | extra | additional_kwargs | is_.* | has_.*
    """,
    re.VERBOSE,
)


def carries_content(name: Any, value: Any) -> bool:
    """Returns whether an unknown field of a message has something that would be sent to a model.

    Identifiers, times, positions, metadata, numbers and empty values have not.
    """
    if name in _KNOWN or not isinstance(value, str | list | dict) or not value:
        return False
    return not _ABOUT.fullmatch(str(name))
