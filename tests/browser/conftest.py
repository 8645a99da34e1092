"""Browser fixtures: one Chromium per worker, one shared app for read-only tests, and one for tests that write.

A package's fixtures end with the last of its tests: Playwright leaves an event loop running, in which nothing else
could run one of its own. Tests that need settings of their own start a server themselves.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import Tabs, chromium_browser, streamlit_server


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; each test has a tab of its own in it."""
    with chromium_browser() as browser:
        yield browser


@pytest.fixture(scope="package")
def tabs(chromium: Browser) -> Tabs:
    """Its tabs, for tests that need no context of their own."""
    return Tabs(chromium)


@pytest.fixture(scope="package")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of `demo_app`."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="package")
def demo_app(demo_folder: Path) -> Iterator[str]:
    """The address of the app with demo conversations, for tests that write nothing."""
    with streamlit_server("app.py", INSPECTOR_DATA_DIR=str(demo_folder)) as served:
        yield served


@pytest.fixture(scope="package")
def timeline_app() -> Iterator[str]:
    """The address of a server with nothing but the timeline and generated conversations."""
    with streamlit_server("tests/support/timeline_app/app.py") as served:
        yield served


@pytest.fixture(scope="package")
def planted_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of `planted_app`, into which tests may put sessions of their own."""
    return tmp_path_factory.mktemp("planted")


@pytest.fixture(scope="package")
def planted_log(planted_folder: Path) -> Path:
    """What `planted_app` prints."""
    return planted_folder / "server.log"


@pytest.fixture(scope="package")
def planted_app(planted_folder: Path, planted_log: Path) -> Iterator[str]:
    """The address of the app with demo conversations and those that tests put there."""
    with streamlit_server("app.py", log=planted_log, INSPECTOR_DATA_DIR=str(planted_folder)) as served:
        yield served
