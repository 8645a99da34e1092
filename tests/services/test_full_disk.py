"""A full disk is named as one, whoever meets it first, and is never told as another writer or as a wrong setting."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from chatdata import ChatSessions, Settings
from chatdata.errors import DatabaseUnavailable
from chatdata.services.connect import connect
from chatdata.stores import full_disk
from chatdata.stores.database import Database
from tests.support.builders import fill, new_session
from tests.support.command_line import at_once, save, start


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("this system permits no mounts; the other tests have SQLite's own full disk")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def fill_up(disk: Path) -> Path:
    """Takes all the space that is left."""
    taken = disk / "taken"
    with taken.open("wb", buffering=0) as file:
        with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            while file.write(b"\0" * 4096):
                pass
    return taken


def test_a_database_that_can_not_grow_is_on_a_full_disk(tmp_path: Path) -> None:
    with closing(Database.open(f"sqlite:///{tmp_path / 'chat.db'}", write=True)) as database:
        fill(database, new_session("s-1", messages=1))
        with (
            pytest.raises(DatabaseUnavailable, match=r"The disk of sqlite:\S+ is full\. Free some space"),
            database.writing() as connection,
        ):
            connection.execute(text("PRAGMA max_page_count = 1"))
            connection.execute(text('UPDATE "ChatMessage" SET "content" = :content'), {"content": "x" * 1_000_000})


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), True),
        (PermissionError(errno.EACCES, "Permission denied"), False),
        (ValueError("no space left"), False),
        (None, False),
    ],
    ids=["no space", "no quota", "no permission", "something else", "nothing"],
)
def test_what_the_system_says_of_a_full_disk(tmp_path: Path, error: BaseException | None, full: bool) -> None:
    assert full_disk.is_full(error, tmp_path) is full


def test_output_that_finds_no_space_is_told_as_that(sessions: ChatSessions) -> None:
    save(sessions)
    with Path("/dev/full").open("wb") as full:
        process = start("export", "--all", "--format", "jsonl", stdout=full)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said.decode()) == (3, "The disk of the output is full. Free some space on it.\n")


def test_commands_name_a_disk_that_fills_up_while_the_stores_run(small_disk: Path) -> None:
    data, out = small_disk / "data", small_disk / "out.html"
    imported = small_disk.parent / "more.jsonl"
    imported.write_text('{"id": "more", "messages": [{"role": "user", "content": "' + "x" * 200_000 + '"}]}\n')
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(data)})) as opened:
        save(opened.sessions)
        taken = fill_up(small_disk)
        export = ["export", "--all", "--format", "html", "-o", str(out)]
        for line in (["import", str(imported)], export, ["lint", "--all"]):
            answer = at_once(*line, INSPECTOR_DATA_DIR=str(data))
            assert (answer.code, "is full" in answer.err) == (3, True), (line, answer)
        scanned = at_once("scan", "--grace", "0", INSPECTOR_DATA_DIR=str(data))
        assert (scanned.code, "is full" in scanned.err) == (0, True), (
            "a scan is worth its answer where it can't be kept"
        )
        taken.unlink()
    assert not out.exists()


@pytest.mark.parametrize("command", ["scan", "sessions", "check"])
def test_stores_that_find_no_space_to_start_are_unavailable(small_disk: Path, command: str) -> None:
    fill_up(small_disk)
    answer = at_once(command, INSPECTOR_DATA_DIR=str(small_disk / "data"))
    assert answer.code == 3
    assert "is full" in answer.out + answer.err
    assert "Errno" not in answer.out + answer.err
