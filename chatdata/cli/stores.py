"""Opens the stores of a command."""

from collections.abc import Iterator
from contextlib import contextmanager

from chatdata.services.connect import Connected, connect
from chatdata.settings.stores import Settings


@contextmanager
def opened() -> Iterator[Connected]:
    """Opens the stores that the environment names and closes them when the command is done."""
    with connect(Settings.from_environment()) as connected:
        yield connected
