"""Tells which provider printed an error, by the text itself and by what its wrapper says."""

import re

from chatdata.domain.lint.errors.known_error import Known
from chatdata.domain.lint.values import Printer

_WRAPPERS: tuple[tuple[str, Printer], ...] = (
    (r"anthropic", "anthropic"),
    (r"api\.openai\.com", "openai"),
    (r"deepseek", "deepseek"),
    (r"groq", "groq"),
    (r"cerebras", "cerebras"),
    (r"moonshot|kimi", "moonshot"),
    (r"x\.ai\b|xai", "xai"),
    (r"azure", "azure-openai"),
    (r"dashscope|alibaba|qwen|InternalError\.Algo", "qwen"),
    (r"mistral", "mistral"),
    (r"bedrock|ValidationException|the Converse(Stream)? operation|the InvokeModel", "bedrock"),
    (r"generativelanguage|google|vertex|gemini", "gemini"),
    (r"ollama", "ollama"),
)
_NAMED = re.compile(
    r"provider_name' ?: ?'([^']{1,60})'"
    r"|\b([a-z0-9.-]{3,60}\.(?:com|ai|cn|cloud|azure\.com|googleapis\.com))/"
    r"|\b([A-Za-z_]{2,30})Exception\b"
    r"|Error from provider \(([^)]{1,40})\)"
    r"|\[(\w{3,20})\] Error"
    r"|\b(InternalError\.Algo)"
    r"|(the (?:Converse|ConverseStream|InvokeModel\w*) operation)"
    r"|\b(groq|cerebras)\.\w*Error",
    re.IGNORECASE,
)
_REACH = 1000
"""How far from a text its wrapper is searched, in characters."""
_SHARED: frozenset[Printer | None] = frozenset({"openai", None})
"""Whose texts others print too, word for word."""


def printed_by(known: Known, start: int, end: int, flat: str) -> Printer | None:
    """Returns the provider of an error at `start` to `end`: the wrapper decides about texts that several print.

    Anthropic's text counts as OpenRouter's where OpenRouter wrapped it, and as Bedrock's where Bedrock did.
    """
    around = flat[max(0, start - _REACH) : end + _REACH]
    if re.search(r"'provider_name' ?: ?'anthropic'", flat, re.IGNORECASE):
        return "openrouter-anthropic"
    if known.provider == "anthropic":
        return _anthropics(around)
    if known.provider not in _SHARED:
        return known.provider
    return _named(flat[max(0, start - _REACH) : start], flat[end : end + _REACH]) or known.provider


def _anthropics(around: str) -> Printer:
    if "provider returned error" in around.lower():
        return "openrouter-anthropic"
    return "bedrock" if re.search(r"ValidationException|bedrock", around, re.IGNORECASE) else "anthropic"


def _named(before: str, after: str) -> Printer | None:
    """Returns the provider that the nearest wrapper before a text names, else the one right after it."""
    for text, nearest_last in ((before, True), (after, False)):
        found = [_printer(match[0]) for match in _NAMED.finditer(text)]
        named = [printer for printer in found if printer is not None]
        if named:
            return named[-1] if nearest_last else named[0]
    return None


def _printer(words: str) -> Printer | None:
    return next((printer for pattern, printer in _WRAPPERS if re.search(pattern, words, re.IGNORECASE)), None)
