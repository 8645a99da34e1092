"""Locks between processes on whole files (flock).

The kernel drops a lock when its holder ends, however it ends. A lock belongs to the opened file, so a copy of
the descriptor in another process holds it too; descriptors made here aren't inherited by a new program.
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
    """A descriptor of the file, made if missing; it holds no lock yet."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def share(descriptor: int) -> None:
    """Hold the lock together with others; waits while one holds it alone."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)


def try_alone(descriptor: int) -> bool:
    """Hold the lock alone if nobody else holds it; where it fails, a lock shared before is gone too."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def release(descriptor: int) -> None:
    """Let go of the lock; the descriptor stays open."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)


@contextmanager
def alone(descriptor: int, seconds: float) -> Iterator[None]:
    """Hold the lock alone inside the block; TimeoutError when it can't be had within so many seconds."""
    deadline = time.monotonic() + seconds
    while not try_alone(descriptor):
        if time.monotonic() > deadline:
            raise TimeoutError(f"another process has been starting or stopping it for {seconds:.0f} seconds")
        time.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        release(descriptor)
