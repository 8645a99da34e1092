"""The scripts of all demo sessions, and the sessions generated from them."""

from datetime import UTC, datetime

from chatdata.services.demo import (
    broken_calls,
    broken_messages,
    broken_results,
    drifted_fields,
    drifted_keys,
    drifted_tails,
    drifted_tools,
    drifted_versions,
    running_talk,
    talks_east,
    talks_europe,
    talks_hostile,
    talks_long,
    talks_research,
    talks_servers,
    talks_shop,
)
from chatdata.services.demo.draft import DemoSession
from chatdata.services.demo.stories import STORIES
from chatdata.services.demo.writer import play

SCRIPTS = (
    *(story.script for story in STORIES),
    *talks_shop.SCRIPTS,
    *talks_servers.SCRIPTS,
    *talks_europe.SCRIPTS,
    *talks_east.SCRIPTS,
    *talks_long.SCRIPTS,
    *talks_research.SCRIPTS,
    *talks_hostile.SCRIPTS,
    *drifted_tails.SCRIPTS,
    *drifted_tools.SCRIPTS,
    *drifted_fields.SCRIPTS,
    *drifted_keys.SCRIPTS,
    *drifted_versions.SCRIPTS,
    running_talk.RUNNING_TALK,
    *broken_calls.SCRIPTS,
    *broken_results.SCRIPTS,
    *broken_messages.SCRIPTS,
)


def generate(now: datetime, seed: int) -> list[DemoSession]:
    """See `chatdata.services.demo.demo_sessions`."""
    moment = now.replace(tzinfo=UTC) if now.tzinfo is None else now
    sessions = [play(script, moment, seed).finished() for script in SCRIPTS]
    return sorted(sessions, key=lambda item: item.session.updated_at, reverse=True)
