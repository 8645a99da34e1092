"""Copies as JSON and back, and the JSON bundle in pieces, so that only one session at a time is in memory.

    {"format": FORMAT, "version": 1, "tool", "tool_version", "view", "source", "exported_at",
     "sessions": [{"session_id", "read_at", "stored": side, "cached": side, "digests": {source: hex},
                   "comparison": null or as in `diff --json`, "lint": {source: as in `lint --json`},
                   "replaced": {kind: count},
                   "notes": [{"id", "position", "digest", "text": null for a bookmark, "author", "created_at",
                              "changed_at"}],
                   "imported": null or what the source of an imported session held beyond the stores, as in
                               `kept_parts.source_json`}]}

A side has "state": present, corrupt, absent, unavailable or not_configured. Present rows have "row", "columns" and
"messages", and "damaged" where a value of theirs is; a present document has "document"; corrupt bytes are in base64.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, assert_never

from chatdata.domain import text
from chatdata.domain.annotations import Annotation, note_text
from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    CachedSide,
    Copies,
    CopyMessage,
    CorruptDocument,
    Expiry,
    StoredCopy,
    StoredSide,
    Unavailable,
    Unconfigured,
)
from chatdata.domain.document import copy_of
from chatdata.domain.drift import comparison_json
from chatdata.domain.lint import report_json
from chatdata.domain.messages import ChatMessage, ChatSessionInfo, DamagedValue, in_utc
from chatdata.domain.report.evidence import FORMAT, TOOL, VERSION, Evidence, FileFacts
from chatdata.domain.report.kept_parts import source_json
from chatdata.domain.text import JsonLimits, json_value
from chatdata.settings.version import tool_version

Json = dict[str, Any]
_NOTE_ID = re.compile(r"[0-9a-f]{32}")
_LONGEST_AUTHOR = 500
_LIMITS = JsonLimits(
    precision="microseconds", not_finite=lambda _: None, deepest=200, too_deep="(nested too deeply to be exported)"
)


def bundle_pieces(facts: FileFacts, sessions: Iterable[Evidence]) -> Iterator[str]:
    """Yields the bundle's JSON in pieces; ASCII preserves lone surrogates and survives every pipe."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "tool": TOOL,
        "tool_version": tool_version(),
        "view": facts.view,
        "source": facts.source,
        "exported_at": iso(facts.exported_at),
    }
    yield json.dumps(head)[:-1] + ', "sessions": ['
    for number, evidence in enumerate(sessions):
        yield ("," if number else "") + "\n" + dumped(evidence_json(evidence))
    yield "\n]}\n"


def dumped(value: Any) -> str:
    """Returns the value as JSON on one line of ASCII."""
    return json.dumps(jsonable(value), allow_nan=False)


def jsonable(value: Any) -> Any:
    """Returns a value that JSON can hold: times in ISO 8601, NaN and infinities as null, as in a cached document."""
    return json_value(value, _LIMITS)


def iso(moment: datetime) -> str:
    """Returns the time in UTC to the microsecond, as in 2026-02-20T10:00:00.000123Z."""
    return text.iso(moment, "microseconds")


def evidence_json(evidence: Evidence) -> Json:
    """Returns one session of a bundle as a JSON object."""
    copies, session_id = evidence.copies, evidence.copies.session_id
    return {
        "session_id": session_id,
        "read_at": copies.read_at,
        "stored": _stored_json(copies.stored),
        "cached": _cached_json(copies.cached),
        "digests": evidence.digests,
        "comparison": None if evidence.comparison is None else comparison_json(evidence.comparison),
        "lint": {source: report_json(report, session_id, source) for source, report in evidence.reports.items()},
        "replaced": evidence.replaced,
        "notes": [_note_json(placed.note) for placed in evidence.notes],
        "imported": None if evidence.imported is None else source_json(evidence.imported),
    }


def _note_json(note: Annotation) -> Json:
    fields = asdict(note)
    del fields["session_id"]
    return fields


def notes_from_json(value: Mapping[str, Any]) -> tuple[Annotation, ...]:
    """Returns the notes of one session of a bundle; older bundles have none.

    Raises ValueError, KeyError or TypeError when a note is malformed.
    """
    session_id = str(value["session_id"])
    return tuple(_note_from(item, session_id) for item in value.get("notes", ()))


def _note_from(item: Mapping[str, Any], session_id: str) -> Annotation:
    note_id, position, text, changed = item["id"], item["position"], item["text"], item["changed_at"]
    if not (isinstance(note_id, str) and _NOTE_ID.fullmatch(note_id)):
        raise ValueError("a note's id")
    if isinstance(position, bool) or not isinstance(position, int) or not 0 <= position < 10**15:
        raise ValueError("a note's position")
    return Annotation(
        note_id,
        session_id,
        position,
        str(item["digest"]),
        None if text is None else note_text(str(text)),
        str(item["author"])[:_LONGEST_AUTHOR],
        in_utc(datetime.fromisoformat(item["created_at"])),
        None if changed is None else in_utc(datetime.fromisoformat(changed)),
    )


def _stored_json(side: StoredSide) -> Json:
    match side:
        case StoredCopy(info=info, messages=messages, extras=extras, damaged=damaged):
            return {
                "state": "present",
                "row": _fields(info),
                "columns": extras,
                "messages": [_message_json(item) for item in messages],
                **({"damaged": [asdict(value) for value in damaged]} if damaged else {}),
            }
        case Absent() | Unavailable() | Unconfigured():
            return _state_json(side)
        case _:
            assert_never(side)


def _fields(model: ChatSessionInfo | ChatMessage) -> Json:
    """Returns a model's fields by name, with nested values unchanged: pydantic's own dump fails on deep ones."""
    fields = {name: getattr(model, name) for name in type(model).model_fields}
    if isinstance(model, ChatSessionInfo):
        fields["usage"] = [item.model_dump() for item in model.usage]
    return fields


def _message_json(item: CopyMessage) -> Json:
    return {
        "sequence": item.position,
        "id": item.id,
        "created_at": item.created_at,
        **_fields(item.message),
        "columns": item.extras,
    }


def _cached_json(side: CachedSide) -> Json:
    match side:
        case CachedCopy(document=document, size=size, expiry=expiry):
            return {"state": "present", "document": document, "bytes": size, "expiry": asdict(expiry)}
        case CorruptDocument(raw=raw):
            return {
                "state": "corrupt",
                "raw_base64": base64.b64encode(raw).decode(),
                "bytes": len(raw),
                "reason": side.reason,
                "offset": side.offset,
                "field": side.field,
                "expiry": asdict(side.expiry),
            }
        case Absent() | Unavailable() | Unconfigured():
            return _state_json(side)
        case _:
            assert_never(side)


def _state_json(side: Absent | Unavailable | Unconfigured) -> Json:
    match side:
        case Absent():
            return {"state": "absent"}
        case Unavailable(reason=reason):
            return {"state": "unavailable", "reason": reason}
        case Unconfigured(hint=hint):
            return {"state": "not_configured", "reason": hint}
        case _:
            assert_never(side)


def copies_from_json(value: Mapping[str, Any]) -> Copies:
    """Returns the copies of one session of a bundle. Raises ValueError, KeyError or TypeError when it is malformed."""
    return Copies(
        str(value["session_id"]),
        _stored_from(value["stored"]),
        _cached_from(value["cached"]),
        in_utc(datetime.fromisoformat(value["read_at"])),
    )


def _stored_from(side: Mapping[str, Any]) -> StoredSide:
    if side["state"] != "present":
        return _side_from(side)
    return StoredCopy(
        ChatSessionInfo.model_validate({**side["row"], **_unknown_times(side["row"])}),
        tuple(_message_from(item) for item in side["messages"]),
        dict(side["columns"]),
        tuple(DamagedValue(str(one["place"]), one["position"], str(one["reason"])) for one in side.get("damaged", ())),
    )


def _unknown_times(row: Mapping[str, Any]) -> dict[str, datetime]:
    """The placeholder of each time that the row does not have."""
    return {name: text.UNKNOWN_TIME for name in ("started_at", "updated_at") if name in row and row[name] is None}


def _message_from(item: Mapping[str, Any]) -> CopyMessage:
    created = item["created_at"]
    return CopyMessage(
        int(item["sequence"]),
        ChatMessage.model_validate({name: item[name] for name in ChatMessage.model_fields}),
        None if created is None else in_utc(datetime.fromisoformat(created)),
        item["id"],
        dict(item["columns"]),
    )


def _cached_from(side: Mapping[str, Any]) -> CachedSide:
    if side["state"] == "corrupt":
        raw = base64.b64decode(side["raw_base64"], validate=True)
        return CorruptDocument(raw, str(side["reason"]), side["offset"], side["field"], _expiry_from(side["expiry"]))
    if side["state"] != "present":
        return _side_from(side)
    copy = copy_of(json.dumps(side["document"]).encode(), _expiry_from(side["expiry"]))
    if isinstance(copy, CorruptDocument):
        raise ValueError(copy.reason)
    return CachedCopy(copy.info, copy.messages, copy.document, int(side["bytes"]), copy.expiry)


def _expiry_from(value: Mapping[str, Any]) -> Expiry:
    times = [value["expires_at"], value["last_written_at"]]
    expires, written = (None if time is None else in_utc(datetime.fromisoformat(time)) for time in times)
    return Expiry(value["ttl_seconds"], expires, written)


def _side_from(side: Mapping[str, Any]) -> Absent | Unavailable | Unconfigured:
    match side["state"]:
        case "absent":
            return Absent()
        case "unavailable":
            return Unavailable(str(side["reason"]))
        case "not_configured":
            return Unconfigured(str(side["reason"]))
        case other:
            raise ValueError(f"a copy in the state {other!a}")
