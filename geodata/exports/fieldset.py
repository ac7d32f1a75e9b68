"""A whole set of forms: the files of every area with their names, in a folder or a ZIP; the same sheets give the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from anyascii import anyascii

from geodata.errors import ExportError
from geodata.exports import xlsform
from geodata.exports.fieldforms import form_bytes
from geodata.exports.fieldpaper import paper
from geodata.fieldwork.asking import Sheet
from geodata.say import tr

Paper = Literal["pages", "list", "none"]
PAPERS: tuple[Paper, ...] = ("pages", "list", "none")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def file_stem(sheet: Sheet) -> str:
    """The name of an area's files, without their ending: its id and its name in plain letters, safe on any disk."""
    text = re.sub(r"[^a-z0-9]+", "-", anyascii(f"{sheet.area_id} {sheet.area}").casefold()).strip("-")
    return text[:60] or "schools"


def stems(sheets: Sequence[Sheet]) -> list[str]:
    """The names of the files of each sheet, no two alike."""
    taken: dict[str, int] = {}
    found = []
    for sheet in sheets:
        stem = file_stem(sheet)
        taken[stem] = taken.get(stem, 0) + 1
        found.append(stem if taken[stem] == 1 else f"{stem}-{taken[stem]}")
    return found


def files_of(
    sheets: Sequence[Sheet], *, on_paper: Paper = "pages", telephone: bool = True
) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file: a workbook and a PDF an area, and one form for telephones with its list of schools."""
    for stem, sheet in zip(stems(sheets), sheets, strict=True):
        yield f"{stem}.xlsx", form_bytes(sheet)
        if on_paper != "none":
            yield f"{stem}.pdf", paper(sheet, pages=on_paper == "pages")
    if telephone and sheets:
        yield from telephone_files(sheets)


def telephone_files(sheets: Sequence[Sheet]) -> Iterator[tuple[str, bytes]]:
    """The XLSForm and the list of schools beside it."""
    yield "xlsform.xlsx", xlsform.form_bytes(sheets)
    yield f"{xlsform.SCHOOLS}.csv", xlsform.school_list(sheets)


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """The files as a ZIP without clock times."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files:
            packed.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def write_set(files: Iterable[tuple[str, bytes]], out: Path) -> list[Path]:
    """Writes the files into a new folder, all or none. Raises ExportError where it cannot be made or is not empty."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ExportError(tr("{out} is there already, and filled-in forms are not overwritten. Choose another folder.", out=out.name))  # fmt: skip
    if not out.absolute().parent.is_dir():
        raise ExportError(tr("There is no folder {parent} to write {out} in. Make it first.", parent=str(out.parent), out=out.name))  # fmt: skip
    part = out.with_name(f".{out.name}.part")
    written: list[str] = []
    try:
        part.mkdir(exist_ok=True)
        for name, content in files:
            written.append(name)
            (part / name).write_bytes(content)
        if out.is_dir():
            out.rmdir()
        part.rename(out)
    except OSError as error:
        raise ExportError(tr("{out} could not be written ({error}).", out=out.name, error=str(error.strerror or error))) from error  # fmt: skip
    finally:
        if part.is_dir():
            for name in written:
                (part / name).unlink(missing_ok=True)
            if not any(part.iterdir()):
                part.rmdir()
    return [out / name for name in written]
