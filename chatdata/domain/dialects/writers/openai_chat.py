"""Writes the body of OpenAI chat completions, which is the payload itself."""

from chatdata.domain.dialects.writers.steps import Params
from chatdata.domain.dialects.writers.values import Translation, Written


def write(params: Params) -> Translation:
    """Returns the payload as a body; nothing changes."""
    messages = [dict(param) for param in params]
    written = (
        Written(index, item["role"], (f"messages[{index}]",), (item,), ()) for index, item in enumerate(messages)
    )
    return Translation("openai", {"messages": messages}, tuple(written))
