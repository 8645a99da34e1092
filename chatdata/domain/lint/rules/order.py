"""Rules about the order of roles, and about the payload as a whole."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from chatdata.domain.lint import provider_messages
from chatdata.domain.lint.conversation import Conversation, Entry
from chatdata.domain.lint.rules.contents import strings
from chatdata.domain.lint.texts import said
from chatdata.domain.lint.values import PROVIDERS, LintFinding, Provider, Rejection

_SYSTEMS = ("system", "developer")
_OPENAIS = ("openai", "azure-openai", "openai-responses")
_WITH_SYSTEM_ALONE = ("openai", "azure-openai", "openai-responses")
"""Providers that answer to a system text alone."""
_CHECKED: Final[tuple[Provider, ...]] = ("openai", "azure-openai")
"""The providers whose windows are compared with the length."""
_SMALLEST_WINDOW: Final = 8_192
"""The tokens of the smallest window among OpenAI's models for chats, which is that of gpt-4."""
_KNOWN = frozenset({"system", "user", "assistant", "tool", "function", "reasoning"})


def unknown_role(talk: Conversation) -> Iterator[LintFinding]:
    """Finds roles that a provider does not support; only OpenAI's APIs support developer."""
    for entry in talk.entries:
        if entry.role == "developer":
            rejected = _role_refused(talk, entry, but_openai=True)
            yield talk.finding("unknown_role", entry.at, "Only OpenAI's APIs support the role developer.", rejected)
        elif entry.role not in _KNOWN:
            meaning = "No provider supports the message's role." if entry.role else "The message has no role."
            yield talk.finding("unknown_role", entry.at, meaning, _role_refused(talk, entry, but_openai=False))


def second_system(talk: Conversation) -> Iterator[LintFinding]:
    """Finds system messages after the first message."""
    for entry in talk.sent[1:]:
        if entry.role == "system":
            before = talk.entries[entry.at - 1].role
            mistral = Rejection("mistral", said("M3", role="system", before=before), "")
            rejected = [provider_messages.strict_alternation(), mistral]
            yield talk.finding("second_system", entry.at, "A system message follows the first message.", rejected)


def consecutive_users(talk: Conversation) -> Iterator[LintFinding]:
    """Finds consecutive user messages."""
    for before, entry in pairwise(talk.sent):
        if before.role == entry.role == "user":
            meaning = f"User messages follow each other without an answer.{_of_next(talk, entry)}"
            running = entry.at >= len(talk.judged)
            yield talk.finding(
                "consecutive_users",
                entry.at,
                meaning,
                [provider_messages.strict_alternation()],
                severity="warning" if running else "error",
            )


def consecutive_assistants(talk: Conversation) -> Iterator[LintFinding]:
    """Finds assistant messages in a row in a file; those of a session are merged before they are sent."""
    if talk.next_user:
        return
    for before, entry in pairwise(talk.sent):
        if before.role == entry.role == "assistant":
            rejected = [provider_messages.strict_alternation(), Rejection("bedrock", said("B6"), "")]
            meaning = "Assistant messages follow each other without a message of the user."
            yield talk.finding("consecutive_assistants", entry.at, meaning, rejected)


def starts_with_assistant(talk: Conversation) -> Iterator[LintFinding]:
    """Finds conversations whose first message after the system messages is the assistant's."""
    first = next((entry for entry in talk.sent if entry.role not in ("system", "developer")), None)
    if first is None or first.role != "assistant":
        return
    rejected = [Rejection("bedrock", said("B5"), ""), provider_messages.strict_alternation()]
    if first.calls:
        rejected.append(Rejection("gemini", said("G3"), ""))
    meaning = "The conversation starts with the assistant, not with the user."
    yield talk.finding("starts_with_assistant", first.at, meaning, rejected)


def trailing_whitespace(talk: Conversation) -> Iterator[LintFinding]:
    """Finds a final answer, sent to be continued, that ends with white space."""
    last = talk.sent[-1] if talk.sent and not talk.next_user else None
    if last is None or last.role != "assistant" or last.calls:
        return
    text = _final_text(last.content)
    if text.strip() and text != text.rstrip():
        rejected = provider_messages.anthropic("A16", "messages")
        yield talk.finding("trailing_whitespace", last.at, "The final answer ends with white space.", rejected)


def _final_text(content: Any) -> str:
    """Returns the text that a content ends with, or "" if it ends with something else."""
    if isinstance(content, list):
        content = content[-1].get("text") if content and isinstance(content[-1], Mapping) else None
    return content if isinstance(content, str) else ""


def user_after_tool(talk: Conversation) -> Iterator[LintFinding]:
    """Finds user messages right after a tool result, without an answer of the assistant between them."""
    for before, entry in pairwise(talk.sent):
        if before.role == "tool" and entry.role == "user":
            rejected = [Rejection("mistral", said("M3", role="user", before="tool"), "")]
            meaning = f"A user message follows a tool result without an answer between.{_of_next(talk, entry)}"
            yield talk.finding("user_after_tool", entry.at, meaning, rejected)


def ends_with_assistant(talk: Conversation) -> Iterator[LintFinding]:
    """Finds a final assistant message; before a next user message it is expected and only info."""
    if not talk.judged or talk.judged[-1].role != "assistant":
        return
    at = talk.judged[-1].at
    if talk.next_user:
        meaning = "The conversation ends with the assistant, as it should before the next user message."
        yield talk.finding("ends_with_assistant", at, meaning, severity="info")
        return
    rejected = provider_messages.anthropic("A9", "")
    if talk.judged[-1].fields.get("prefix"):
        meaning = (
            "The last message is the assistant's and marked as the beginning of the answer, which Mistral continues; "
            "others may not know the mark, and DeepSeek knows it only in its beta."
        )
        unknown = [provider for provider in PROVIDERS if provider != "mistral"]
        yield talk.finding("ends_with_assistant", at, meaning, rejected, inside=".prefix", unknown_to=unknown)
        return
    rejected.append(Rejection("mistral", said("M2"), ""))
    yield talk.finding("ends_with_assistant", at, "The last message is the assistant's.", rejected)


def prefix_inside(talk: Conversation) -> Iterator[LintFinding]:
    """Finds messages marked as the beginning of the answer that are not the last answer, where the mark has no use.

    Mistral and DeepSeek take the mark `prefix` on a last message of the assistant; nobody can say who takes it
    elsewhere.
    """
    last = talk.entries[-1].at if talk.entries else None
    for entry in talk.judged:
        if entry.fields.get("prefix") and not (entry.at == last and entry.role == "assistant"):
            meaning = "A message that is not a last answer is marked as its beginning; nobody can say who accepts it."
            yield talk.finding("unknown_block", entry.at, meaning, severity="warning", inside=".prefix")


def no_messages(talk: Conversation) -> Iterator[LintFinding]:
    """Finds payloads without messages; before a next user message it is only info."""
    if talk.next_user and not talk.judged and talk.finds_none:
        yield talk.finding(
            "no_messages", None, "No messages are stored: only the next user message would be sent.", severity="info"
        )
    if not talk.entries:
        yield talk.finding("no_messages", None, "There are no messages.", provider_messages.no_messages())
    elif all(entry.role in _SYSTEMS for entry in talk.sent):
        anthropic = provider_messages.anthropic_routes(said("A0"), "messages")
        rejected = [*anthropic, Rejection("gemini", said("G6"), "contents")]
        meaning = "There are no messages beside the system text, which some providers take out of the messages."
        unknown = [provider for provider in PROVIDERS if provider not in _WITH_SYSTEM_ALONE]
        yield talk.finding("no_messages", None, meaning, rejected, unknown_to=unknown)


def context_overflow(talk: Conversation) -> Iterator[LintFinding]:
    """Finds payloads with more estimated tokens than the model's window; less than 10 % more is only a warning."""
    tokens, window = talk.limits.estimated_tokens, talk.limits.context_window
    if tokens is None or window is None or tokens <= window:
        return
    yield talk.finding(
        "context_overflow",
        None,
        f"The messages have an estimated {tokens:,} tokens; the model's window has {window:,}.",
        provider_messages.openai("O16", "messages", window=window, count=tokens),
        severity="warning" if tokens * 100 < window * 110 else "error",
    )


def unchecked_length(talk: Conversation) -> Iterator[LintFinding]:
    """Finds texts that may be too long for a chosen model whose window or tokenizer is not known.

    A token has at least one byte, so that a text of no more bytes than a window has tokens surely fits. Where no model
    was chosen, the length is no subject.
    """
    tokens, window = talk.limits.estimated_tokens, talk.limits.context_window
    if not talk.has_model or (tokens is not None and window is not None):
        return
    most = _SMALLEST_WINDOW if window is None else window
    if tokens is None and not _is_longer(talk, most):
        return
    if tokens is not None and tokens <= most:
        return
    missing = "context window" if window is None else "tokenizer"
    whose = "the smallest window of OpenAI's models has" if window is None else "its window has"
    meaning = (
        f"The length was not checked, since the model's {missing} is not known. The messages may be too long: {whose} "
        f"{most:,} tokens."
    )
    yield talk.finding("context_overflow", None, meaning, severity="info", unknown_to=_CHECKED)


def _is_longer(talk: Conversation, most: int) -> bool:
    count = 0
    for entry in talk.judged:
        for text in strings(entry.fields):
            count += len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
            if count > most:
                return True
    return False


def _role_refused(talk: Conversation, entry: Entry, *, but_openai: bool) -> list[Rejection]:
    refused = provider_messages.unknown_role(talk, entry.at)
    return [one for one in refused if not (but_openai and one.provider in _OPENAIS)]


def _of_next(talk: Conversation, entry: Entry) -> str:
    return " This will be the next user message." if entry.at >= len(talk.judged) else ""
