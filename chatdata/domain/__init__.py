"""Pure rules about conversations; nothing in this package does I/O."""
