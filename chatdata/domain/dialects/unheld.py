"""Tells what nobody took of an object from what was said: texts and messages under keys that no reader knows.

A reader can only name such a key. Whether it was part of the conversation is not known, so it counts as possibly said
unless its name is one of settings and circumstances, or the messages hold the same words.
"""

import re
from collections.abc import Container, Iterator
from typing import Final

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_SEVERAL_WORDS: Final = re.compile(r"[^\W\d_]{2,}\S*\s+\S*?[^\W\d_]{2,}|[\u3040-\u9fff\uac00-\ud7af\u0e00-\u0e7f]{4,}")
"""Two words with a space between them, or a text in a script that has no spaces."""
_SAYS: Final = frozenset(
    {
        *("answer", "body", "completion", "content", "context", "dialog", "dialogue", "document", "generation"),
        *("history", "input", "instruction", "message", "output", "part", "preamble", "prompt", "query", "question"),
        *("refusal", "reply", "request", "response", "system", "text", "transcript", "utterance"),
    }
)
"""The last words of keys, in the singular, that name what somebody says."""
_TROUBLE: Final = frozenset({"error", "exception", "log", "status", "warning"})
"""The words of keys whose messages are a program's, as status_message."""
_CIRCUMSTANCES: Final = _TROUBLE | {
    *("agent", "annotation", "api", "arg", "argument", "author", "budget", "build", "cache", "category", "citation"),
    *("client", "comment", "config", "configuration", "cookie", "cost", "count", "country", "created", "credential"),
    *("cwd", "date", "deployment", "description", "device", "duration", "effort", "engine", "env", "environment"),
    *("exit", "feature", "feedback", "fingerprint", "flag", "follow", "format", "function", "git", "grammar", "hash"),
    *("header", "host", "hostname", "id", "index", "info", "instance", "kind", "kwarg", "label", "language", "latency"),
    *("level", "license", "locale", "location", "logprob", "meta", "metadata", "method", "modality", "mode", "model"),
    *("name", "object", "organization", "origin", "originator", "owner", "param", "parameter", "path", "permission"),
    *("platform", "policy", "position", "priority", "provider", "rating", "reason", "region", "role", "safety"),
    *("schema", "score", "seed", "service", "session", "setting", "size", "slug", "source", "span", "split"),
    *("stat", "stop", "stream", "tag", "team", "temperature", "template", "thinking", "thread", "tier", "time"),
    *("timestamp", "timezone", "title", "token", "tool", "topic", "trace", "tracing", "type", "updated", "uri"),
    *("url", "usage", "user", "uuid", "verbosity", "version", "voice", "weight"),
}
"""The words of keys, in the singular, that name settings and circumstances, whatever the key has under it."""


def may_be_said(key: str, value: object, held: Container[str] = ()) -> bool:
    """Whether the value of a key that no reader took may be part of what was said.

    `held` are the texts that the messages have, stripped: what only repeats them is not lost. A value that is nested
    too deeply to be looked at may be.
    """
    try:
        return any(text.strip() not in held for text in _words(key, value, named=False, inside=False))
    except RecursionError:
        return True


def _words(key: str, value: object, *, named: bool, inside: bool) -> Iterator[str]:
    """The texts that may have been said; `named` below a key that names speech, `inside` below the key itself."""
    words = [_singular(word.lower()) for word in _WORD.findall(key)]
    speech = bool(words) and words[-1] in _SAYS and _TROUBLE.isdisjoint(words)
    if not speech and not _CIRCUMSTANCES.isdisjoint(words):
        return
    if isinstance(value, str):
        if value.strip() and (speech or named or (not inside and _SEVERAL_WORDS.search(value))):
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from _words(key, item, named=named, inside=inside)
    elif isinstance(value, dict):
        for inner, item in value.items():
            yield from _words(str(inner), item, named=named or speech, inside=True)


def _singular(word: str) -> str:
    return word if word == "status" else word.removesuffix("s")
