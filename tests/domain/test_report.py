"""The HTML report: templates escape every value and fail on missing ones, and findings have labels."""

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from chatdata.domain.labels import PROVIDER_LABELS
from chatdata.domain.lint import lint_messages
from chatdata.domain.report.findings import lint_findings
from chatdata.domain.report.rendering import TEMPLATES


def rendered(template: str, **values: object) -> str:
    return TEMPLATES.from_string(template).render(values)


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{{ text }}", "&lt;b&gt;&quot;&amp;amp;"),
        ("{{ text|upper }}", "&lt;B&gt;&quot;&amp;AMP;"),
        ("{{ text ~ text }}", "&lt;b&gt;&quot;&amp;amp;" * 2),
        ("{% set part = text %}{{ part }}", "&lt;b&gt;&quot;&amp;amp;"),
        ("{% macro own(it) %}<p>{{ it }}</p>{% endmacro %}{{ own(text) }}", "<p>&lt;b&gt;&quot;&amp;amp;</p>"),
    ],
    ids=["value", "filter", "joined", "variable", "macro"],
)
def test_a_value_is_escaped_without_the_template_asking_for_it(template: str, shown: str) -> None:
    assert rendered(template, text='<b>"&amp;') == shown


def test_what_acts_or_hides_in_a_value_is_spelled_out() -> None:
    assert rendered("{{ text }}", text="a\u202eb") == 'a<i class="sign">U+202E</i>b'


def test_only_markup_of_our_own_stays_markup() -> None:
    assert rendered("{{ text }}", text=Markup("<b>")) == "<b>"


@pytest.mark.parametrize("template", ["{{ nothing }}", "{{ text.nothing }}", "{% if nothing %}x{% endif %}"])
def test_a_template_that_names_what_is_not_there_fails(template: str) -> None:
    with pytest.raises(UndefinedError):
        rendered(template, text="x")


def test_a_provider_that_rejects_a_copy_is_named_by_its_label() -> None:
    (shown,) = lint_findings({"database": lint_messages([{"role": "tool", "content": "x", "tool_call_id": "call_1"}])})
    named = {*shown.rejected_by.split(", "), *(reason.name for box in shown.findings for reason in box.reasons)}
    assert {"OpenAI", "Mistral"} <= named
    assert named <= set(PROVIDER_LABELS.values())
