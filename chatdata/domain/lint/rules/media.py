"""The rule about images, audio and files, which not every provider and model accepts."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal

from chatdata.domain.lint import provider_messages
from chatdata.domain.lint.conversation import Conversation, Entry
from chatdata.domain.lint.rules.shapes import parts_of, type_of
from chatdata.domain.lint.texts import said
from chatdata.domain.lint.values import PROVIDERS, LintFinding, Provider, Rejection

Medium = Literal["image", "audio", "file"]

_MEDIA: Final[Mapping[str, Medium]] = MappingProxyType({"image_url": "image", "input_audio": "audio", "file": "file"})
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
    """Finds images, audio and files; images in tool results have a rule of their own."""
    for entry in talk.judged:
        for number, part in parts_of(entry):
            medium = _MEDIA.get(type_of(part))
            if medium is not None and not (medium == "image" and entry.role == "tool"):
                yield _found(talk, entry, number, medium)


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
