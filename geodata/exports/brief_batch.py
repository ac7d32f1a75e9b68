"""A brief of every area or group in one folder: what is there already and rests on the same inputs is kept, and an index
lists each file with its hash. It may be stopped at any moment and goes on where it stopped."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from anyascii import anyascii

from geodata.briefing.contents import Brief
from geodata.errors import DisclosureError, ExportError, ViewError
from geodata.exports.briefs import write_brief
from geodata.exports.disk import whole
from geodata.exports.formula import safe

INDEX = "index.csv"
HEAD = ("id", "name", "file", "bytes", "sha256", "inputs_sha256", "finding", "note")


@dataclass(frozen=True)
class Wanted:
    """One brief of a batch. `inputs` is the hash of all that decides its bytes; `make` makes it when it is due."""

    key: str
    name: str
    inputs: str
    make: Callable[[], Brief]


@dataclass(frozen=True)
class Done:
    """One line of the index. `note` says why there is no file; `kept` where an earlier one was kept."""

    key: str
    name: str
    file: str
    size: int
    sha256: str
    inputs: str
    finding: str
    note: str = ""
    kept: bool = False


def write_all(
    wanted: Sequence[Wanted],
    folder: Path,
    suffix: str,
    *,
    letterhead: str = "",
    crest: bytes | None = None,
    progress: Callable[[Done], None] = lambda _: None,
) -> list[Done]:
    """Write every brief; returns the lines of the index. Files that are whole and rest on the same inputs are kept.

    What a tier may not be shown is left out and says so. The index stands after every file, also where the run is
    stopped. Raises ExportError where the folder cannot be written.
    """
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise ExportError(f"{folder} cannot be made ({error.strerror or error}).") from error
    before = {line.key: line for line in read_index(folder)}
    done: dict[str, Done] = {}
    try:
        for one in wanted:
            done[one.key] = _kept(before.get(one.key), one, folder, suffix) or _made(one, folder, suffix, letterhead, crest)  # fmt: skip
            progress(done[one.key])
    finally:
        left = {w.key for w in wanted} - set(done)
        _write_index(folder, [*done.values(), *(before[k] for k in sorted(left) if k in before)])
    return list(done.values())


def name_of(key: str, name: str, suffix: str) -> str:
    """The file of one brief: plain letters of its id and name, so that it opens anywhere."""
    parts = [re.sub(r"[^A-Za-z0-9]+", "-", anyascii(part)).strip("-") for part in (key, name)]
    stem = "_".join(dict.fromkeys(p for p in parts if p))[:80]
    short = hashlib.sha256(f"{key}\n{name}".encode()).hexdigest()[:6]
    return f"{stem or 'brief'}_{short}{suffix}"


def _kept(line: Done | None, one: Wanted, folder: Path, suffix: str) -> Done | None:
    """The file of an earlier run, where it is whole and rests on the same inputs."""
    if line is None or line.inputs != one.inputs or line.file != name_of(one.key, one.name, suffix):
        return None
    path = folder / line.file
    if not path.is_file() or _sha256(path.read_bytes()) != line.sha256:
        return None
    return Done(line.key, line.name, line.file, line.size, line.sha256, line.inputs, line.finding, line.note, kept=True)


def _made(one: Wanted, folder: Path, suffix: str, letterhead: str, crest: bytes | None) -> Done:
    file = name_of(one.key, one.name, suffix)
    try:
        brief = one.make()
    except (DisclosureError, ViewError) as error:
        return Done(one.key, one.name, "", 0, "", one.inputs, "", str(error))
    path = folder / file
    size = write_brief(brief, path, letterhead=letterhead, crest=crest)
    return Done(one.key, one.name, file, size, _sha256(path.read_bytes()), one.inputs, brief.finding)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- the index --------------------------------------------------------------------------------------------------------


def read_index(folder: Path) -> list[Done]:
    """The lines of an index; none where there is none, or it was not written here."""
    path = folder / INDEX
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != HEAD:
            return []
        return [_line(row) for row in rows]


def _line(row: dict[str, str]) -> Done:
    plain = {k: v.removeprefix("'") if k in ("id", "name", "finding", "note") else v for k, v in row.items()}
    size = int(plain["bytes"]) if plain["bytes"].isdigit() else 0
    return Done(plain["id"], plain["name"], plain["file"], size, plain["sha256"], plain["inputs_sha256"], plain["finding"], plain["note"])  # fmt: skip


def _write_index(folder: Path, lines: Sequence[Done]) -> None:
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(HEAD)
    for d in lines:
        rows.writerow([safe(str(v)) for v in (d.key, d.name, d.file, d.size, d.sha256, d.inputs, d.finding, d.note)])
    with whole(folder / INDEX) as part:
        part.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
