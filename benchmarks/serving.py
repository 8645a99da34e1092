"""Starts Streamlit servers the way people start them, and a browser to open their pages."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.servers import HOST, free_port, wait_until

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / "app.py"
APPS = Path(__file__).with_name("apps")
_STORES = ("DATABASE_URL", "REDIS_", "INSPECTOR_", "SESSION_TTL", "CHAT_SESSION_TTL")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Serving:
    """A running Streamlit server."""

    url: str
    process: subprocess.Popen[bytes]

    def megabytes(self) -> float:
        """The process's resident memory (RSS) in megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024


@contextmanager
def serve(app: Path, settings: Mapping[str, str] | None = None) -> Iterator[Serving]:
    """Runs `streamlit run app` on a free port with only these settings, until the end of the block."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_STORES)}
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**environment, **(settings or {})}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    serving = Serving(f"http://{HOST}:{port}", process)
    try:
        wait_until(lambda: answers(f"{serving.url}/_stcore/health", process), app.name)
        yield serving
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Whether the server answers at the URL. Raises RuntimeError if its process has ended."""
    if process.poll() is not None:
        raise RuntimeError(f"the server ended with {process.returncode}")
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser: the system's Chromium or its headless shell if one is installed, else Playwright's own."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chromium-headless-shell"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def new_tab(browser: Browser) -> Iterator[Page]:
    """A tab with an empty cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        yield context.new_page()
    finally:
        context.close()
