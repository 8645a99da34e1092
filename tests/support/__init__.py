"""Builders, servers and fixtures that several test modules use."""
