"""What the comparison reports, and the likely causes."""
