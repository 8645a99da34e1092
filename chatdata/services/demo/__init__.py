"""Conversations for the embedded demo: made from a seed and a moment, the same each time. Their tables are in data/.

What the two stores should hold of each session, with every kind of drift and every lint code somewhere in it.
"""

from chatdata.services.demo.catalogue import demo_sessions
from chatdata.services.demo.draft import DemoSession
from chatdata.services.demo.people import PEOPLE, Person
from chatdata.services.demo.stories import Story, stories

__all__ = ["PEOPLE", "DemoSession", "Person", "Story", "demo_sessions", "stories"]
