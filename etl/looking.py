"""What the browser needs to know of a file that was brought: its sheets or layers, its columns, what its words may mean.

`look` is `etl.inspect` told as plain values; nothing of a personal column is in it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio
import python_calamine as calamine

from etl.boxes import files_in, unboxed
from etl.guess import SHARED
from etl.guess_values import ONE_TWO
from etl.inspect import Inspection, inspect_file
from etl.recipe import FEEDABLE, Reading
from etl.source import format_of
from etl.values import words
from geodata.errors import SourceError
from geodata.fields import FIELDS
from geodata.text import plain_name

MOST_UNPACKED = 1 << 30  # bytes of all files in an archive that was brought
MOST_COLUMNS = 5_000
TAKEN = (".csv", ".tsv", ".txt", ".tab", ".psv", ".xlsx", ".xls", ".ods", ".geojson", ".json", ".gpkg", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".parquet")  # fmt: skip
SIDECARS = (".shx", ".dbf", ".prj", ".cpg")
PIECE = 1 << 20
LINE = 4 << 20  # bytes of a first line


def look(path: Path, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Inspection, sheets, layers and word meanings of one file as plain values fit for JSON.

    `given` are keys of `Reading` that a person set. Raises SourceError as `inspect_file` does.
    """
    _refuse_endless(path)
    reading = Reading.model_validate({**given, "path": path.name}) if given else None
    found = inspect_file(path, reading)
    if len(found.report) > MOST_COLUMNS:
        raise SourceError(
            f"{path.name} has {len(found.report):,} columns; no register has more than {MOST_COLUMNS:,}. Is the delimiter right?"
        )
    form = format_of(path, reading.format if reading else None)
    return {
        "kind": found.kind,
        "rows": found.rows,
        "notes": list(found.notes),
        "recipe": found.recipe_toml,
        "format": form,
        "sheets": _sheets(path) if form in ("xlsx", "xls", "ods") else [],
        "layers": _layers(path) if form == "gpkg" else [],
        "columns": [asdict(c) for c in found.report],
        "meanings": meanings(_words(found)),
    }


def _refuse_endless(path: Path) -> None:
    """Refuse a text whose first line alone has more columns than any register, before all of them are looked at."""
    if path.suffix not in (".csv", ".tsv", ".txt", ".tab", ".psv"):
        return
    with path.open("rb") as stream:
        line = stream.readline(LINE)
    if max(line.count(mark) for mark in (b",", b";", b"\t", b"|")) > MOST_COLUMNS or len(line) == LINE:
        raise SourceError(
            f"{path.name} has a first line of {len(line):,} bytes or more, with more columns than any register has. Is it a table?"
        )


def meanings(raw: Iterable[str]) -> dict[str, dict[str, dict[str, str]]]:
    """Field → alias file ("" for the field's own words) → raw word → what it means; all yes/no fields stand under `yesno`."""
    text = pd.Series(list(dict.fromkeys(raw)), dtype="str")
    out: dict[str, dict[str, dict[str, str]]] = {}
    for name in FEEDABLE["schools"]:
        field = FIELDS[name]
        yesno = field.kind == "yesno"
        key = "yesno" if yesno else name
        if key in out or not (yesno or field.kind == "code"):
            continue
        ways = ("", "yes_no", ONE_TWO) if yesno else ("", *filter(None, [SHARED.get(name)]))
        out[key] = {way: _understood(text, name, way) for way in ways}
    return out


def _understood(text: pd.Series, field: str, way: str) -> dict[str, str]:
    values = words(text, field, way or None).values
    said = {True: "yes", False: "no"}
    return {raw: said.get(v, str(v)) for raw, v in zip(text, values, strict=True) if not pd.isna(v)}


def _words(found: Inspection) -> list[str]:
    return [word for column in found.report for word, _ in column.values]


def _sheets(path: Path) -> list[str]:
    try:
        return list(calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes())).sheet_names)
    except (calamine.CalamineError, OSError):
        return []


def _layers(path: Path) -> list[str]:
    try:
        return [str(name) for name, _ in pyogrio.list_layers(path)]
    except (pyogrio.errors.DataSourceError, OSError):
        return []


# --- archives -----------------------------------------------------------------------------------------------------


def unpack(archive: Path, folder: Path) -> list[str]:
    """Files of a ZIP into a folder, flat, under plain names; returns the names of those that can be read by themselves.

    Raises SourceError where it holds none, or more than a register may, or is damaged or locked.
    """
    inside = [i for i in files_in(archive) if Path(i.filename).suffix.lower() in TAKEN and "__MACOSX" not in i.filename]
    if sum(i.file_size for i in inside) > MOST_UNPACKED:
        raise SourceError(f"{archive.name} would unpack to more than {MOST_UNPACKED >> 30} GB. Bring the table alone.")
    names: list[str] = []
    left = MOST_UNPACKED
    with unboxed(archive) as opened:
        for info in inside:
            name = plain_name(Path(info.filename).name)
            if name in names:
                continue
            with opened.open(info) as stream, (folder / name).open("wb") as out:
                while piece := stream.read(PIECE):
                    left -= len(piece)
                    if left < 0:  # what the archive says of its sizes need not be so
                        raise SourceError(f"{archive.name} unpacks to more than it says. Bring the table alone.")
                    out.write(piece)
            names.append(name)
    found = [n for n in names if Path(n).suffix.lower() not in SIDECARS]
    if not found:
        raise SourceError(
            f"{archive.name} holds no table or map that can be read. Bring CSV, XLSX, ODS, GeoJSON, GeoPackage, Parquet, or a whole shapefile."
        )
    return found
