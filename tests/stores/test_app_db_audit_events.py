"""Audit events (viewed, exported, sent): append-only, and listed together with repairs."""

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from chatdata import Settings
from chatdata.cli.commands import commands
from chatdata.services.connect import connect
from chatdata.stores.app_db import FILE_NAME, AppDatabase, AuditEntry, AuditEvent, AuditFilter
from tests.stores.conftest import AnyPlace

AT = datetime(2026, 2, 20, 10, tzinfo=UTC)
LOOK = AuditEvent(AT, "here", "view", "Ana@example.com", "s-1", "full", "10.0.0.7")
EXPORT = replace(LOOK, at=AT + timedelta(minutes=2), kind="export", who="otto", session_id="s-2", what="as JSON")
REPAIR = AuditEntry("a-1", AT + timedelta(minutes=1), "here", "otto", "s-1", "rewarm_cache", "done", "Done.", "x", "y")


def test_looks_and_repairs_are_told_together_the_newest_first(place: AnyPlace) -> None:
    kept = AppDatabase(place, "here")
    kept.keep_event(LOOK)
    kept.keep_event(EXPORT)
    kept.keep_audit(replace(REPAIR, result="begun", sentence=""))
    kept.keep_audit(REPAIR)
    told = kept.audit_events()
    assert [event.kind for event in told] == ["export", "repair", "view"]
    assert (told[0], told[2]) == (EXPORT, LOOK)
    assert (told[1].who, told[1].session_id) == ("otto", "s-1")
    assert told[1].what == "Rebuild cache from database (rewarm_cache), done: Done."
    assert AppDatabase(place, "there").audit_events() == ()
    assert kept.audit_events(limit=1) == (EXPORT,)


@pytest.mark.parametrize(
    ("where", "kinds"),
    [
        (AuditFilter(kind="view"), ["view"]),
        (AuditFilter(kind="repair"), ["repair"]),
        (AuditFilter(who="ANA@"), ["view"]),
        (AuditFilter(who="OTT"), ["export", "repair"]),
        (AuditFilter(session_id="s-1"), ["repair", "view"]),
        (AuditFilter(kind="export", session_id="s-1"), []),
        (AuditFilter(who="%"), []),
    ],
)
def test_it_is_filtered_by_person_session_and_kind(place: AnyPlace, where: AuditFilter, kinds: list[str]) -> None:
    kept = AppDatabase(place, "here")
    kept.keep_event(LOOK)
    kept.keep_event(EXPORT)
    kept.keep_audit(REPAIR)
    assert [event.kind for event in kept.audit_events(where)] == kinds


def test_names_that_no_database_text_can_hold_come_back_and_are_found(place: AnyPlace) -> None:
    event = replace(LOOK, who='Zoë "\udcff', session_id="\ud800\x00")
    AppDatabase(place, "here").keep_event(event)
    assert AppDatabase(place, "here").audit_events(AuditFilter(who='ë "\udcff', session_id="\ud800")) == (event,)


@pytest.mark.parametrize("statement", ["DELETE FROM access_audit", "UPDATE access_audit SET who = '{}'"])
def test_what_was_recorded_can_not_be_changed(tmp_path: Path, statement: str) -> None:
    AppDatabase(tmp_path, "here").keep_event(LOOK)
    with sqlite3.connect(tmp_path / FILE_NAME) as connection, pytest.raises(sqlite3.DatabaseError, match="only added"):
        connection.execute(statement)
    connection.close()
    assert AppDatabase(tmp_path, "here").audit_events() == (LOOK,)


def test_the_command_line_tells_it_as_json_and_as_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECTOR_DATA_DIR", str(tmp_path))
    with connect(Settings.from_environment()) as connected:
        deployment = connected.stores.deployment
        AppDatabase(tmp_path, "here").keep_event(replace(LOOK, deployment=deployment))
        AppDatabase(tmp_path, "here").keep_event(replace(EXPORT, deployment=deployment))
        told = CliRunner().invoke(commands, ["audit", "--json", "--who", "ana"])
        table = CliRunner().invoke(commands, ["audit"])
        nothing = CliRunner().invoke(commands, ["audit", "--kind", "send"])
        AppDatabase(tmp_path, "here").keep_audit(replace(REPAIR, deployment=deployment))
        repairs = CliRunner().invoke(commands, ["audit", "--json", "--kind", "repair"])
    assert json.loads(told.stdout) == {
        "deployment": deployment,
        "events": [
            {
                "at": "2026-02-20T10:00:00.000Z",
                "kind": "view",
                "who": "Ana@example.com",
                "session_id": "s-1",
                "view": "full",
                "address": "10.0.0.7",
                "what": "",
                "subject": "",
            }
        ],
    }
    assert [line.split()[1] for line in table.stdout.splitlines() if line.strip().startswith("2026")] == [
        "Exported",
        "Viewed",
    ]
    assert "No matching events." in nothing.stdout
    assert [(event["kind"], event["who"]) for event in json.loads(repairs.stdout)["events"]] == [("repair", "otto")]


def test_the_command_line_refuses_a_kind_that_there_is_not() -> None:
    refused = CliRunner().invoke(commands, ["audit", "--kind", "mend"])
    assert refused.exit_code == 2
    assert "'view', 'export', 'send', 'repair'" in refused.stderr
