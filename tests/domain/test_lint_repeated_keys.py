"""Keys that occur several times in one object: a parser keeps the last value, and says nothing."""

import json
from typing import Any

import pytest

from chatdata.domain.dialects.fields import with_repeats
from chatdata.domain.lint import explain, lint_document

ASKED = '{"role": "user", "content": "Where is my bag?"}'
TWICE = '{"role": "user", "content": "Where is it?", "content": "Where is my bag?"}'


def parsed(text: str) -> Any:
    return json.loads(text, object_pairs_hook=with_repeats)


@pytest.mark.parametrize(
    ("text", "path", "keys", "at"),
    [
        pytest.param(f"[{TWICE}]", "messages[0].content", "2 times, as keys 2 and 3", 0, id="list"),
        pytest.param(
            f'{{"messages": [{{"role": "system", "content": "Help."}}, {TWICE}]}}',
            "messages[1].content",
            "keys 2 and 3",
            1,
            id="body",
        ),
        pytest.param(
            f'{{"messages": [{ASKED.replace("}", """, "role": "user", "role": "user"}""")}]}}',
            "messages[0].role",
            "3 times, as keys 1 and 3 and 4",
            0,
            id="same-value",
        ),
    ],
)
def test_a_repeated_key_of_a_message_is_told_with_the_places_of_its_values(
    text: str, path: str, keys: str, at: int
) -> None:
    report = lint_document(parsed(text))
    (finding,) = report.findings
    assert (finding.code, finding.severity, finding.path, finding.payload_position) == (
        "repeated_key",
        "error",
        path,
        at,
    )
    assert keys in finding.meaning
    assert {name for name, verdict in report.verdicts.items() if verdict == "reject"} == {"openai", "deepseek"}
    assert "accept" not in report.verdicts.values()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'{{"title": "a", "title": "b", "messages": [{ASKED}]}}', id="beside-the-messages"),
        pytest.param(f'{{"max_tokens": 9, "system": "x", "system": "y", "messages": [{ASKED}]}}', id="another-api"),
    ],
)
def test_elsewhere_nobody_can_say_what_becomes_of_it(text: str) -> None:
    report = lint_document(parsed(text))
    assert [(one.code, one.severity) for one in report.findings] == [("repeated_key", "warning")]
    assert set(report.verdicts.values()) == {"unknown"}


def test_a_file_without_repeated_keys_has_no_such_finding() -> None:
    assert lint_document(parsed(f"[{ASKED}]")).findings == ()


def test_what_providers_say_about_it_leads_to_the_message() -> None:
    document = parsed(f"[{ASKED}, {TWICE}]")
    (finding,) = [one for one in lint_document(document).findings if one.code == "repeated_key"]
    for rejection in finding.rejected_by:
        (match,) = explain(rejection.text, document).matches
        assert (match.code, match.provider, match.payload_position) == ("repeated_key", rejection.provider, 1)
