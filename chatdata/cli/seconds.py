"""Seconds in options of commands."""

import math
from typing import Any

import click


class Seconds(click.FloatRange):
    """A range of seconds. `nan`, which compares with no bound, is in none."""

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> float:
        """Returns the number. Fails for text that is none, and for one out of the range."""
        seconds: float = super().convert(value, parameter, context)
        if math.isnan(seconds):
            self.fail(f"{value!r} is not a number of seconds.", parameter, context)
        return seconds
