"""Several processes that create the same SQLite file at once."""

import threading
from pathlib import Path

from chatdata.stores.database import Database

ATTEMPTS = 25
"""Without the waiting about one opening in 250 was refused, of six at once."""


def test_a_new_file_opened_by_many_at_once_fails_for_none(tmp_path: Path) -> None:
    problems: list[BaseException] = []

    def open_it(path: Path, start: threading.Barrier) -> None:
        database = Database.open(f"sqlite:///{path}", write=True)
        start.wait()
        try:
            database.facts()
        except Exception as error:
            problems.append(error)
        finally:
            database.close()

    for attempt in range(ATTEMPTS):
        start = threading.Barrier(6)
        threads = [threading.Thread(target=open_it, args=(tmp_path / f"{attempt}.db", start)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert problems == []
