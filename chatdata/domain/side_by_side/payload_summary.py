"""The difference between both payloads in sentences for people, which quote the conversation."""

from collections.abc import Iterator, Sequence

from chatdata.domain.formatting import count
from chatdata.domain.payload import PROVIDER_NAMES, Assessment
from chatdata.domain.side_by_side.payload_diff import Payloads, Sent


def payload_sentences(payloads: Payloads) -> tuple[str, ...]:
    """Returns the differences as sentences: missing messages first, the providers' verdicts last."""
    if not payloads.judged:
        return ("A copy is changing right now: what differs is not told.",)
    sentences = [*_missing(payloads), *_changed(payloads), *_windowed(payloads), *_verdicts(payloads)]
    return tuple(sentences) or ("The model is sent the same from both copies.",)


def payload_weight(judged: Assessment, model: str) -> str:
    """Returns the number of messages and tokens of a payload, and the providers that would reject it."""
    total, refusing = judged.tokens.total, [PROVIDER_NAMES[name] for name in judged.rejected_by]
    tokens = f"tokens unknown for {model}" if total is None else f"about {total:,} tokens ({model})"
    everybody = f"all {len(PROVIDER_NAMES)} providers" if len(refusing) == len(PROVIDER_NAMES) else ""
    who = everybody or ", ".join(refusing) or "nobody"
    return f"{count(len(judged.payload.messages), 'message')}, {tokens}, rejected by {who}"


def _described(sent: Sent) -> str:
    """Describes a message by its role, its text and the tools that it calls."""
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
    """Quotes the last message of the user, which matters most, else the last message."""
    if len(items) == 1:
        return f": {_described(items[0])}"
    latest = next((item for item in reversed(items) if item.role == "user" and item.words), None)
    return f", among them the user's “{latest.words}”" if latest else f", the last of them: {_described(items[-1])}"


def _changed(payloads: Payloads) -> Iterator[str]:
    if len(payloads.otherwise) == 1:
        one, other = payloads.otherwise[0]
        yield f"1 message is sent otherwise: {_described(one)} from the cache, {_other(one, other)} from the database."
    elif payloads.otherwise:
        yield f"{_are(len(payloads.otherwise))} sent otherwise."
    if payloads.elsewhere:
        yield f"{_are(len(payloads.elsewhere))} sent in another place."


def _other(one: Sent, other: Sent) -> str:
    if (one.words, one.role) == (other.words, other.role) and one.tools != other.tools:
        return f"the same words calling {', '.join(other.tools) or 'nothing'}"
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
        yield f"The cache keeps the newest {messages} only; the {before} before them {verb} left out on purpose."


def _verdicts(payloads: Payloads) -> Iterator[str]:
    """Groups the providers that reject the same payload for the same reasons into one sentence."""
    groups: dict[tuple[bool, tuple[str, ...]], list[str]] = {}
    for item in payloads.verdicts:
        groups.setdefault((item.cached == "reject", item.codes), []).append(PROVIDER_NAMES[item.provider])
    for (cache_rejected, codes), names in groups.items():
        rejected, accepted = ("cache", "database") if cache_rejected else ("database", "cache")
        who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        why = ", ".join(codes)
        yield f"{who} would reject what the {rejected} gives ({why}) and take what the {accepted} gives."
