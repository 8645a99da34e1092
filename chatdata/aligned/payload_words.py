"""What both payloads say of each other, in sentences for a page and a terminal; they hold words of the conversation."""

from collections.abc import Iterator, Sequence

from chatdata.aligned.payload_values import Payloads, ProviderVerdicts, Sent
from chatdata.payload import PROVIDER_NAMES
from chatdata.wording import count


def payload_sentences(payloads: Payloads) -> tuple[str, ...]:
    """What the model misses first, what would reject it last."""
    if not payloads.judged:
        return ("A copy is changing right now: what differs is not told.",)
    told = [*_missing(payloads), *_changed(payloads), *_windowed(payloads), *map(_verdict, payloads.verdicts)]
    return tuple(told) or ("The model is sent the same from both copies.",)


def said(sent: Sent) -> str:
    """A message in some words: who, and what it says or calls."""
    if sent.words:
        return f"{sent.role} “{sent.words}”"
    return f"{sent.role} calls {', '.join(sent.tools)}" if sent.tools else f"{sent.role} (nothing)"


def _missing(payloads: Payloads) -> Iterator[str]:
    if payloads.missed:
        many = count(len(payloads.missed), "message")
        yield f"From the cache the model misses {many} that the database has{_example(payloads.missed)}."
    if payloads.unsaved:
        many = count(len(payloads.unsaved), "message")
        yield f"From the database the model would miss {many} that only the cache has{_example(payloads.unsaved)}."


def _example(items: Sequence[Sent]) -> str:
    """The user's last words, which matter most; else the last ones."""
    if len(items) == 1:
        return f": {said(items[0])}"
    asked = next((item for item in reversed(items) if item.role == "user" and item.words), None)
    return f", among them the user's “{asked.words}”" if asked else f", the last of them: {said(items[-1])}"


def _changed(payloads: Payloads) -> Iterator[str]:
    if payloads.otherwise:
        one, other = payloads.otherwise[0]
        example = f": {said(one)} from the cache, {_other(one, other)} from the database"
        yield f"{_are(len(payloads.otherwise))} sent otherwise{example if len(payloads.otherwise) == 1 else ''}."
    if payloads.elsewhere:
        yield f"{_are(len(payloads.elsewhere))} sent in another place."


def _other(one: Sent, other: Sent) -> str:
    if one.role == other.role and other.words and one.words and other.words != one.words:
        return f"“{other.words}”"
    return said(other) if said(other) != said(one) else "with something else"


def _are(number: int) -> str:
    return f"{count(number, 'message')} {'is' if number == 1 else 'are'}"


def _windowed(payloads: Payloads) -> Iterator[str]:
    if payloads.windowed:
        kept = count(sum(len(entry.positions) for entry in payloads.cached.payload.messages), "message")
        before = count(payloads.windowed, "payload message")
        verb = "is" if payloads.windowed == 1 else "are"
        yield f"The cache keeps the newest {kept} only; the {before} before them {verb} left out on purpose."


def _verdict(verdict: ProviderVerdicts) -> str:
    refused, taken = ("cache", "database") if verdict.cached == "reject" else ("database", "cache")
    why = ", ".join(verdict.codes)
    name = PROVIDER_NAMES[verdict.provider]
    return f"{name} would reject what the {refused} gives ({why}) and take what the {taken} gives."
