"""Usage figures that SQL computes over sessions and messages."""
