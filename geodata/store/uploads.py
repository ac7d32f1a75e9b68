"""Registers that came through the browser: one folder each, beside the built data, kept until somebody lets it go.

    uploads/<id>/upload.json    what came, when, and what was chosen
    uploads/<id>/files/         the files, under plain names
    uploads/<id>/recipe.toml    the choices: the only truth of the upload
    uploads/<id>/job.json       the work under way or over; progress.jsonl how far it is; <step>.json what came of it

The id is a secret: whoever knows it may go on with the upload. No name that a visitor sent is ever a path.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from geodata.errors import StoreError
from geodata.say import tr, written
from geodata.text import plain_name

SHELF = "uploads"
ID = re.compile(r"[0-9a-f]{24}")
LARGEST = 200 << 20  # bytes of one file, where the server is not told otherwise
MOST = 40  # uploads kept at once
MOST_BYTES = 4 << 30  # of all uploads together
SLICE = 2 << 20  # bytes that come at once
SPARE = 1 << 30  # bytes that stay free on the disk
FORGOTTEN = 30 * 24 * 3600  # seconds after which an upload that was never built is let go
MOST_FILES = 20  # files of one upload
KNOWN = [".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".geojson", ".json", ".gpkg", ".parquet", ".zip", ".gz"]
FINISHED, FAILED, CANCELLED = "done", "failed", "cancelled"


@dataclass(frozen=True)
class Upload:
    """One upload: its folder is its own, and nothing of it lies elsewhere before it is built."""

    folder: Path

    @property
    def id(self) -> str:
        """What stands for it in addresses."""
        return self.folder.name

    @property
    def files(self) -> Path:
        """The folder of its files, which relative paths of its recipe start at."""
        return self.folder / "files"

    @property
    def recipe(self) -> Path:
        """Its recipe."""
        return self.folder / "recipe.toml"

    @property
    def recipe_text(self) -> str:
        """The recipe as it stands; empty before there is one."""
        return self.recipe.read_text("utf-8") if self.recipe.is_file() else ""

    @property
    def about(self) -> dict[str, Any]:
        """What came and what was chosen."""
        return self.told("upload")

    def told(self, name: str) -> dict[str, Any]:
        """A file of plain values by its name; empty where there is none yet, or it is not whole."""
        try:
            found = json.loads((self.folder / f"{name}.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return dict(found) if isinstance(found, dict) else {}

    def keep(self, name: str, values: Mapping[str, Any]) -> None:
        """Write a file of plain values, whole or not at all. Raises StoreError where the disk refuses."""
        self.write(f"{name}.json", json.dumps(values, ensure_ascii=False))

    def write(self, name: str, text: str) -> None:
        """Write a text of the upload, whole or not at all."""
        part = self.folder / f".{name}.{secrets.token_hex(4)}"
        try:
            part.write_text(text, "utf-8", errors="replace")  # halves of letters, which no register needs
            os.replace(part, self.folder / name)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise _disk(error) from None

    def note(self, **values: Any) -> dict[str, Any]:
        """Change what is kept about the upload."""
        with _held(self, "note"):
            now = {**self.about, **values}
            self.keep("upload", now)
        return now

    def forget(self, *names: str) -> None:
        """Leave aside what came of earlier steps."""
        for name in names:
            (self.folder / f"{name}.json").unlink(missing_ok=True)

    def names(self) -> list[str]:
        """The files that came, in the order of their names."""
        return sorted(p.name for p in self.files.iterdir() if p.is_file()) if self.files.is_dir() else []

    def file(self, name: str) -> Path:
        """Where a file lies that came, by its own name. Raises StoreError for any other: a name may be a path elsewhere."""
        if name not in self.names():
            raise StoreError(tr("No file is expected here. Begin again with the file."))
        return self.files / name


def shelf_of(link: Path) -> Path:
    """Where uploads lie beside some built data."""
    return link.absolute().parent / SHELF


def begin(shelf: Path) -> Upload:
    """A new upload. Raises StoreError where there are too many, or the disk is full or may not be written."""
    for old in listed(shelf):
        if time.time() - int(old.about.get("made") or 0) > FORGOTTEN and not old.told("build") and not at_work(old):
            discard(old)
    every = listed(shelf)
    if len(every) >= MOST:
        raise StoreError(tr("{count} uploads are kept here already. Let one go first.", count=written(len(every))))
    upload = Upload(shelf / secrets.token_hex(12))
    try:
        upload.files.mkdir(parents=True)
        (upload.folder / "tmp").mkdir()
    except OSError as error:
        raise _disk(error) from None
    upload.keep("upload", {"made": int(time.time()), "files": []})
    return upload


def opened(shelf: Path, id_: str) -> Upload:
    """The upload of this id. Raises StoreError where there is none."""
    upload = Upload(shelf / id_)
    if not ID.fullmatch(id_ or "") or not (upload.folder / "upload.json").is_file():
        raise StoreError(tr("This upload is not here any more. Begin again with the file."))
    return upload


def listed(shelf: Path) -> list[Upload]:
    """The uploads that are kept, newest first."""
    found = [Upload(p) for p in shelf.iterdir() if ID.fullmatch(p.name)] if shelf.is_dir() else []
    return sorted(found, key=lambda u: (-int(u.about.get("made") or 0), u.id))


def discard(upload: Upload) -> None:
    """Let an upload go, files and all; what was built from it stays."""
    shutil.rmtree(upload.folder, ignore_errors=True)


# --- files that come in slices ------------------------------------------------------------------------------------


def expect(upload: Upload, name: str, size: int, largest: int = LARGEST) -> str:
    """Make ready for a file; returns the plain name it will have. Raises StoreError where it cannot be taken."""
    plain = plain_name(str(name))
    if not plain.endswith(tuple(KNOWN)):
        raise StoreError(tr("A file of this kind cannot be read. Bring CSV, XLSX, XLS, ODS, GeoJSON, GeoPackage, Parquet, or a ZIP with a shapefile."))  # fmt: skip
    if not 0 < size <= largest:
        raise StoreError(
            tr("This file is empty.")
            if size <= 0
            else tr("A file may have {most} MB here, and this one has {size} MB. Bring it as CSV in a ZIP, or build it with the command.", most=written(largest >> 20), size=written(size >> 20))
        )  # fmt: skip
    if len(upload.names()) >= MOST_FILES:
        raise StoreError(tr("An upload may have {count} files.", count=written(MOST_FILES)))
    if _used(upload.folder.parent) + size > MOST_BYTES or shutil.disk_usage(upload.folder).free < size + SPARE:
        raise StoreError(tr("There is no room for this file here now. Let an older upload go, or ask whoever runs this server."))  # fmt: skip
    for other in upload.folder.glob("*.part"):
        other.unlink(missing_ok=True)
    (upload.folder / "coming.part").write_bytes(b"")
    upload.note(coming={"name": plain, "size": int(size)})
    return plain


def take(upload: Upload, at: int, piece: bytes) -> int:
    """Add a slice; returns how many bytes are here. The last one puts the file in its place.

    A slice that is here already, or comes too early, changes nothing: the answer says where to go on.
    """
    coming = upload.about.get("coming")
    if not coming:
        raise StoreError(tr("No file is expected here. Begin again with the file."))
    part = upload.folder / "coming.part"
    with _held(upload, "slice"):
        here = part.stat().st_size if part.is_file() else 0
        if at != here or not piece or len(piece) > SLICE:
            return here
        if here + len(piece) > coming["size"]:
            raise StoreError(tr("More came than the file has. Choose the file again."))
        try:
            with part.open("ab") as stream:
                stream.write(piece)
            here += len(piece)
            if here == coming["size"]:
                os.replace(part, upload.files / coming["name"])
        except OSError as error:
            raise _disk(error) from None
        if here == coming["size"]:
            files = [f for f in upload.about.get("files", []) if f != coming["name"]]
            upload.note(coming=None, files=[*files, coming["name"]])
    return here


def _used(shelf: Path) -> int:
    return sum(p.stat().st_size for p in shelf.rglob("*") if p.is_file() and not p.is_symlink())


# --- work on an upload --------------------------------------------------------------------------------------------


def running(upload: Upload) -> FileLock:
    """Held by the process that works on the upload, for as long as it lives."""
    return FileLock(upload.folder / ".running")


def at_work(upload: Upload) -> bool:
    """Whether a process works on the upload now, whoever started it."""
    lock = running(upload)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def progress(upload: Upload) -> list[dict[str, Any]]:
    """What the work under way has told, from its beginning; a line that is not whole yet is left for later."""
    try:
        text = (upload.folder / "progress.jsonl").read_text("utf-8")
    except OSError:
        return []
    return list(_lines(text))


def _lines(text: str) -> Iterator[dict[str, Any]]:
    for line in text.split("\n"):
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            yield found


def _held(upload: Upload, name: str) -> FileLock:
    return FileLock(upload.folder / f".{name}", timeout=20)


def _disk(error: OSError) -> StoreError:
    return StoreError(tr("The files cannot be written here ({why}). Nothing was changed; ask whoever runs this server.", why=error.strerror or str(error)))  # fmt: skip


def report_of(upload: Upload) -> str:
    """The quality report that the build of an upload wrote; empty where there is none."""
    try:
        return (upload.folder / "report.csv").read_text("utf-8")
    except OSError:
        return ""
