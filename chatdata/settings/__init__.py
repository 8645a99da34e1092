"""Settings from the environment: the stores, and who may sign in."""
