"""Writes metrics to a file that the textfile collector of Prometheus' node exporter reads."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from chatdata.services.metrics.exposition import FigureFamilies, render
from chatdata.services.metrics.figures import MonitoringFigures
from chatdata.services.output_files import asked_for

_PRIVATE = 0o600


def write_metrics(path: Path, found: MonitoringFigures) -> None:
    """Replaces the file at once, so that a reader sees the old figures or the new ones.

    A new file is private; one that exists keeps its permissions, and its group where this user may give it. Raises
    OSError, which names `path`.
    """
    with asked_for(path):
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(render(FigureFamilies(lambda: found)))
            _like(path, file.fileno())
            file.flush()
            os.fsync(file.fileno())
        with asked_for(path):
            fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _like(path: Path, descriptor: int) -> None:
    if os.name != "posix":
        return
    mode = _PRIVATE
    with suppress(FileNotFoundError):
        before = path.stat()
        mode = stat.S_IMODE(before.st_mode) & 0o666
        with suppress(PermissionError):
            os.fchown(descriptor, -1, before.st_gid)
    os.fchmod(descriptor, mode)
