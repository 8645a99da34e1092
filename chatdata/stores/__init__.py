"""Access to stores and external services; the packages in here do not import each other."""
