"""The documentation is consistent with the code: links resolve, and every setting and command is documented."""

import ast
import re
import string
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import click
import pytest

from chatdata.cli.commands import commands
from chatdata.domain import labels
from chatdata.domain.drift import CauseName, ExpectedRule, Repair, Status
from chatdata.domain.drift.kinds import SEVERITY
from chatdata.domain.lint import CODES, PROVIDERS, RULES, Code
from chatdata.domain.lint.errors.provider_errors import KNOWN

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
MOST_LINES = 120

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|TZ")


def links(page: Path) -> list[str]:
    """The targets of links and images that lead to files of this repository."""
    found = _LINK.findall(_FENCE.sub("", page.read_text("utf-8")))
    return [target for target in found if not _ELSEWHERE.match(target)]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text("utf-8")))
    dropped = str.maketrans("", "", string.punctuation.replace("-", "").replace("_", ""))
    return {heading.lower().translate(dropped).replace(" ", "-") for heading in headings}


def settings_read() -> Iterator[str]:
    """The names of environment variables among the strings of chatdata/settings."""
    for module in (ROOT / "chatdata" / "settings").glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _VARIABLE.fullmatch(node.value):
                yield node.value


_MODULES = re.compile(r"^([a-z_.]+(?:, [a-z_.]+)*) {2,}\S", re.MULTILINE)
_PACKAGES = [path.parent for root in ("chatdata", "pages") for path in sorted((ROOT / root).rglob("__init__.py"))]


def modules_listed(package: Path) -> list[str]:
    """The modules that the table in a package's docstring names."""
    text = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8"))) or ""
    return [name for names in _MODULES.findall(text) for name in names.split(", ")]


def first_cells(page: Path) -> str:
    """The first column of a page's tables."""
    rows = (line for line in page.read_text("utf-8").splitlines() if line.startswith("|"))
    return "\n".join(row.split("|")[1] for row in rows)


_DOCUMENT = re.compile(r"[\w./-]+\.md\b")


def remarks(module: Path) -> Iterator[str]:
    """The docstrings and comments of a module; texts that it works with are neither."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value
    with tokenize.open(module) as file:
        yield from (token.string for token in tokenize.generate_tokens(file.readline) if token.type == tokenize.COMMENT)


def test_every_document_that_code_cites_is_in_the_repository() -> None:
    modules = [module for root in ("chatdata", "pages") for module in (ROOT / root).rglob("*.py")]
    cited = [(module, name) for module in modules for text in remarks(module) for name in _DOCUMENT.findall(text)]
    assert "docs/drift.md" in {name for _, name in cited}, "citations are not found any more"
    assert [f"{module.relative_to(ROOT)}: {name}" for module, name in cited if not (ROOT / name).is_file()] == []


EXPLAINED: list[tuple[str, str, tuple[Any, ...]]] = [
    ("statuses", "drift.md", get_args(Status)),
    ("kinds", "drift.md", tuple(SEVERITY)),
    ("causes", "drift.md", get_args(CauseName)),
    ("expected differences", "drift.md", get_args(ExpectedRule)),
    ("repairs", "drift.md", get_args(Repair)),
    ("rules", "lint.md", CODES),
    ("providers", "lint.md", PROVIDERS),
]


OF_BODIES: tuple[tuple[str, Code], ...] = (
    ("anthropic", "image_too_large"),
    ("anthropic", "too_many_cache_marks"),
    ("openai-responses", "lone_reasoning"),
)
"""Rules about request bodies, whose texts are about no message that a session can have."""


@pytest.mark.parametrize(("page", "codes"), [case[1:] for case in EXPLAINED], ids=[case[0] for case in EXPLAINED])
def test_every_code_is_explained(page: str, codes: tuple[str, ...]) -> None:
    explained = set(re.findall(r"`([^`]+)`", first_cells(ROOT / "docs" / page)))
    assert set(codes) - explained == set()


def test_the_table_of_reports_has_every_text_about_messages() -> None:
    """A row for each provider and rule, and none more, with reports that the code names too."""
    lines = (ROOT / "docs" / "lint.md").read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:4]] for line in lines if line.count("|") == 4]
    rows = {(printer, rule): set(reports.split(", ")) for printer, rule, reports in cells if "#" in reports}
    known: dict[tuple[str, str], set[str]] = {}
    for text in KNOWN:
        for code in text.codes if text.provider and text.source else ():
            known.setdefault((str(text.provider), RULES[code].title), set()).update(text.source)
    for printer, code in OF_BODIES:
        known[printer, RULES[code].title] = set(RULES[code].threads)
    assert set(rows) == set(known)
    assert {row: reports - known[row] for row, reports in rows.items() if reports - known[row]} == {}


@pytest.mark.parametrize(
    ("page", "tables"),
    [
        ("lint.md", (labels.LINT_LABELS,)),
        ("drift.md", (labels.FINDING_LABELS, labels.CAUSE_LABELS, labels.REPAIR_LABELS, labels.STATUS_LABELS)),
    ],
    ids=["lint", "drift"],
)
def test_the_tables_have_the_labels_of_the_pages(page: str, tables: tuple[Mapping[str, str], ...]) -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| ([^|]*?) \|", (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE)
    known = [(code, label, {table[code] for table in tables if code in table}) for code, label in rows]
    assert len([code for code, _, right in known if right]) > 30
    assert [(code, label) for code, label, right in known if right and label not in right] == []


def test_no_code_is_explained_that_nothing_reports() -> None:
    for page in ("drift.md", "lint.md"):
        explained = set(re.findall(r"`([^`]+)`", first_cells(ROOT / "docs" / page)))
        assert explained - {code for _, where, codes in EXPLAINED if where == page for code in codes} == set()


def test_a_package_lists_only_modules_that_it_has() -> None:
    listed = [(package, name) for package in _PACKAGES for name in modules_listed(package)]
    assert len(listed) > 50, "the tables are not found any more"
    files = [(package.joinpath(*name.split(".")), package, name) for package, name in listed]
    assert [
        f"{package.relative_to(ROOT)}: {name}"
        for file, package, name in files
        if not (file.with_suffix(".py").is_file() or file.is_dir())
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_to_a_file_and_to_a_heading_in_it(page: Path) -> None:
    broken = []
    for target in links(page):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.is_file() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def test_every_page_of_the_documentation_can_be_reached_from_the_readme() -> None:
    readme = ROOT / "README.md"
    reached = {(ROOT / target.partition("#")[0]).resolve() for target in links(readme)}
    assert set(PAGES) - {readme} <= reached


def test_every_setting_that_is_read_is_in_the_table_of_settings() -> None:
    names = set(settings_read())
    assert {"DATABASE_URL", "REDIS_CLUSTER_PORT", "INSPECTOR_VIEWERS", "TZ"} <= names
    documented = set(re.findall(r"`([^`]+)`", first_cells(ROOT / "docs" / "deployment.md")))
    assert names - documented == set()


def test_the_table_of_settings_has_none_that_nothing_reads() -> None:
    documented = set(re.findall(r"`([^`]+)`", first_cells(ROOT / "docs" / "deployment.md")))
    assert documented - set(settings_read()) == set()


def test_every_command_is_in_the_table_of_commands() -> None:
    names = set(commands.list_commands(click.Context(commands)))
    documented = set(re.findall(r"`([a-z]+)`", first_cells(ROOT / "docs" / "command-line.md")))
    assert names - documented == set()


def test_the_readme_fits_on_a_few_screens() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= MOST_LINES
