"""Unexpected errors for a log: where they arose, but not their messages, which may quote a conversation."""

import logging
import threading
import traceback
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)

_MOST_CAUSES = 10


def places_of(error: BaseException) -> str:
    """The types of an error and of its causes, each with the lines of code that it passed."""
    parts: list[str] = []
    current: BaseException | None = error
    while current is not None and len(parts) < _MOST_CAUSES:
        lines = "".join(traceback.format_tb(current.__traceback__))
        parts.append(f"{type(current).__qualname__}\n{lines}".rstrip())
        current = current.__cause__ or current.__context__
    return "\ncaused by ".join(parts)


def log_places_only() -> None:
    """Makes all logs of this process, those of its libraries and threads too, name places instead of messages."""
    logging.setLogRecordFactory(_naming_places(logging.getLogRecordFactory()))
    threading.excepthook = _log_thread


def _naming_places(make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    """A factory of log records that hold the places of an error instead of the error itself."""

    def made(*given: Any, **named: Any) -> logging.LogRecord:
        record = make(*given, **named)
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = places_of(record.exc_info[1])
            record.exc_info = None
        return record

    return made


def _log_thread(ended: threading.ExceptHookArgs) -> None:
    """Logs what ended a thread."""
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        log.error("the thread %s failed: %s", ended.thread and ended.thread.name, places_of(ended.exc_value))
