"""Usage figures computed in SQL over sessions and messages."""
