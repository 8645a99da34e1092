"""The rule about images, audio and files, which not every provider and model accepts."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from chatdata.domain.lint import provider_messages
from chatdata.domain.lint.conversation import Conversation, Entry
from chatdata.domain.lint.rules.shapes import parts_of, type_of
from chatdata.domain.lint.texts import said
from chatdata.domain.lint.values import PROVIDERS, LintFinding, Provider, Rejection, Severity

Medium = Literal["image", "audio", "file"]

_MEDIA: Final[Mapping[str, Medium]] = MappingProxyType({"image_url": "image", "input_audio": "audio", "file": "file"})
_HELD_IN: Final[Mapping[Medium, str]] = MappingProxyType({medium: name for name, medium in _MEDIA.items()})
_CALLED: Final[Mapping[Medium, str]] = MappingProxyType({"image": "an image", "audio": "audio", "file": "a file"})
_ACCEPTED: Final[Mapping[Medium, frozenset[Provider]]] = MappingProxyType(
    {
        "image": frozenset(
            {"openai", "azure-openai", "openai-responses", "anthropic", "openrouter-anthropic", "gemini"}
        ),
        "audio": frozenset({"gemini"}),  # OpenAI accepts it by few models only
        "file": frozenset({"openai", "openai-responses"}),
    }
)
"""The providers whose usual models accept a medium from the user; of all others it depends on the model."""


def unsupported_media(talk: Conversation) -> Iterator[LintFinding]:
    """Finds images, audio and files; images in tool results have a rule of their own.

    An answer that OpenAI's audio models spoke is sent back by its ID, without content, as OpenAI's reference has it.
    """
    for entry in talk.judged:
        if entry.fields.get("audio"):
            yield _spoken(talk, entry)
        for number, part in parts_of(entry):
            medium = _MEDIA.get(type_of(part))
            if medium is not None and not (medium == "image" and entry.role == "tool"):
                yield _found(talk, entry, number, medium)
            if medium is not None and not isinstance(part.get(_HELD_IN[medium]), Mapping):
                yield _no_object(talk, entry, number, medium, part)


def _spoken(talk: Conversation, entry: Entry) -> LintFinding:
    meaning = "The message stands for an earlier audio answer, which only some of OpenAI's models are known to accept."
    if not (entry.role == "assistant" and entry.spoken):
        meaning = "The message has audio that is not the ID of an earlier answer; nobody can say who accepts it."
    return talk.finding(
        "unsupported_media", entry.at, meaning, severity="warning", inside=".audio", unknown_to=PROVIDERS
    )


def _no_object(talk: Conversation, entry: Entry, number: int, medium: Medium, part: Mapping[str, Any]) -> LintFinding:
    """Returns the finding about a part whose medium is no object.

    OpenAI refuses the address of an image as a bare text (microsoft/promptflow#3946); of others nobody can say it.
    """
    name = _HELD_IN[medium]
    inside = f".content[{number}].{name}"
    path = f"messages[{entry.at}]{inside}"
    rejected: list[Rejection] = []
    if medium == "image" and isinstance(part.get(name), str):
        rejected = provider_messages.openai("O34", path, place=path)
    elif name not in part:
        rejected = provider_messages.openai("O31", path, place=path)
    meaning = f"The part has {_CALLED[medium]} that is not in an object of its own."
    severity: Severity = "error" if rejected else "warning"
    return talk.finding("unknown_block", entry.at, meaning, rejected, severity=severity, inside=inside)


def _found(talk: Conversation, entry: Entry, number: int, medium: Medium) -> LintFinding:
    is_users = entry.role == "user"
    rejected = list(_refused_by(entry, number, medium))
    accepting = _ACCEPTED[medium] if is_users else frozenset()
    whose = "not every provider and model accepts it" if is_users else "few providers accept it in this role"
    if any(one.provider == "deepseek" for one in rejected) and medium != "audio":
        whose = f"{whose}, and DeepSeek's text models refuse it"
    return talk.finding(
        "unsupported_media",
        entry.at,
        f"The {entry.role or 'message'} message has {_CALLED[medium]}; {whose}.",
        rejected,
        severity="error" if medium == "audio" or _by_openai(rejected) else "warning",
        inside=f".content[{number}]",
        unknown_to=[provider for provider in PROVIDERS if provider not in accepting],
    )


def _refused_by(entry: Entry, number: int, medium: Medium) -> Iterator[Rejection]:
    """Yields the known rejections: by OpenAI of images in other roles, by DeepSeek's text models, by Anthropic."""
    at = entry.at
    if medium == "image" and entry.role in ("assistant", "system", "developer"):
        yield from provider_messages.openai("O23", f"messages[{at}]", at=at, role=entry.role)
        return
    kind = next(name for name, known in _MEDIA.items() if known == medium)
    expected = "one of `text`, `image_url`, `file`" if medium == "audio" else "`text`"
    yield Rejection("deepseek", said("D1", at=at, variant=f"`{kind}`, expected {expected}"), f"messages[{at}]")
    if medium == "audio":
        yield Rejection("anthropic", said("NP", type=kind, at=at, part=number), f"messages[{at}].content[{number}]")


def _by_openai(rejected: list[Rejection]) -> bool:
    return any(rejection.provider == "openai" for rejection in rejected)
