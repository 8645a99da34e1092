"""The rule about keys that occur several times in one object of a document."""

from collections.abc import Iterator

from chatdata.domain.dialects import index_in
from chatdata.domain.dialects.fields import shown_key
from chatdata.domain.dialects.repeated import repeated_objects
from chatdata.domain.lint.texts import said
from chatdata.domain.lint.values import PROVIDERS, LintFinding, Rejection, Severity


def repeated_keys(document: object, *, is_request: bool) -> Iterator[LintFinding]:
    """Finds repeated keys: a parser keeps the last value, and a provider may keep another one or refuse the request.

    `is_request` says that the messages are in OpenAI's form, as they would be sent.
    """
    for place, item in repeated_objects(document):
        for key, positions in item.repeats:
            path = f"{place}{shown_key(key)}"
            is_sent = is_request and path.startswith("messages")
            numbers = " and ".join(str(number) for number in positions)
            meaning = (
                f"The object has the key {shown_key(key)} {len(positions)} times, as keys {numbers} of it. The last "
                "value is checked here; a provider may take another one, or refuse the request."
            )
            rejected = _refused(place, shown_key(key), path) if is_sent else ()
            severity: Severity = "error" if is_sent else "warning"
            yield LintFinding(
                "repeated_key", severity, index_in(path), (), None, meaning, rejected, path, unknown_to=PROVIDERS
            )


def _refused(place: str, name: str, path: str) -> tuple[Rejection, ...]:
    inside = f"{place.rstrip('.')}: " if place else ""
    return (
        Rejection("openai", said("O27", key=name, path=path), path),
        Rejection("deepseek", said("D3", inside=inside, key=name), place.rstrip(".")),
    )
