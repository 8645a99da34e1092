"""Sentences for a page and a terminal on how the payloads of both copies differ. They quote the conversation."""

from collections.abc import Iterator, Sequence

from chatdata.domain.formatting import count
from chatdata.domain.labels import LINT_LABELS, PROVIDER_LABELS
from chatdata.domain.lint import Code
from chatdata.domain.payload import Assessment
from chatdata.domain.side_by_side.payload_diff import Payloads, Sent


def payload_sentences(payloads: Payloads) -> tuple[str, ...]:
    """How the payloads differ: messages that the model misses first, providers that reject one of them last."""
    if not payloads.judged:
        return ("A copy is changing right now, so the payloads are not compared.",)
    told = [*_missing(payloads), *_changed(payloads), *_windowed(payloads), *_verdicts(payloads)]
    return tuple(told) or ("The model is sent the same from both copies.",)


def payload_weight(judged: Assessment, model: str) -> str:
    """The number of messages and tokens, and the providers that the payload fails on."""
    total, rejecting = judged.tokens.total, [PROVIDER_LABELS[provider] for provider in judged.rejected_by]
    tokens = f"tokens unknown for {model}" if total is None else f"about {total:,} tokens ({model})"
    names = f"all {len(PROVIDER_LABELS)} providers" if len(rejecting) == len(PROVIDER_LABELS) else ", ".join(rejecting)
    verdict = f"fails on {names}" if names else "valid for all providers"
    return f"{count(len(judged.payload.messages), 'message')}, {tokens}, {verdict}"


def _described(sent: Sent) -> str:
    """A message by its role, the beginning of its text and the tools that it calls."""
    calls = f"calls {', '.join(sent.tools)}" if sent.tools else ""
    words = [f"“{sent.words}”" if sent.words else "", calls]
    return f"{sent.role} {' and '.join(filter(None, words)) or '(nothing)'}"


def _missing(payloads: Payloads) -> Iterator[str]:
    if payloads.missed:
        many = count(len(payloads.missed), "message")
        yield f"From the cache the model misses {many} that the database has{_example(payloads.missed)}."
    if payloads.unsaved:
        many = count(len(payloads.unsaved), "message")
        yield f"From the database the model would miss {many} that only the cache has{_example(payloads.unsaved)}."


def _example(items: Sequence[Sent]) -> str:
    """The last message that a user wrote, which matters most; without one, the last message."""
    if len(items) == 1:
        return f": {_described(items[0])}"
    latest = next((item for item in reversed(items) if item.role == "user" and item.words), None)
    return f", among them the user's “{latest.words}”" if latest else f", the last of them: {_described(items[-1])}"


def _changed(payloads: Payloads) -> Iterator[str]:
    if len(payloads.otherwise) == 1:
        one, other = payloads.otherwise[0]
        yield f"1 message differs: {_described(one)} from the cache, {_other(one, other)} from the database."
    elif payloads.otherwise:
        yield f"{count(len(payloads.otherwise), 'message')} differ."
    if payloads.elsewhere:
        yield f"{_are(len(payloads.elsewhere))} in a different place."


def _other(one: Sent, other: Sent) -> str:
    if (one.words, one.role) == (other.words, other.role) and one.tools != other.tools:
        return f"the same text calling {', '.join(other.tools) or 'nothing'}"
    if _described(one) == _described(other):
        return "the same beginning"
    return f"“{other.words}”" if one.role == other.role and other.words and not other.tools else _described(other)


def _are(number: int) -> str:
    return f"{count(number, 'message')} {'is' if number == 1 else 'are'}"


def _windowed(payloads: Payloads) -> Iterator[str]:
    if payloads.windowed:
        messages = count(sum(len(entry.positions) for entry in payloads.cached.payload.messages), "message")
        before = count(payloads.windowed, "payload message")
        verb = "is" if payloads.windowed == 1 else "are"
        yield f"The cache keeps only the newest {messages}; the {before} before them {verb} omitted by design."


def _verdicts(payloads: Payloads) -> Iterator[str]:
    """One sentence for all providers that accept the same payload and reject the other for the same reasons."""
    groups: dict[tuple[bool, tuple[Code, ...]], list[str]] = {}
    for item in payloads.verdicts:
        groups.setdefault((item.cached == "reject", item.codes), []).append(PROVIDER_LABELS[item.provider])
    for (cache_rejected, codes), names in groups.items():
        rejected, accepted = ("cache", "database") if cache_rejected else ("database", "cache")
        who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        why = ", ".join(LINT_LABELS[code] for code in codes)
        verbs = ("rejects", "accepts") if len(names) == 1 else ("reject", "accept")
        yield f"{who} {verbs[0]} the payload from the {rejected} ({why}) and {verbs[1]} the one from the {accepted}."
