"""Providers' error messages: how they are recognized, and which message each one concerns."""
