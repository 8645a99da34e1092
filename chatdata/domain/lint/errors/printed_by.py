"""Tells which provider printed an error, by the text itself and by what its wrapper says."""

import re
from typing import get_args

from chatdata.domain.lint.errors.known_error import Known
from chatdata.domain.lint.values import Framework, Printer

_WRAPPERS: tuple[tuple[str, Printer], ...] = (
    (r"anthropic", "anthropic"),
    (r"api\.openai\.com", "openai"),
    (r"deepseek", "deepseek"),
    (r"groq", "groq"),
    (r"cerebras", "cerebras"),
    (r"moonshot|kimi", "moonshot"),
    (r"(?<![a-z])x\.?ai(?![a-z]*[./])|\bapi\.x\.ai\b", "xai"),
    (r"azure", "azure-openai"),
    (r"dashscope|alibaba|qwen|InternalError\.Algo", "qwen"),
    (r"mistral", "mistral"),
    (r"bedrock|ValidationException|the Converse(Stream)? operation|the InvokeModel", "bedrock"),
    (r"generativelanguage|google|vertex|gemini", "gemini"),
    (r"ollama", "ollama"),
)
_AROUND = (
    r"provider_name' ?: ?'([^']{1,60})'"
    r"|\b([A-Za-z_]{2,30})Exception\b"
    r"|Error from provider \(([^)]{1,40})\)"
    r"|\b(InternalError\.Algo)"
    r"|(the (?:Converse|ConverseStream|InvokeModel\w*) operation)"
)
_WRAPPED = re.compile(_AROUND, re.IGNORECASE)
"""Wrappers that hold an error itself: they tell whose it is, whosever words it has."""
_NAMED = re.compile(
    rf"{_AROUND}"
    r"|\b([a-z0-9.-]{3,60}\.(?:com|ai|cn|cloud|azure\.com|googleapis\.com))/"
    r"|\[(\w{3,20})\] Error"
    r"|\b(groq|cerebras)\.\w*Error",
    re.IGNORECASE,
)
_REACH = 1000
"""How far from a text its wrapper is searched, in characters."""
_SHARED: frozenset[Printer | None] = frozenset({"openai", None})
"""Whose texts others print too, word for word, so that any server named near one may have printed it."""
_OWN: frozenset[Printer | None] = frozenset({"openai-responses", *get_args(Framework)})
"""Whose texts nobody else prints."""


def printed_by(known: Known, start: int, end: int, flat: str) -> Printer | None:
    """Returns the provider of an error at `start` to `end`: a wrapper of the error decides, else the text itself.

    Anthropic's text counts as OpenRouter's where OpenRouter wrapped it, and as Bedrock's where Bedrock did.
    """
    around = flat[max(0, start - _REACH) : end + _REACH]
    if re.search(r"'provider_name' ?: ?'anthropic'", flat, re.IGNORECASE):
        return "openrouter-anthropic"
    if known.provider == "anthropic":
        return _anthropics(around)
    if known.provider in _OWN:
        return known.provider
    named = _NAMED if known.provider in _SHARED else _WRAPPED
    return _named(named, flat[max(0, start - _REACH) : start], flat[end : end + _REACH]) or known.provider


def _anthropics(around: str) -> Printer:
    if "provider returned error" in around.lower():
        return "openrouter-anthropic"
    return "bedrock" if re.search(r"ValidationException|bedrock", around, re.IGNORECASE) else "anthropic"


def _named(wrapper: re.Pattern[str], before: str, after: str) -> Printer | None:
    """Returns the provider that the nearest wrapper before a text names, else the one right after it."""
    for text, nearest_last in ((before, True), (after, False)):
        found = [_printer(match[0]) for match in wrapper.finditer(text)]
        named = [printer for printer in found if printer is not None]
        if named:
            return named[-1] if nearest_last else named[0]
    return None


def _printer(words: str) -> Printer | None:
    return next((printer for pattern, printer in _WRAPPERS if re.search(pattern, words, re.IGNORECASE)), None)
