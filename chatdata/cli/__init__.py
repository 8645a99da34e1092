"""`chatdata`, or `python -m chatdata`: tables for people, one JSON document with --json, exit codes for scripts."""

from chatdata.cli.commands import main

__all__ = ["main"]
