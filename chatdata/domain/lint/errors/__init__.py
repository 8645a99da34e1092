"""Providers' error messages: how they are recognized and which message they point to."""
