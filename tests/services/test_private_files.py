"""Whatever the umask, only the owner can open files in the data folder."""

import os
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chatdata.errors import SettingsError
from chatdata.services.connect import connect
from chatdata.settings.stores import Settings
from chatdata.stores.app_db import AppDatabase
from chatdata.stores.database import Database
from tests.support.chromium import streamlit_server

_USE = """
import sys, time
import redis
from datetime import UTC, datetime
from pathlib import Path
from chatdata import ChatMessage, ChatSession, Settings
from chatdata.domain.access import Principal
from chatdata.services.connect import connect
from chatdata.stores.app_db import AppDatabase
from pages.ui.export.bulk_jobs import ExportFile, exports

folder = Path(sys.argv[1])
with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(folder)})) as connected:
    session = ChatSession.new("mia", session_id="open")
    session.messages = [ChatMessage(role="user", content="Is it raining?")]
    connected.sessions.upsert_chat_session(session)
    connected.redaction_key()
    server = redis.Redis.from_url(connected.valkey.url)
    server.save()
    server.config_set("appendonly", "yes")
    me = Principal("mia", "mia", "operator", "full")
    token = exports.start(folder, me, ExportFile("json", "list.json", "a list"), 1, lambda tell: ["{}"])
    while exports.of(token, me).running:
        time.sleep(0.01)
    input("held ")
"""


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Programs that start inside inherit the mask."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def wide(folder: Path) -> list[str]:
    """What others can open in a folder, itself included."""
    found = [folder, *folder.rglob("*")]
    return sorted(f"{path} {stat.filemode(path.stat().st_mode)}" for path in found if path.stat().st_mode & 0o077)


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """A process with umask 0 that has used all that the folder can hold, and holds it open."""
    with umask(0):
        process = subprocess.Popen(
            [sys.executable, "-c", _USE, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.read(5) == "held "
        yield
        process.stdin.write("\n")
        process.stdin.close()
        assert process.wait(60) == 0


def test_all_that_is_made_with_umask_0_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "data"
    with in_use(folder):
        assert {"chat.db", "chat.db-wal", "chat.db-shm", "chat.db-lock", "inspector.db"} <= names(folder)
        assert {"valkey/dump.rdb", "valkey/server.log", "valkey/server.lock", "valkey/appendonlydir"} <= names(folder)
        assert any(name.startswith("exports/") for name in names(folder))
        assert wide(tmp_path / "made") == []
    assert wide(tmp_path / "made") == []


def test_a_server_and_commands_with_umask_0_make_nothing_that_others_can_open(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    with umask(0), streamlit_server("app.py", ready="/healthz", INSPECTOR_DATA_DIR=str(folder)) as address:
        urllib.request.urlopen(f"{address}/_stcore/health", timeout=60).close()
        environment = {**os.environ, "INSPECTOR_DATA_DIR": str(folder)}
        for command in (["lint", "--all"], ["scan"], ["sessions"]):
            subprocess.run(
                [sys.executable, "-m", "chatdata", *command], env=environment, capture_output=True, timeout=300
            )
        assert {"demo.json", "chat.db", "inspector.db"} <= names(folder)
        assert wide(folder) == []
    assert wide(folder) == []


def test_a_folder_that_others_can_open_is_closed_at_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with in_use(folder):
        pass
    (folder / "demo.json").write_text("{}")
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o666)
    before = names(folder)
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(folder)})):
        assert before - names(folder) == set()
        assert wide(folder) == []


def test_with_a_deployment_the_inspectors_own_files_are_closed_and_none_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    settings = Settings.from_environment({"INSPECTOR_DATA_DIR": str(folder), "REDIS_URL": "redis://127.0.0.1:1"})
    connect(settings).close()
    assert not folder.exists()
    AppDatabase(folder, "here").redaction_key()
    folder.chmod(0o755)
    (folder / "inspector.db").chmod(0o644)
    connect(settings).close()
    assert wide(folder) == []


def test_what_is_not_the_inspectors_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    script = tmp_path / "run"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path)})):
        assert stat.S_IMODE(script.stat().st_mode) == 0o755


def test_a_database_that_is_named_keeps_its_mode_and_so_does_its_lock(tmp_path: Path) -> None:
    file = tmp_path / "team.db"
    file.touch()
    file.chmod(0o660)
    with umask(0):
        database = Database.open(f"sqlite:///{file}", write=True, statement_timeout=5)
        with database.session_lock("a", 1):
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
        database.close()
    assert modes["team.db"] == modes["team.db-lock"] == 0o660


@contextmanager
def nobody() -> Iterator[None]:
    """Where tests run as root, who may change everything, this thread of them is nobody meanwhile."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_folder_of_somebody_else_is_refused_with_a_sentence() -> None:
    folder = Path("/tmp")
    assert (folder.stat().st_uid, folder.stat().st_mode & 0o777) == (0, 0o777)
    with nobody(), pytest.raises(SettingsError, match=r"others can open /tmp, .* or set INSPECTOR_DATA_DIR to"):
        connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(folder)}))
    assert folder.stat().st_mode & 0o777 == 0o777
