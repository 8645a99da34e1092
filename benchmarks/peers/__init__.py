"""Compares the inspector with another viewer of conversations, side by side; peers.md says how."""
