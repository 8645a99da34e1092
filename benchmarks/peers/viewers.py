"""The two viewers: how each is filled, started, addressed and used."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.serving import APP, ROOT, answers
from tests.support.servers import HOST, wait_until

Name = Literal["ours", "inspect"]
NAMES: tuple[Name, ...] = ("ours", "inspect")
_INSPECT_LOGS = Path(__file__).with_name("inspect_logs.py")


@dataclass(frozen=True)
class Viewer:
    """What differs between the viewers where they are visited."""

    name: Name
    health: str
    """The path that answers once the server serves."""
    list_path: str
    conversation_path: str
    """With a place for the conversation's name."""
    row: str
    """The elements of which each is a row of the list, or has it."""
    message: str
    """The elements of which each is a message, or has some."""
    end_key: str
    find_key: str


OURS = Viewer(
    name="ours",
    health="/_stcore/health",
    list_path="/sessions",
    conversation_path="/session?id={name}",
    row=".table",
    message=".timeline .row",
    end_key="End",
    find_key="/",
)
INSPECT = Viewer(
    name="inspect",
    health="/",
    list_path="/#/logs",
    conversation_path="/#/logs/{name}.eval/samples/sample/{name}/1/messages",
    row="#app",
    message="#app",
    end_key="Control+End",
    find_key="Control+f",
)
VIEWERS = {"ours": OURS, "inspect": INSPECT}


@dataclass(frozen=True)
class Installed:
    """Where the peer is installed, and where the data of both viewers are."""

    data: Path
    peer: Path
    """The folder of the peer's virtual environment."""

    @property
    def lines(self) -> Path:
        """The conversations as JSON Lines."""
        return self.data / "conversations.jsonl"

    def folder(self, name: Name) -> Path:
        """Where a viewer keeps its conversations."""
        return self.data / name

    def ingest(self, name: Name) -> Sequence[str]:
        """The command that fills a viewer's empty folder."""
        if name == "ours":
            return [sys.executable, "-m", "chatdata", "import", str(self.lines)]
        return [str(self.peer / "bin/python"), str(_INSPECT_LOGS), str(self.lines), str(self.folder(name))]

    def serve(self, name: Name, port: int) -> Sequence[str]:
        """The command that serves a viewer's folder."""
        if name == "ours":
            return [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)]
        inspect = str(self.peer / "bin/inspect")
        return [inspect, "view", "start", "--log-dir", str(self.folder(name)), "--port", str(port)]

    def environment(self) -> dict[str, str]:
        """The environment of both viewers, in which ours uses embedded stores."""
        ours = ("DATABASE_URL", "REDIS_", "INSPECTOR_", "SESSION_TTL", "CHAT_SESSION_TTL")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {**kept, "INSPECTOR_DATA_DIR": str(self.folder("ours"))}


@dataclass(frozen=True)
class Running:
    """A server that was started for the comparison."""

    url: str
    process: subprocess.Popen[bytes]
    started: float
    """When its process was started, on the clock of `time.perf_counter`."""

    def megabytes(self) -> float:
        """The resident memory (RSS) of the process and of all that it started, in megabytes."""
        return sum(_kilobytes(process) for process in _with_children(self.process.pid)) / 1024


@contextmanager
def running(installed: Installed, name: Name, port: int) -> Iterator[Running]:
    """Serves a viewer until the end of the block."""
    started = time.perf_counter()
    process = subprocess.Popen(
        installed.serve(name, port),
        cwd=ROOT,
        env=installed.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    url = f"http://{HOST}:{port}"
    try:
        wait_until(lambda: answers(url + VIEWERS[name].health, process), name)
        yield Running(url, process, started)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _with_children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = {int(child) for task in tasks for child in task.read_text().split()}
    return [pid, *(process for child in children for process in _with_children(child))]


def _kilobytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)
