"""The ETags of the HTTP API: what counts as a change, and which answers a program has already."""

from typing import Any

import pytest

from pages.ui.server.api.etags import is_known, tag_of


def show(ttl: float = 100.5, expires_at: str = "2026-11-29T12:00:01.123Z", **fields: Any) -> dict[str, Any]:
    copies = {"cache": {"state": "present", "ttl_seconds": ttl, "expires_at": expires_at}}
    return {"read_at": f"2026-11-29T11:58:{ttl}Z", "copies": copies, "messages": [], **fields}


def test_the_time_of_reading_is_no_change() -> None:
    assert tag_of(show()) == tag_of(show(ttl=99.25, expires_at="2026-11-29T12:00:01.125Z"))


def test_another_expiry_is_a_change() -> None:
    assert tag_of(show()) != tag_of(show(expires_at="2026-11-29T23:00:01.123Z"))


@pytest.mark.parametrize("name", ["read_at", "as_of", "ttl_seconds", "expires_at", "last_written_at"])
def test_a_field_of_a_conversation_counts_whatever_its_name(name: str) -> None:
    """A tool's arguments, an unknown column or a key of credentials may have these names."""

    def messages(value: str) -> dict[str, Any]:
        return show(messages=[{"position": 0, "extras": {name: value}}], body=[{"input": {name: value}}])

    assert tag_of(messages("2026-11-29T12:00:01Z")) != tag_of(messages("2026-11-29T12:00:02Z"))


def test_the_rest_of_a_value_counts_as_it_is() -> None:
    def rest(value: float) -> dict[str, Any]:
        return {"pointer": "", "offset": 0, "value": [{"key": "ttl_seconds", "value": value}], "read_at": value}

    assert tag_of(rest(1.0)) != tag_of(rest(2.0))


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ('W/"a"', True),
        ('"a"', True),
        ('"b", W/"a"', True),
        ("*", True),
        ('W/"b"', False),
        ("a", False),
        ("", False),
    ],
)
def test_tags_are_compared_weakly(header: str, known: bool) -> None:
    assert is_known('W/"a"', header) is known
