"""The three demo sessions that the start page recommends, each with a headline and a hint."""

from dataclasses import dataclass

from chatdata.domain.copies import Source
from chatdata.services.demo.ids import uuid_of
from chatdata.services.demo.steps import Script
from chatdata.services.demo.story_forgot import FORGOT
from chatdata.services.demo.story_rejected import REJECTED
from chatdata.services.demo.story_unsaved import UNSAVED


@dataclass(frozen=True, slots=True)
class _StoryScript:
    script: Script
    headline: str
    look_at: str
    source: Source
    message: int


STORIES = (
    _StoryScript(
        FORGOT,
        "Stale cache: the assistant forgot 66 messages",
        "The database has 101 messages, the cache only the first 35: see which messages the model did not get, and "
        "which question it asks again.",
        "database",
        98,
    ),
    _StoryScript(
        REJECTED,
        "Provider error: orphaned tool result",
        "One tool result arrives after the next user message, and another has no tool call: see which messages make "
        "the request invalid.",
        "database",
        16,
    ),
    _StoryScript(
        UNSAVED,
        "Unsaved messages: 12 expire soon",
        "The last 12 messages exist only in the cache: see when the key expires.",
        "cache",
        14,
    ),
)


@dataclass(frozen=True, slots=True)
class Story:
    """A session recommended on the start page."""

    session_id: str
    headline: str
    look_at: str
    """One sentence that says what there is to see in the session."""
    source: Source
    """The copy to open."""
    message: int
    """The position of the message to open the session at."""


def stories(seed: int = 7) -> tuple[Story, ...]:
    """The stories, with the ids of the sessions that `demo_sessions` makes from the same seed."""
    return tuple(
        Story(uuid_of(seed, "session", story.script.slug), story.headline, story.look_at, story.source, story.message)
        for story in STORIES
    )
