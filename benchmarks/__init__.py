"""Measurements beside a baseline, run by hand with `python -m benchmarks`; no test depends on their times."""
