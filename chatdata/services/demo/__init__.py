"""Demo conversations, generated deterministically from a seed and a point in time. Their tables are in data/.

Each session says what the two stores should hold; together they contain every kind of drift and every lint code.
"""

from datetime import datetime

from chatdata.services.demo.draft import DemoSession
from chatdata.services.demo.people import PEOPLE, Person
from chatdata.services.demo.stories import Story, stories

__all__ = ["PEOPLE", "DemoSession", "Person", "Story", "demo_sessions", "stories"]


def demo_sessions(now: datetime, seed: int = 7) -> list[DemoSession]:
    """Every demo session as it should be at `now`, latest change first.

    All ids are derived from the seed, so they do not change with `now`. A `now` without a zone is UTC.
    """
    from chatdata.services.demo.catalogue import generate  # every conversation, which most starts need not build

    return generate(now, seed)
