"""Real processes that write sessions and can be killed: a launcher that forks them, and their loop."""
