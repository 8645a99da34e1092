"""python -m benchmarks.peers generate|ingest|compare|visit …

`generate` writes the conversations, `ingest` fills both viewers and prints how fast, `compare` starts both in turns and
prints the medians, `visit` measures one that runs already. peers.md has the steps.
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.measure import Spread
from benchmarks.peers import data
from benchmarks.peers.viewers import NAMES, VIEWERS, Installed, Name, running
from benchmarks.peers.visits import Figures, mixed, new_browser, tour
from benchmarks.report import Table, console, facts, print_table
from benchmarks.serving import ROOT, chromium

COLD = "cold start to the first row"
MEMORY_START, MEMORY_LONG = "memory, list shown", "memory, after 10,000 messages"
MIXED_VISITS = 48
MEMORY_MIXED = f"memory, after {MIXED_VISITS} mixed visits"
MEGABYTES = (MEMORY_START, MEMORY_LONG, MEMORY_MIXED)
RATE = "sessions ingested per second"
_FOLDER = Path(tempfile.gettempdir()) / "peers"


def main() -> None:
    """Runs one step of the comparison."""
    arguments = _arguments()
    installed = Installed(arguments.data.resolve(), arguments.peer.absolute())
    if arguments.step == "generate":
        installed.data.mkdir(parents=True, exist_ok=True)
        count, messages = data.write(installed.lines)
        console.print(f"{count:,} conversations with {messages:,} messages written to {installed.lines}")
    elif arguments.step == "ingest":
        _print(_ingest_in_turns(installed, arguments.rounds), "Ingest")
    elif arguments.step == "compare":
        _print(_compare(installed, arguments.port, arguments.rounds), "Visits")
    else:
        with chromium() as browser:
            viewer = VIEWERS[arguments.viewer]
            rounds = [tour(browser, viewer, arguments.url.rstrip("/")) for _ in range(arguments.rounds)]
        _print({arguments.viewer: rounds}, "Visits")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description="Compares with Inspect View.")
    parser.add_argument("--data", type=Path, default=_FOLDER, help=f"the folder of all data ({_FOLDER})")
    parser.add_argument("--peer", type=Path, default=_FOLDER / "env", help=f"the peer's venv ({_FOLDER / 'env'})")
    parser.add_argument("--rounds", type=int, default=5, help="how many rounds (5)")
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("generate", help="write the conversations as JSON Lines")
    steps.add_parser("ingest", help="fill both viewers anew, and print how fast")
    compare = steps.add_parser("compare", help="start both viewers in turns, and print the medians")
    compare.add_argument("--port", type=int, default=9700, help="the first of two free ports (9700)")
    visit = steps.add_parser("visit", help="measure a viewer that runs already")
    visit.add_argument("viewer", choices=NAMES)
    visit.add_argument("url", help="its address, such as http://127.0.0.1:8501")
    return parser.parse_args()


def _ingest_in_turns(installed: Installed, rounds: int) -> Mapping[str, list[Figures]]:
    found: dict[str, list[Figures]] = {name: [] for name in NAMES}
    for _ in range(rounds):
        for name in NAMES:
            found[name].append(_ingest(installed, name))
    return found


def _ingest(installed: Installed, name: Name) -> Figures:
    """Sessions per second of the whole command, into an empty folder."""
    folder = installed.folder(name)
    shutil.rmtree(folder, ignore_errors=True)
    start = time.perf_counter()
    subprocess.run(installed.ingest(name), cwd=ROOT, env=installed.environment(), check=True, stdout=subprocess.DEVNULL)
    return {RATE: (data.ORDINARY + len(data.LONG)) / (time.perf_counter() - start)}


def _compare(installed: Installed, port: int, rounds: int) -> Mapping[str, list[Figures]]:
    found: dict[str, list[Figures]] = {name: [] for name in NAMES}
    with chromium() as browser:
        for number in range(rounds):
            console.print(f"[dim]round {number + 1} of {rounds} …[/]")
            for name in NAMES:
                figures = _round(browser, installed, name, port + NAMES.index(name), last=number + 1 == rounds)
                found[name].append(figures)
    return found


def _round(browser: Browser, installed: Installed, name: Name, port: int, *, last: bool) -> Figures:
    """One start of a viewer and all visits to it; after the last one, the mixed visits."""
    viewer = VIEWERS[name]
    with running(installed, name, port) as server:
        with new_browser(browser, viewer, server.url) as tab:
            tab.list()
            figures = {COLD: time.perf_counter() - server.started, MEMORY_START: server.megabytes()}
        figures |= tour(browser, viewer, server.url)
        figures[MEMORY_LONG] = server.megabytes()
        if last:
            mixed(browser, viewer, server.url, MIXED_VISITS)
            figures[MEMORY_MIXED] = server.megabytes()
    return figures


def _print(found: Mapping[str, Sequence[Figures]], title: str) -> None:
    names = list(dict.fromkeys(name for rounds in found.values() for figures in rounds for name in figures))
    rows = [[name, *(_cell(name, _spread(name, rounds)) for rounds in found.values())] for name in names]
    if len(found) == 2:
        ours, peer = found.values()
        for name, row in zip(names, rows, strict=True):
            row.append(f"{_spread(name, ours).ratio(_spread(name, peer)):.2f}")
    columns = ("", *found, "ours / inspect") if len(found) == 2 else ("", *found)
    rounds = max(len(figures) for figures in found.values())
    print_table(Table(f"{title}: medians of {rounds} rounds, in brackets the extremes", columns, rows, notes=[facts()]))


def _spread(name: str, rounds: Sequence[Figures]) -> Spread:
    return Spread(tuple(figures[name] for figures in rounds if name in figures))


def _cell(name: str, spread: Spread) -> str:
    digits, unit = (0, "") if name == RATE else (0, " MB") if name in MEGABYTES else (2, " s")
    median, low, high = (f"{value:,.{digits}f}" for value in (spread.median, min(spread.values), max(spread.values)))
    return f"{median}{unit}" if len(spread.values) == 1 else f"{median}{unit} ({low}–{high})"


if __name__ == "__main__":
    main()
