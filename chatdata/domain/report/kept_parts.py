"""What the source of an imported session held beyond the stores, as JSON in a bundle and back."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, get_args

from chatdata.domain.dialects import CountName, Kind, UnknownCount
from chatdata.domain.imported import MOST_BYTES, MOST_PARTS, ImportedSource, SourcePart, SourceTurn
from chatdata.domain.messages import Usage, in_utc

Json = dict[str, Any]
_KINDS = frozenset(get_args(Kind))
_COUNTS = frozenset(get_args(CountName))
_MOST = 10**15


def source_json(source: ImportedSource) -> Json:
    """Returns what is kept as a JSON object:

    {"format", "imported_at", "parts": [{"number", "position", "digest", "kind", "place", "name", "size",
                                         "json": text or null}],
     "turns": [{"position", "digest", "model", "usage"}], "unknown": [{"count", "place", "reason"}],
     "dropped": {kind: n}, "tells_counts"}

    `json` is the JSON of the part as text, so that it comes back as it stood in the source.
    """
    parts = [asdict(part) for part in source.parts]
    for part in parts:
        del part["kept"]
    return {
        "format": source.dialect,
        "imported_at": source.imported_at,
        "parts": parts,
        "turns": [
            {
                "position": turn.position,
                "digest": turn.digest,
                "model": turn.model,
                "usage": turn.usage.model_dump() if turn.usage else None,
            }
            for turn in source.turns
        ],
        "unknown": [asdict(item) for item in source.unknown],
        "dropped": dict(source.dropped),
        "tells_counts": source.tells_counts,
    }


def source_from_json(value: Mapping[str, Any]) -> ImportedSource | None:
    """Returns what a session of a bundle keeps of its source; None for nothing, as in older bundles.

    Raises ValueError, KeyError or TypeError when it is malformed.
    """
    given = value.get("imported")
    if given is None:
        return None
    parts = tuple(_part(item) for item in given["parts"])
    if len(parts) > MOST_PARTS or sum(len(part.json or "") for part in parts) > MOST_BYTES:
        raise ValueError("more than is kept of a session")
    if len({part.number for part in parts}) < len(parts):
        raise ValueError("two parts with one number")
    return ImportedSource(
        str(value["session_id"]),
        _ascii(given["format"]),
        in_utc(datetime.fromisoformat(given["imported_at"])),
        parts,
        tuple(_turn(item) for item in given["turns"]),
        tuple(UnknownCount(_one_of(_COUNTS, i["count"]), str(i["place"]), str(i["reason"])) for i in given["unknown"]),
        {_one_of(_KINDS, kind): _number(number) for kind, number in given["dropped"].items()},
        bool(given["tells_counts"]),
    )


def _part(item: Mapping[str, Any]) -> SourcePart:
    text = None if item["json"] is None else _ascii(item["json"])
    json.loads(text or "null")
    return SourcePart(
        _number(item["number"]),
        None if item["position"] is None else _number(item["position"]),
        _ascii(item["digest"]),
        _one_of(_KINDS, item["kind"]),
        str(item["place"]),
        str(item["name"]),
        _number(item["size"]),
        text,
        text is not None,
    )


def _turn(item: Mapping[str, Any]) -> SourceTurn:
    usage, model = item["usage"], item["model"]
    return SourceTurn(
        _number(item["position"]),
        _ascii(item["digest"]),
        None if model is None else str(model),
        None if usage is None else Usage.model_validate(usage),
    )


def _ascii(value: object) -> str:
    return str(value).encode("ascii").decode()


def _one_of(known: frozenset[Any], value: object) -> Any:
    if value not in known:
        raise ValueError("a word that is not known")
    return value


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _MOST:
        raise ValueError("a number of a part")
    return value
