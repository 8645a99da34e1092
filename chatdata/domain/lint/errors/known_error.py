"""The value of a known error text."""

from dataclasses import dataclass
from typing import Literal

from chatdata.domain.lint.values import CODES, Code, Printer

Side = Literal["call", "result", "message"]
"""The subject of an error: the message with the call, the tool result, or any message."""

Where = Literal[
    "assistant_with_text_and_calls",
    "text_arguments",
    "call",
    "first",
    "image",
    "last",
    "no_user",
    "nothing",
    "often_image",
    "same_role_twice",
    "system",
]
"""A kind of message that an error is about although it names no place, where no finding shows the message.

`no_user` is the lack of a message of the user, and `often_image` an image that is the usual cause, not the only one.
"""


@dataclass(frozen=True, slots=True)
class Known:
    """An error text of a provider."""

    template: str
    """The text with the fields of `chatdata.domain.lint.texts`; `{n}` is any number and `{any}` any short text."""
    provider: Printer | None
    """Whoever prints this text; None for anybody else than the providers and frameworks with a name here."""
    codes: tuple[Code, ...] = ()
    """The possible codes, the likeliest first; empty for errors that the messages don't cause."""
    side: Side = "message"
    meaning: str = ""
    """An explanation for a person; by default the title of the code."""
    behind: bool = False
    """Whether the index in the text is that of the message after the one concerned."""
    fix: str = ""
    """What to change; by default the advice for the code."""
    where: Where | None = None
    raw: bool = False
    """Whether a dotted index counts the messages as they were sent, as Groq and Cerebras do, not Anthropic's turns."""
    of_request: bool = False
    """Whether the request as a whole is at fault (rate, key, model, server, options), not its messages."""
    only_found: bool = False
    """Whether the text itself tells no code, so that a code counts only where the lint finds it in the messages."""
    source: tuple[str, ...] = ()
    """Public reports of this text, as this provider prints it, as "owner/repo#number"."""


def seen(
    template: str,
    provider: Printer | None,
    codes: str,
    *source: str,
    side: Side = "message",
    where: Where | None = None,
    raw: bool = False,
    behind: bool = False,
    meaning: str = "",
    fix: str = "",
) -> Known:
    """Returns a text that public reports show; `codes` are separated by spaces, the likeliest first."""
    words = codes.split()
    named = tuple(sorted((code for code in CODES if code in words), key=words.index))
    return Known(template, provider, named, side, meaning, behind, fix, where, raw, source=source)
