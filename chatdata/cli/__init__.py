"""The command line: tables for people, one JSON document with --json, and exit codes for scripts."""

from chatdata.cli.commands import main

__all__ = ["main"]
