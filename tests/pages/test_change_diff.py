"""The changes of a repair as a diff of JSON."""

from chatdata import ChatMessage
from chatdata.services.repair import Change
from pages.ui.session.compare.change_diff import diff_of


def message(text: str) -> ChatMessage:
    return ChatMessage(role="user", content=text)


def test_a_record_that_is_added_changed_or_removed_has_a_block_of_its_own() -> None:
    changes = (
        Change("cache", "messages[3]", None, message("figs")),
        Change("database", "title", "Fruit", None),
        Change("cache", "usage", [{"prompt_tokens": 1}], [{"prompt_tokens": 2}]),
        Change("cache", "bytes", 12_715, None),
        Change("cache", "time to live", 7200, 43_200),
    )
    assert diff_of(changes).splitlines() == [
        "@@ cache messages[3] @@",
        "+{",
        '+  "role": "user",',
        '+  "content": "figs"',
        "+}",
        "@@ database title @@",
        "-Fruit",
        "@@ cache usage @@",
        " [",
        "   {",
        '-    "prompt_tokens": 1',
        '+    "prompt_tokens": 2',
        "   }",
        " ]",
        "@@ cache bytes @@",
        "-12,715 bytes",
        "@@ cache time to live @@",
        "-2 h",
        "+12 h",
    ]


def test_a_difference_far_inside_a_long_text_is_in_sight() -> None:
    changes = [Change("cache", "messages[0]", message("x" * 5_000 + "apples"), message("x" * 5_000 + "plums"))]
    removed, added = (line for line in diff_of(changes).splitlines() if line[0] in "-+")
    assert (removed[:2], added[:2]) == ("-…", "+…")
    assert (removed[-8:], added[-7:]) == ('xapples"', 'xplums"')


def test_long_diffs_and_deep_values_end_and_say_so() -> None:
    deep: object = "bottom"
    for _ in range(5_000):
        deep = [deep]
    assert "nested too deeply" in diff_of([Change("cache", "metadata", None, deep)])
    many = [Change("cache", f"messages[{number}]", None, message("figs")) for number in range(500)]
    lines = diff_of(many).splitlines()
    assert (len(lines), lines[-1]) == (601, "@@ 1,900 more lines; the command line's --json has all @@")


def test_broken_unicode_is_shown_escaped() -> None:
    assert diff_of([Change("cache", "bytes", "\ud83d", None)]) == "@@ cache bytes @@\n-\\ud83d"
