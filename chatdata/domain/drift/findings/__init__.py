"""The findings of a comparison and their likely causes."""
