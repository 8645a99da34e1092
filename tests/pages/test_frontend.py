"""Rules that the components' sources share with Python."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from chatdata.cli.output import terminal
from chatdata.domain import text
from chatdata.domain.dialects.writers import ChangeKind
from chatdata.domain.messages.openai_messages import NoteKind
from chatdata.domain.report import visible

_TEXT_SOURCE = Path(__file__).parents[2] / "pages/frontend/src/shared/text.ts"
_CHARACTERS = [chr(point) for point in (*range(0x10000), *range(0xE0000, 0xE1000))]


def _unseen() -> re.Pattern[str]:
    """The characters that the components draw as a glyph wherever they stand, from the expression in their source."""
    source = _TEXT_SOURCE.read_text("utf-8")
    declared = re.search(r"UNSEEN = new RegExp\((.*?),\s*\"gu\",\s*\)", source, re.DOTALL)
    assert declared
    alternatives = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', declared[1])).replace("\\\\", "\\").split("|")
    everywhere = [each for each in alternatives if not each.startswith("(?<")]
    assert everywhere[1:] == [r"\p{Cs}", r"[\u{E0000}-\u{E0FFF}]"]
    return re.compile(f"{everywhere[0]}|[\ud800-\udfff\U000e0000-\U000e0fff]")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(lambda character: text.sanitize(character) != character, id="what a store does not take"),
        pytest.param(lambda character: terminal.shown(character) != character, id="what the terminal spells out"),
        pytest.param(lambda character: 'class="sign"' in visible.as_html(character), id="what a report spells out"),
    ],
)
def test_what_python_removes_or_spells_out_is_a_glyph_in_the_components(changes: Callable[[str], bool]) -> None:
    unseen = _unseen()
    changed = [character for character in _CHARACTERS if changes(character)]
    assert len(changed) > 2_048 + 20  # the surrogates, and characters beside them
    assert [f"U+{ord(character):04X}" for character in changed if not unseen.fullmatch(character)] == []


def test_what_a_person_reads_is_no_glyph() -> None:
    assert _unseen().findall("A\tz\n0 é ü ß سلام 漢字 10\u00a0km 😀 ❤\ufe0f") == []


def test_every_change_of_a_message_has_a_mark_in_the_payload() -> None:
    source = (_TEXT_SOURCE.parents[1] / "payload/cells.ts").read_text("utf-8")
    marks = re.search(r"const MARKS[^{]*\{(.*?)\};", source, re.DOTALL)
    assert marks
    assert set(re.findall(r"(\w+): \"", marks[1])) == {*get_args(NoteKind), *get_args(ChangeKind)}
