"""Bookmarks and notes: stored by concurrent processes, placed in either copy, and redacted."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatdata.domain.annotations import LONGEST_NOTE, Annotation, in_view, message_digest, note_text, place
from chatdata.domain.copies import CopyMessage, PrivacyLevel
from chatdata.domain.messages import ChatMessage
from chatdata.domain.redaction import Masker, People
from chatdata.errors import NotAllowed
from chatdata.stores.app_db import AppDatabase
from chatdata.stores.app_db.annotations import MOST_NOTES
from tests.support.builders import message, tool_call
from tests.support.chromium import ROOT

START = datetime(2026, 2, 20, 10, 0, tzinfo=UTC)
TALK = [message("user", "Where is it?"), message("assistant", "In Porto."), message("user", "Thanks")]


def note(number: int = 0, text: str | None = "look here", **more: object) -> Annotation:
    made = Annotation(
        f"{number:032x}", "s1", 0, message_digest(TALK[0]), text, "otto", START + timedelta(seconds=number)
    )
    return replace(made, **more)  # type: ignore[arg-type]


def by(author: str) -> Callable[[Annotation], bool]:
    return lambda note: note.author == author


def copy(*messages: ChatMessage, first: int = 0) -> list[CopyMessage]:
    return [CopyMessage(first + index, item) for index, item in enumerate(messages)]


def test_notes_come_back_as_they_were_and_each_deployment_has_its_own(tmp_path: Path) -> None:
    several = [
        note(2, None, position=7, author="\ud800\x00ana"),
        note(1, "a\x00b \ud800 <img src=x> \u202e"),
        note(3, session_id="\ud800\x00"),
    ]
    assert AppDatabase(tmp_path, "here").keep_notes(several) == 3
    assert AppDatabase(tmp_path, "here").notes("s1") == (several[1], several[0])
    assert AppDatabase(tmp_path, "here").note_counts(["s1", "nosuch", "\ud800\x00"]) == {"s1": 2, "\ud800\x00": 1}
    assert AppDatabase(tmp_path, "there").notes("s1") == ()
    assert AppDatabase(tmp_path, "here").keep_notes(several) == 0


def test_looking_for_notes_makes_no_file(tmp_path: Path) -> None:
    assert AppDatabase(tmp_path, "here").notes("s1") == ()
    assert AppDatabase(tmp_path, "here").note_counts(["s1"]) == {}
    assert list(tmp_path.iterdir()) == []


def test_one_person_bookmarks_a_message_once_and_notes_it_often(tmp_path: Path) -> None:
    assert AppDatabase(tmp_path, "here").keep_notes([note(1, None), note(2, None), note(3), note(4)]) == 3
    assert AppDatabase(tmp_path, "here").keep_notes([note(5, None, author="ana")]) == 1
    by_subject = [note(6, None, author_subject="1"), note(7, None, author_subject="2")]
    assert AppDatabase(tmp_path, "here").keep_notes(by_subject) == 2
    assert AppDatabase(tmp_path, "here").keep_notes([note(8, None, author="new name", author_subject="1")]) == 0


def test_its_author_changes_a_note_and_an_operator_deletes_it(tmp_path: Path) -> None:
    kept = AppDatabase(tmp_path, "here")
    kept.keep_notes([note(1), note(2)])
    one, two = note(1).id, note(2).id
    with pytest.raises(NotAllowed, match="Only the author"):
        kept.change_note("s1", one, may=by("ana"), text="mine", at=START)
    with pytest.raises(NotAllowed, match="operator"):
        kept.delete_note("s1", one, may=by("ana"))
    kept.change_note("s1", one, may=by("otto"), text=" other\r\nwords ", at=START + timedelta(hours=1))
    assert kept.notes("s1")[0] == note(1, "other\nwords", changed_at=START + timedelta(hours=1))
    for session_id, left in (("another", 2), ("s1", 1), ("s1", 1)):
        kept.delete_note(session_id, one, may=lambda _note: True)
        assert len(kept.notes("s1")) == left
    kept.delete_note("s1", two, may=by("otto"))
    with pytest.raises(LookupError, match="no longer exists"):
        kept.change_note("s1", two, may=by("otto"), text="late", at=START)


@pytest.mark.parametrize("text", ["", " \n\t", "x" * (LONGEST_NOTE + 1)])
def test_a_text_that_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="note"):
        note_text(text)


def test_the_longest_text_is_kept_and_a_session_has_only_so_many(tmp_path: Path) -> None:
    longest = note_text("\ud800" * LONGEST_NOTE)
    assert (
        AppDatabase(tmp_path, "here").keep_notes([note(number, longest) for number in range(MOST_NOTES)]) == MOST_NOTES
    )
    with pytest.raises(ValueError, match="1,000 notes"):
        AppDatabase(tmp_path, "here").keep_notes([note(MOST_NOTES)])


_PROCESS = """
import sys
from pathlib import Path
from chatdata.stores.app_db import AppDatabase
from tests.domain.test_annotations import by, note
kept, first = AppDatabase(Path(sys.argv[1]), "here"), int(sys.argv[2])
for number in range(first, first + 12):
    kept.keep_notes([note(number), note(10_000 + number, None)])
    kept.change_note("s1", note(number).id, may=by("otto"), text=f"changed {number}", at=note().created_at)
"""


def test_two_processes_note_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _PROCESS, str(tmp_path)]
    writers = [subprocess.Popen([*command, str(first)], cwd=ROOT) for first in (0, 1_000)]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    found = AppDatabase(tmp_path, "here").notes("s1")
    assert sorted(item.text or "" for item in found) == sorted(
        ["", *(f"changed {first + number}" for first in (0, 1_000) for number in range(12))]
    )


def test_a_note_is_on_its_message_in_both_copies() -> None:
    call = tool_call("call_1", "find", '{"a": 1.0}')
    written = message("assistant", "In\x07 Porto", tool_calls=[call])
    stored = message("assistant", "In Porto", tool_calls=[{key: call[key] for key in reversed(list(call))}])
    assert message_digest(written) == message_digest(stored)
    assert message_digest(written) != message_digest(message("assistant", "In Porto"))
    (placed,) = place([note(digest=message_digest(written), position=3)], copy(stored, first=3))
    assert (placed.position, placed.same) == (3, True)


@pytest.mark.parametrize(
    ("messages", "first", "position", "same"),
    [
        (TALK, 0, 0, True),
        ([message("system", "Be brief."), *TALK], 0, 1, True),  # the same message, one further on
        (TALK, 40, 40, True),  # a window of the newest
        (TALK[1:], 0, 0, False),  # another message is there now
        ([TALK[1], TALK[0], TALK[0]], 0, 0, False),  # it could be either of two
        (TALK[1:], 5, None, False),  # nothing is there
        ([], 0, None, False),
    ],
)
def test_a_note_goes_with_its_message_or_says_that_it_is_another(
    messages: list[ChatMessage], first: int, position: int | None, same: bool
) -> None:
    (placed,) = place([note()], copy(*messages, first=first))
    assert (placed.position, placed.same) == (position, same)


def test_a_view_lets_out_no_more_of_a_note_than_of_the_conversation() -> None:
    said = note(text="Ask mia@example.com, Mia Lindqvist, again", author="otto@example.com")
    mask = Masker(b"k" * 32, People(names=frozenset({"Mia Lindqvist"})))
    views: tuple[PrivacyLevel, ...] = ("full", "masked", "structure")
    full, masked, bare = (in_view(said, view, mask) for view in views)
    assert full == said
    for seen, words in ((masked, ["Ask", "again"]), (bare, ["characters"])):
        told = f"{seen.text} {seen.author}"
        assert not {name for name in ("mia@", "Lindqvist", "otto") if name in told}
        assert all(word in told for word in words)
    assert "Ask" not in f"{bare.text}"
    assert in_view(note(text=None), "structure", mask).text is None
    with pytest.raises(ValueError, match="mask"):
        in_view(said, "masked", None)
