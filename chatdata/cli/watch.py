"""`watch`: scans again and again, for hosts without the app."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from chatdata.cli.commands import INTERRUPTED, PIPE_CLOSED
from chatdata.cli.output.scan import scan_line
from chatdata.cli.scan import grace_option
from chatdata.cli.seconds import Seconds
from chatdata.cli.stores import opened
from chatdata.services.connect import Connected
from chatdata.services.metrics import StoreProbe, figures, write_metrics
from chatdata.services.monitor import Monitor
from chatdata.services.scan import ScanResult

_DEFAULT_SECONDS = 60.0


@click.command("watch")
@click.option(
    "--every",
    metavar="S",
    type=Seconds(1, 10**9, max_open=True),
    help="Seconds from one scan to the next. [default: INSPECTOR_SCAN_EVERY, else 60]",
)
@grace_option
@click.option(
    "--prom",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the metrics to FILE after each scan, for the textfile collector of Prometheus.",
)
@click.pass_context
def watch_command(context: click.Context, every: float | None, grace: float, prom: Path | None) -> None:
    """Scan again and again, for hosts without the app.

    Prints a line per scan of its own. Processes that share a data folder take turns: one scheduled scan runs at a time.
    Each new critical finding is posted to INSPECTOR_WEBHOOK_URL, if that is set. Ctrl-C or SIGTERM ends it. The stores
    are not changed.

    \b
    Examples:
      python -m chatdata watch --every 300
      python -m chatdata watch --prom /var/lib/node-exporter/inspector.prom

    \b
    Exit codes:
      0  ended by SIGTERM
      2  invalid usage or settings
      130  ended by Ctrl-C
    """
    if prom is not None and not prom.parent.is_dir():
        raise click.UsageError(f"--prom: the folder {prom.parent} does not exist.")
    with opened() as connected, _asked_to_end() as asked:
        connected.stores.require_database()
        connected.stores.require_cache()
        monitor = Monitor(
            connected,
            every or connected.settings.monitoring.scan_every or _DEFAULT_SECONDS,
            grace=grace,
            on_result=asked.to_print,
            on_turn=_Writer(connected, prom),
        )
        monitor.start()
        try:
            asked.wait()
        finally:
            monitor.stop()
    context.exit(asked.code)


class _Writer:
    """Writes the metrics, if a file was named."""

    def __init__(self, connected: Connected, file: Path | None) -> None:
        self._connected = connected
        self._file = file
        self._probe = StoreProbe(connected.stores)

    def __call__(self) -> None:
        if self._file is not None:
            write_metrics(self._file, figures(self._connected, self._probe()))


class _Asked:
    def __init__(self) -> None:
        self.code = 0
        self._event = threading.Event()

    def note(self, number: int, _frame: FrameType | None) -> None:
        """Takes a signal; a second one ends the command at once."""
        self.code = INTERRUPTED if number == signal.SIGINT else 0
        signal.signal(number, signal.SIG_DFL)
        self._event.set()

    def to_print(self, result: ScanResult) -> None:
        """Prints a scan; without a reader the command ends."""
        try:
            click.echo(scan_line(result))
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # discards what is still buffered
            self.code = PIPE_CLOSED
            self._event.set()

    def wait(self) -> None:
        """Waits for a signal, whose handlers run only between the pieces of a wait."""
        while not self._event.wait(1.0):
            pass


@contextmanager
def _asked_to_end() -> Iterator[_Asked]:
    """Yields what waits for Ctrl-C or SIGTERM."""
    asked = _Asked()
    before = {number: signal.signal(number, asked.note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
