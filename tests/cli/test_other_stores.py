"""Commands on stores of other products: what those do not store is null in JSON and unknown in print."""

import json
import re
from pathlib import Path

import pytest

from tests.support.command_line import Line
from tests.support.other_stores import PRODUCTS, WRITTEN, OtherStore, filled_store

DIALECTS = ("sqlite", "postgresql")


@pytest.fixture(params=[(product, dialect) for product in PRODUCTS for dialect in DIALECTS], ids="-".join)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OtherStore:
    """A store that the commands of this test open, with writing allowed."""
    product, dialect = request.param
    place = str(tmp_path / "other.db") if dialect == "sqlite" else request.getfixturevalue("pg_url")
    found = filled_store(product, dialect, place)
    monkeypatch.setenv("DATABASE_URL", found.url)
    monkeypatch.setenv("INSPECTOR_ACCESS", "write")
    return found


def test_sessions_lists_what_is_known(store: OtherStore, run: Line) -> None:
    document = run("sessions", "--json").json
    assert sorted(line["session_id"] for line in document["sessions"]) == ["rain", "trip"]
    assert document["total"]["messages"] == sum(len(items) for items in WRITTEN[store.product].values())
    for line in document["sessions"]:
        assert (line["title"], line["user_id"], line["damaged"]) == (None, None, [])
        assert (line["prompt_tokens"], line["completion_tokens"]) == (None, None)
        assert (line["started_at"] is None) == (line["updated_at"] is None) == (store.product == "n8n")
        assert line["first_user_message"]
    printed = run("sessions", COLUMNS="200").out
    lines = [line for line in printed.splitlines() if line.startswith(("trip", "rain"))]
    assert [line.count("unknown") for line in lines] == [
        4 if store.product == "n8n" else 2
    ] * 2  # two counts, two times
    assert "1970-" not in printed
    assert "unreadable" not in printed


def test_sessions_are_searched(store: OtherStore, run: Line) -> None:
    found = run("sessions", "--json", "--search", "HUBLOT side").json["sessions"]
    assert [line["session_id"] for line in found] == ["trip"]


def test_show_has_every_message_and_null_for_what_is_unknown(store: OtherStore, run: Line) -> None:
    document = run("show", "trip", "--json").json
    assert [item["position"] for item in document["messages"]] == list(range(len(WRITTEN[store.product]["trip"])))
    assert (document["title"], document["user_id"], document["usage"]) == (None, None, [])
    assert (document["prompt_tokens"], document["completion_tokens"]) == (None, None)
    assert document["damaged"] == []
    times = {document["started_at"], document["updated_at"], document["copies"]["database"]["updated_at"]}
    assert (times == {None}) == (store.product == "n8n")
    assert all((item["created_at"] is None) == (store.product == "n8n") for item in document["messages"])
    assert any("thinking" in str(item["extras"].get("sourceParts")) for item in document["messages"])
    printed = run("show", "trip").out
    assert "unknown token counts" in printed
    assert "thinking, 1 part" in printed
    assert (re.search(r"Started +unknown\nUpdated +unknown\n", printed) is not None) == (store.product == "n8n")
    assert "1970-" not in printed


@pytest.mark.parametrize("view", ["masked", "structure"])
def test_what_a_message_does_not_hold_is_redacted_too(store: OtherStore, run: Line, view: str) -> None:
    secret = "mia.okafor@example.com"
    item = {
        "n8n": {
            "type": "ai",
            "content": [{"type": "thinking", "thinking": f"Ask {secret}"}, {"type": "text", "text": "OK"}],
        },
        "openai-agents": {"type": "reasoning", "id": "rs_9", "summary": [{"type": "summary_text", "text": secret}]},
    }[store.product]
    store.add({"private": [item]})
    assert secret in run("show", "private", "--json").out
    assert secret not in run("show", "private", "--json", "--view", view).out


def test_lint_judges_the_conversation(store: OtherStore, run: Line) -> None:
    answer = run("lint", "trip", "--json")
    assert (answer.code, answer.json["messages"]) == (0, 4)
    assert [one["code"] for one in answer.json["findings"]] == ["ends_with_assistant"]
    assert {one["severity"] for one in answer.json["findings"]} == {"info"}
    every = run("lint", "--all", "--json")
    assert (every.code, every.json["sessions"]) == (0, [])
    assert "Checked: 2 in the database" in run("lint", "--all").out


def test_lint_finds_what_is_wrong_with_a_conversation(store: OtherStore, run: Line) -> None:
    lone: dict[str, object] = {
        "n8n": {"type": "tool", "content": "12A", "tool_call_id": "call_lost"},
        "openai-agents": {"type": "function_call_output", "call_id": "call_lost", "output": "12A"},
    }[store.product]
    store.add({"broken": [WRITTEN[store.product]["trip"][0], lone]})
    answer = run("lint", "broken", "--json")
    assert answer.code == 1
    found = [one for one in answer.json["findings"] if one["severity"] == "error"]
    assert found
    assert {tuple(one["stored_positions"]) for one in found} == {(1,)}
    assert [one["session_id"] for one in run("lint", "--all", "--json").json["sessions"]] == ["broken"]


def test_a_message_that_is_not_understood_is_accepted_by_nobody(store: OtherStore, run: Line) -> None:
    store.add({"strange": [{"type": "weird"}]})
    answer = run("lint", "strange", "--json")
    assert answer.code == 1
    assert "accept" not in answer.json["verdicts"].values()
    assert "No messages are stored" not in run("lint", "strange").out


@pytest.mark.parametrize("by", ["day", "session", "tool", "user"])
def test_usage_answers(store: OtherStore, run: Line, by: str) -> None:
    answer = run("usage", "--by", by, "--json")
    assert answer.code == 0
    totals = answer.json["totals"]
    assert (totals["sessions"], totals["prompt_tokens"], totals["completion_tokens"]) == (2, None, None)
    if by == "tool":
        assert [row["key"] for row in answer.json["rows"]] == ["find_seat"]


@pytest.mark.parametrize("form", ["html", "json", "jsonl", "md"])
def test_sessions_are_exported(store: OtherStore, run: Line, form: str) -> None:
    text = run("export", "trip", "--format", form).out
    assert "hublot" in text
    assert "1970-" not in text
    assert ("unknown input, unknown output" in text) == (form in ("html", "md"))
    if form == "jsonl":
        line = json.loads(text)
        assert (line["started_at"] is None) == (store.product == "n8n")
        assert "created_at" not in line["messages"][0] or store.product == "openai-agents"


@pytest.mark.parametrize("view", ["masked", "structure"])
def test_counts_are_unknown_in_every_view(store: OtherStore, run: Line, view: str) -> None:
    assert store.product in PRODUCTS
    document = run("show", "trip", "--json", "--view", view).json
    assert (document["prompt_tokens"], document["completion_tokens"]) == (None, None)
    assert "unknown input, unknown output" in run("export", "trip", "--format", "md", "--view", view).out


def test_a_bundle_comes_back_with_unknown_times(store: OtherStore, run: Line, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    bundle.write_text(run("export", "rain", "--format", "json").out, "utf-8")
    answer = run("import", str(bundle), DATABASE_URL=None, INSPECTOR_ACCESS=None)
    assert answer.code == 0
    back = run("show", "rain", "--json", DATABASE_URL=None, INSPECTOR_ACCESS=None).json
    assert [item["content"] for item in back["messages"]] == [
        item["content"] for item in run("show", "rain", "--json").json["messages"]
    ]


def test_users_and_their_times_are_unknown(store: OtherStore, run: Line) -> None:
    (user,) = run("users", "--json").json["users"]
    assert (user["user_id"], user["sessions"], user["prompt_tokens"]) == (None, 2, None)
    assert (user["first_seen"] is None) == (user["last_seen"] is None) == (store.product == "n8n")


def test_check_names_the_views(store: OtherStore, run: Line) -> None:
    found = run("check", "--json").json["database"]
    assert (found["views"], found["writable"], found["sessions"]) == (["ChatSession", "ChatMessage"], False, 2)
    assert {"ChatMessage.sourceItem", "ChatMessage.sourceFormat"} <= set(found["optional_columns"])
    assert "unknown_columns" not in found
    printed = run("check").out
    assert "ChatSession, ChatMessage (never written)" in printed
    assert "sourceItem" in printed


def test_nothing_is_imported_into_views(store: OtherStore, run: Line, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": "new", "messages": [{"role": "user", "content": "Hello"}]}\n', "utf-8")
    answer = run("import", str(file))
    assert answer.code != 0
    assert "never written" in answer.err + answer.out
    assert run("sessions", "--json").json["total"]["sessions"] == 2


def test_without_views_the_page_that_explains_them_is_named(tmp_path: Path, run: Line) -> None:
    store = filled_store("n8n", "sqlite", str(tmp_path / "other.db"))
    store.run('DROP VIEW "ChatSession"; DROP VIEW "ChatMessage";')
    answer = run("sessions", DATABASE_URL=store.url)
    assert answer.code == 3
    assert 'There is no table "ChatSession"' in answer.err
    assert "It has n8n_chat_histories: docs/other-stores.md says how views open it." in answer.err
