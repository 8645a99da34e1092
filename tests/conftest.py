"""Fixtures for resources; values come from builders.

A server that can't be had is an error, never a skip: the servers' wheels are requirements of the tests.
"""

import gc
import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from chatdata import ChatSessions, Connected, Settings
from chatdata.services.connect import connect
from chatdata.stores.database import Database
from tests.support import scheduling, servers
from tests.support.chromium import STORE_SETTINGS
from tests.support.databases import Databases
from tests.support.laws import examples

settings.register_profile(
    "unhurried",
    parent=settings.default,
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unhurried")  # a busy machine is no failure

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what it runs in the background so, and then no command of a test could be interrupted.
    signal.signal(signal.SIGINT, signal.default_int_handler)

_numbers = count()
SETTINGS_OF_TESTS = {"INSPECTOR_CI", "INSPECTOR_SEED", "INSPECTOR_SHARED", "INSPECTOR_SOAK"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> scheduling.Scheduling:
    """Tests that share servers go to one worker."""
    return scheduling.Scheduling(config, log)


def pytest_sessionstart() -> None:
    """Twelve thousand collected tests are a million objects of which none is garbage: nobody looks among them."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(20_000, 10, 5)  # as in app.py
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests come first."""
    items.sort(key=lambda item: scheduling.rank(item.nodeid))


@pytest.fixture(autouse=True)
def _no_settings_of_the_person(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A test never reaches the stores of whoever runs it."""
    for name in tuple(os.environ):
        if name in STORE_SETTINGS or (name.startswith("INSPECTOR_") and name not in SETTINGS_OF_TESTS):
            monkeypatch.delenv(name)
    if "tmp_path" in request.fixturenames:
        folder = request.getfixturevalue("tmp_path")
    else:  # nobody makes a folder for each of the many tests that need none
        folder = tmp_path_factory.getbasetemp() / f"no-{next(_numbers)}"
    monkeypatch.setenv("INSPECTOR_DATA_DIR", str(folder / "data"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.PostgresServer]:
    """One server for each xdist worker; fault tests take `postgres_server(own=True)` for themselves."""
    with servers.postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def pg_template(postgres: servers.PostgresServer) -> str:
    """A database with our tables, made once, since making them takes longer than most tests.

    A module whose tests make their own tables has "template0" here.
    """
    name = "with_tables"
    with closing(Database.open(postgres.create_database(name), write=True)) as database, database.reading():
        pass
    return name


@pytest.fixture(scope="session")
def pg_databases(postgres: servers.PostgresServer) -> Databases:
    """The worker's databases, each for one test after the other."""
    return Databases(postgres)


@pytest.fixture
def pg_url(pg_databases: Databases, pg_template: str) -> Iterator[str]:
    """A database for the test alone, like the template."""
    with pg_databases.database(pg_template) as url:
        yield url


@pytest.fixture
def app_database_url(postgres: servers.PostgresServer) -> Iterator[str]:
    """The URL of an empty database for the inspector's own data."""
    name = f"own_{secrets.token_hex(4)}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def valkey() -> Iterator[servers.ValkeyServer]:
    """One server for each xdist worker."""
    with servers.valkey_server() as server:
        yield server


@pytest.fixture
def redis_url(valkey: servers.ValkeyServer) -> str:
    """The worker's server, empty."""
    valkey.run("FLUSHALL")
    return valkey.url


@pytest.fixture(scope="session")
def valkey_cluster() -> Iterator[servers.ValkeyCluster]:
    """Three primaries that announce an address nobody listens at; `flush()` empties them."""
    with servers.valkey_cluster() as cluster:
        yield cluster


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[Connected]:
    """Embedded stores in INSPECTOR_DATA_DIR, which keep running: commands attach to them."""
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path / "data")})) as opened:
        yield opened


@pytest.fixture
def sessions(connected: Connected) -> ChatSessions:
    """What `connected` opened."""
    return connected.sessions


def shared_dir() -> Path | None:
    """INSPECTOR_SHARED, or shared/ beside the checkout; None where there is none."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    folder = Path(os.environ.get("INSPECTOR_SHARED") or beside)
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def airline_file() -> Path:
    """100 real conversations, one JSON object a line: {"id", "messages"}."""
    folder = shared_dir()
    if folder is not None and (file := folder / "data" / "airline-gpt4o.jsonl").is_file():
        return file
    reason = "no shared/data/airline-gpt4o.jsonl: put shared/ beside the checkout, or set INSPECTOR_SHARED"
    if os.environ.get("INSPECTOR_CI") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
