"""Builders, servers and fixtures shared by test modules."""
