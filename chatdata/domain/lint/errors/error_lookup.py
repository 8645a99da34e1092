"""Finds the code and the message that a pasted provider error is about."""

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
    """A provider's error that was recognized in a pasted text."""

    code: Code | None
    """None for errors that the messages don't cause."""
    provider: Provider | None
    """The provider with this error; None for a provider without verdicts."""
    payload_position: int | None
    """The index of the message; None where neither the text nor the given messages identify it."""
    stored_positions: tuple[int, ...]
    tool_call_ids: tuple[str, ...]
    """The IDs that the text names."""
    path: str
    """The path as the provider wrote it; empty where it wrote none."""
    meaning: str
    """An explanation for a person."""


def find_error(
    text: str, messages: Sequence[Any] | None = None, positions: Sequence[tuple[int, ...]] | None = None
) -> tuple[Match, ...]:
    """Returns all known errors in a text, bare or wrapped in JSON, a Python repr or a log line, in order.

    With the messages that were sent, a path is mapped to one of them; a named ID takes precedence over an index.
    `positions` are the stored positions of each message.
    """
    flat = flatten(text)
    sent_messages = None if messages is None else ErrorPlace(messages, lint_messages(messages).findings)
    found = (_match(hit, flat, sent_messages, positions or ()) for hit in hits(flat))
    return tuple(dict.fromkeys(found))


def _match(hit: Hit, flat: str, sent_messages: ErrorPlace | None, positions: Sequence[tuple[int, ...]]) -> Match:
    path = path_of(hit.found, flat)
    ids = tuple(_ids(hit.found))
    at = place_of(LocatedMessage.read(path), hit.known, ids, sent_messages)
    code = _code(hit, ids, at, sent_messages)
    stored = positions[at] if at is not None and at < len(positions) else ()
    meaning = hit.known.meaning or (f"{RULES[code].title}." if code else "")
    return Match(code, _provider(hit, flat), at, stored, ids, path, meaning)


def _code(hit: Hit, ids: Sequence[str], at: int | None, sent_messages: ErrorPlace | None) -> Code | None:
    findings = sent_messages.flagged(hit.known) if sent_messages else []
    for finding in findings:
        if sent_messages and (at in sent_messages.about(finding) or finding.tool_call_id in ids):
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
    """Returns the provider of a hit; Anthropic's text counts as OpenRouter's where OpenRouter wrapped it."""
    provider = hit.known.provider
    if re.search(r"'provider_name' ?: ?'anthropic'", flat, re.IGNORECASE):
        return "openrouter-anthropic"
    if provider == "anthropic" and "provider returned error" in flat.lower():
        return "openrouter-anthropic"
    return provider
