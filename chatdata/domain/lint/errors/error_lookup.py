"""Paste an error: which finding it is about, and at which of our messages."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chatdata.domain.lint.catalogue import RULES
from chatdata.domain.lint.errors.error_path import ErrorPlace, LocatedMessage, path_of, place_of
from chatdata.domain.lint.errors.normalize_error import flatten
from chatdata.domain.lint.errors.patterns import Hit, hits
from chatdata.domain.lint.validation import lint_messages
from chatdata.domain.lint.values import Code, Provider


@dataclass(frozen=True, slots=True)
class Match:
    """A provider's error that was recognised in a pasted text."""

    code: Code | None
    """None for what messages can't show."""
    provider: Provider | None
    """Who printed it; None for one that no verdict is given of."""
    payload_position: int | None
    """Of our message; None where the text names none and the messages were not given or don't tell."""
    stored_positions: tuple[int, ...]
    tool_call_ids: tuple[str, ...]
    """As the text names them."""
    path: str
    """As the provider wrote it; "" where it wrote none."""
    meaning: str
    """A sentence for a person."""


def find_error(
    text: str, messages: Sequence[Any] | None = None, positions: Sequence[tuple[int, ...]] | None = None
) -> tuple[Match, ...]:
    """Every known error in a text, bare or wrapped in JSON, a Python repr or a log line, in its order.

    With the messages that were sent, a path is mapped back to them: an id that is named wins over an index.
    `positions`: of each message the stored ones it came from. () where nothing is recognised.
    """
    flat = flatten(text)
    seen = None if messages is None else ErrorPlace(messages, lint_messages(messages).findings)
    found = (_match(hit, flat, seen, positions or ()) for hit in hits(flat))
    return tuple(dict.fromkeys(found))


def _match(hit: Hit, flat: str, seen: ErrorPlace | None, positions: Sequence[tuple[int, ...]]) -> Match:
    path = path_of(hit.found, flat)
    ids = tuple(_ids(hit.found))
    at = place_of(LocatedMessage.read(path), hit.known, ids, seen)
    code = _code(hit, ids, at, seen)
    stored = positions[at] if at is not None and at < len(positions) else ()
    meaning = hit.known.meaning or (f"{RULES[code].title}." if code else "")
    return Match(code, _provider(hit, flat), at, stored, ids, path, meaning)


def _code(hit: Hit, ids: Sequence[str], at: int | None, seen: ErrorPlace | None) -> Code | None:
    findings = seen.flagged(hit.known) if seen else []
    for finding in findings:
        if seen and (at in seen.about(finding) or finding.tool_call_id in ids):
            return finding.code
    return next(iter(hit.known.codes), None)


def _ids(found: re.Match[str]) -> Iterator[str]:
    groups = found.groupdict()
    if named := groups.get("id"):
        yield named
    for part in (groups.get("ids") or "").split(","):
        if stripped := part.strip().rstrip(".;)]"):
            yield stripped


def _provider(hit: Hit, flat: str) -> Provider | None:
    """Anthropic's words are OpenRouter's where that wrapped them."""
    provider = hit.known.provider
    if re.search(r"'provider_name' ?: ?'anthropic'", flat, re.IGNORECASE):
        return "openrouter-anthropic"
    if provider == "anthropic" and "provider returned error" in flat.lower():
        return "openrouter-anthropic"
    return provider
