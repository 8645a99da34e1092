"""`usage` on the command line: figures equal to those of a plain loop, and JSON."""

import csv
import io
import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chatdata import Settings
from chatdata.cli.commands import commands
from chatdata.domain.dialects import UnknownCount
from chatdata.domain.imported import ImportedSource
from chatdata.domain.messages import UnknownCounts
from chatdata.services.connect import connect
from chatdata.stores.database import Database
from tests.support.builders import DIALECTS, database_url
from tests.support.servers import UNREACHABLE
from tests.support.usage_rows import (
    BERLIN,
    TIMES,
    UNANSWERED,
    MessageSpec,
    PlainSession,
    SessionSpec,
    amounts,
    as_json,
    by_day,
    by_tool,
    by_user,
    call,
    read_all,
    refill,
)

COUNTS = (
    *("sessions", "messages", "tool_calls", "prompt_tokens", "completion_tokens", "total_tokens"),
    *("damaged", "unknown"),
)
Usage = Callable[..., "Answer"]


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.out.isascii()
        return json.loads(self.out)


SESSIONS = [
    SessionSpec(
        started=at,
        user=("ana", "=HYPERLINK(1)", None)[number % 3],
        title=f"Session {number}",
        prompt=1_000 * (number % 4),
        completion=10 * (number % 4),
        messages=(
            MessageSpec("user", "hello", None, None),
            MessageSpec("assistant", None, None, as_json([call("find"), call("run", "b")] if number % 2 else [call()])),
            MessageSpec("tool", '{"type":"error"}', "a", None),
        )[: 1 + number % 3],
    )
    for number, at in enumerate([*TIMES, *TIMES])
]


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = database_url(request.param, request, tmp_path)
    with closing(Database.open(url, write=True)) as database:
        refill(database, request.param, SESSIONS)
        monkeypatch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.delenv("TZ", raising=False)
        yield database


@pytest.fixture
def plain(database: Database) -> list[PlainSession]:
    return read_all(database)


def usage(*arguments: str, **environment: str) -> Answer:
    result = CliRunner().invoke(commands, ["usage", *arguments], env=environment)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return Answer(result.exit_code, result.stdout, result.stderr)


def counts(plain: tuple[Any, ...]) -> dict[str, Any]:
    """The loop's amounts in the contract's words."""
    sessions, _, messages, calls, prompt, completion, _, damaged, unknown, *_ = plain
    total = None if prompt is None or completion is None else prompt + completion
    return dict(zip(COUNTS, (sessions, messages, calls, prompt, completion, total, damaged, unknown), strict=True))


def test_days_are_days_of_the_zone_over_both_changes_of_the_clock(plain: list[PlainSession]) -> None:
    document = usage("--by", "day", "--tz", "Europe/Berlin", "--json").json
    assert list(document) == ["by", "time_zone", "as_of", "rows", "totals", "unknown_sessions"]
    assert (document["by"], document["time_zone"]) == ("day", "Europe/Berlin")
    assert datetime.fromisoformat(document["as_of"]).tzinfo == UTC
    expected = by_day(plain, BERLIN)
    assert [row["key"] for row in document["rows"]] == sorted(day.isoformat() for day in expected)
    assert document["rows"] == [{"key": day.isoformat(), **counts(expected[day])} for day in sorted(expected)]
    assert document["totals"] == counts(amounts(plain))


def test_a_period_by_name_is_its_days_of_the_zone(database: Database) -> None:
    now = datetime.now(BERLIN).replace(tzinfo=None)
    monday = now.date() - timedelta(days=now.weekday())
    starts = [datetime.combine(monday, time(12)) + timedelta(days=days) for days in (-8, -7, -1, 0)]
    with database.reading() as connection:
        dialect = connection.dialect.name
    refill(database, dialect, [SessionSpec(f"{at:%Y-%m-%d %H:%M:%S}", "ana", None, 1, 1, ()) for at in starts])
    for name, first in (("last-week", monday - timedelta(days=7)), ("this-week", monday)):
        last = first + timedelta(days=6)
        named, dated = ("--period", name), ("--since", f"{first}", "--until", f"{last}")
        documents = [usage(*asked, "--tz", "Europe/Berlin", "--json").json for asked in (named, dated)]
        assert documents[0]["rows"] == documents[1]["rows"]
        assert documents[0]["totals"]["sessions"] == (2 if name == "last-week" else 1)
    assert usage("--period", "all", "--json").json["totals"]["sessions"] == 4
    refused = usage("--period", "7", "--since", "2026-01-01")
    assert (refused.code, "either --period" in refused.err) == (2, True)


def test_users_sessions_and_tools_are_those_of_the_loop(plain: list[PlainSession]) -> None:
    users = usage("--by", "user", "--json").json
    assert {row.pop("key"): row for row in users["rows"]} == {key: counts(row) for key, row in by_user(plain).items()}
    sessions = usage("--by", "session", "--json").json
    assert {row.pop("key"): row for row in sessions["rows"]} == {one.id: counts(amounts([one])) for one in plain}
    tools = usage("--by", "tool", "--json").json
    expected = {name: tool for name, tool in by_tool(plain).items() if name is not UNANSWERED}
    assert {row["key"]: row for row in tools["rows"]} == {
        name: {
            "key": name,
            "sessions": len(tool.sessions),
            "messages": tool.messages,
            "tool_calls": tool.calls,
            **dict.fromkeys(COUNTS[3:6]),
            "damaged": 0,
            "unknown": 0,
            "result_tokens": sum(-(-size // 4) for size in tool.sizes),
            "caused_prompt_tokens": 0,
            "estimated_prompt_tokens": 0,
            "list_price_usd": 0.0 if tool.sizes else None,
            "unpriced_prompt_tokens": 0,
        }
        for name, tool in expected.items()
    }
    assert users["totals"] == sessions["totals"] == tools["totals"] == counts(amounts(plain))


def test_a_tool_says_which_tokens_its_results_caused_at_which_price_and_from_what(database: Database) -> None:
    answer = MessageSpec("assistant", "so", None, None)
    messages = (
        MessageSpec("assistant", None, None, as_json([call("find"), call("run", "b")])),
        MessageSpec("tool", "x" * 400, "a", None),
        answer,
        MessageSpec("tool", "x" * 40, "b", None),
        answer,
    )
    with database.reading() as connection:
        dialect = connection.dialect.name
    refill(database, dialect, [SessionSpec(TIMES[0], "ana", None, 900, 90, messages)])
    document = usage("--by", "tool", "--json", INSPECTOR_MODEL="gpt-4o").json
    names = ("key", "result_tokens", "caused_prompt_tokens", "estimated_prompt_tokens", "unpriced_prompt_tokens")
    assert [tuple(row[name] for name in names) for row in document["rows"]] == [
        ("find", 100, 200, 200, 0),
        ("run", 10, 10, 10, 0),
    ]
    prices = [row["list_price_usd"] for row in document["rows"]]
    assert prices == [pytest.approx(200 * 2.5e-6), pytest.approx(10 * 2.5e-6)]
    caused = document["caused"]
    assert (caused["sessions_with_results"], caused["recorded"], caused["estimated"]) == (1, 0, 1)
    assert caused["cache_problem"].startswith("No cache is configured")
    header, find, _ = usage("--by", "tool", "--csv", INSPECTOR_MODEL="gpt-4o").out.splitlines()
    assert header.endswith(
        "result_tokens,caused_prompt_tokens,estimated_prompt_tokens,list_price_usd,unpriced_prompt_tokens"
    )
    assert find.endswith("100,200,200,0.0005,0")
    shown = usage("--by", "tool", COLUMNS="160").out
    assert "~200" in shown
    assert "Caused input: 1 session with tool results, 0 by recorded turns, 1 estimated (~)" in shown


def test_the_list_of_sessions_has_the_same_sums(database: Database) -> None:
    listed = json.loads(CliRunner().invoke(commands, ["sessions", "--json"]).stdout)["total"]
    totals = usage("--json").json["totals"]
    assert {name: totals[name] for name in listed} == listed


@pytest.mark.parametrize(
    ("arguments", "since", "until"),
    [
        (("--since", "2026-03-29", "--until", "2026-03-29"), "2026-03-28T23:00Z", "2026-03-29T21:59:59.999999Z"),
        (
            (
                "--since",
                "2026-10-25",
            ),
            "2026-10-24T22:00Z",
            None,
        ),
        (
            (
                "--until",
                "2026-03-29T02:59",
            ),
            None,
            "2026-03-29T01:59Z",
        ),
        (
            ("--since", "2026-10-25T01:30:00Z", "--until", "2026-10-25 23:59:59.999"),
            "2026-10-25T01:30Z",
            "2026-10-25T22:59:59.999Z",
        ),
        (("--since", "2027-01-01"), "2026-12-31T23:00Z", None),
    ],
    ids=["a day of 23 hours", "a day of 25 hours", "a time of the zone", "times, inclusive", "nothing in it"],
)
def test_since_and_until_are_inclusive_days_or_times(
    plain: list[PlainSession], arguments: tuple[str, ...], since: str | None, until: str | None
) -> None:
    low, high = (None if edge is None else datetime.fromisoformat(edge) for edge in (since, until))
    chosen = [
        one
        for one in plain
        if one.started is not None and (low is None or one.started >= low) and (high is None or one.started <= high)
    ]
    document = usage(*arguments, "--tz", "Europe/Berlin", "--json").json
    assert document["totals"] == counts(amounts(chosen))
    assert {row["key"] for row in document["rows"]} == {day.isoformat() for day in by_day(chosen, BERLIN)}


def test_one_user_and_unknown_tokens(plain: list[PlainSession]) -> None:
    mine = [one for one in plain if one.user == "ana"]
    assert usage("--user", "ana", "--json").json["totals"] == counts(amounts(mine))
    unknown = [one for one in plain if not one.recorded]
    rows = {row["key"]: row for row in usage("--by", "session", "--json").json["rows"]}
    assert unknown
    assert all(rows[one.id]["total_tokens"] is None for one in unknown)
    assert usage("--user", "nobody", "--json").json["rows"] == []


def test_a_limit_shortens_the_rows_and_not_the_totals(plain: list[PlainSession]) -> None:
    for by in ("day", "hour", "week", "user", "session", "tool"):
        whole, cut = (usage("--by", by, *more, "--json").json for more in ((), ("--limit", "1")))
        assert len(cut["rows"]) == 1
        assert cut["rows"][0] == (whole["rows"][-1] if by in ("day", "hour", "week") else whole["rows"][0])
        assert cut["totals"] == whole["totals"] == counts(amounts(plain))


@pytest.fixture
def partly_unknown(plain: list[PlainSession], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The inspector knows that s-01 has unknown output tokens, and s-02 unknown input and output tokens."""
    monkeypatch.setenv("INSPECTOR_DATA_DIR", str(tmp_path / "own"))
    with connect(Settings.from_environment(os.environ)) as connected:
        for session_id, names in (("s-01", ("completion",)), ("s-02", ("prompt", "completion"))):
            unknown = tuple(UnknownCount(name, "usage", "it is null") for name in names)  # type: ignore[arg-type]
            connected.app_db.keep_imported(
                [ImportedSource(session_id, "openai-chat", connected.stores.now(), unknown=unknown)]
            )


@pytest.mark.usefixtures("partly_unknown")
def test_unknown_counts_are_in_no_sum_and_their_sessions_are_listed(database: Database) -> None:
    known = read_all(database, UnknownCounts(frozenset({"s-02"}), frozenset({"s-01", "s-02"})))
    document = usage("--by", "session", "--json").json
    assert document["totals"] == counts(amounts(known))
    assert document["totals"]["unknown"] == 2
    rows = {row["key"]: row for row in document["rows"]}
    assert [rows["s-01"][name] for name in ("prompt_tokens", "completion_tokens", "total_tokens")] == [
        1_000,
        None,
        None,
    ]
    assert [rows["s-02"][name] for name in ("prompt_tokens", "completion_tokens", "total_tokens")] == [None] * 3
    assert sorted(document["unknown_sessions"], key=lambda one: one["session_id"]) == [
        {"session_id": "s-01", "unknown": ["completion"]},
        {"session_id": "s-02", "unknown": ["prompt", "completion"]},
    ]
    listed = json.loads(CliRunner().invoke(commands, ["sessions", "--json"]).stdout)
    assert listed["total"] == {name: document["totals"][name] for name in listed["total"]}
    lines = {line["session_id"]: line for line in listed["sessions"]}
    assert (lines["s-01"]["prompt_tokens"], lines["s-01"]["completion_tokens"], lines["s-01"]["unknown"]) == (
        1_000,
        None,
        ["completion"],
    )
    assert "unknown" not in lines["s-03"]


@pytest.mark.usefixtures("partly_unknown")
def test_text_and_csv_name_the_sessions_with_unknown_counts() -> None:
    text = usage("--by", "session").out
    assert "2 sessions with unknown token counts (not in the sums)." in text
    assert "  s-01: output tokens\n" in text
    assert "  s-02: input and output tokens\n" in text
    line = next(line for line in text.splitlines() if line.startswith("s-01"))
    assert line.split()[-3:] == ["1,000", "unknown", "unknown"]
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(usage("--by", "session", "--csv").out))}
    assert (rows["s-01"]["completion_tokens"], rows["s-01"]["unknown"], rows["s-03"]["unknown"]) == ("", "1", "0")
    listed = CliRunner().invoke(commands, ["sessions"]).stdout
    assert "unknown" in listed
    assert "2 sessions with unknown token counts (not in the sums)." in listed


def test_csv_has_a_header_and_the_rows_of_the_json(plain: list[PlainSession]) -> None:
    lines = list(csv.DictReader(io.StringIO(usage("--by", "user", "--csv").out)))
    rows = usage("--by", "user", "--json").json["rows"]
    assert list(lines[0]) == ["key", *COUNTS]
    shown = {"=HYPERLINK(1)": "'=HYPERLINK(1)", None: ""}
    assert [line["key"] for line in lines] == [shown.get(row["key"], row["key"]) for row in rows]
    for line, row in zip(lines, rows, strict=True):
        assert [line[name] for name in COUNTS] == ["" if row[name] is None else str(row[name]) for name in COUNTS]


def test_the_table_says_the_sums_and_whose_days_they_are(plain: list[PlainSession]) -> None:
    said = usage("--tz", "Asia/Kathmandu").out
    assert "Time zone: Asia/Kathmandu (from --tz)." in said
    assert f"{len(plain)} sessions" in said
    assert "without recorded tokens (not in totals)" in said
    assert "Time zone: Europe/Berlin (from TZ)." in usage(TZ="Europe/Berlin").out
    assert "Time zone: UTC (default)." in usage(TZ="CET-1CEST").out
    assert "No matching sessions." in usage("--since", "2027-01-01").out
    assert "1 of 3 rows. Use --limit to see more." in usage("--by", "user", "--limit", "1").out
    assert "\x1b" not in usage("--by", "session").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--tz", "Mars/Olympus"), "not a known time zone"),
        (("--tz", "../../etc/passwd"), "not a known time zone"),
        (("--since", "yesterday"), "Use a date such as 2026-11-02"),
        (("--until", "2026-02-30"), "not a valid date or time"),
        (("--since", "2026-11-02", "--until", "2026-11-01"), "--until is before --since"),
        (("--since", "0001-01-01", "--tz", "Asia/Tokyo"), "out of range"),
        (("--until", "9999-12-31"), "out of range"),
        (("--by", "month"), "'day'"),
        (("--limit", "0"), "--limit"),
        (("--csv", "--json"), "not both"),
    ],
)
def test_wrong_use_is_told_with_exit_code_2(arguments: tuple[str, ...], words: str) -> None:
    answer = usage(*arguments)
    assert answer.code == 2
    assert words in answer.err


def test_without_rows_there_is_no_usage_and_the_command_says_why() -> None:
    answer = usage("--json", REDIS_URL=f"redis://{UNREACHABLE}:1")
    assert answer.code == 2
    assert "Usage is counted from the database's rows." in answer.err
    assert "DATABASE_URL" in answer.err
    answer = usage("--json", DATABASE_URL=f"postgresql://reader@{UNREACHABLE}:1/x")
    assert answer.code == 3
    assert json.loads(answer.out)["unavailable"] == ["database"]
