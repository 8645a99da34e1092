"""A real Chromium, and a real server on a free local port for the app or a script."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.support.servers import WAIT_SECONDS, free_port

ROOT = Path(__file__).parents[2]
UNWANTED_FEATURES = (
    "PreloadTopChromeWebUI",  # a renderer for each new context, which takes longer than many a test
    "PreloadTopChromeWebUILessNavigations",
    # those that Playwright turns off too: of several lists Chromium reads the last alone
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
FLAGS = [
    f"--disable-features={','.join(UNWANTED_FEATURES)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STORE_SETTINGS = {
    "DATABASE_URL",
    "REDIS_URL",
    "REDIS_HOST",
    "REDIS_PORT",
    "REDIS_PASSWORD",
    "REDIS_CLUSTER_HOST",
    "REDIS_CLUSTER_PORT",
    "SESSION_TTL",
    "CHAT_SESSION_TTL",
}

ColorScheme = Literal["light", "dark"]
ReducedMotion = Literal["no-preference", "reduce"]
Heard = Literal["console", "dialog", "pageerror", "request", "response"]

Listeners = Mapping[Heard, Callable[[Any], object]]

_MILLISECONDS = 120_000.0
"""How long a page may take for anything on a busy machine; nobody waits once it is there."""
expect.set_options(timeout=_MILLISECONDS)


def chromium_path() -> str:
    """Where Chromium is; without it the test says why it was passed over, and fails in CI.

    The headless shell is the same engine without a window of its own, and takes little more than half the time.
    """
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if path is None and os.environ.get("INSPECTOR_CI") == "1":
        pytest.fail("chromium is not installed, and INSPECTOR_CI=1 wants every test to run")
    if path is None:
        pytest.skip("chromium is not installed: apt-get install chromium-headless-shell")
    return path


@contextmanager
def chromium_browser() -> Iterator[Browser]:
    """A headless Chromium, whose contexts are patient."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=_MILLISECONDS)
        opened = browser.new_context

        def patient(**options: Any) -> BrowserContext:
            context = opened(**options)
            context.set_default_timeout(_MILLISECONDS)
            return context

        browser.new_context = patient  # type: ignore[method-assign]
        yield browser
        browser.close()


class Tabs:
    """Tabs that tests use one after the other, each set of a context's options in one.

    A page needs half the work where the tab has compiled its scripts and fetched its files for the test before. Each
    test finds its tab empty: without another page, routes, cookies, storage and the listeners that it asked for. An
    init script or a clock can't be taken back: a test that needs one asks for a tab that is used `once`.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._pages: dict[str, Page] = {}

    @contextmanager
    def tab(
        self,
        width: int,
        height: int,
        *,
        color_scheme: ColorScheme = "light",
        reduced_motion: ReducedMotion = "no-preference",
        once: bool = False,
        listeners: Listeners = MappingProxyType({}),
        **options: Any,
    ) -> Iterator[Page]:
        """An empty tab; `listeners` are heard until the block ends, `options` are those of a context."""
        page = self._opened(options) if once else self._page(options)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        heard = {event: _as_function(listener) for event, listener in listeners.items()}
        for event, listener in heard.items():
            page.on(event, listener)  # type: ignore[call-overload]
        try:
            yield page
        finally:
            for event, listener in heard.items():
                page.remove_listener(event, listener)
            if once or not _emptied(page):
                page.context.close()

    def _page(self, options: Mapping[str, Any]) -> Page:
        key = repr(sorted(options.items()))
        if key not in self._pages or self._pages[key].is_closed():
            self._pages[key] = self._opened(options)
        return self._pages[key]

    def _opened(self, options: Mapping[str, Any]) -> Page:
        return self._browser.new_context(**options).new_page()


def _as_function(listener: Callable[[Any], object]) -> Callable[[Any], None]:
    """Playwright marks its listeners, which a method of a list does not let it do."""

    def heard(given: Any) -> None:
        listener(given)

    return heard


def _emptied(page: Page) -> bool:
    """False for a tab that can't be used again: it crashed, or its server is gone."""
    try:
        for other in page.context.pages:
            if other is not page:
                other.close()
        page.unroute_all()
        if page.url.startswith("http"):
            page.goto(urljoin(page.url, "/_stcore/health"))  # out of the app, which may write until it is left
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.context.clear_cookies()
    except PlaywrightError:
        return False
    return True


@contextmanager
def streamlit_server(script: str, *options: str, **given: Any) -> Iterator[str]:
    """The address of a server like that of `streamlit_process`."""
    with streamlit_process(script, *options, **given) as (address, _process):
        yield address


@contextmanager
def streamlit_process(
    script: str,
    *options: str,
    host: str = "127.0.0.1",
    port: int | None = None,
    ready: str = "/_stcore/health",
    log: Path = Path(os.devnull),
    **environment: str,
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A Streamlit server that runs a script of this checkout, with no settings of the person: address and process.

    `options` are Streamlit's, `host` is the address where they have it listen. It counts as ready once it answers
    `ready` with 200. What it prints goes to `log`.
    """
    port = port or free_port()
    with log.open("ab") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}", *options],
            cwd=ROOT,
            env={**_own_environment(), "PYTHONPATH": str(ROOT), **environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    address = f"http://{host}:{port}"
    try:
        _wait_until_ready(f"{address}{ready}", server)
        yield address, server
    finally:
        server.terminate()
        try:
            server.wait(WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(15)


def wait_until_idle(page: Page) -> None:
    """Waits until the page's script has run to its end: from then on a click on its buttons meets what it shows."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", state="attached")


def open_part(page: Page, name: str, code: str | None) -> None:
    """Opens a tab inside a tab and waits until the server has drawn it, which the URL then says; None for the first.

    Without it, a click that meets a running script would count as answered once that script ends, and Streamlit's tabs
    go back to a tab that was chosen a moment before the last one.
    """
    page.get_by_role("tab", name=name).click()
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get("part") == (None if code is None else [code]))
    wait_until_idle(page)


def download(page: Page, click: Callable[[], object]) -> Path:
    """The file that a click downloads; where none comes, what the page says instead."""
    wait_until_idle(page)  # until then the button may still be the one of the page before
    try:
        with page.expect_download() as waited:
            click()
    except PlaywrightTimeout:
        pytest.fail(f"no download came; the page says:\n{page.get_by_test_id('stApp').inner_text()}")
    return waited.value.path()


def _own_environment() -> Mapping[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name not in STORE_SETTINGS and not name.startswith("INSPECTOR_")
    }


def _wait_until_ready(address: str, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        assert server.poll() is None, "the server ended before it was ready"
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server was not ready within {WAIT_SECONDS:.0f} s")
