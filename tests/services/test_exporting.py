"""Exports: their content is complete, inert and re-importable, and files are written atomically."""

import io
import json
import re
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings

from chatdata import ChatSessions, Connected, Settings
from chatdata.domain.annotations import Annotation, Placed, message_digest, place
from chatdata.domain.copies import Absent, Copies, CopyMessage, CorruptDocument, PrivacyLevel, StoredCopy, Unavailable
from chatdata.domain.drift import compare
from chatdata.domain.report import Evidence, FileFacts, Format, bundle_pieces, copies_from_json, line_pieces
from chatdata.domain.report.wire import dumped, evidence_json
from chatdata.domain.tokens import model_facts
from chatdata.errors import FileExists
from chatdata.services.connect import connect
from chatdata.services.demo.seeding import seed_demo
from chatdata.services.exporting import EvidenceCollector, ExportOptions, pieces_of, write_file
from chatdata.services.importing import import_lines
from chatdata.services.inspection import Inspection
from chatdata.stores.app_db import AppDatabase
from tests.domain.test_redaction_laws import KEY, planted
from tests.support import canaries
from tests.support.builders import any_sessions, message, tool_call
from tests.support.given_stores import GivenStores
from tests.support.laws import examples
from tests.support.mutations import EXPIRY, READ_AT, cached_copy, copies_of, session_of, stored_copy

FACTS = FileFacts("full", READ_AT, "both")
FORMATS: tuple[Format, ...] = get_args(Format)
HOSTILE = (
    "</script><script>window.ran = 1</script></pre></details></style><!-- --> ]]> <img src=x onerror='window.ran=1'>"
    "\n````\n![i](http://tracker.example/i.png) [l](javascript:alert(1)) <http://tracker.example>"
    "\n# not a heading \u202egpj.exe \u2066x\u2069 \x1b[2J \ud800 \u200b"
)


def evidence(copies: Copies) -> Evidence:
    return Evidence(copies, compare(copies), {}, {"database": "ab" * 32}, {"email": 2})


def hostile() -> Evidence:
    messages = [
        message("user", HOSTILE, name=HOSTILE),
        message(HOSTILE, HOSTILE),
        message(
            "assistant",
            "",
            tool_calls=[tool_call(HOSTILE, HOSTILE, HOSTILE)],
            refusal=HOSTILE,
            function_call={HOSTILE: HOSTILE},
        ),
        message("tool", json.dumps({"a": HOSTILE}), tool_call_id=HOSTILE),
    ]
    session = session_of(messages, title=HOSTILE, user_id=HOSTILE)
    return evidence(Copies("s-1", stored_copy(session), cached_copy(session.sanitize()), READ_AT))


def text_of(form: Format, *sessions: Evidence, facts: FileFacts = FACTS) -> str:
    return "".join(pieces_of(form, facts, sessions))


# What is in them


def test_the_html_has_timeline_difference_findings_and_digests() -> None:
    session = [message("user", "Question one"), message("assistant", "Answer two")]
    page = text_of("html", evidence(copies_of(session[:1], session)))
    for words in (
        "Question one",
        "Answer two",
        "Cache is behind",
        "Cache write failed or was skipped",
        "ab" * 32,
        "2 email",
        "Difference",
    ):
        assert words in page, words


def test_the_html_says_what_it_does_not_show_of_long_texts_that_differ() -> None:
    told = "The suitcase is in Porto. " * 400
    ours, theirs = message("user", f"{told} Thanks."), message("user", f"{told} Yesterday. {told} Thanks.")
    page = text_of("html", evidence(copies_of([message(), ours], [message(), theirs])))
    assert '<mark title="Only the other copy has 10,412 characters here">‸</mark>' in page
    assert '<span class="quiet">… 10,101 characters equal …</span>' in page
    assert '<span class="quiet">… 4,719 characters more …</span>' in page


def test_markdown_and_lines_hold_the_rows_else_the_document() -> None:
    session = session_of([message("user", "From the document")])
    ghost = evidence(Copies("s-1", Absent(), cached_copy(session), READ_AT))
    assert "From the document" in text_of("md", ghost)
    (line,) = text_of("jsonl", ghost).splitlines()
    assert (json.loads(line)["id"], json.loads(line)["source"]) == ("s-1", "cache")
    assert list(line_pieces(FACTS, [evidence(Copies("s-1", Absent(), Unavailable("gone"), READ_AT))])) == []


# Hostile text


_BLOCKS = ("details", "summary", "h3", "table", "tr", "th", "td", "div", "p", "ul", "li", "pre")
ELEMENTS = {*_BLOCKS, "b", "i", "small", "span", "code", "mark"}
_CLASSES = ("session", "facts", "sides", "fold", "pair", "finding [a-z]+", "remark", "call", "label", "quiet", "sign")
ATTRIBUTES = {
    "class": "|".join((*_CLASSES, "message (user|assistant|tool|other)")),
    "open": "",
    "data-position": r"\d+",
    "colspan": "2",
}


class _Read(HTMLParser):
    """What is in the main part of a page: elements, their attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: set[tuple[str, str]] = set()
        self.messages = 0
        self.others: list[str] = []
        self.text = ""
        self.feed(page.partition("<main>")[2].partition("</main>")[0])
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.messages += (dict(attrs).get("class") or "").startswith("message ")
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def hostile_everywhere() -> list[Evidence]:
    """Hostile text in each place that text of stores and people can get into."""
    talk = hostile()
    note = Annotation("a" * 32, "s-1", 1, "d", HOSTILE, HOSTILE, READ_AT)
    places = (Placed(note, 1, True), Placed(note, 1, False), Placed(note, None, False))
    raw = CorruptDocument(HOSTILE.encode("utf-8", "surrogatepass"), HOSTILE, 0, None, EXPIRY)
    row = replace(_stored_of(talk), messages=tuple(replace(item, extras={HOSTILE: HOSTILE}) for item in _rows_of(talk)))
    return [
        replace(talk, notes=places),
        evidence(replace(talk.copies, session_id=HOSTILE, stored=row, cached=raw)),
        evidence(Copies(HOSTILE, Unavailable(HOSTILE), Unavailable(HOSTILE), READ_AT)),
    ]


def _stored_of(talk: Evidence) -> StoredCopy:
    assert isinstance(talk.copies.stored, StoredCopy)
    return talk.copies.stored


def _rows_of(talk: Evidence) -> tuple[CopyMessage, ...]:
    return _stored_of(talk).messages


def test_hostile_text_makes_no_element_and_no_attribute() -> None:
    page = text_of("html", *hostile_everywhere())
    read = _Read(page)
    assert read.text.count("</script><script>window.ran = 1</script>") > 25, "the text is not there"
    assert set(read.elements) <= ELEMENTS
    assert [
        (name, value) for name, value in read.attributes if not re.fullmatch(ATTRIBUTES.get(name, "-"), value)
    ] == []
    assert read.others == []
    assert page.count("<script>") == page.count("</script>") == page.count("<style>") == 1


def test_hostile_text_is_inert_in_markdown() -> None:
    text = text_of("md", hostile())
    outside = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert not re.search(r"(?<!\\)[<\[`]|(?<!\\)!\[", outside)
    assert "not a heading" not in [line.strip("# ") for line in outside.splitlines() if line.startswith("#")]


@pytest.mark.parametrize("form", FORMATS)
def test_what_hides_or_turns_text_is_spelled_out(form: Format) -> None:
    text = text_of(form, hostile())
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x1b\ud800-\udfff]", text)
    assert "202e" in text.lower()


# Views


@given(planted())
@settings(max_examples=8, deadline=None)
def test_nothing_planted_is_in_any_file_of_a_view(given_: tuple[Copies, list[str]]) -> None:
    copies, hidden = given_
    for view in ("masked", "structure"):
        session = _gathered(copies, view)
        for form in FORMATS:
            assert canaries.leaked(text_of(form, session, facts=FileFacts(view, READ_AT, "both")), hidden) == []


def _gathered(copies: Copies, view: PrivacyLevel) -> Evidence:
    wanted = ExportOptions(view, "both", model_facts("gpt-4o"))
    return EvidenceCollector(GivenStores(copies), wanted, KEY).evidence(copies.session_id)


# There and back


@given(any_sessions)
@settings(deadline=None, max_examples=examples(30))
def test_copies_come_back_from_json(session: Any) -> None:
    session = session.sanitize()
    stored, cached = stored_copy(session, times=lambda _: READ_AT), cached_copy(session)
    for copies in (
        Copies(session.session_id, stored, cached, READ_AT),
        Copies(session.session_id, Absent(), CorruptDocument(b"\xff{", "broken", 0, None, EXPIRY), READ_AT),
        Copies(session.session_id, Unavailable("away"), Absent(), READ_AT),
    ):
        assert copies_from_json(json.loads(dumped(evidence_json(evidence(copies))))) == copies


def opened(folder: Path) -> Connected:
    return connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(folder)}))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connected]:
    with opened(tmp_path_factory.mktemp("demo")) as connected:
        seed_demo(connected, datetime(2026, 3, 1, 12, tzinfo=UTC))
        yield connected


def evidences(sessions: ChatSessions, view: PrivacyLevel, ids: list[str]) -> Iterator[Evidence]:
    gatherer = EvidenceCollector(sessions.stores, ExportOptions(view, "both", model_facts("gpt-4o")), KEY)
    return (gatherer.evidence(session_id) for session_id in ids)


def telling_ids(sessions: ChatSessions) -> list[str]:
    """The sessions whose copies differ, and a few of the others."""
    assert sessions.stores.database is not None
    assert sessions.stores.cache is not None
    ids = sorted({*sessions.stores.database.session_ids(), *sessions.stores.cache.session_ids()})
    statuses = {session_id: compare(sessions.stores.read_copies(session_id)).status for session_id in ids}
    plain = [session_id for session_id in ids if statuses[session_id] in ("in_sync", "uncached")]
    return sorted({*(set(ids) - set(plain)), *plain[:4]})


def shapes(sessions: ChatSessions, ids: list[str]) -> list[Any]:
    found = []
    for session_id in ids:
        comparison = compare(sessions.stores.read_copies(session_id))
        places = [(item.kind, item.cache_position, item.database_position, item.count) for item in comparison.findings]
        found.append((session_id, comparison.status, comparison.stretches, places))
    return found


@pytest.mark.parametrize("view", ["full", "masked", "structure"])
def test_every_demo_session_has_all_its_messages_in_its_report(demo: Connected, view: PrivacyLevel) -> None:
    for item in evidences(demo.sessions, view, telling_ids(demo.sessions)):
        read = _Read(text_of("html", item, facts=FileFacts(view, READ_AT, "both")))
        assert set(read.elements) <= ELEMENTS
        copies = list(item.copies.readable.values())
        shown = copies[0].messages if copies else ()
        assert read.messages == len(shown)
        texts = [one.message.content for one in shown if one.message.role in ("user", "assistant")]
        assert [text for text in texts if text and text.isprintable() and text not in read.text] == []


@pytest.mark.parametrize("view", ["full", "masked", "structure"])
def test_every_demo_session_comes_back_with_its_drift(demo: Connected, view: PrivacyLevel, tmp_path: Path) -> None:
    ids = telling_ids(demo.sessions)
    bundle = "".join(bundle_pieces(FileFacts(view, READ_AT, "both"), evidences(demo.sessions, view, ids)))
    with opened(tmp_path) as mine:
        report = import_lines(mine.sessions.stores, io.BytesIO(bundle.encode()), READ_AT, embedded=True)
        assert (report.problems, sorted(report.created)) == ((), ids)
        of_view = [note for note in report.notes if "data visibility" in note.text]
        of_status = [note for note in report.notes if "columns of later versions" in note.text]
        assert (bool(of_view), len(of_view) + len(of_status)) == (view != "full", len(report.notes))
        assert of_status, "the demo's rows have a status, which stores without the demo do not"
        known = [item for item in shapes(demo.sessions, ids) if "reordered" not in repr(item)]
        assert [item for item in shapes(mine.sessions, ids) if "reordered" not in repr(item)] == known
        again = import_lines(mine.sessions.stores, io.BytesIO(bundle.encode()), READ_AT, embedded=True)
        assert (again.problems, sorted(again.unchanged)) == ((), ids)
        titles = [
            copy.info.title for copy in map(_stored, [mine.sessions.stores.read_copies(one) for one in ids]) if copy
        ]
        assert all(title is None or title.startswith(f"({view})") for title in titles) == (view != "full")


@pytest.mark.parametrize("view", ["full", "masked", "structure"])
def test_notes_come_back_on_their_messages_as_the_view_has_them(
    demo: Connected, view: PrivacyLevel, tmp_path: Path
) -> None:
    session_id = telling_ids(demo.sessions)[-1]
    messages = _messages(demo.sessions, session_id)
    words = f"Ask mia@example.com {HOSTILE}"
    put = [
        Annotation(
            "a" * 32, session_id, 1, message_digest(messages[1].message), words, "otto@example.com", READ_AT, READ_AT
        ),
        Annotation("b" * 32, session_id, 1, message_digest(messages[1].message), None, "otto@example.com", READ_AT),
        Annotation("c" * 32, session_id, 0, "of another message", "other", "ana", READ_AT),
        Annotation("d" * 32, session_id, 9_999, "of none", "nowhere", "ana", READ_AT),
    ]
    key, wanted = KEY, ExportOptions(view, "both", model_facts("gpt-4o"))
    AppDatabase(tmp_path / "theirs", demo.stores.deployment).keep_notes(put)
    taken = EvidenceCollector(
        demo.stores, wanted, key, AppDatabase(tmp_path / "theirs", demo.stores.deployment)
    ).evidence(session_id)
    facts = FileFacts(view, READ_AT, "both")
    page, bundle = text_of("html", taken, facts=facts), text_of("json", taken, facts=facts)
    for text in (page, bundle):
        assert ("mia@example.com" in text, "otto@" in text) == (view == "full", view == "full")
        assert ("Ask" in text, "nowhere" in text) == (view != "structure", view != "structure")
    assert page.count('class="remark"') == 4
    for sentence in ("Another message is here now", "Put on message 9,999", "Notes on messages that are not in this"):
        assert sentence in page
    with opened(tmp_path / "mine") as mine:
        kept = mine.app_db
        for _ in range(2):
            report = import_lines(mine.sessions.stores, io.BytesIO(bundle.encode()), READ_AT, embedded=True, kept=kept)
            assert report.problems == ()
        found = kept.notes(session_id)
        there = place(found, _messages(mine.sessions, session_id))
    assert [(item.position, item.same) for item in there] == [(0, False), (1, True), (1, True), (None, False)]
    assert {item.created_at for item in found} == {READ_AT}
    assert [item.text is None for item in found] == [False, False, True, False]
    if view == "full":
        assert (found[1], found[2]) == (replace(put[0], text=words.strip()), put[1])


THOUGHT = {
    "id": "thought",
    "messages": [
        {"role": "user", "content": "Which way, mia@example.com?"},
        {"role": "assistant", "content": "Left.", "reasoning_content": "SECRET \u00e9 thought", "model": "m-1"},
    ],
    "usage": {"prompt_tokens": 70, "completion_tokens": None, "total_tokens": 70},
}


@pytest.mark.parametrize("view", ["full", "masked", "structure"])
def test_what_the_source_of_an_imported_session_held_comes_back_as_the_view_has_it(
    view: PrivacyLevel, tmp_path: Path
) -> None:
    with opened(tmp_path / "theirs") as theirs:
        assert import_lines(theirs.stores, io.BytesIO(json.dumps(THOUGHT).encode()), READ_AT).problems == ()
        (taken,) = evidences(theirs.sessions, view, ["thought"])
        there = theirs.app_db.imported("thought", verbatim=True)
    bundle = text_of("json", taken, facts=FileFacts(view, READ_AT, "both"))
    assert ("SECRET" in bundle) == (view == "full")
    with opened(tmp_path / "mine") as mine:
        for _ in range(2):
            assert import_lines(mine.stores, io.BytesIO(bundle.encode()), READ_AT, embedded=True).problems == ()
        here = mine.app_db.imported("thought", verbatim=True)
        assert here is not None
        assert there is not None
        assert mine.app_db.unknown_counts().of("thought") == ("completion",)
        assert [(part.kind, part.size) for part in here.parts] == [(part.kind, part.size) for part in there.parts]
        placed = Inspection(mine.stores, "thought").source_parts("database")
        assert [one.position for one in placed if one.part.kind == "thinking"] == [1]
        if view == "full":
            assert here == there
        else:
            assert [(part.json, part.place, part.name) for part in here.parts] == [(None, "", "")] * len(here.parts)


@pytest.mark.parametrize(
    "change",
    [
        {"parts": [{}]},
        {"parts": None},
        {"format": "\ud800"},
        {"unknown": [{"count": "all", "place": "", "reason": ""}]},
        {"dropped": {"thinking": -1}},
        {"turns": [{"position": 1, "digest": "", "model": None, "usage": {}}]},
    ],
)
def test_a_bundle_with_damaged_parts_of_a_source_is_refused_by_name(change: dict[str, Any], tmp_path: Path) -> None:
    with opened(tmp_path / "theirs") as theirs:
        import_lines(theirs.stores, io.BytesIO(json.dumps(THOUGHT).encode()), READ_AT)
        (taken,) = evidences(theirs.sessions, "full", ["thought"])
    bundle = json.loads(text_of("json", taken, facts=FileFacts("full", READ_AT, "both")))
    bundle["sessions"][0]["imported"] |= change
    with opened(tmp_path / "mine") as mine:
        report = import_lines(mine.stores, io.BytesIO(json.dumps(bundle).encode()), READ_AT, embedded=True)
    assert [problem.reason for problem in report.problems] == [
        "session 1 of the evidence: a session of the evidence is damaged: it does not have the exported format"
    ]


def _messages(sessions: ChatSessions, session_id: str) -> tuple[CopyMessage, ...]:
    stored = sessions.stores.read_copies(session_id).stored
    assert isinstance(stored, StoredCopy)
    return stored.messages


def test_evidence_of_before_has_no_notes_and_damaged_ones_are_reported(tmp_path: Path) -> None:
    bundle = json.loads(text_of("json", evidence(copies_of([message()], [message()]))))
    (session,) = bundle["sessions"]
    assert session.pop("notes") == []
    note = {"id": "x", "position": 0, "digest": "", "text": None, "author": "a", "created_at": "2026-01-01T00:00:00Z"}
    damaged = [note, {**note, "id": "a" * 32, "position": -1, "changed_at": None}, None, 5]
    with opened(tmp_path) as mine:
        for notes in ([one] for one in damaged):
            bad = json.dumps({**bundle, "sessions": [{**session, "notes": notes}]}).encode()
            assert (
                "damaged"
                in import_lines(mine.sessions.stores, io.BytesIO(bad), READ_AT, embedded=True).problems[0].reason
            )
        old = import_lines(mine.sessions.stores, io.BytesIO(json.dumps(bundle).encode()), READ_AT, embedded=True)
    assert (old.problems, len(old.created)) == ((), 1)


def _stored(copies: Copies) -> StoredCopy | None:
    return copies.stored if isinstance(copies.stored, StoredCopy) else None


def test_evidence_goes_into_embedded_stores_only_and_never_over_a_session(demo: Connected, tmp_path: Path) -> None:
    ids = telling_ids(demo.sessions)[:1]
    bundle = "".join(bundle_pieces(FACTS, evidences(demo.sessions, "full", ids))).encode()
    with opened(tmp_path) as mine:
        refused = import_lines(mine.sessions.stores, io.BytesIO(bundle), READ_AT)
        assert "embedded stores only" in refused.problems[0].reason
        import_lines(mine.sessions.stores, io.BytesIO(bundle), READ_AT, embedded=True)
        other = bundle.replace(b'"role": "user"', b'"role": "system"')
        taken = import_lines(mine.sessions.stores, io.BytesIO(other), READ_AT, embedded=True)
        assert "already exists" in taken.problems[0].reason


@pytest.mark.parametrize(
    "damage",
    [
        lambda bundle: {**bundle, "version": 99},
        lambda bundle: {**bundle, "sessions": 5},
        lambda bundle: {**bundle, "sessions": [None, {"session_id": "a\0b", **bundle["sessions"][0], "stored": {}}]},
    ],
    ids=["version", "no list", "sessions"],
)
def test_damaged_evidence_is_reported(damage: Any, tmp_path: Path) -> None:
    bundle = json.loads(text_of("json", evidence(copies_of([message()], [message()]))))
    with opened(tmp_path) as mine:
        report = import_lines(
            mine.sessions.stores, io.BytesIO(json.dumps(damage(bundle)).encode()), READ_AT, embedded=True
        )
    assert report.problems
    assert not report.created


# The file


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    def broken() -> Iterator[str]:
        yield "begin"
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        write_file(tmp_path / "out.json", broken())
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_only_when_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "out.md"
    assert write_file(path, ["one"]) == 3
    with pytest.raises(FileExists, match="--force"):
        write_file(path, ["two"])
    assert path.read_text() == "one"
    write_file(path, ["two"], replace=True)
    assert (path.read_text(), path.stat().st_mode & 0o077, len(list(tmp_path.iterdir()))) == ("two", 0, 1)


def test_a_failure_names_the_file_that_was_asked_for_and_its_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder, reason in (("nosuch", f"the folder {tmp_path / 'nosuch'} does not exist"), ("file", "is not a folder")):
        path = tmp_path / folder / "out.md"
        with pytest.raises(OSError, match="folder") as failed:
            write_file(path, ["one"])
        assert failed.value.filename == str(path)
        assert reason in str(failed.value.strerror)
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken") as failed:
        write_file(tmp_path / "taken", ["one"], replace=True)
    assert failed.value.filename == str(tmp_path / "taken")
    assert sorted(item.name for item in tmp_path.iterdir()) == ["file", "taken"]


@pytest.mark.parametrize("form", FORMATS)
def test_many_sessions_take_no_more_memory_than_a_few(form: Format, tmp_path: Path) -> None:
    talk = [message("user", "x" * 5_000)]
    one = evidence(copies_of(talk, talk))
    peaks, sizes = [], []
    for count in (20, 400):
        tracemalloc.start()
        try:
            sizes.append(write_file(tmp_path / f"{count}", pieces_of(form, FACTS, (one for _ in range(count)))))
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert sizes[1] > 15 * sizes[0]
    assert peaks[1] < sizes[1] / 4
