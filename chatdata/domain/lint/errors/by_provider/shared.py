"""Words and texts that several providers have."""

from chatdata.domain.lint.errors.known_error import Known, seen
from chatdata.domain.lint.values import Printer

IMAGE_FIX = "Leave the image or document out of this message, or send a smaller or converted one."
OVERFLOW = "context_overflow"
BLANK = "A text of a message is empty or only white space."
BLANK_FIX = "Put words into the text, or leave it out; leave its message out only if that has no tool calls."
PAIRING = "orphan_tool_result late_tool_result"


def content_type(place: str, provider: Printer, *source: str) -> tuple[Known, Known]:
    """Returns the texts about a content of another type, as a provider writes the place of a message."""
    text = f"Invalid type for '{place}.content': expected one of a string or array of objects, but got "
    return (
        seen(f"{text}null instead", provider, "null_content", *source),
        seen(
            f"{text}{{any}} instead",
            provider,
            "unknown_block",
            *source,
            meaning="The content of a message is neither a text nor a list of parts.",
            fix="Send the content as a text, or as a list of parts.",
        ),
    )
