"""A server with only the timeline and generated conversations."""
