"""Matching: which message of one copy corresponds to which message of the other."""
