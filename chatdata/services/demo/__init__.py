"""Demo conversations, generated deterministically from a seed and a point in time. Their tables are in data/.

Each session says what the two stores should hold; together they contain every kind of drift and every lint code.
"""

from chatdata.services.demo.catalogue import demo_sessions
from chatdata.services.demo.draft import DemoSession
from chatdata.services.demo.people import PEOPLE, Person
from chatdata.services.demo.stories import Story, stories

__all__ = ["PEOPLE", "DemoSession", "Person", "Story", "demo_sessions", "stories"]
