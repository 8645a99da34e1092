"""Every code has one label, and people can read it."""

from collections.abc import Mapping
from typing import Any, get_args

import pytest

from chatdata.domain import labels
from chatdata.domain.drift import CauseName, ExpectedRule, Repair, Severity, Status
from chatdata.domain.drift.kinds import CopyKind, FieldKind, MessageKind, TurnKind
from chatdata.domain.lint import Code, Verdict
from chatdata.domain.lint import Severity as LintSeverity

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
]
LONGEST = 42
CAPITALISED = {"HTML", "ID", "JSON", "NUL", "PostgreSQL", "Redis", "TTL", "Unicode"}


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
        assert first[0].isupper()
        assert all(word.strip("()") in CAPITALISED or not word.strip("()")[0].isupper() for word in others), label


def test_a_stretch_of_messages_reads_as_the_finding_about_it() -> None:
    kinds = get_args(MessageKind)
    assert {*kinds, "equal", "windowed_cache", "only_copy"} <= set(labels.STRETCH_LABELS)
    assert all(labels.STRETCH_LABELS[kind] == labels.KIND_LABELS[kind] for kind in kinds)


def test_an_orphaned_tool_result_has_one_name_for_both_checks() -> None:
    assert labels.KIND_LABELS["orphan_tool_result"] == labels.LINT_LABELS["orphan_tool_result"]


def test_a_session_without_a_status_was_not_checked() -> None:
    assert labels.status_label(None) == "Not checked"
    assert labels.status_label("drifted") == "Out of sync"
