"""Makes findings of request bodies of other APIs, with the rejections by the providers of their API."""

from chatdata.domain.lint.texts import said, wrapped
from chatdata.domain.lint.values import Code, LintFinding, Provider, Rejection, Severity


def finding(
    code: Code,
    at: int | None,
    path: str,
    meaning: str,
    rejected: tuple[Rejection, ...],
    severity: Severity = "error",
    call_id: str | None = None,
) -> LintFinding:
    """Returns a finding at an index of the body's own list, with its place in the body."""
    return LintFinding(code, severity, at, (), call_id, meaning, rejected, path)


def by(provider: Provider, row: str, path: str, **values: object) -> tuple[Rejection, ...]:
    """Returns the rejection with a text; what Anthropic rejects, OpenRouter's route to it does too."""
    text = said(row, **values)
    if provider == "anthropic":
        return (Rejection(provider, text, path), Rejection("openrouter-anthropic", wrapped(text), path))
    return (Rejection(provider, text, path),)


def unclear(at: int | None, path: str, meaning: str, call_id: object = None) -> LintFinding:
    """Returns a finding about a form of which nobody can say whether the API takes it: the verdict is unknown."""
    known = call_id if isinstance(call_id, str) else None
    return LintFinding("unknown_block", "warning", at, (), known, meaning, path=path)
