"""Locks between processes on whole files (flock).

The kernel releases a lock when its holder ends, however it ends. A lock belongs to the open file description, so a
copy of the descriptor in another process holds it too; descriptors opened here are not inherited across exec.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_POLL_SECONDS = 0.01


def open_lock(path: Path) -> int:
    """Opens the file, creating it if needed, and returns a descriptor that holds no lock yet."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def share(descriptor: int) -> None:
    """Acquires the lock in shared mode; blocks while another process holds it exclusively."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)


def try_alone(descriptor: int) -> bool:
    """Tries to acquire the lock exclusively; on failure, a shared lock held before is lost too."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def release(descriptor: int) -> None:
    """Releases the lock; the descriptor stays open."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)


@contextmanager
def alone(descriptor: int, seconds: float) -> Iterator[None]:
    """Holds the lock exclusively inside the block. Raises TimeoutError if it is not free within `seconds`."""
    deadline = time.monotonic() + seconds
    while not try_alone(descriptor):
        if time.monotonic() > deadline:
            raise TimeoutError(f"another process has been starting or stopping it for {seconds:.0f} seconds")
        time.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        release(descriptor)
