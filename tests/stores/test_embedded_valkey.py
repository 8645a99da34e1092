"""The embedded cache shared by real processes: who starts it, who stops it, and what a kill leaves."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from chatdata.errors import RedisUnavailable
from chatdata.stores.valkey import EmbeddedValkey, valkey_available
from tests.support.servers import WAIT_SECONDS, wait_until

CHECKOUT = Path(__file__).parents[2]
DEEP = "/".join(["a-folder-with-a-long-name"] * 6)

OPENS_AND_WAITS = """
import sys
from pathlib import Path
from chatdata.stores.valkey import EmbeddedValkey
with EmbeddedValkey.open(Path(sys.argv[1])) as cache:
    print(cache.socket_path, flush=True)
    sys.stdin.readline()
"""
OPENS_AND_ENDS = """
import sys
from pathlib import Path
from chatdata.stores.valkey import EmbeddedValkey
print(EmbeddedValkey.open(Path(sys.argv[1])).socket_path, flush=True)
"""
CLOSES_WHILE_ITS_FORK_LIVES = """
import os, sys
from pathlib import Path
from chatdata.stores.valkey import EmbeddedValkey
cache = EmbeddedValkey.open(Path(sys.argv[1]))
print(cache.socket_path, flush=True)
if os.fork():
    cache.close()
    print("closed", flush=True)
else:
    cache.close()
    sys.stdin.readline()
"""


class User:
    """Another process that runs one of the scripts above."""

    def __init__(self, script: str, data_dir: Path) -> None:
        command = [sys.executable, "-c", script, str(data_dir)]
        self.process = subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.socket_path = self.read()

    def read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def finish(self) -> None:
        """Ends its script, which waits for a line."""
        self.process.communicate("\n", timeout=WAIT_SECONDS)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def user(data_dir: Path, script: str = OPENS_AND_WAITS) -> Iterator[User]:
    other = User(script, data_dir)
    try:
        yield other
    finally:
        other.kill()


@contextmanager
def connected(socket_path: str) -> Iterator[redis.Redis]:
    with redis.Redis(unix_socket_path=socket_path, retry=Retry(NoBackoff(), 1)) as client:
        yield client


def server_id(socket_path: str) -> int:
    with connected(socket_path) as client:
        return int(client.info("server")["process_id"])


def is_stopped(socket_path: str) -> bool:
    try:
        server_id(socket_path)
    except redis.ConnectionError:
        return True
    return False


def test_the_wheel_is_installed() -> None:
    assert valkey_available()


def test_two_processes_share_one_server(tmp_path: Path) -> None:
    with user(tmp_path) as other, EmbeddedValkey.open(tmp_path) as cache:
        assert cache.socket_path == other.socket_path
        with connected(cache.socket_path) as client:
            client.set("key", "value")
        other.finish()
        with redis.Redis.from_url(cache.url) as client:
            assert client.get("key") == b"value"


def test_the_last_one_out_saves_and_the_next_one_finds_keys_and_their_time_to_live(tmp_path: Path) -> None:
    with user(tmp_path) as other:
        with EmbeddedValkey.open(tmp_path) as cache, connected(cache.socket_path) as client:
            client.set("key", "value", ex=1000)
            client.set("lasting", "value")
        assert not is_stopped(other.socket_path)
        other.finish()
        assert is_stopped(other.socket_path)
    with EmbeddedValkey.open(tmp_path) as cache, connected(cache.socket_path) as client:
        assert client.get("key") == b"value"
        assert 0 < client.ttl("key") <= 1000
        assert client.ttl("lasting") == -1


def test_a_process_that_ends_without_closing_stops_its_server(tmp_path: Path) -> None:
    with user(tmp_path, OPENS_AND_ENDS) as other:
        other.finish()
        assert is_stopped(other.socket_path)


def test_a_killed_user_leaves_the_server_to_attach_to(tmp_path: Path) -> None:
    with user(tmp_path) as other:
        server = server_id(other.socket_path)
        with connected(other.socket_path) as client:
            client.set("key", "value")
        other.kill()
    with EmbeddedValkey.open(tmp_path) as cache, connected(cache.socket_path) as client:
        assert server_id(cache.socket_path) == server
        assert client.get("key") == b"value"
    assert is_stopped(cache.socket_path)


def test_after_a_killed_server_the_next_open_loads_the_last_save(tmp_path: Path) -> None:
    with EmbeddedValkey.open(tmp_path) as cache, connected(cache.socket_path) as client:
        client.set("saved", "value")
        client.save()
        os.kill(server_id(cache.socket_path), signal.SIGKILL)
        wait_until(lambda: is_stopped(cache.socket_path), "the killed server")
        with user(tmp_path) as other:
            assert other.socket_path == cache.socket_path
            assert client.get("saved") == b"value"
            other.finish()
        assert client.get("saved") == b"value"


def test_a_killed_server_forgets_no_delete(tmp_path: Path) -> None:
    with EmbeddedValkey.open(tmp_path) as cache, connected(cache.socket_path) as client:
        client.mset({f"key {number}": "value" for number in range(200)})
        client.save()
        assert client.delete(*(f"key {number}" for number in range(150))) == 150
        os.kill(server_id(cache.socket_path), signal.SIGKILL)
        wait_until(lambda: is_stopped(cache.socket_path), "the killed server")
        with user(tmp_path) as other:
            assert client.dbsize() == 50
            other.finish()


def test_the_snapshot_of_an_earlier_version_is_loaded_and_deletes_are_kept_from_then_on(tmp_path: Path) -> None:
    with EmbeddedValkey.open(tmp_path) as cache, connected(cache.socket_path) as client:
        client.mset({"one": "1", "two": "2"})
    shutil.rmtree(tmp_path / "valkey" / "appendonlydir")
    with EmbeddedValkey.open(tmp_path) as cache, connected(cache.socket_path) as client:
        assert client.mget("one", "two") == [b"1", b"2"]
        client.delete("one")
        os.kill(server_id(cache.socket_path), signal.SIGKILL)
        wait_until(lambda: is_stopped(cache.socket_path), "the killed server")
        with user(tmp_path) as other:
            assert client.mget("one", "two") == [None, b"2"]
            other.finish()


def test_opening_again_in_the_same_process_starts_a_killed_server_anew(tmp_path: Path) -> None:
    with EmbeddedValkey.open(tmp_path) as first:
        os.kill(server_id(first.socket_path), signal.SIGKILL)
        with EmbeddedValkey.open(tmp_path) as second:
            assert not is_stopped(second.socket_path)
    assert is_stopped(first.socket_path)


@pytest.mark.parametrize("name", [DEEP, "with space é 100%?#'\""], ids=["deep", "odd characters"])
def test_any_data_folder_has_a_socket_that_other_processes_find(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir = tmp_path / name
    with user(data_dir) as other:
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        with EmbeddedValkey.open(data_dir) as cache, redis.Redis.from_url(cache.url) as client:
            assert client.ping()
            assert cache.socket_path == other.socket_path
        other.finish()
    assert not Path(other.socket_path).exists()


def test_a_short_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    with EmbeddedValkey.open(tmp_path / DEEP) as cache:
        place = Path(cache.socket_path).parent
    place.mkdir(mode=0o755)
    try:
        with pytest.raises(RedisUnavailable, match="not a private folder"):
            EmbeddedValkey.open(tmp_path / DEEP)
    finally:
        place.rmdir()


def test_threads_that_open_at_once_start_one_server(tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def open_one(_: int) -> EmbeddedValkey:
        together.wait()
        return EmbeddedValkey.open(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        caches = list(pool.map(open_one, range(8)))
    assert len({server_id(cache.socket_path) for cache in caches}) == 1
    for cache in caches[1:]:
        cache.close()
        cache.close()
    assert not is_stopped(caches[0].socket_path)
    caches[0].close()
    assert is_stopped(caches[0].socket_path)


def test_processes_that_open_at_once_start_one_server(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        others = list(pool.map(lambda _: User(OPENS_AND_WAITS, tmp_path), range(4)))
        try:
            assert len({server_id(other.socket_path) for other in others}) == 1
            list(pool.map(User.finish, others))
        finally:
            for other in others:
                other.kill()
    assert is_stopped(others[0].socket_path)


def test_a_program_started_meanwhile_does_not_hold_the_locks(tmp_path: Path) -> None:
    with EmbeddedValkey.open(tmp_path) as cache:
        sleeper = subprocess.Popen(["sleep", "600"], close_fds=False)
    try:
        assert is_stopped(cache.socket_path)
    finally:
        sleeper.kill()
        sleeper.wait()


def test_a_forked_child_does_not_hold_the_locks_nor_free_those_of_its_parent(tmp_path: Path) -> None:
    with user(tmp_path, CLOSES_WHILE_ITS_FORK_LIVES) as other:
        assert other.read() == "closed"
        assert is_stopped(other.socket_path)
        other.finish()


def test_its_files_are_for_their_owner_only(tmp_path: Path) -> None:
    with EmbeddedValkey.open(tmp_path / "data") as cache:
        assert Path(cache.socket_path).stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "data" / "valkey").stat().st_mode & 0o777 == 0o700


def test_a_removed_data_folder_leaves_no_server_behind(tmp_path: Path) -> None:
    with EmbeddedValkey.open(tmp_path / "data") as old:
        server = server_id(old.socket_path)
        shutil.rmtree(tmp_path / "data")
        with EmbeddedValkey.open(tmp_path / "data") as new:
            with pytest.raises(ProcessLookupError):
                os.kill(server, 0)
            assert not is_stopped(new.socket_path)
    assert is_stopped(new.socket_path)


def test_a_server_that_does_not_start_says_why_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "valkey").mkdir()
    (tmp_path / "valkey" / "dump.rdb").write_bytes(b"not a saved file")
    with pytest.raises(RedisUnavailable, match=r"(?s)Wrong signature.*REDIS_URL"):
        EmbeddedValkey.open(tmp_path)


def test_a_data_folder_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RedisUnavailable, match="REDIS_URL"):
        EmbeddedValkey.open(tmp_path / "file")


def test_a_server_that_can_not_save_goes_on_for_the_next_one(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with EmbeddedValkey.open(tmp_path) as cache, connected(cache.socket_path) as client:
        client.set("key", "value")
        (tmp_path / "valkey" / "dump.rdb").mkdir()
    assert "could not be saved" in caplog.text
    (tmp_path / "valkey" / "dump.rdb").rmdir()
    with EmbeddedValkey.open(tmp_path) as cache, connected(cache.socket_path) as client:
        assert client.get("key") == b"value"
    assert is_stopped(cache.socket_path)
