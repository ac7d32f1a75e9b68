"""What the libraries behind some formats make of a full disk, and files that are whole or not there."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter
from pyogrio.errors import DataLayerError, DataSourceError
from xlsxwriter.exceptions import FileCreateError

from geodata.errors import ExportError
from geodata.exports.formula import AS_TEXT
from geodata.say import tr


@contextmanager
def workbook_at(path: Path, **options: Any) -> Iterator[xlsxwriter.Workbook]:
    """A workbook to fill, no text in it a formula or a link; it is written at the end. Raises OSError."""
    out = io.BytesIO()
    try:
        with xlsxwriter.Workbook(out, {"in_memory": not options, **AS_TEXT, **options}) as book:
            yield book
    except FileCreateError as error:
        raise OSError(str(error)) from error
    path.write_bytes(out.getbuffer())


@contextmanager
def whole(out: Path) -> Iterator[Path]:
    """A file to write, beside `out` until it is whole; nothing half-written is left. Raises ExportError."""
    part = out.with_name(f".{out.stem}.part{out.suffix}")
    try:
        yield part
        os.replace(part, out)
    except OSError as error:
        raise ExportError(tr("{file} could not be written ({why}).", file=out, why=error.strerror or str(error))) from error  # fmt: skip
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def geopackage() -> Iterator[None]:
    """While a GeoPackage is written: its library's faults as OSError."""
    try:
        yield
    except (DataSourceError, DataLayerError) as error:
        raise OSError(str(error)) from error
