"""How tests are distributed to workers."""

from itertools import pairwise

import pytest

from tests.support.chromium import ROOT
from tests.support.scheduling import GROUPS, MOSTLY_WAITING, group, next_scope, rank


@pytest.mark.parametrize("module", GROUPS)
def test_a_group_names_modules_that_there_are(module: str) -> None:
    assert (ROOT / module).is_file()


def test_tests_of_a_group_stay_together_and_others_go_anywhere() -> None:
    first, second = (f"tests/browser/test_drift.py::test_it[{name}::x]" for name in ("light", "dark"))
    assert group(first) == group(second) == "planted"
    assert group("tests/domain/test_lint.py::test_it") is None


def test_groups_come_before_single_tests_and_browsers_before_all() -> None:
    modules = (
        "browser/test_drift",
        "browser/test_export",
        "pages/test_sign_in",
        "pages/test_roles",
        "domain/test_lint",
    )
    ranks = [rank(f"tests/{module}.py::test_it") for module in modules]
    assert all(earlier < later for earlier, later in pairwise(ranks))


def test_what_waits_goes_to_the_patient_worker_first_and_to_the_others_last() -> None:
    single, browsers = "tests/domain/test_lint.py::test_it", ["demo", "tests/browser/test_export.py::test_it"]
    queue = [*browsers, "waiting", single]
    assert set(MOSTLY_WAITING) <= set(GROUPS.values())
    assert next_scope(queue, patient=True) == "waiting"
    assert next_scope([*browsers, single], patient=True) == single
    assert next_scope(browsers, patient=True) == "demo"
    assert next_scope(queue, patient=False) == "demo"
    assert next_scope(["waiting"], patient=False) == "waiting"
