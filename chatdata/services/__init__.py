"""The services behind commands and pages; each one uses the stores and the rules of the domain."""
