"""python -m benchmarks [conversation|lint|list|operations|pages|readers|scan|usage|views]… [--quick|--large|--check]

Without a name, all benchmarks run one after the other. A full run writes its section into RESULTS.md; a quick one,
small enough for development, only prints. --large measures the list or usage with a million sessions, for a section of
its own. --check measures nothing: it names the targets that RESULTS.md misses and the sections whose measured files
have changed since, and ends with 1 if a target is missed.
"""

import argparse
import sys
from collections.abc import Callable, Mapping

from benchmarks import conversation, linting, listing, operations, paging, reading, scanning, usage, viewing
from benchmarks.checking import MEASURED, check, measured_files
from benchmarks.report import Section, console, facts, print_section, write_section

BENCHMARKS: Mapping[str, Callable[[bool], Section]] = {
    "operations": operations.measure,
    "list": listing.measure,
    "lint": linting.measure,
    "readers": reading.measure,
    "scan": scanning.measure,
    "usage": usage.measure,
    "conversation": conversation.measure,
    "pages": paging.measure,
    "views": viewing.measure,
}


LARGE: Mapping[str, Callable[[], Section]] = {"list": listing.measure_large, "usage": usage.measure_large}


def main() -> None:
    """Runs the benchmarks named on the command line."""
    arguments = _arguments()
    if arguments.check:
        sys.exit(check(arguments.names or MEASURED))
    for name in arguments.names or BENCHMARKS:
        before = f"{facts()}; {measured_files(name)}"
        section = LARGE[name]() if arguments.large else BENCHMARKS[name](arguments.quick)
        written = f"{name}-large" if arguments.large else name
        print_section(section)
        if arguments.quick:
            console.print("[dim]A quick run: RESULTS.md is unchanged.[/]\n")
        else:
            console.print(f"Written to {write_section(written, section, before)}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures side by side with a baseline.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"one or more of {', '.join(BENCHMARKS)}; all if none")
    parser.add_argument("--quick", action="store_true", help="small sizes; prints and writes nothing")
    parser.add_argument("--large", action="store_true", help=f"the largest sizes, of {', '.join(LARGE)} only")
    parser.add_argument("--check", action="store_true", help="judge RESULTS.md; measures nothing")
    arguments = parser.parse_args()
    if arguments.large and (arguments.quick or not arguments.names or not LARGE.keys() >= set(arguments.names)):
        parser.error(f"--large measures {', '.join(LARGE)} only, and not with --quick")
    for name in arguments.names:
        if name not in (MEASURED if arguments.check else BENCHMARKS):
            parser.error(f"there is no benchmark {name}: choose from {', '.join(BENCHMARKS)}")
    return arguments


if __name__ == "__main__":
    main()
