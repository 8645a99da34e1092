"""Re-checks after repairs: they stand in place of what the last scan found, until the next scan."""

import json
import logging

import pytest

from chatdata import Connected
from chatdata.domain.drift import Repair
from chatdata.domain.messages import ChatMessage
from chatdata.domain.tokens import model_facts
from chatdata.errors import AppDatabaseError
from chatdata.services.lint_all import lint_all, lint_and_keep
from chatdata.services.repair import Done, Proposal, apply, propose
from chatdata.services.scan import ScanResult, attention, keep, last_scans, rechecked, scan
from chatdata.stores.app_db import AppDatabase
from tests.support.builders import fill, message, new_session, talk


def drift(connected: Connected, session_id: str, cached: list[ChatMessage], stored: list[ChatMessage]) -> None:
    """A session whose rows and document hold other messages."""
    stores = connected.stores
    fill(stores.require_database(), new_session(session_id, messages=stored, title="Trip"))
    document = new_session(session_id, messages=cached, title="Trip").model_dump(mode="python")
    stores.require_cache().put_raw(session_id, json.dumps(document, default=str).encode(), ttl_seconds=3_600)


def scanned(connected: Connected) -> ScanResult:
    result = scan(connected.stores, grace=0)
    assert keep(connected.app_db, result)
    return last_scans(connected.app_db, 1)[0]


def repair(connected: Connected, session_id: str, action: Repair) -> None:
    proposal = propose(connected.stores, session_id, action)
    assert isinstance(proposal, Proposal), proposal
    assert isinstance(apply(connected.stores, connected.app_db, proposal, who="mia"), Done)


def figures(result: ScanResult) -> dict[str, object]:
    names = ("in_sync", "drifted", "ghost", "corrupt", "moving", "findings_by_kind", "messages_at_risk")
    return {name: getattr(result, name) for name in (*names, "at_risk_by_hour", "to_look_at")}


def test_the_scan_with_later_repairs_says_what_a_new_scan_would_say(connected: Connected) -> None:
    drift(connected, "unsaved", talk(5), talk(3))
    drift(connected, "behind", talk(3), talk(5))
    drift(connected, "left", talk(3), talk(6))
    before = scanned(connected)
    repair(connected, "unsaved", "save_cached_tail")
    repair(connected, "behind", "rewarm_cache")
    now, fresh = rechecked(connected.app_db, before), scan(connected.stores, grace=0)
    assert figures(now) == figures(fresh) != figures(before)
    assert [item.session_id for item in now.sessions] == ["left"]
    assert attention([now]).session_ids == {"left"}
    assert set(now.repaired) == {"unsaved", "behind"}
    assert now.repaired["unsaved"].at_risk == 2
    assert (now.started_at, now.finished_at) == (before.started_at, before.finished_at)


def test_a_session_that_a_repair_leaves_with_an_issue_stays_listed_with_it(connected: Connected) -> None:
    drift(connected, "unsaved", talk(5), talk(3))
    before = scanned(connected)
    repair(connected, "unsaved", "keep_alive")
    now = rechecked(connected.app_db, before)
    assert [item.session_id for item in now.sessions] == ["unsaved"]
    assert (now.repaired, now.messages_at_risk) == ({}, 2)
    later, earlier = now.sessions[0].at_risk_until, before.sessions[0].at_risk_until
    assert later is not None
    assert earlier is not None
    assert later > earlier


def test_the_kept_scan_is_as_it_was_and_a_later_one_needs_no_recheck(connected: Connected) -> None:
    drift(connected, "behind", talk(3), talk(5))
    before = scanned(connected)
    repair(connected, "behind", "rewarm_cache")
    assert last_scans(connected.app_db, 1) == [before]
    drift_again = new_session("behind", messages=talk(2), title="Trip")
    connected.stores.require_cache().put(drift_again)
    later = scanned(connected)
    assert rechecked(connected.app_db, later) == later
    assert [item.session_id for item in later.sessions] == ["behind"]


def test_rows_that_a_repair_changes_are_linted_again(connected: Connected) -> None:
    orphan = message("tool", "4 degrees", tool_call_id="call_9")
    drift(connected, "accepted", talk(5), talk(3))
    drift(connected, "rejected", [*talk(4), orphan], talk(3))
    model = connected.settings.model
    before = lint_and_keep(connected.stores, connected.app_db, "database", model_facts(model))
    assert (before.rejected, before.rechecked) == ({}, {})
    for session_id in ("accepted", "rejected"):
        proposal = propose(connected.stores, session_id, "save_cached_tail")
        assert isinstance(proposal, Proposal)
        assert isinstance(apply(connected.stores, connected.app_db, proposal, who="mia", model=model), Done)
    run, fresh = connected.app_db.last_lint("database", model), scanned_rejections(connected)
    assert run is not None
    assert set(run.rechecked) == {"accepted", "rejected"}
    assert run.rejected == fresh
    assert set(fresh) == {"rejected"}
    assert (run.started_at, run.sessions) == (before.started_at, 2)
    for session_id, at in run.rechecked.items():
        updated = connected.stores.read_copies(session_id).stored.info.updated_at
        assert run.finished_at < updated <= at


def scanned_rejections(connected: Connected) -> dict[str, tuple[str, ...]]:
    """Who would reject which session now, by linting all of them."""
    found = lint_all(connected.stores, "database", model_facts(connected.settings.model))
    return {one.session_id: one.judged.rejected_by for one in found if one.judged and one.judged.rejected_by}


def test_a_repair_is_done_even_where_its_recheck_can_not_be_kept(
    connected: Connected, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    drift(connected, "behind", talk(3), talk(5))
    before = scanned(connected)

    def full(*_given: object) -> None:
        raise AppDatabaseError("the disk is full")

    monkeypatch.setattr(AppDatabase, "keep_recheck", full)
    with caplog.at_level(logging.WARNING):
        repair(connected, "behind", "rewarm_cache")
    assert "the disk is full" in caplog.text
    assert rechecked(connected.app_db, before) == before
