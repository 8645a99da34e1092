"""`scan`: compares all cached sessions with the database, on one machine or in shards."""

import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from chatdata.cli.commands import INTERRUPTED, OUT_OF_REACH, json_option
from chatdata.cli.output import emit, warn
from chatdata.cli.output.scan import print_scan
from chatdata.cli.progress import measured
from chatdata.cli.seconds import Seconds
from chatdata.cli.stores import opened
from chatdata.errors import AppDatabaseError, OutOfReach, RedisError
from chatdata.services.connect import Connected, app_database
from chatdata.services.scan import (
    GRACE_SECONDS,
    MOST_WORKERS,
    ScanProgress,
    ScanResult,
    Shard,
    WorkerLost,
    keep,
    merge,
    scan,
    scan_from,
    scan_json,
    scan_with_workers,
)
from chatdata.settings.stores import Settings
from chatdata.stores.app_db import AppDatabase

SOMETHING_FOUND = 1
_MANY_KEYS = 20_000
_MOST_WORKERS_BY_DEFAULT = 4


class _ShardType(click.ParamType[Shard]):
    name = "shard"

    def convert(self, value: str | Shard, parameter: click.Parameter | None, context: click.Context | None) -> Shard:
        if isinstance(value, Shard):
            return value
        try:
            return Shard.parse(value)
        except ValueError as error:
            self.fail(str(error), parameter, context)


grace_option = click.option(
    "--grace",
    metavar="S",
    type=Seconds(0, 3600),
    default=GRACE_SECONDS,
    show_default=True,
    help="Seconds before a difference is re-checked.",
)


@click.command("scan")
@click.argument("files", metavar="[FILE…]", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--user", metavar="U", help="Only sessions of this user.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Maximum number of keys (unordered).")
@grace_option
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(1, MOST_WORKERS),
    help="Processes that scan at once. By default one, and with many keys one for each processor, at most 4.",
)
@click.option("--shard", metavar="I/N", type=_ShardType(), help="Scan one shard of the keys; 0/16 to 15/16 cover all.")
@click.option("--merge", "merging", is_flag=True, help="Merge the JSON files of shards instead of scanning.")
@click.option(
    "--prom",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the metrics to FILE, for the textfile collector of Prometheus.",
)
@json_option
@click.pass_context
def scan_command(
    context: click.Context,
    files: tuple[Path, ...],
    user: str | None,
    limit: int | None,
    grace: float,
    workers: int | None,
    shard: Shard | None,
    merging: bool,
    prom: Path | None,
    as_json: bool,
) -> None:
    """Compare all cached sessions with the database.

    Differences are re-checked after a grace period to rule out writes in flight. A complete scan, including one
    merged from all its shards, is kept in the scan history. Ctrl-C stops the scan and prints partial results. The
    stores are not changed.

    \b
    Examples:
      python -m chatdata scan
      python -m chatdata scan --workers 4
      python -m chatdata scan --shard $JOB_COMPLETION_INDEX/16 --json > shard.json
      python -m chatdata scan --merge shard-*.json
      python -m chatdata scan --prom /var/lib/node-exporter/inspector.prom

    \b
    Exit codes:
      0  no issues above info
      1  issues above info, or sessions that could not be compared
      2  invalid usage or settings
      3  a required store is unavailable, or the disk is full
      130  interrupted; no issues found before that
    """
    if bool(files) != merging or (merging and (user or limit or shard)):
        raise click.UsageError(
            "--merge takes the JSON files of shards and no other options, and only --merge takes files."
        )
    if prom is not None and (user or limit or shard):
        raise click.UsageError("--prom needs a scan of all sessions: it takes no --user, --limit or --shard.")
    if prom is not None and not prom.parent.is_dir():
        raise click.UsageError(f"--prom: the folder {prom.parent} does not exist.")
    partly = bool(user or limit or shard)
    if workers is not None and (partly or merging):
        raise click.UsageError(
            "--workers needs a scan of all sessions: it takes no --user, --limit, --shard or --merge."
        )
    result = _merged(files) if merging else _scanned(user, limit, grace, shard, 1 if partly else workers)
    try:
        _print(result, as_json=as_json)
    finally:
        if prom is not None:
            _write_metrics(prom, result)
    context.exit(_exit_code(result))


def _print(result: ScanResult, *, as_json: bool) -> None:
    """Prints what is known. Raises OutOfReach if that is nothing, because a store failed."""
    if result.status == "stopped" and not result.cached_keys:
        raise OutOfReach(result.reason or "", list(result.unavailable))
    if as_json:
        emit(scan_json(result))
    else:
        print_scan(result)
    if result.status == "stopped":
        warn(f"Scan stopped: {result.reason}")


def _exit_code(result: ScanResult) -> int:
    if result.status == "stopped":
        return OUT_OF_REACH
    if result.to_look_at:
        return SOMETHING_FOUND
    return INTERRUPTED if result.status == "cancelled" else 0


def _scanned(user: str | None, limit: int | None, grace: float, shard: Shard | None, workers: int | None) -> ScanResult:
    with opened() as connected, measured("Comparing") as advance, _interrupts() as interrupted:

        def tell(progress: ScanProgress) -> None:
            advance(progress.keys, progress.total, f"{progress.found:,} issues, {progress.waiting:,} to re-check")

        result = _with_workers(connected, workers, grace, tell, interrupted) or scan(
            connected.stores,
            user=user,
            limit=limit,
            grace=grace,
            shard=shard,
            on_progress=tell,
            cancelled=interrupted,
        )
        _keep(connected.app_db, result)
    return result


def _with_workers(
    connected: Connected,
    workers: int | None,
    grace: float,
    tell: Callable[[ScanProgress], None],
    interrupted: Callable[[], bool],
) -> ScanResult | None:
    """The result of several processes; None where one is enough, or where one of them was lost."""
    number = workers or _workers_for(connected)
    if number == 1:
        return None
    try:
        return scan_with_workers(connected.settings, number, grace=grace, on_progress=tell, cancelled=interrupted)
    except WorkerLost as error:
        warn(f"{error} One process scans again.")
        return None


def _workers_for(connected: Connected) -> int:
    """As many processes as there are processors, where starting them takes less time than they save."""
    try:
        keys = connected.stores.require_cache().count_sessions()
    except RedisError:
        return 1  # the scan tells what is wrong
    few = keys is not None and keys < _MANY_KEYS
    return 1 if few else min(os.cpu_count() or 1, _MOST_WORKERS_BY_DEFAULT)


def _merged(files: Sequence[Path]) -> ScanResult:
    try:
        result = merge([_read(file) for file in files])
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if result.shard is not None:
        warn(f"Shards are missing: this is {result.shard}.")
    _keep(app_database(Settings.from_environment(), result.deployment), result)
    return result


def _write_metrics(file: Path, result: ScanResult) -> None:
    """Writes the figures of this scan, or of the last complete one if this is not complete."""
    from chatdata.services.metrics import StoreProbe, figures, write_metrics  # takes a moment, and few scans need it

    with opened() as connected:
        write_metrics(file, figures(connected, StoreProbe(connected.stores)(), result))


def _read(file: Path) -> ScanResult:
    try:
        return scan_from(json.loads(file.read_text("utf-8")))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{file}: {error}.") from error


def _keep(app_db: AppDatabase, result: ScanResult) -> None:
    """Stores the scan; prints a warning if that fails, since the result is still useful."""
    try:
        keep(app_db, result)
    except AppDatabaseError as error:
        warn(str(error))


@contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """Yields a function that tells whether Ctrl-C was pressed; a second Ctrl-C ends the command at once."""
    pressed: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        pressed.append(number)
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)
