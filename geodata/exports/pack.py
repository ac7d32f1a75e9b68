"""A packed country: a folder of plain files that opens by double click, written beside and swapped in whole.

What stands in the files is made by `dashboard/packing`; this room writes them. Data are scripts that call `FM.add`, for a
page opened from a disk may not fetch anything, not even the file next to it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geodata.errors import ExportError
from geodata.say import tr

LONGEST_NAME = 60  # letters of a file's name: long paths break on older Windows
SUMS = "SHA256SUMS.txt"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_ESCAPED = {"\u2028": "\\u2028", "\u2029": "\\u2029", "</": "<\\/", "<!--": "<\\!--"}


@dataclass(frozen=True)
class Packed:
    """A folder that was written: where, how many files and bytes, and the SHA-256 of its list of hashes."""

    folder: Path
    files: int
    size: int
    sha256: str


def script(kind: str, content: Any) -> bytes:
    """`FM.add(kind, content)` as a script in UTF-8. Text from a register stays text: what would end a script or a line in
    some browsers is escaped. Raises ValueError for a number that is not finite."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for raw, escaped in _ESCAPED.items():
        text = text.replace(raw, escaped)
    return f'FM.add("{kind}",{text});\n'.encode("utf-8", "replace")


def write_pack(
    folder: Path, files: Iterable[tuple[str, bytes]], keep: Callable[[Path, str], None] = lambda _, __: None
) -> Packed:
    """Write the files (path inside the folder, content) and SHA256SUMS.txt, whole or not at all.

    A folder that an earlier pack wrote is replaced once the new one is complete; any other folder that is not empty is
    refused. `keep` is given the list of hashes and its own hash before the folder stands, to record them; where it
    raises, nothing is left. Raises ExportError.
    """
    _check_place(folder)
    part = folder.with_name(f".{folder.name}.part")
    old = folder.with_name(f".{folder.name}.old")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        count, size = _fill(part, files)
        sums = part / SUMS
        digest = hashlib.sha256(sums.read_bytes()).hexdigest()
        keep(sums, digest)
        _swap(part, folder, old)
    except OSError as error:
        raise ExportError(
            tr(
                "{folder} could not be written ({error}). Is a file of it open, or the disk full?",
                folder=folder,
                error=error.strerror or error,
            )
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Packed(folder, count + 1, size + (folder / SUMS).stat().st_size, digest)


def _check_place(folder: Path) -> None:
    if not folder.absolute().parent.is_dir():
        raise ExportError(
            tr("There is no folder {parent} to write {name} in. Make it first.", parent=folder.parent, name=folder.name)
        )
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / SUMS).is_file())):
        raise ExportError(
            tr(
                "{folder} is there already and was not written by this command. Choose another --out, or move it away.",
                folder=folder,
            )
        )


def _fill(part: Path, files: Iterable[tuple[str, bytes]]) -> tuple[int, int]:
    """Write every file and then the list of their hashes, in the order of their names; gives how many and how large."""
    hashes: dict[str, str] = {}
    size = 0
    for name, content in files:
        if not _NAME.fullmatch(name) or any(len(piece) > LONGEST_NAME for piece in name.split("/")):
            raise ExportError(tr("{name!r} is no name for a file of a pack.", name=name))
        path = part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        hashes[name] = hashlib.sha256(content).hexdigest()
        size += len(content)
    lines = "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes))
    (part / SUMS).write_bytes(lines.encode())
    return len(hashes), size


def _swap(part: Path, folder: Path, old: Path) -> None:
    """Put the finished folder in its place; the one before stands until then, and comes back where this fails."""
    shutil.rmtree(old, ignore_errors=True)
    if not folder.exists():
        os.replace(part, folder)
        return
    os.replace(folder, old)
    try:
        os.replace(part, folder)
    except OSError:
        os.replace(old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
