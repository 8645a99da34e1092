"""Measurements side by side with a baseline, run by hand: `python -m benchmarks`. Never a timed test."""
