"""Field cases: pairs of copies rebuilt from public bug reports, if the shared folder has them.

Each case names the expected status and kinds, and what the first cause must mention.
"""

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chatdata.domain.copies import CachedSide, Copies, CopyMessage, Expiry, StoredCopy
from chatdata.domain.document import copy_of, wrong_type
from chatdata.domain.drift import Comparison, DriftFinding, compare
from chatdata.domain.labels import CAUSE_LABELS
from chatdata.domain.messages import ChatMessage, ChatSessionInfo, Usage
from tests.conftest import shared_dir
from tests.support.builders import START, document
from tests.support.mutations import EXPIRY, READ_AT

Json = dict[str, Any]


def cases() -> list[Path]:
    """The cases of kind `c`, which are both copies of one session."""
    folder = shared_dir()
    expected = sorted((folder / "cases").glob("*.expected.json")) if folder is not None else []
    chosen = [path for path in expected if json.loads(path.read_text("utf-8"))["kind"] == "c"]
    return [path.with_name(path.name.replace(".expected.json", ".json")) for path in chosen]


def judged(case: Json) -> Comparison:
    options = case["options"]
    return compare(Copies("s-1", _stored(case["database"], options), _cached(case, options), READ_AT))


def _stored(rows: list[Json], options: Json) -> StoredCopy:
    prompt, completion = options.get("totals", (0, 0))
    first = options.get("first_sequence", 0)
    info = ChatSessionInfo(
        session_id="s-1",
        user_id="u-1",
        title="Trip",
        usage=[Usage.of(prompt, completion)] if prompt or completion else [],
        started_at=options.get("started_at", START),
        updated_at=options.get("updated_at", START),
    )
    messages = [CopyMessage(first + index, ChatMessage(**row), START, f"m-{index}") for index, row in enumerate(rows)]
    return StoredCopy(info, tuple(messages))


def _cached(case: Json, options: Json) -> CachedSide:
    expiry = Expiry(None, None, None) if "ttl" in options else EXPIRY
    if case["cache"] == "LIST":
        return wrong_type("list", b"", expiry)
    named = {name: options[name] for name in ("usage", "started_at", "updated_at") if name in options}
    plain = partial(document, credentials={}, successful_agent_runs={}, **{"usage": [], **named})
    text = json.dumps(plain(messages=case["cache"] if isinstance(case["cache"], list) else case["database"]))
    damaged = {
        "TRUNC": text[: len(text) // 2],
        "DOUBLE": json.dumps(text),
        "DOCOF:other": json.dumps(plain(session_id="other", user_id="u-2", messages=case["database"])),
    }
    return copy_of((damaged[case["cache"]] if isinstance(case["cache"], str) else text).encode(), expiry)


def _named(finding: DriftFinding) -> str:
    """The first cause as people read it."""
    first = finding.likely_causes[0] if finding.likely_causes else None
    return "" if first is None else f"{CAUSE_LABELS[first.cause]}. {first.evidence}"


@pytest.mark.skipif(shared_dir() is None, reason="no shared/ beside the checkout, and INSPECTOR_SHARED names none")
@pytest.mark.parametrize("path", cases(), ids=lambda path: path.stem)
def test_a_field_case_is_judged_as_its_report_says(path: Path) -> None:
    expect = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))["expect"]
    found = judged(json.loads(path.read_text("utf-8")))
    assert found.status in expect["status"].split(" or ")
    serious = [finding for finding in found.findings if finding.severity != "info"]
    wanted = expect.get("kinds", [])
    for alternatives in wanted:
        assert any(part in item.kind for item in found.findings for part in alternatives.split(" or ")), alternatives
    if wanted or found.status == "in_sync":
        names = [part for alternatives in wanted for part in alternatives.split(" or ")]
        assert all(any(name in item.kind for name in names) for item in serious if item.field != "session_id")
    told = [(item.kind, item.field, _named(item).split(".")[0]) for item in serious]
    assert len(set(told)) == len(told), "one cause, one finding"
    if mentions := expect.get("cause_mentions"):
        assert all(re.search(mentions, _named(item), re.IGNORECASE) for item in serious)
