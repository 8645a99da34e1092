"""What imports leave in the inspector's file: per deployment, replaced with the session, private, and never lost."""

import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from chatdata.domain.dialects import UnknownCount
from chatdata.domain.imported import ImportedSource, SourcePart, SourceTurn
from chatdata.domain.messages import ALL_KNOWN, Usage
from chatdata.stores.app_db import FILE_NAME, AppDatabase
from tests.stores.conftest import AnyPlace

AT = datetime(2026, 2, 20, 10, tzinfo=UTC)
ODD = "\ud800\x00s"
PARTS = (
    SourcePart(0, 1, "d", "thinking", f"mapping[{ODD}]", "", 8, '{"a":"\\ud800\\u0000"}'),
    SourcePart(1, None, "", "key", "top_p", ODD, 900, None, kept=False),
)
TURNS = (SourceTurn(1, "d", ODD, Usage.of(7, 2)), SourceTurn(2, "e", None, None))
UNKNOWN = (UnknownCount("completion", "usage.completion_tokens", "it is null"), UnknownCount("total", "usage", "why"))
SOURCE = ImportedSource(ODD, "anthropic-messages", AT, PARTS, TURNS, UNKNOWN, {"event": 3})


def without_json(source: ImportedSource) -> ImportedSource:
    return replace(source, parts=tuple(replace(part, json=None) for part in source.parts))


def test_a_source_comes_back_as_it_was_and_each_deployment_has_its_own(place: AnyPlace) -> None:
    AppDatabase(place, "here").keep_imported([SOURCE])
    kept = AppDatabase(place, "here")
    assert kept.imported(ODD, verbatim=True) == SOURCE
    assert kept.imported(ODD) == without_json(SOURCE)
    assert [kept.imported_json(ODD, number) for number in (0, 1, 2)] == [PARTS[0].json, None, None]
    assert kept.imported_ids() == {ODD}
    there = AppDatabase(place, "there")
    assert (there.imported(ODD), there.imported_json(ODD, 0), there.imported_ids()) == (None, None, frozenset())


def test_a_later_import_replaces_what_an_earlier_one_left(place: AnyPlace) -> None:
    kept = AppDatabase(place, "here")
    kept.keep_imported([SOURCE])
    later = replace(SOURCE, parts=PARTS[:1], turns=(), unknown=(), dropped={})
    kept.keep_imported([later])
    assert kept.imported(ODD, verbatim=True) == later
    kept.keep_imported([ImportedSource(ODD, "openai-chat", AT)])
    assert kept.imported(ODD) is None


def test_a_source_that_tells_no_counts_leaves_the_unknown_ones_unknown(place: AnyPlace) -> None:
    kept = AppDatabase(place, "here")
    kept.keep_imported([SOURCE])
    kept.keep_imported([ImportedSource(ODD, "openai-chat", AT, tells_counts=False)])
    found = kept.imported(ODD)
    assert found is not None
    assert (found.unknown, found.parts) == (UNKNOWN, ())


def test_unknown_counts_are_those_of_prompt_and_completion(place: AnyPlace) -> None:
    kept = AppDatabase(place, "here")
    assert kept.unknown_counts() == ALL_KNOWN
    both = replace(SOURCE, session_id="b", unknown=(*UNKNOWN, UnknownCount("prompt", "usage", "why")))
    kept.keep_imported([SOURCE, both, replace(SOURCE, session_id="c", unknown=())])
    found = kept.unknown_counts()
    assert (found.prompt, found.completion) == ({"b"}, {ODD, "b"})
    assert [found.of(session_id) for session_id in (ODD, "b", "c")] == [
        ("completion",),
        ("prompt", "completion"),
        (),
    ]


def test_a_session_that_is_forgotten_leaves_nothing(tmp_path: Path) -> None:
    kept = AppDatabase(tmp_path, "here")
    kept.forget_imported(ODD)
    assert list(tmp_path.iterdir()) == []
    kept.keep_imported([SOURCE, replace(SOURCE, session_id="b")])
    kept.forget_imported(ODD)
    assert (kept.imported(ODD), kept.imported_json(ODD, 0), kept.imported_ids()) == (None, None, {"b"})
    assert kept.unknown_counts().completion == {"b"}


def test_looking_makes_no_file_and_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    kept = AppDatabase(tmp_path, "here")
    assert (kept.imported("s"), kept.imported_json("s", 0), kept.imported_ids()) == (None, None, frozenset())
    assert list(tmp_path.iterdir()) == []
    kept.keep_imported([SOURCE])
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
