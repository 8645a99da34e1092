"""The number of examples per property test."""

import os


def examples(most: int) -> int:
    """All of them in the long runs at night, a quarter otherwise, but ten at least."""
    return most if os.environ.get("INSPECTOR_SOAK") else min(most, max(10, most // 4))
