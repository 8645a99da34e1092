"""The three stories of the first page: a session each, with what to look at."""

from dataclasses import dataclass

from chatdata.domain.copies import Source
from chatdata.services.demo.ids import uuid_of
from chatdata.services.demo.steps import Script
from chatdata.services.demo.story_forgot import FORGOT
from chatdata.services.demo.story_rejected import REJECTED
from chatdata.services.demo.story_unsaved import UNSAVED


@dataclass(frozen=True, slots=True)
class _Told:
    script: Script
    headline: str
    look_at: str
    source: Source
    message: int


STORIES = (
    _Told(
        FORGOT,
        "The copilot forgot",
        "The database has 101 messages, the cache only the first 35: see what the model was "
        "never shown, and who asks for the town again.",
        "database",
        98,
    ),
    _Told(
        REJECTED,
        "The provider rejected it",
        "One tool result comes after the user's next message and one answers no call: see where "
        "the conversation stopped being one that a provider takes.",
        "database",
        16,
    ),
    _Told(
        UNSAVED,
        "Words about to be lost",
        "The last 12 messages are only in the cache: see how long they have left before the key expires.",
        "cache",
        14,
    ),
)


@dataclass(frozen=True, slots=True)
class Story:
    """An invitation to look at one session."""

    session_id: str
    headline: str
    look_at: str
    """One sentence: what to see there."""
    source: Source
    """The copy to look at."""
    message: int
    """The position to begin at."""


def stories(seed: int = 7) -> tuple[Story, ...]:
    """The stories about the sessions that `demo_sessions` makes with the same seed."""
    return tuple(
        Story(uuid_of(seed, "session", told.script.slug), told.headline, told.look_at, told.source, told.message)
        for told in STORIES
    )
