"""The statement behind usage by tool: calls and results as one sequence of events, summed by tool."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ARRAY, Integer, Select, String, and_, case, column, func, literal, or_, select, true, union_all
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import JSONB

from chatdata.stores.database.grouping import first_columns
from chatdata.stores.database.tables import chat_message, chat_session
from chatdata.stores.database.usage import columns

_s, _m = chat_session.c, chat_message.c
_BLANKS = " \t\n\r"
"""The whitespace characters of JSON."""
_MEDIAN = 50


@dataclass(frozen=True, slots=True)
class ReadCall:
    """A call that Python read because its message's "toolCalls" is not a list."""

    session: str
    at: int
    """The sequence of the message."""
    place: int
    """The call's position among the calls of its message, counted from 1."""
    call: str | None
    """The call's id."""
    tool: str | None
    several: str | None
    """The message's id if it has more than one call."""


def by_tool(dialect: str, where: Sequence[Any], read: Sequence[ReadCall]) -> Select[Any]:
    """A SELECT of one row per tool: tool, known, irregular, sessions, messages, calls, results, characters, median,
    largest, suspects.

    `known` is 0 for results without a call. `irregular` counts messages that only Python can read; it is 0 if `read`
    has their calls. `suspects` are the ids of results that may be failures, as JSON in SQLite.
    """
    e = (_with_median if dialect == "sqlite" else _with_tools)(dialect, where, read).c
    is_call = and_(e.made == 1, e.irregular == 0)
    alone = func.sum(case((and_(is_call, e.several.is_(None)), 1), else_=0))
    return select(
        e.tool,
        e.known,
        func.sum(e.irregular).label("irregular"),
        func.count(case((is_call, e.session)).distinct()).label("sessions"),
        (alone + func.count(case((is_call, e.several)).distinct())).label("messages"),
        func.sum(case((is_call, 1), else_=0)).label("calls"),
        func.sum(1 - e.made).label("results"),
        func.coalesce(func.sum(e.size), 0).label("characters"),
        (func.min(e.middle) if dialect == "sqlite" else func.percentile_disc(0.5).within_group(e.size)).label("median"),
        func.max(e.size).label("largest"),
        _suspects(dialect, e.suspect).label("suspects"),
    ).group_by(e.tool, e.known)


def by_session_and_tool(
    dialect: str, where: Sequence[Any], read: Sequence[ReadCall], key_of: Callable[[Any], Any]
) -> Select[Any]:
    """A SELECT of one row per session and tool: key, tool, known, irregular, messages, calls, sizes, suspects.

    `key` is what `key_of` makes of the session's id. `sizes` are the lengths of its results, as JSON in SQLite; the
    other columns are as in `by_tool`.
    """
    e = _with_tools(dialect, where, read).c
    is_call, is_result = and_(e.made == 1, e.irregular == 0), e.made == 0
    alone = func.sum(case((and_(is_call, e.several.is_(None)), 1), else_=0))
    all_of = func.array_agg(e.size) if dialect == "postgresql" else func.json_group_array(e.size)
    return select(
        key_of(e.session).label("key"),
        e.tool,
        e.known,
        func.sum(e.irregular).label("irregular"),
        (alone + func.count(case((is_call, e.several)).distinct())).label("messages"),
        func.sum(case((is_call, 1), else_=0)).label("calls"),
        all_of.filter(is_result).label("sizes"),
        _suspects(dialect, e.suspect).label("suspects"),
    ).group_by(*first_columns(1), e.tool, e.known)


def messages_of(where: Sequence[Any]) -> list[Any]:
    """The conditions on "ChatMessage" for the sessions of a filter; an empty list for all sessions."""
    return [_m.sessionId.in_(select(_s.id).where(*where))] if where else []


def _with_median(dialect: str, where: Sequence[Any], read: Sequence[ReadCall]) -> Any:
    """The events of `_with_tools` with a column `middle`, which has the sizes not below a tool's median."""
    e = _with_tools(dialect, where, read).c
    tools = [e.tool, e.known, e.made]
    place = func.row_number().over(partition_by=tools, order_by=e.size)
    placed = select(*e, place.label("place"), func.count().over(partition_by=tools).label("all")).subquery("placed").c
    middle = case((placed.place * 100 >= placed.all * _MEDIAN, placed.size))
    return select(*placed, middle.label("middle")).subquery("halved")


def _with_tools(dialect: str, where: Sequence[Any], read: Sequence[ReadCall]) -> Any:
    """The events with the tool that each belongs to; `known` is 0 for a result without a call."""
    e = union_all(*_events(dialect, where, read)).subquery("events").c
    # The calls of one message are peers in this order, so all of them get the number of the last.
    turn = func.sum(e.made).over(partition_by=[e.session, e.call], order_by=[e.at, e.made]).label("turn")
    n = select(*e, turn).subquery("numbered").c
    tool_called = func.first_value(n.tool).over(
        partition_by=[n.session, n.call, n.turn], order_by=[n.made.desc(), n.place]
    )
    answers = and_(n.call.is_not(None), n.turn > 0)
    return select(
        *(n[name] for name in ("session", "made", "irregular", "several", "size", "suspect")),
        case((n.made == 1, n.tool), (answers, tool_called)).label("tool"),
        case((or_(n.made == 1, answers), 1), else_=0).label("known"),
    ).subquery("named")


def _events(dialect: str, where: Sequence[Any], read: Sequence[ReadCall]) -> list[Select[Any]]:
    """The calls and the results of these sessions; `made` is 1 for a call."""
    found = [_calls(dialect, where, with_others=not read), _results(dialect, where)]
    return [*found, _read_calls(dialect, read)] if read else found


def _calls(dialect: str, where: Sequence[Any], *, with_others: bool) -> Select[Any]:
    """One row per entry of a list and, with `with_others`, one per "toolCalls" that is not a list."""
    is_list, others = columns.calls(dialect).is_not(None), columns.is_irregular(dialect)
    lists: list[tuple[Any, Any]] = [(is_list, _m.toolCalls)]
    if with_others:
        lists.append((others, _json(dialect, "[null]")))
    entries, place, call, tool = _entries(dialect, case(*lists, else_=_json(dialect, "[]")))
    return (
        select(
            _m.sessionId.label("session"),
            _m.sequence.label("at"),
            literal(1, Integer).label("made"),
            place.label("place"),
            func.nullif(call, "").label("call"),
            tool.label("tool"),
            case((others, 1), else_=0).label("irregular"),
            case((columns.calls(dialect) > 1, _id(dialect))).label("several"),
            sql_cast(None, Integer).label("size"),
            sql_cast(None, String).label("suspect"),
        )
        .select_from(chat_message.join(entries, true()))
        .where(_m.toolCalls.is_not(None), *messages_of(where))
    )


def _results(dialect: str, where: Sequence[Any]) -> Select[Any]:
    return select(
        _m.sessionId,
        _m.sequence,
        literal(0, Integer),
        literal(0, Integer),
        func.nullif(_m.toolCallId, ""),
        sql_cast(None, String),
        literal(0, Integer),
        sql_cast(None, String),
        func.coalesce(func.length(_m.content), 0),
        case((_may_be_failure(dialect), _id(dialect))),
    ).where(_m.role == "tool", *messages_of(where))


def _read_calls(dialect: str, read: Sequence[ReadCall]) -> Select[Any]:
    """The calls that Python read, as one parameter."""
    text = json.dumps([asdict(call) for call in read])
    fields = ("session", "at", "place", "call", "tool", "several")
    rows: Any
    values: dict[str, Any]
    if dialect == "postgresql":
        kinds = [column(name, Integer if name in ("at", "place") else String) for name in fields]
        rows = (
            func.jsonb_to_recordset(_json(dialect, text))
            .table_valued(*kinds, name="read")
            .render_derived(with_types=True)
        )
        values = {name: rows.c[name] for name in fields}
    else:
        rows = func.json_each(text).table_valued("value", name="read")
        values = {name: func.json_extract(rows.c.value, f"$.{name}") for name in fields}
    call = values["session"], values["at"], literal(1, Integer), values["place"], values["call"], values["tool"]
    rest = literal(0, Integer), values["several"], sql_cast(None, Integer), sql_cast(None, String)
    return select(*call, *rest).select_from(rows)


def _entries(dialect: str, lists: Any) -> tuple[Any, Any, Any, Any]:
    """The entries of JSON lists, and expressions for an entry's position from 1, the call's id and the function's name;
    the latter two are NULL if they are not text."""
    if dialect == "postgresql":
        entry = (
            func.jsonb_array_elements(lists, type_=JSONB)
            .table_valued(column("value", JSONB), with_ordinality="place", name="entry")
            .render_derived()
        )
        return (
            entry,
            sql_cast(entry.c.place, Integer),
            _text_at(entry.c.value, "id"),
            _text_at(entry.c.value, "function", "name"),
        )
    entry = func.json_each(lists).table_valued("key", "value", "type", name="entry")
    return entry, entry.c.key + 1, _sqlite_text_at(entry.c, "$.id"), _sqlite_text_at(entry.c, "$.function.name")


def _text_at(value: Any, *path: str) -> Any:
    found = value[path]
    return case((func.jsonb_typeof(found) == "string", found.astext))


def _sqlite_text_at(entry: Any, path: str) -> Any:
    is_text = and_(entry.type == "object", func.json_type(entry.value, path) == "text")
    return case((is_text, func.json_extract(entry.value, path)))


def _json(dialect: str, text: str) -> Any:
    return sql_cast(literal(text, String), JSONB) if dialect == "postgresql" else literal(text, String)


def _id(dialect: str) -> Any:
    """The message's id; bytes, which SQLite may hold there and its JSON may not, as text."""
    return _m.id if dialect == "postgresql" else sql_cast(_m.id, String)


def _may_be_failure(dialect: str) -> Any:
    """Whether a result may be a JSON object of type "error", also with escaped letters; few other texts match."""
    place = func.strpos if dialect == "postgresql" else func.instr

    def has(part: str) -> Any:
        return place(_m.content, part) > 0

    begins = func.substr(func.ltrim(_m.content, _BLANKS), 1, 1) == "{"
    return and_(begins, or_(and_(has('"error"'), has('"type"')), has("\\u006"), has("\\u007")))


def _suspects(dialect: str, ids: Any) -> Any:
    if dialect == "postgresql":
        return func.array_agg(ids, type_=ARRAY(String)).filter(ids.is_not(None))
    return func.json_group_array(ids).filter(ids.is_not(None))
