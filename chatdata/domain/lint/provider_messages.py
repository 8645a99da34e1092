"""Rejections in each provider's own words, by families of providers with the same texts."""

from collections.abc import Iterator, Mapping

from chatdata.domain.lint.conversation import Conversation, ToolCall
from chatdata.domain.lint.texts import said, wrapped
from chatdata.domain.lint.values import PROVIDERS, Provider, Rejection

_COMPATIBLE: tuple[Provider, ...] = ("groq", "cerebras", "moonshot", "xai", "ollama")
OPENAI_LIKE: tuple[Provider, ...] = ("openai", "deepseek", "vllm-strict-alternation")


def openai(row: str, path: str, **values: object) -> list[Rejection]:
    """Returns a rejection by OpenAI only."""
    return [Rejection("openai", said(row, **values), path)]


def openai_like(row: str, path: str, **values: object) -> list[Rejection]:
    """Returns rejections by all providers that check as OpenAI does."""
    text = said(row, **values)
    return [Rejection(provider, text, path) for provider in OPENAI_LIKE]


def empty(talk: Conversation, at: int, row: str, path: str) -> list[Rejection]:
    """Returns the rejections of message `at`, which has no content, by all providers that want some."""
    turn, block, _ = talk.turns[at]
    role = talk.entries[at].role
    only_assistant = [Rejection("mistral", said("M4"), "")] if role == "assistant" else []
    return [
        *anthropic_routes(said(row, turn=turn), path),
        Rejection("bedrock", said("B8", turn=turn, block=block), f"messages.{turn}.content.{block}"),
        Rejection("gemini", said("G5", turn=turn), f"contents[{turn}].parts"),
        Rejection("moonshot", said("K2", at=at, role=role), ""),
        *only_assistant,
    ]


def unknown_role(talk: Conversation, at: int) -> list[Rejection]:
    """Returns each provider's rejection of message `at` for its role, in neutral words where its own are not known."""
    role, turn = talk.entries[at].role, talk.turns[at].turn
    path = f"messages[{at}].role"
    known: dict[Provider, tuple[str, str]] = {
        "openai": (said("O15", at=at, role=role), path),
        "gemini": (said("GER"), ""),
        "deepseek": (said("DR", at=at, role=role), path),
        "vllm-strict-alternation": (said("VR"), ""),
        "groq": (said("GR2", at=at), f"messages.{at}"),
        "qwen": (said("QR", at=at, role=role), f"messages.[{at}].role"),
    }
    if turn >= 0:  # a role that Anthropic would take out has no place in its count
        known |= {
            "anthropic": (said("AR", turn=turn), f"messages.{turn}.role"),
            "openrouter-anthropic": (wrapped(said("AR", turn=turn)), f"messages.{turn}.role"),
            "bedrock": (said("BR", first=turn + 1, role=role), f"messages.{turn + 1}.member.role"),
        }
    return _by_all(known, (said("NR", at=at, role=role), path))


def no_messages() -> list[Rejection]:
    """Returns each provider's rejection of an empty list, in neutral words where its own are not known."""
    anthropics = {one.provider: (one.text, one.path) for one in anthropic_like("A0", "messages")}
    return _by_all({"openai": (said("O14"), "messages"), **anthropics}, (said("NM"), ""))


def _by_all(known: Mapping[Provider, tuple[str, str]], neutral: tuple[str, str]) -> list[Rejection]:
    said_by = {**known, "azure-openai": known["openai"]}
    return [Rejection(provider, *said_by.get(provider, neutral)) for provider in PROVIDERS]


def anthropic(row: str, path: str, **values: object) -> list[Rejection]:
    """Returns a rejection by Anthropic only."""
    return [Rejection("anthropic", said(row, **values), path)]


def anthropic_like(row: str, path: str, **values: object) -> list[Rejection]:
    """Returns rejections by all providers that serve Anthropic's models."""
    text = said(row, **values)
    return [*anthropic_routes(text, path), Rejection("bedrock", text, path)]


def unanswered(talk: Conversation, at: int) -> list[Rejection]:
    """Returns each provider's rejection of message `at`, whose calls have no results in the block after it."""
    turn = talk.turns[at].turn
    ids = ", ".join(talk.missing_ids[at])
    return [
        Rejection("openai", said("O2", ids=ids), f"messages.[{at}].role"),
        *_compatible(said("O2", ids=ids)),
        Rejection("qwen", said("Q1", at=at), f"message[{at}].role"),
        Rejection("openai-responses", said("R1", id=talk.missing_ids[at][0]), "input"),
        *anthropic_routes(said("A1", turn=turn, ids=ids), f"messages.{turn}"),
        Rejection("bedrock", said("B2", turn=turn + 1, count=len(talk.entries[at].calls)), f"messages.{turn + 1}"),
        *_by_count(said("M1")),
        Rejection("deepseek", said("O2-DeepSeek"), ""),
        strict_alternation(),
    ]


def orphan(talk: Conversation, at: int, call_id: str) -> list[Rejection]:
    """Returns each provider's rejection of message `at`, a result without a call right before it."""
    turn, block, _ = talk.turns[at]
    path = f"messages.[{at}].role"
    role = talk.entries[at - 1].role if at else ""
    mistral = said("M3", role="tool", before=role) if role in ("user", "system") else said("M1")
    return [
        Rejection("openai", said("O1"), path),
        *_compatible(said("O1"), "qwen"),
        Rejection("openai-responses", said("R2", id=call_id), "input"),
        *anthropic_routes(said("A2", turn=turn, block=block, id=call_id), f"messages.{turn}.content.{block}"),
        Rejection("bedrock", said("B1", turn=turn), f"messages.{turn}.content"),
        *_by_count(mistral),
        Rejection("deepseek", said("O1"), path),
        strict_alternation(),
    ]


def strict_alternation() -> Rejection:
    """Returns the rejection by a chat template that requires user and assistant to alternate."""
    return Rejection("vllm-strict-alternation", said("V1"), "")


def tool_use(talk: Conversation, call: ToolCall) -> tuple[int, int, str]:
    """Returns the turn, block and path of a call in Anthropic's count."""
    place = talk.turns[call.at]
    block = place.calls + call.number
    return place.turn, block, f"messages.{place.turn}.content.{block}"


def anthropic_routes(text: str, path: str) -> Iterator[Rejection]:
    """Yields the rejections by Anthropic, bare and as OpenRouter wraps it."""
    yield Rejection("anthropic", text, path)
    yield Rejection("openrouter-anthropic", wrapped(text), path)


def _by_count(mistral: str) -> Iterator[Rejection]:
    yield Rejection("gemini", said("G1"), "")
    yield Rejection("mistral", mistral, "")


def _compatible(text: str, *more: Provider) -> Iterator[Rejection]:
    """Yields the rejections by providers that serve OpenAI's format and have OpenAI's text for it, without a path."""
    for provider in (*_COMPATIBLE, *more):
        yield Rejection(provider, text, "")
