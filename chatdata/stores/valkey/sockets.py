"""The server's unix socket: its path, and sending a single command to it."""

import hashlib
import os
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

from chatdata.errors import RedisUnavailable

_LONGEST_PATH = 100
"""The maximum length of a socket path in bytes; sun_path has 108 on Linux and 104 on macOS."""


def choose_path(folder: Path) -> str:
    """The socket's path in the folder, or in a private temporary folder if that path is too long for a socket.

    Raises RedisUnavailable if the temporary folder is not private.
    """
    near = folder / "valkey.sock"
    if len(os.fsencode(near)) <= _LONGEST_PATH:
        return str(near)
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"inspector-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    found = short.lstat()
    if short.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise RedisUnavailable(f"{short} is not a private folder that you own; remove it, or set REDIS_URL.")
    return str(short / near.name)


def remove_place(address: str, folder: Path) -> None:
    """Removes the private temporary folder of a socket that is not in `folder`."""
    if Path(address).parent != folder:
        with suppress(OSError):
            Path(address).parent.rmdir()


def ask(address: str, command: str, seconds: float) -> bytes:
    """The start of the reply, or b"" if the server closed the connection. Raises OSError if nobody is listening."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(seconds)
        connection.connect(address)
        connection.sendall(command.encode() + b"\r\n")
        return connection.recv(1024)
