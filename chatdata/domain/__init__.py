"""Pure rules about conversations. Nothing here does I/O."""
