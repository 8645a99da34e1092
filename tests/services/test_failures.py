"""Unexpected errors in the log: the code that failed, never what it was working on."""

import ast
import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatdata.services.failures import log_places_only, places_of

SECRET = "canaryword"
CHECKOUT = Path(__file__).parents[2]


def read(text: str) -> None:
    try:
        json.loads(text)
    except ValueError as error:
        raise RuntimeError(f"can't read {text}") from error


def test_types_and_lines_of_code_are_named_and_no_message() -> None:
    try:
        read(SECRET)
    except RuntimeError as error:
        said = places_of(error)
    assert SECRET not in said
    assert said.startswith("RuntimeError\n")
    assert "caused by JSONDecodeError\n" in said
    assert "in read" in said


def test_errors_that_cause_each_other_end() -> None:
    one, two = ValueError(SECRET), KeyError(SECRET)
    one.__cause__, two.__cause__ = two, one
    assert places_of(one).count("caused by") == 9


@pytest.fixture
def places_only() -> Iterator[None]:
    factory, hook = logging.getLogRecordFactory(), threading.excepthook
    log_places_only()
    yield
    logging.setLogRecordFactory(factory)
    threading.excepthook = hook


@pytest.mark.usefixtures("places_only")
def test_a_library_that_logs_an_error_names_places_too(caplog: pytest.LogCaptureFixture) -> None:
    try:
        read(SECRET)
    except RuntimeError:
        logging.getLogger("streamlit.error_util").exception("Uncaught app execution")
    assert "Uncaught app execution\nRuntimeError\n" in caplog.text
    assert "in read" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.usefixtures("places_only")
def test_what_ends_a_thread_is_logged_without_its_message(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    thread = threading.Thread(target=read, args=(SECRET,), name="reader")
    thread.start()
    thread.join()
    assert "the thread reader failed: RuntimeError\n" in caplog.text
    assert SECRET not in caplog.text + capfd.readouterr().err


@pytest.mark.parametrize("folder", ["chatdata", "pages"])
def test_no_code_logs_an_error_with_its_message(folder: str) -> None:
    found = [
        f"{path.relative_to(CHECKOUT)}:{node.lineno}"
        for path in (CHECKOUT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _logs_a_traceback(node)
    ]
    assert found == []


def _logs_a_traceback(call: ast.Call) -> bool:
    named = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return (
        named in ("print_exc", "format_exc", "format_exception")
        or (named == "exception" and bool(call.args))
        or any(keyword.arg == "exc_info" for keyword in call.keywords)
    )
