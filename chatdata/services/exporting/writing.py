"""Writes an export under a temporary name until it is complete, so that no partial file looks like a whole one."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import assert_never

from chatdata.domain.report import Evidence, FileFacts, Format, bundle_pieces, line_pieces, markdown_pieces, page_pieces
from chatdata.errors import FileExists
from chatdata.services.output_files import asked_for


def pieces_of(form: Format, facts: FileFacts, sessions: Iterable[Evidence]) -> Iterator[str]:
    """Yields the file's text in pieces, in the given format."""
    match form:
        case "html":
            return page_pieces(facts, sessions)
        case "json":
            return bundle_pieces(facts, sessions)
        case "jsonl":
            return line_pieces(facts, sessions)
        case "md":
            return markdown_pieces(facts, sessions)
        case _:
            assert_never(form)


def write_file(path: Path, pieces: Iterable[str], *, replace: bool = False) -> int:
    """Writes the pieces to a temporary file, renames it once it is complete, and returns its size in bytes.

    Only the file's owner may read it. A failure leaves nothing behind; a killed process leaves a hidden .part file.
    Raises FileExists, unless `replace` is set, and OSError, which names the file that was asked for.
    """
    if not replace and (path.exists() or path.is_symlink()):
        raise FileExists(f"{path} exists; --force replaces it.")
    with asked_for(path):
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        with asked_for(path):
            if replace:
                part.replace(path)
            else:
                _name_if_free(part, path)
    finally:
        part.unlink(missing_ok=True)
    return size


def _name_if_free(part: Path, path: Path) -> None:
    """Gives the file its name by a hard link, which fails if the name exists meanwhile; renaming would overwrite it."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise FileExists(f"{path} exists; --force replaces it.") from None
    except OSError:  # a file system without links
        part.replace(path)
