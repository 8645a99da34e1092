"""Tracks the users of a folder's server: processes by locks, and the callers inside this process by a count.

Each process that uses the server holds `users.lock` in shared mode; starting and stopping require `gate.lock`
exclusively. The last process is therefore the one that can lock `users.lock` exclusively, and no other process can
join while it does.
"""

import atexit
import logging
import os
import threading
from pathlib import Path

from chatdata.errors import RedisUnavailable
from chatdata.stores.valkey import locks
from chatdata.stores.valkey.server import START_SECONDS, STOP_SECONDS, ValkeyServer

GATE_SECONDS = START_SECONDS + STOP_SECONDS

_logger = logging.getLogger(__name__)
_guard = threading.Lock()
_members: dict[Path, "Member"] = {}


class Member:
    """This process as a user of the server in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.callers = 0
        self.server = ValkeyServer(folder)
        self.gate = locks.open_lock(folder / "gate.lock")
        self.users = locks.open_lock(folder / "users.lock")

    def enter(self) -> str:
        """Joins the users and returns the socket of the running server, which is started again if it was killed."""
        with locks.alone(self.gate, GATE_SECONDS):
            locks.share(self.users)
            return self.server.ensure_running()

    def leave(self) -> None:
        """Leaves the users; the last one stops the server, which saves the data."""
        with locks.alone(self.gate, GATE_SECONDS):
            if locks.try_alone(self.users):
                self.server.stop()

    def forget(self) -> None:
        """Closes the descriptors; a lock that another process holds through a copy of them persists."""
        for descriptor in (self.gate, self.users):
            os.close(descriptor)
        self.server.close()


def join(folder: Path) -> tuple[Member, str]:
    """Adds a caller, and returns its member and the server's socket. Raises RedisUnavailable and OSError."""
    with _guard:
        member = _present(folder) or Member(folder)
        try:
            address = member.enter()
        except BaseException:
            if not member.callers:
                member.forget()
            raise
        member.callers += 1
        _members[folder] = member
        return member, address


def _present(folder: Path) -> Member | None:
    """The existing member for this folder, if any; a member whose folder was removed leaves and is not returned."""
    member = _members.get(folder)
    if member is None or member.server.in_place():
        return member
    _leave(member)
    return None


def quit_member(member: Member) -> None:
    """Removes a caller; does nothing for a member that has already left or belongs to the parent process."""
    with _guard:
        if _members.get(member.folder) is not member:
            return
        member.callers -= 1
        if not member.callers:
            _leave(member)


def _leave(member: Member) -> None:
    """Leaves and only logs a failure: the closing caller can't act on it, and the next user attaches."""
    del _members[member.folder]
    try:
        member.leave()
    except (RedisUnavailable, OSError) as error:
        _logger.warning("%s", error)
    finally:
        member.forget()


def _leave_all() -> None:
    with _guard:
        for member in tuple(_members.values()):
            _leave(member)


def _forget_all() -> None:
    """Runs in a forked child: the locks are the parent's, and open copies would hold them beyond its end."""
    global _guard
    _guard = threading.Lock()
    for member in _members.values():
        member.forget()
    _members.clear()


atexit.register(_leave_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
