"""`index` on the command line, and `usage` that counts from it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chatdata.cli.commands import commands
from chatdata.services.usage import indexing
from chatdata.stores.database import Database
from chatdata.stores.usage_index import UsageIndex
from tests.support.builders import fill, new_session


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    url = f"sqlite:///{tmp_path / 'chat.db'}"
    database = Database.open(url, write=True)
    fill(database, new_session("s-1", usage=[(10, 2)], messages=4))
    database.close()
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("INSPECTOR_DATA_DIR", str(tmp_path / "own"))
    return tmp_path / "own"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, arguments)


def test_it_builds_the_index_from_which_usage_is_counted(folder: Path) -> None:
    built = json.loads(run("index", "--json").stdout)
    assert {name: built[name] for name in ("status", "sessions", "messages", "counted", "removed", "note")} == {
        "status": "finished",
        "sessions": 1,
        "messages": 4,
        "counted": 1,
        "removed": 0,
        "note": "",
    }
    assert built["bytes"] == sum(path.stat().st_size for path in folder.glob("usage-index/*.duckdb"))
    for by in ("day", "user", "session", "tool"):
        counted = json.loads(run("usage", "--by", by, "--limit", "10", "--json").stdout)
        assert counted["as_of"] == built["as_of"]
        assert counted["totals"]["messages"] == 4


def test_it_says_what_it_did_and_renews(folder: Path) -> None:
    first = run("index")
    assert first.exit_code == 0
    assert "The usage index has 1 session with 4 messages as of " in first.stdout
    assert "1 session counted, 0 removed." in first.stdout
    assert "0 sessions counted, 0 removed." in run("index").stdout


def test_a_damaged_index_is_built_anew_with_a_sentence(folder: Path) -> None:
    run("index")
    [path] = folder.glob("usage-index/*.duckdb")
    path.write_bytes(b"x" * 9_000)
    again = run("index")
    assert again.exit_code == 0
    assert "The index was built anew. The usage index " in again.stdout
    assert "1 session counted" in again.stdout


def test_an_index_that_is_switched_off_is_neither_built_nor_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = json.loads(run("index", "--json").stdout)
    monkeypatch.setenv("INSPECTOR_USAGE_INDEX", "off")
    refused = run("index")
    assert refused.exit_code == 2
    assert "INSPECTOR_USAGE_INDEX" in refused.stderr
    assert json.loads(run("usage", "--json").stdout)["as_of"] != built["as_of"]


def test_an_unknown_setting_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECTOR_USAGE_INDEX", "maybe")
    refused = run("index")
    assert refused.exit_code == 2
    assert "INSPECTOR_USAGE_INDEX is 'maybe'; it should be auto, on or off." in refused.stderr


def test_another_process_that_builds_is_no_failure(folder: Path) -> None:
    run("index")
    [path] = folder.glob("usage-index/*.lock")
    index = UsageIndex(folder, f"sqlite {folder}")
    index._lock = path
    with index.locked():
        busy = run("index", "--json")
        assert (busy.exit_code, json.loads(busy.stdout)["status"]) == (0, "busy")
        assert run("index").stdout == "Another process is building the usage index.\n"


def test_a_folder_that_cannot_be_written_ends_with_three(folder: Path) -> None:
    run("usage")
    folder.mkdir(exist_ok=True)
    (folder / "usage-index").write_text("")
    refused = run("index")
    assert refused.exit_code == 3
    assert "can't be written" in refused.stderr


def test_an_interrupted_build_ends_with_130_and_is_continued(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as interrupted:
        interrupted.setattr(indexing.IndexWriter, "finish", _interrupt)
        assert run("index").exit_code == 130
    assert list(folder.glob("usage-index/*.building"))
    assert "0 sessions counted" in run("index").stdout


def _interrupt(*_arguments: object, **_named: object) -> None:
    raise KeyboardInterrupt
