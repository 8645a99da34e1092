"""What the inspector keeps for itself: results of long runs, in a file of its own, never in the inspected stores.

runs   the file and its runs
"""

from chatdata.kept.runs import FILE_NAME, Kept, LintRun

__all__ = ["FILE_NAME", "Kept", "LintRun"]
