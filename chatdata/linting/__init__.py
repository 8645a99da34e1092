"""Every session of a deployment judged, one after the other: who would reject its next turn.

all_sessions  the walk, and what is kept of it
"""

from chatdata.linting.all_sessions import Linted, how_many, last_lint, lint_all, lint_and_keep

__all__ = ["Linted", "how_many", "last_lint", "lint_all", "lint_and_keep"]
