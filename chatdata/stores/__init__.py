"""Access to stores and external services; no package in here imports another one except private_files."""
