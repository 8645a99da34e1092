"""The JSON schemas of the HTTP API's answers: the fields on which a program can rely; others may be added."""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
ANY: Schema = {}
TIME: Schema = {"type": "string", "description": "ISO 8601 in UTC, with milliseconds."}


def nullable(schema: Schema) -> Schema:
    """The schema of a value that may be null."""
    return {**schema, "type": [schema["type"], "null"]}


def items(schema: Schema) -> Schema:
    """The schema of a list."""
    return {"type": "array", "items": schema}


def fields(required: Mapping[str, Schema], **optional: Schema) -> Schema:
    """The schema of an object, to which fields may be added."""
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def one_of(*codes: str) -> Schema:
    """The schema of a code."""
    return {"type": "string", "enum": list(codes)}


_STORES = items(one_of("database", "cache"))
_DAMAGED = items(fields({"place": TEXT, "position": nullable(WHOLE), "reason": TEXT}))
_UNKNOWN = items(one_of("prompt", "completion"))
_COPY = fields(
    {"state": one_of("present", "absent", "corrupt", "unavailable", "not configured")},
    messages=WHOLE,
    updated_at=nullable(TIME),
    reason=TEXT,
    bytes=WHOLE,
    ttl_seconds=nullable(NUMBER),
    expires_at=nullable(TIME),
    last_written_at=nullable(TIME),
)
_SESSION = fields(
    {
        "session_id": TEXT,
        "user_id": nullable(TEXT),
        "title": nullable(TEXT),
        "first_user_message": nullable(TEXT),
        "last_answer": nullable(TEXT),
        "started_at": nullable(TIME),
        "updated_at": nullable(TIME),
        "messages": WHOLE,
        "prompt_tokens": nullable(WHOLE),
        "completion_tokens": nullable(WHOLE),
        "damaged": _DAMAGED,
        "cached": nullable(FLAG),
        "ttl_seconds": nullable(NUMBER),
    },
    chat_status=TEXT,
    activity=TEXT,
    unknown=_UNKNOWN,
)
_MESSAGE = fields(
    {
        "position": WHOLE,
        "created_at": nullable(TIME),
        "role": TEXT,
        "content": nullable(TEXT),
        "name": nullable(TEXT),
        "tool_call_id": nullable(TEXT),
        "refusal": nullable(TEXT),
        "tool_calls": ANY,
        "function_call": ANY,
        "extras": {"type": "object"},
    }
)
_CAUSE = fields({"cause": TEXT, "evidence": nullable(TEXT)})
_PLACE = fields({"cache_position": nullable(WHOLE), "database_position": nullable(WHOLE), "count": WHOLE})
_FINDING = fields(
    {
        "kind": TEXT,
        "severity": one_of("critical", "high", "medium", "info"),
        "cache_position": nullable(WHOLE),
        "database_position": nullable(WHOLE),
        "field": nullable(TEXT),
        "count": WHOLE,
        "meaning": TEXT,
        "likely_causes": items(_CAUSE),
        "at_risk": FLAG,
        "expires_at": nullable(TIME),
        "repairs": items(TEXT),
    },
    cache_value=ANY,
    database_value=ANY,
    places=items(_PLACE),
    consequences=items({"type": "object"}),
)
_COMPARISON = {
    "session_id": TEXT,
    "user_id": nullable(TEXT),
    "status": nullable(TEXT),
    "read_at": TIME,
    "cache": {"type": "object"},
    "database": {"type": "object"},
    "first_difference": ANY,
    "findings": items(_FINDING),
    "ledger": {"type": "object", "additionalProperties": WHOLE},
}
_REJECTION = fields({"provider": TEXT, "text": TEXT, "path": nullable(TEXT)})
_LINT_FINDING = fields(
    {
        "code": TEXT,
        "severity": one_of("error", "warning", "info"),
        "payload_position": nullable(WHOLE),
        "stored_positions": items(WHOLE),
        "path": nullable(TEXT),
        "tool_call_id": nullable(TEXT),
        "meaning": TEXT,
        "rejected_by": items(_REJECTION),
    }
)
_STORE = fields({"answer": one_of("ok", "unavailable", "not configured"), "problem": nullable(TEXT)}, where=ANY)

SESSIONS = fields(
    {
        "sessions": items(_SESSION),
        "total": {"type": "object"},
        "source": one_of("database", "cache"),
        "more": FLAG,
        "unavailable": _STORES,
        "not_configured": _STORES,
        "problems": items(TEXT),
        "next_cursor": nullable(TEXT),
    },
    found=fields({"session_id": TEXT, "source": TEXT, "position": nullable(WHOLE), "by": TEXT}),
)
SHOW = fields(
    {
        "session_id": TEXT,
        "source": one_of("database", "cache"),
        "read_at": TIME,
        "copies": fields({"database": _COPY, "cache": _COPY}),
        "unavailable": _STORES,
        "not_configured": _STORES,
        "chat_status": nullable(TEXT),
        "activity": TEXT,
        "pending": items({"type": "object"}),
        "remarks": items(TEXT),
    },
    messages=items(_MESSAGE),
    page=fields({"from": WHOLE, "limit": WHOLE, "of": WHOLE, "next": nullable(WHOLE)}),
    corrupt={"type": "object"},
    user_id=nullable(TEXT),
    title=nullable(TEXT),
    damaged=_DAMAGED,
)
DIFF = {
    "anyOf": [
        fields(_COMPARISON, chat_status=nullable(TEXT), activity=TEXT, unavailable=_STORES),
        fields(
            {
                "a": {"type": "object"},
                "b": {"type": "object"},
                "read_at": TIME,
                "equal": FLAG,
                "counts": {"type": "object", "additionalProperties": WHOLE},
                "fields": items(fields({"field": TEXT, "equal": FLAG, "a": ANY, "b": ANY})),
                "rows": items(fields({"kind": TEXT, "a": nullable(WHOLE), "b": nullable(WHOLE)})),
            }
        ),
    ]
}
LINT = fields(
    {
        "session_id": TEXT,
        "source": TEXT,
        "dialect": nullable(TEXT),
        "messages": WHOLE,
        "findings": items(_LINT_FINDING),
        "verdicts": {"type": "object", "additionalProperties": one_of("accept", "reject", "unknown")},
    }
)
EXPLAIN = fields(
    {
        "recognised": FLAG,
        "provider": nullable(TEXT),
        "about_messages": FLAG,
        "reason": nullable(TEXT),
        "matches": items({"type": "object"}),
    }
)
PAYLOAD = fields({"session_id": TEXT, "source": TEXT, "format": TEXT}, body=ANY, account={"type": "object"})
USAGE = fields({"by": TEXT, "time_zone": TEXT, "as_of": TIME, "rows": items({"type": "object"}), "totals": ANY})
SCAN = fields(
    {
        "started_at": TIME,
        "finished_at": TIME,
        "status": TEXT,
        "cached_keys": WHOLE,
        "findings_by_kind": {"type": "object"},
        "messages_at_risk": WHOLE,
        "sessions": items({"type": "object"}),
    }
)
CHECK = fields(
    {
        "access": one_of("read", "write"),
        "embedded": FLAG,
        "session_ttl_seconds": WHOLE,
        "database": _STORE,
        "cache": _STORE,
        "unavailable": _STORES,
        "not_configured": _STORES,
    }
)
_CUT = fields({"pointer": TEXT, "type": one_of("text", "list", "object"), "length": WHOLE, "shown": WHOLE})
_HEAD = {"notice": TEXT, "view": one_of("structure", "masked", "full"), "truncated": items(_CUT)}
REST = fields(
    {**_HEAD, "pointer": TEXT, "offset": WHOLE, "length": WHOLE, "next": nullable(WHOLE), "value": ANY},
)
"""What is left of a value, for a question with a pointer."""
PROBLEM = fields(
    {"type": TEXT, "title": TEXT, "status": WHOLE, "detail": TEXT},
    unavailable=items(one_of("database", "cache", "inspector.db")),
    parameters={"type": "object", "additionalProperties": TEXT},
)


def answer(document: Schema) -> Schema:
    """The schema of a document as the API gives it: with what every answer has, or the rest of one value."""
    forms = [_with_head(form) for form in document.get("anyOf", [document])]
    return {"anyOf": [*forms, REST]}


def _with_head(document: Schema) -> Schema:
    return {
        **document,
        "required": [*_HEAD, *document["required"]],
        "properties": {**_HEAD, **document["properties"]},
    }
