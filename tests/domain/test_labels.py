"""Every code has exactly one readable label."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from chatdata.domain import labels
from chatdata.domain.copies import PrivacyLevel
from chatdata.domain.dialects.writers import ApiFormat
from chatdata.domain.drift import CauseName, ExpectedRule, Repair, Severity, Status
from chatdata.domain.drift.kinds import CopyKind, FieldKind, MessageKind, TurnKind
from chatdata.domain.lint import Code, Provider, Verdict
from chatdata.domain.lint import Severity as LintSeverity
from chatdata.domain.streams import Outcome
from chatdata.domain.turns import Activity
from chatdata.stores.app_db.audit import AuditResult
from chatdata.stores.app_db.audit_events import EventKind

KINDS = {*get_args(MessageKind), *get_args(FieldKind), *get_args(CopyKind), *get_args(TurnKind)}
RULES = set(get_args(ExpectedRule))
TABLES = [
    pytest.param(labels.STATUS_LABELS, set(get_args(Status)), id="status"),
    pytest.param(labels.KIND_LABELS, KINDS, id="kind"),
    pytest.param(labels.EXPECTED_LABELS, RULES, id="expected difference"),
    pytest.param(labels.FINDING_LABELS, KINDS | RULES, id="finding"),
    pytest.param(labels.CAUSE_LABELS, set(get_args(CauseName)), id="cause"),
    pytest.param(labels.REPAIR_LABELS, set(get_args(Repair)), id="repair"),
    pytest.param(labels.SEVERITY_LABELS, set(get_args(Severity)), id="severity"),
    pytest.param(labels.LINT_LABELS, set(get_args(Code)), id="lint code"),
    pytest.param(labels.LINT_SEVERITY_LABELS, set(get_args(LintSeverity)), id="lint severity"),
    pytest.param(labels.VERDICT_LABELS, set(get_args(Verdict)), id="verdict"),
    pytest.param(labels.PROVIDER_LABELS, set(get_args(Provider)), id="provider"),
    pytest.param(labels.ACTIVITY_LABELS, set(get_args(Activity)), id="activity"),
    pytest.param(labels.OUTCOME_LABELS, set(get_args(Outcome)), id="outcome"),
    pytest.param(labels.API_FORMAT_LABELS, set(get_args(ApiFormat)), id="API format"),
    pytest.param(labels.VISIBILITY_LABELS, set(get_args(PrivacyLevel)), id="visibility"),
    pytest.param(labels.AUDIT_EVENT_LABELS, set(get_args(EventKind)), id="audit event"),
    pytest.param(labels.AUDIT_RESULT_LABELS, set(get_args(AuditResult)), id="audit result"),
]
ROOT = Path(__file__).parents[2]
LONGEST = 42
CAPITALISED = {
    *(
        "Converse",
        "HTML",
        "ID",
        "JSON",
        "Messages",
        "NUL",
        "OpenAI",
        "OpenRouter",
        "PostgreSQL",
        "Redis",
        "Responses",
        "TTL",
        "Unicode",
    ),
    *("vLLM", "xAI"),
}


@pytest.mark.parametrize(("table", "codes"), TABLES)
def test_every_code_has_a_label_of_its_own(table: Mapping[Any, str], codes: set[str]) -> None:
    assert set(table) == codes
    assert len(set(table.values())) == len(codes)


@pytest.mark.parametrize(("table", "codes"), TABLES)
def test_labels_are_short_and_in_sentence_case(table: Mapping[Any, str], codes: set[str]) -> None:
    for code, label in table.items():
        first, *others = label.split()
        assert label != code
        assert len(label) <= LONGEST
        assert label == label.strip()
        assert label[-1] not in ".:"
        assert first[0].isupper() or first in CAPITALISED
        assert all(word.strip("()") in CAPITALISED or not word.strip("()")[0].isupper() for word in others), label


def test_a_stretch_of_messages_reads_as_the_finding_about_it() -> None:
    kinds = get_args(MessageKind)
    assert {*kinds, "equal", "reasoning_rows", "only_copy"} <= set(labels.STRETCH_LABELS)
    assert all(labels.STRETCH_LABELS[kind] == labels.KIND_LABELS[kind] for kind in kinds)


def test_the_front_end_names_a_stretch_of_messages_as_the_table_does() -> None:
    source = (ROOT / "pages/frontend/src/drift/subject.ts").read_text(encoding="utf-8")
    table = re.search(r"const WORDS: Record<string, string> = \{\n(.*?)\n\};", source, re.DOTALL)
    assert table is not None
    words = dict(re.findall(r'^  (\w+): "([^"]+)",$', table[1], re.MULTILINE))
    kinds = (*get_args(MessageKind), "reasoning_rows", "only_copy")
    assert words == {kind: labels.STRETCH_LABELS[kind] for kind in kinds}


def test_a_repair_of_another_version_keeps_its_code() -> None:
    assert labels.repair_label("rewarm_cache") == "Rebuild cache from database"
    assert labels.repair_label("no_longer_known") == "no_longer_known"


def test_an_orphaned_tool_result_has_one_name_for_both_checks() -> None:
    assert labels.KIND_LABELS["orphan_tool_result"] == labels.LINT_LABELS["orphan_tool_result"]


def test_a_session_without_a_status_was_not_checked() -> None:
    assert labels.status_label(None) == "Not checked"
    assert labels.status_label("drifted") == "Out of sync"
