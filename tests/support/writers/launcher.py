"""A process that imports once and forks writers, so that many can be killed and replaced quickly.

A line on stdin is one order in JSON, a line on stdout its answer. With the end of stdin all writers end.

    python -m tests.support.writers.launcher
    {"start": {…arguments of writer.run…}}    → the process id
    {"end": pid, "kill": true}                → its exit code, negative for a signal
"""

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from tests.support.writers import writer


def main() -> None:
    running: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            pid = start(order["start"])
            running.add(pid)
            answer(pid)
        else:
            running.discard(order["end"])
            answer(end(order["end"], kill=order["kill"]))
    for pid in running:
        end(pid, kill=True)


def answer(value: int) -> None:
    print(value, flush=True)


def start(arguments: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        writer.run(**arguments)
    except BaseException:
        with Path(arguments["log"]).with_name("errors").open("a") as errors:
            errors.write(traceback.format_exc())
        os._exit(1)
    os._exit(0)


def end(pid: int, *, kill: bool) -> int:
    if kill:
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    main()
