"""Who uses the server of a folder: the processes, by locks, and the callers inside this one, by counting.

A process that uses it shares the lock `users.lock`; starting and stopping happen while `gate.lock` is held
alone. So the last one out is the one that gets `users.lock` alone, and nobody can come in meanwhile.
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
        """The socket of the running server; also when it was killed since this process came in."""
        with locks.alone(self.gate, GATE_SECONDS):
            locks.share(self.users)
            return self.server.ensure_running()

    def leave(self) -> None:
        """Let go; the last one out stops the server, which saves."""
        with locks.alone(self.gate, GATE_SECONDS):
            if locks.try_alone(self.users):
                self.server.stop()

    def forget(self) -> None:
        """Close the descriptors; a lock that another process holds through a copy of them stays."""
        for descriptor in (self.gate, self.users):
            os.close(descriptor)
        self.server.close()


def join(folder: Path) -> tuple[Member, str]:
    """The member for one more caller, and the server's socket. RedisUnavailable, OSError, TimeoutError."""
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
    """The member for this folder; one whose folder was removed meanwhile leaves first."""
    member = _members.get(folder)
    if member is None or member.server.in_place():
        return member
    _leave(member)
    return None


def quit_member(member: Member) -> None:
    """One caller less; does nothing for a member that has left already or belongs to the parent process."""
    with _guard:
        if _members.get(member.folder) is not member:
            return
        member.callers -= 1
        if not member.callers:
            _leave(member)


def _leave(member: Member) -> None:
    """A failure is only logged: who closes can't do anything about it, and the next one attaches."""
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
    """In a forked child: the locks are the parent's; copies left open would hold them beyond its end."""
    global _guard
    _guard = threading.Lock()
    for member in _members.values():
        member.forget()
    _members.clear()


atexit.register(_leave_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
