"""Judges RESULTS.md: which targets are missed, and which sections are older than what they measured."""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from benchmarks.report import TARGETS, console, read_sections

ROOT = Path(__file__).parents[1]
_USAGE = (
    "chatdata/services/usage",
    "chatdata/stores/database/usage",
    "chatdata/stores/usage_index",
    "chatdata/domain/usage",
)
_LIST = ("chatdata/services/catalog.py", "chatdata/stores/database", "pages/ui/sessions", "pages/ui/users")
MEASURED: Mapping[str, tuple[str, ...]] = {
    "conversation": (
        "chatdata/services/inspection.py",
        "chatdata/domain/timeline",
        "pages/ui/session",
        "pages/frontend",
    ),
    "lint": ("chatdata/domain/messages", "chatdata/domain/lint", "chatdata/domain/payload", "chatdata/domain/tokens"),
    "list": _LIST,
    "list-large": _LIST,
    "operations": (
        "chatdata/services/sessions",
        "chatdata/stores/database",
        "chatdata/stores/cache",
        "chatdata/domain/messages",
    ),
    "pages": ("app.py", "pages", "chatdata/services/inspection.py", "chatdata/services/catalog.py"),
    "readers": ("chatdata/domain/dialects", "chatdata/services/importing"),
    "scan": ("chatdata/services/scan", "chatdata/stores/database", "chatdata/stores/cache", "chatdata/domain/drift"),
    "usage": _USAGE,
    "usage-large": _USAGE,
    "views": ("chatdata/domain/redaction",),
}
"""Section of RESULTS.md → the files and folders whose changes may change what it says."""
_SUFFIXES = (".py", ".ts", ".css", ".js")


def measured_files(name: str) -> str:
    """What a benchmark measures, with a digest that changes with any of the files."""
    return f"measured files: digest {_digest(MEASURED[name])}"


def _digest(paths: Iterable[str]) -> str:
    digest = sha256()
    for path in paths:
        found = ROOT / path
        for file in [found] if found.is_file() else sorted(found.rglob("*")):
            if file.suffix in _SUFFIXES and "node_modules" not in file.parts:
                digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def check(names: Iterable[str]) -> int:
    """Prints what is missed, changed or missing, and returns the exit code: 1 where a target is missed."""
    _, sections = read_sections()
    missed = 0
    for name in names:
        text = sections.get(name, "")
        if not (targets := _targets(text)):
            console.print(f"{name}: no targets in RESULTS.md; measure it.")
        elif measured_files(name) not in text:
            console.print(f"{name}: {', '.join(MEASURED[name])} changed since; measure it again.")
        for what, measured, target, met in targets:
            if met == "no":
                missed += 1
                console.print(f"{name}, {what}: {measured}, {target} wanted.")
    console.print("Every target that was measured is met." if not missed else f"Targets missed: {missed}.")
    return 1 if missed else 0


def _targets(section: str) -> list[list[str]]:
    """The rows of a section's table of targets."""
    table = section.partition(f"**{TARGETS}**")[2].strip().partition("\n\n")[0]
    rows = [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in table.splitlines()[2:]
    ]
    return [row for row in rows if len(row) == 4]
