"""Generates both copies of a session from its script: messages with ids, times and token counts. Does no I/O."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from chatdata.domain.messages import ChatMessage, ChatSession, Usage
from chatdata.domain.text import compact_json
from chatdata.services.demo.draft import TIME_TO_LIVE, Draft, Row, message_row, session_row
from chatdata.services.demo.ids import chance, random_uuid, tool_call_id, uuid_of
from chatdata.services.demo.steps import Ask, Call, Later, Only, Raw, Result, Say, Script, Step, Use, Where
from chatdata.services.demo.tokens import usage_of


@dataclass(slots=True)
class Played:
    """A message with the time it was saved at and the copies that have it."""

    message: ChatMessage
    where: Where
    seconds: float
    """Seconds after the start of its sitting."""


Sitting = list[Played]
"""Consecutive messages without a longer pause between them."""


def play(script: Script, now: datetime, seed: int) -> Draft:
    """The draft of a script's session with both copies, after the script's fault was applied."""
    source = chance(seed, "play", script.slug)
    session_id = uuid_of(seed, "session", script.slug)
    sittings = _Typist(source, session_id).sittings(script.steps)
    saved = _saved(script, sittings, now, source)
    session = _session(script, saved, seed, session_id, _started(script, saved, now, source))
    draft = _draft(script, session, saved, source, now)
    if script.fault is not None:
        script.fault(draft)
    return draft


class _Typist:
    """Turns the steps of a script into messages."""

    def __init__(self, source: Random, session_id: str) -> None:
        self._source = source
        self._session_id = session_id
        self._prefix = source.choice(("toolu", "toolu", "call"))
        self._whole_turns = source.random() < 0.4
        """Whether a turn is saved once, at its end, rather than after each step."""

    def sittings(self, steps: Iterable[Step]) -> list[Sitting]:
        done: list[Sitting] = [[]]
        clock = 0.0
        for step, where in _flat(steps):
            if isinstance(step, Later):
                clock = clock + step.hours * 3600 if step.hours is not None else 0.0
                if step.hours is None:
                    done.append([])
                continue
            messages = self._messages(step)
            clock += self._seconds(step, messages)
            self._save(done[-1], [Played(message, where, clock) for message in messages])
        return done

    def _save(self, sitting: Sitting, batch: list[Played]) -> None:
        if self._whole_turns and batch[0].message.role != "user":
            for item in reversed(sitting):
                if item.message.role == "user" or item.where != batch[0].where:
                    break
                item.seconds = batch[0].seconds
        sitting.extend(batch)

    def _seconds(self, step: Step, messages: list[ChatMessage]) -> float:
        if isinstance(step, Ask):
            return self._source.uniform(20, 60) + min(len(step.text) / 4, 200)
        if isinstance(step, Use):
            return self._source.uniform(2, 7) + sum(self._source.uniform(0.4, 6) for _ in messages)
        return self._source.uniform(2, 6) + min(sum(len(item.content or "") for item in messages) / 180, 40)

    def _messages(self, step: Step) -> list[ChatMessage]:
        if isinstance(step, Ask):
            return [ChatMessage(role="user", content=step.text)]
        if isinstance(step, Say):
            return [ChatMessage(role="assistant", content=step.text)]
        if isinstance(step, Raw):
            return [step.message.model_copy(deep=True)]
        if isinstance(step, Result):
            return [ChatMessage(role="tool", content=self._content(step.result), tool_call_id=step.call_id)]
        assert isinstance(step, Use)
        return self._tool_messages(step)

    def _tool_messages(self, step: Use) -> list[ChatMessage]:
        ids = [call.id or tool_call_id(self._source, self._prefix) for call in step.calls]
        calls = [_call(call_id, call) for call_id, call in zip(ids, step.calls, strict=True)]
        results = [
            ChatMessage(role="tool", content=self._content(call.result), tool_call_id=call_id)
            for call_id, call in zip(ids, step.calls, strict=True)
            if call.result is not None
        ]
        return [ChatMessage(role="assistant", content=step.text, tool_calls=calls), *results]

    def _content(self, result: Mapping[str, Any] | str) -> str:
        if isinstance(result, str):
            return result
        head = {"type": result["type"], "message": result["message"], "session_id": self._session_id}
        return compact_json({**head, **result})


def _call(call_id: str, call: Call) -> dict[str, Any]:
    arguments = call.arguments if isinstance(call.arguments, str) else compact_json(dict(call.arguments))
    return {"id": call_id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _flat(steps: Iterable[Step], where: Where = "both") -> Iterator[tuple[Step, Where]]:
    for step in steps:
        if isinstance(step, Only):
            yield from _flat(step.steps, step.where)
        else:
            yield step, where


Saved = tuple[Played, datetime]


def _saved(script: Script, sittings: list[Sitting], now: datetime, source: Random) -> list[Saved]:
    starts = _starts(script, sittings, now)
    jitter = timedelta(microseconds=source.randrange(1_000_000))
    return [
        (item, start - jitter + timedelta(seconds=item.seconds))
        for start, sitting in zip(starts, sittings, strict=True)
        for item in sitting
    ]


def _starts(script: Script, sittings: list[Sitting], now: datetime) -> list[datetime]:
    """When each sitting begins: the first at the script's date, the last so that it ends where it should."""
    when = script.when
    lengths = [timedelta(seconds=sitting[-1].seconds if sitting else 0) for sitting in sittings]
    if when.until is None:
        first = working_day(script, now, sum(lengths, timedelta(days=len(sittings) - 1)))
        return [first + timedelta(days=number) for number in range(len(sittings))]
    last = now - timedelta(hours=when.until) - lengths[-1]
    if len(sittings) == 1:
        return [last]
    first = working_day(script, now, timedelta(days=1))
    apart = (last - first) / (len(sittings) - 1)
    return [first + apart * number for number in range(len(sittings) - 1)] + [last]


def working_day(script: Script, now: datetime, length: timedelta) -> datetime:
    """The script's day and local hour in UTC, moved back to a Friday from a weekend and out of the future."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    local = midnight - timedelta(days=script.when.days) + timedelta(hours=script.when.hour)
    local -= timedelta(days=max(local.weekday() - 4, 0))
    start = local - timedelta(hours=script.person.utc_offset)
    while start + length > now - timedelta(minutes=10):
        start -= timedelta(days=1)
    return start


def _started(script: Script, saved: list[Saved], now: datetime, source: Random) -> datetime:
    first = saved[0][1] if saved else working_day(script, now, timedelta(hours=1))
    return first - timedelta(seconds=source.uniform(3, 25))


def _session(script: Script, saved: list[Saved], seed: int, session_id: str, started: datetime) -> ChatSession:
    truth = [item for item, _ in saved if item.where != "aborted"]
    reported = [item.where != "uncached" for item in truth]
    messages = [item.message for item in truth]
    runs, schedules = _run_counts(messages)
    return ChatSession(
        session_id=session_id,
        user_id=script.person.user_id(seed),
        title=script.title,
        usage=_usage(script, messages, reported, chance(seed, "usage", script.slug)),
        credentials={provider: _credential(seed, script, provider) for provider in script.credentials},
        started_at=started,
        updated_at=saved[-1][1] if saved else started,
        successful_agent_runs=runs,
        successful_agent_schedules=schedules,
        messages=messages,
    )


def _usage(script: Script, messages: list[ChatMessage], reported: list[bool], source: Random) -> list[Usage]:
    return usage_of(messages, reported, script.prompts, source) if script.usage else []


def _run_counts(messages: list[ChatMessage]) -> tuple[dict[str, int], dict[str, int]]:
    runs: dict[str, int] = {}
    schedules: dict[str, int] = {}
    counted = {"execution_started": runs, "schedule_created": schedules}
    for message in messages:
        if message.role != "tool" or not (message.content or "").startswith('{"type"'):
            continue
        head = (message.content or "").split('"', 4)[3]
        graph = json.loads(message.content or "").get("graph_id") if head in counted else None
        if graph is not None:
            counted[head][graph] = counted[head].get(graph, 0) + 1
    return runs, schedules


def _credential(seed: int, script: Script, provider: str) -> dict[str, str]:
    return {
        "id": uuid_of(seed, "credential", script.person.name, provider),
        "provider": provider,
        "type": "oauth2",
        "title": f"{script.person.name} – {provider}",
    }


def _draft(script: Script, session: ChatSession, saved: list[Saved], source: Random, now: datetime) -> Draft:
    rows = _rows(session, saved, source)
    if script.json_in_json:
        for row in rows:
            row["toolCalls"] = None if row["toolCalls"] is None else compact_json(row["toolCalls"])
    row = session_row(session, session.started_at + timedelta(milliseconds=source.uniform(2, 60)))
    cached, ttl = _cached(script, session, saved, row, rows)
    return Draft(
        slug=script.slug,
        person=script.person,
        planted=script.planted,
        lint=script.lint,
        session=session,
        row=row,
        rows=rows,
        cached=cached,
        ttl=ttl,
        now=now,
    )


def _rows(session: ChatSession, saved: list[Saved], source: Random) -> list[Row]:
    stored = [(item, moment) for item, moment in saved if item.where != "unsaved"]
    return [
        message_row(
            item.message,
            row_id=random_uuid(source),
            at=moment,
            session_id=session.session_id,
            sequence=sequence,
        )
        for sequence, (item, moment) in enumerate(stored)
    ]


def _cached(
    script: Script, session: ChatSession, saved: list[Saved], row: Row, rows: list[Row]
) -> tuple[ChatSession | None, int | None]:
    """The document of the last save, or of a later reading, or none."""
    hours = script.when.until if script.when.opened is None else script.when.opened
    if hours is None:
        return None, None
    ttl = TIME_TO_LIVE - int(hours * 3600)
    if script.when.opened is not None:
        return ChatSession.from_db(row, rows), ttl
    messages = [item.message for item, _ in saved if item.where in ("both", "unsaved")]
    fresh = session.model_copy(update={"messages": messages, "updated_at": session.started_at}, deep=True)
    return fresh, ttl
