"""Real processes that write sessions, to be killed: a launcher that forks them, and the loop they run."""
