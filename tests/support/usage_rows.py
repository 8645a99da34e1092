"""Rows as other programs may have written them, and each usage figure recomputed by a plain loop over raw rows.

Nothing here calls chatdata's queries: rows are read with SELECT * and counted one by one.
"""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy import text

from chatdata.domain.messages import ALL_KNOWN, UnknownCounts
from chatdata.stores.database import Database

BERLIN = ZoneInfo("Europe/Berlin")
FORWARD, BACK = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
"""When Berlin's clocks are changed in 2026: from then on it is an hour later, or earlier, by the clock."""


def call(name: Any = "find", call_id: Any = "a") -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": "{}"}}


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


LISTS = (
    [call()],
    [call(), call("run", "b")],
    [call(), call("run", "a")],
    [call(), call("find", "b"), call("find", "c")],
    [call(None)],
    [call(7, "b"), {"id": "a"}],
    [call("ünïcode “x”", "a")],
    [call("find", ""), call("run", None)],
    [5, None, "words", ["a"], {"function": "find"}],
    [{"id": "a", "function": ["name"]}],
    [],
)
TOOL_CALLS = (
    None,
    *map(as_json, LISTS),
    *(as_json(as_json(value)) for value in LISTS),  # older rows: JSON inside a JSON string
    as_json(call()),
    as_json(as_json(call("run", "b"))),
    '"no JSON"',
    '"null"',
    '""',
    "null",
    "5",
    "true",
)
NOT_JSON = ("{not json", "[1, ", "NaN", '[{"id": "a", "function": {"name": "find"}}, NaN]')
"""Only SQLite can hold these."""
RESULTS = (
    None,
    "",
    "fine",
    "Error: in words",
    '{"type":"error","message":"no"}',
    '{"message":"no","type":"error"}',
    ' \r\n\t{ "type" : "error" }',
    '{"\\u0074ype":"\\u0065rror"}',
    '{"type":"error"',
    '{"type":"errors"}',
    '{"type":["error"]}',
    '{"outer":{"type":"error"}}',
    '[{"type":"error"}]',
    '{"type":"ok","text":"\\u0000 and \\"error\\""}',
    "ไทย 👍",
)
TITLES = (
    None,
    "",
    "  ",
    "Reset the password",
    "reset THE: password, again!",
    "Ärger – ärger",
    "ПАРОЛЬ, пароль",
    "C++/Go (v2.0)",
    "日本語、テスト",
    "don't",
)
TIMES = (
    "2026-03-28 22:59:59.999",
    "2026-03-28 23:00:00.000",
    "2026-03-29 00:59:00.000",
    "2026-03-29 01:00:00.000",
    "2026-03-29 21:59:59.999",
    "2026-03-29 22:00:00.000",
    "2026-10-24 22:00:00.000",
    "2026-10-25 00:30:00.000",
    "2026-10-25 01:30:00.000",
    "2026-10-25 22:59:59.999",
    "2026-10-25 23:00:00.000",
    "1969-12-31 23:50:00.001",
)
ODD_TIMES = {
    "sqlite": ("soon", "", "2026-03-29T01:05:00Z", "2026-03-29T03:05:00+02:00", "20260329", b"\xff\xfe", 1.5),
    "postgresql": ("infinity", "-infinity", "0044-03-15 12:00:00 BC", "12026-01-01 00:00:00"),
}
COUNTS = (0, 0, 1, 12, 999, 1_000, 123_456, 2_000_000_000)
ODD_COUNTS = ("many", -5, 1e300, 7.9, "12")
"""Only SQLite can hold these in a column of integers; text that is a number becomes one."""
USERS = (None, "ana", "Ana", "zoë", "", "bob")


@dataclass(frozen=True)
class MessageSpec:
    """A message by what usage looks at."""

    role: str
    content: str | None
    call_id: str | None
    calls: str | None
    model: str | None = None


@dataclass(frozen=True)
class SessionSpec:
    """A session by what usage looks at; values as they stand in the columns."""

    started: Any
    user: str | None
    title: str | None
    prompt: Any
    completion: Any
    messages: tuple[MessageSpec, ...]


def specs(dialect: str, most: int = 7) -> st.SearchStrategy[list[SessionSpec]]:
    """Sessions as a database of this dialect can hold them."""
    sqlite = dialect == "sqlite"
    counts = st.sampled_from((*COUNTS, None, *(ODD_COUNTS if sqlite else ())))
    message = st.builds(
        MessageSpec,
        role=st.sampled_from(["user", "assistant", "tool", "tool", "critic"]),
        content=st.sampled_from(RESULTS),
        call_id=st.sampled_from([None, "", "a", "a", "b", "c", "x"]),
        calls=st.none() | st.sampled_from(TOOL_CALLS + (NOT_JSON if sqlite else ())),
    )
    session = st.builds(
        SessionSpec,
        started=st.sampled_from(TIMES) | st.sampled_from(TIMES + ODD_TIMES[dialect]),
        user=st.sampled_from(USERS),
        title=st.sampled_from(TITLES),
        prompt=counts,
        completion=counts,
        messages=st.lists(message, max_size=7).map(tuple),
    )
    return st.lists(session, max_size=most)


def refill(database: Database, dialect: str, sessions: Sequence[SessionSpec]) -> None:
    """These sessions alone, under the ids s-00, s-01…; messages as other programs write them."""
    stamp = "CAST(:started AS timestamp)" if dialect == "postgresql" else ":started"
    calls = "CAST(:calls AS jsonb)" if dialect == "postgresql" else ":calls"
    models = any(item.model for session in sessions for item in session.messages)
    extra, value = (", model", ", :model") if models else ("", "")
    with database.writing() as connection:
        connection.execute(text('DELETE FROM "ChatMessage"'))
        connection.execute(text('DELETE FROM "ChatSession"'))
        if sessions:
            columns = 'id, "createdAt", "updatedAt", "userId", title, "totalPromptTokens", "totalCompletionTokens"'
            values = f":id, {stamp}, CURRENT_TIMESTAMP, :user, :title, :prompt, :completion"
            rows = [{"id": f"s-{at:02}", **vars(session)} for at, session in enumerate(sessions)]
            connection.execute(text(f'INSERT INTO "ChatSession" ({columns}) VALUES ({values})'), rows)
        rows = [
            {"id": f"m-{at:02}-{place}", "session": f"s-{at:02}", "sequence": place, **vars(item)}
            for at, session in enumerate(sessions)
            for place, item in enumerate(session.messages)
        ]
        if rows:
            columns = f'id, "sessionId", sequence, role, content, "toolCallId", "toolCalls"{extra}'
            values = f":id, :session, :sequence, :role, :content, :call_id, {calls}{value}"
            connection.execute(text(f'INSERT INTO "ChatMessage" ({columns}) VALUES ({values})'), rows)


@dataclass
class PlainMessage:
    role: str
    content: str | None
    call_id: str | None
    calls: list[Any]
    model: str | None


@dataclass
class PlainSession:
    id: str
    user: str | None
    title: str | None
    started: datetime | None
    prompt: int | None
    completion: int | None
    messages: list[PlainMessage] = field(default_factory=list)
    damaged: bool = False

    @property
    def recorded(self) -> bool:
        return bool(self.prompt or self.completion)

    @property
    def unknown(self) -> tuple[str, ...]:
        counts = {"prompt": self.prompt, "completion": self.completion}
        return tuple(name for name, number in counts.items() if number is None)

    @property
    def tokens(self) -> int:
        """The sum of what is known."""
        return (self.prompt or 0) + (self.completion or 0)

    @property
    def calls(self) -> int:
        return sum(len(message.calls) for message in self.messages)

    @property
    def turns(self) -> int:
        return sum(message.role == "assistant" for message in self.messages)


def allow_null_totals(database: Database) -> None:
    """Makes the totals nullable, as they are in views of other products' tables."""
    database.facts()
    with database.writing() as connection:
        for name in ("totalPromptTokens", "totalCompletionTokens"):
            connection.execute(text(f'ALTER TABLE "ChatSession" DROP COLUMN "{name}"'))
            connection.execute(text(f'ALTER TABLE "ChatSession" ADD COLUMN "{name}" INTEGER'))
    database.facts()


def read_all(database: Database, unknown: UnknownCounts = ALL_KNOWN) -> list[PlainSession]:
    """Every row, with values as they came from the driver, and without the counts that are unknown."""
    found: dict[str, PlainSession] = {}
    sqlite = database.schema is None
    raw = "" if sqlite else "::text"
    sessions = f'SELECT id, "userId", title, "createdAt"{raw}, "totalPromptTokens", "totalCompletionTokens"'
    with database.reading() as connection:
        columns = connection.execute(text('SELECT * FROM "ChatMessage" LIMIT 0')).keys()
        model = "model" if "model" in columns else "NULL"
        for row in connection.execute(text(f'{sessions} FROM "ChatSession" ORDER BY id')):
            found[row[0]] = PlainSession(row[0], row[1], row[2], moment(row[3]), number(row[4]), number(row[5]))
            for name in unknown.of(row[0]):
                setattr(found[row[0]], name, None)
            found[row[0]].damaged = is_damaged(row[4]) or is_damaged(row[5])
        messages = f'SELECT "sessionId", role, content, "toolCallId", "toolCalls"{raw}, {model} FROM "ChatMessage"'
        for row in connection.execute(text(f"{messages} ORDER BY sequence")):
            found[row[0]].messages.append(PlainMessage(row[1], row[2], row[3], entries(row[4]), row[5]))
    return list(found.values())


def moment(value: Any) -> datetime | None:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000, UTC)
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def number(value: Any) -> int | None:
    if value is None:
        return None
    return int(value) if isinstance(value, int | float) and math.isfinite(value) and abs(value) <= 1e15 else 0


def is_damaged(value: Any) -> bool:
    """What is no count; inf and text are none, and NULL says that the count is unknown."""
    return value is not None and not (isinstance(value, int | float) and abs(value) <= 1e15)


def entries(value: Any) -> list[Any]:
    """A column of calls: JSON, or in older rows JSON inside a JSON string; a single value is one entry."""
    for _ in range(2):
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                break
    return [] if value is None else value if isinstance(value, list) else [value]


def amounts(sessions: Iterable[PlainSession]) -> tuple[Any, ...]:
    """The fields of Amounts in their order."""
    count = known = messages = calls = turns = damaged = unknown = wholly = 0
    prompts, completions = list[int](), list[int]()
    for session in sessions:
        count += 1
        messages += len(session.messages)
        calls += session.calls
        turns += session.turns
        damaged += session.damaged
        unknown += bool(session.unknown)
        wholly += bool(session.unknown) and not session.recorded
        if session.recorded:
            known += 1
            prompts += [] if session.prompt is None else [session.prompt]
            completions += [] if session.completion is None else [session.completion]
    tokens = (sum(prompts) if prompts else None, sum(completions) if completions else None)
    cost = None  # not read without a model to assume
    return (count, known, messages, calls, *tokens, turns, damaged, unknown, wholly, cost)


def by_day(sessions: Iterable[PlainSession], zone: ZoneInfo) -> dict[date, tuple[Any, ...]]:
    days = defaultdict(list)
    for session in sessions:
        if session.started is not None:
            days[session.started.astimezone(zone).date()].append(session)
    return {day: amounts(some) for day, some in days.items()}


def by_user(sessions: Iterable[PlainSession]) -> dict[str | None, tuple[Any, ...]]:
    users = defaultdict(list)
    for session in sessions:
        users[session.user].append(session)
    return {user: amounts(some) for user, some in users.items()}


@dataclass
class PlainTool:
    sessions: set[str] = field(default_factory=set)
    messages: int = 0
    calls: int = 0
    sizes: list[int] = field(default_factory=list)
    failures: int = 0


UNANSWERED = object()
"""The key of results that answer no call."""


def by_tool(sessions: Iterable[PlainSession]) -> dict[Any, PlainTool]:
    tools: dict[Any, PlainTool] = defaultdict(PlainTool)
    for session in sessions:
        asked: dict[str, Any] = {}
        for message in session.messages:
            if message.role == "tool":
                tool = tools[asked.get(message.call_id or "", UNANSWERED)]
                tool.sizes.append(len(message.content or ""))
                tool.failures += failed(message.content)
            names, here = [], {}
            for entry in message.calls:
                function = entry.get("function") if isinstance(entry, dict) else None
                name = function.get("name") if isinstance(function, dict) else None
                names.append(name if isinstance(name, str) else None)
                call_id = entry.get("id") if isinstance(entry, dict) else None
                if isinstance(call_id, str) and call_id:
                    here.setdefault(call_id, names[-1])
            asked |= here
            for name in names:
                tools[name].calls += 1
                tools[name].sessions.add(session.id)
            for name in set(names):
                tools[name].messages += 1
    return tools


def failed(content: str | None) -> bool:
    try:
        value = json.loads(content or "")
    except ValueError:
        return False
    return isinstance(value, dict) and value.get("type") == "error"


STOP_WORDS = {"the", "again", "don", "t"}
"""Of the words in TITLES."""


def by_word(sessions: Iterable[PlainSession]) -> dict[str, tuple[Any, ...]]:
    found = defaultdict(list)
    for session in sessions:
        for word in {word.lower() for word in re.split(r"[\W_]+", session.title or "") if word} - STOP_WORDS:
            found[word].append(session)
    return {word: amounts(some) for word, some in found.items()}


def percentile(values: Sequence[int], percent: int) -> int | None:
    """By nearest rank."""
    ordered = sorted(values)
    return next((value for place, value in enumerate(ordered, 1) if place * 100 >= percent * len(ordered)), None)


def clock_hours(day: date, zone: ZoneInfo) -> float:
    """Hours that a day has: 23 or 25 where the clocks are changed."""
    start = datetime.combine(day, datetime.min.time(), zone)
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
    return (end.astimezone(UTC) - start.astimezone(UTC)) / timedelta(hours=1)
