"""A progress bar on stderr if that is a terminal."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from chatdata.cli.output.terminal import one_line


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[], None]]:
    """Yields a function to call after each item; `total` is None if it isn't known."""
    out = Console(stderr=True, markup=False, emoji=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


@contextmanager
def measured(what: str) -> Iterator[Callable[[int, int | None, str], None]]:
    """Yields a function to call with the number of items done, the total (None if unknown) and a remark."""
    out = Console(stderr=True, markup=False, emoji=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[remark]}"))
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(what, total=None, remark="")
        yield lambda done, total, remark: bar.update(task, completed=done, total=total, remark=remark)


@contextmanager
def reading(file: IO[bytes], name: str) -> Iterator[Callable[[int], None]]:
    """Yields a function to call with the number of bytes read of a file; its size is known if it is on a disk."""
    out = Console(stderr=True, markup=False, emoji=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(one_line(name), total=_size(file))
        yield lambda read: bar.update(task, completed=read)


def _size(file: IO[bytes]) -> int | None:
    try:
        facts = os.fstat(file.fileno())
    except (OSError, ValueError):
        return None
    return facts.st_size if stat.S_ISREG(facts.st_mode) else None
