"""Names the file that somebody asked for where writing it under a temporary name fails."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def asked_for(path: Path) -> Iterator[None]:
    """Errors about a temporary file beside `path` become errors about `path`, with the folder if that is at fault.

    Raises the OSError of what runs inside, with the same number.
    """
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        raise OSError(error.errno, _why(path, error), str(path)) from None


def _why(path: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    if isinstance(error, FileNotFoundError):
        return f"the folder {path.parent} does not exist"
    if isinstance(error, NotADirectoryError):
        return f"{path.parent} is not a folder"
    if isinstance(error, PermissionError) and not os.access(path.parent, os.W_OK | os.X_OK):
        return f"the folder {path.parent} may not be written to"
    return reason
