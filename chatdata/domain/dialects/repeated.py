"""Finds the objects of a parsed JSON value that had a key several times."""

from collections.abc import Iterator

from chatdata.domain.dialects.fields import RepeatedKeys, shown_key


def repeated_objects(value: object) -> Iterator[tuple[str, RepeatedKeys]]:
    """Yields each object with a repeated key and its place, which ends in a dot unless it is empty.

    Only a value that was parsed with `with_repeats` has such objects.
    """
    pending: list[tuple[object, str]] = [(value, "")]
    while pending:
        item, place = pending.pop()
        if isinstance(item, RepeatedKeys):
            yield f"{place}." if place else "", item
        if isinstance(item, dict):
            inner = [(part, key) for key, part in item.items() if isinstance(part, dict | list)]
            pending += [(part, f"{place}.{shown_key(key)}" if place else shown_key(key)) for part, key in inner[::-1]]
        elif isinstance(item, list):
            name = place or "messages"
            pending += [
                (part, f"{name}[{index}]") for index, part in [*enumerate(item)][::-1] if isinstance(part, dict | list)
            ]
