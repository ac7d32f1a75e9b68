"""Files of cells in OpenCelliD's columns, with a header or without, streamed from gzip: memory holds what is near.

The world's file has tens of millions of rows; each block is cut to the country's boxes as soon as it is read.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from etl.nearby import Near
from geodata.errors import SourceError

COLUMNS = ("radio", "mcc", "net", "area", "cell", "unit", "lon", "lat", "range", "samples", "changeable", "created", "updated", "averageSignal")  # fmt: skip
WANTED = ("radio", "mcc", "net", "area", "cell", "lon", "lat", "range", "samples", "updated")
OTHER_NAMES = {"mnc": "net", "lac": "area", "tac": "area", "cid": "cell", "cellid": "cell", "cell_id": "cell", "longitude": "lon", "latitude": "lat"}  # fmt: skip
BLOCK = 1 << 20  # bytes of text at once; some thirty blocks wait for their turn
FIRST_YEAR = 2003  # before it nobody collected cells: an older date is none


@dataclass
class Cells:
    """`frame`: `WANTED` columns (radio text, others float) near the country, exact repeats left out; counts of the rest.

    `newest`: when the newest cell of the whole file was last met, dates in the future not believed.
    """

    frame: pd.DataFrame
    rows: int = 0
    elsewhere: int = 0
    nowhere: int = 0
    broken: int = 0
    newest: pd.Timestamp | None = None


class _OddNumberError(Exception):
    """A number of the file is none: it is read again as text."""


def read_cells(paths: Iterable[Path], here: Near, *, today: pd.Timestamp) -> Cells:
    """The cells near the country of one file or several; raises SourceError for a file that is no list of cells."""
    believed = pd.Timestamp(year=FIRST_YEAR, month=1, day=1).timestamp(), (today + pd.Timedelta(days=2)).timestamp()
    out, kept, latest = Cells(pd.DataFrame()), [], float("-inf")
    for path in paths:
        try:
            found, frames, last = _read(path, here, believed, pa.float64())
        except _OddNumberError:
            found, frames, last = _read(path, here, believed, pa.string())
        kept += frames
        latest = max(latest, last)
        for name in ("rows", "elsewhere", "nowhere", "broken"):
            setattr(out, name, getattr(out, name) + getattr(found, name))
    whole = pd.concat(kept, ignore_index=True) if kept else pd.DataFrame({c: pd.Series(dtype="str" if c == "radio" else "float64") for c in WANTED})  # fmt: skip
    out.frame = whole.drop_duplicates(ignore_index=True)
    out.frame["updated"] = out.frame["updated"].where(out.frame["updated"].between(*believed))
    out.newest = pd.Timestamp(latest, unit="s") if np.isfinite(latest) else None
    return out


def _read(
    path: Path, here: Near, believed: tuple[float, float], number: pa.DataType
) -> tuple[Cells, list[pd.DataFrame], float]:
    """One file: counts, the frames of what is near, and when its newest cell was met (seconds)."""
    out, kept, latest = Cells(pd.DataFrame()), [], float("-inf")
    for block in _blocks(path, out, number):
        out.rows += block.num_rows
        lat, lon, updated = (_numbers(block[c]) for c in ("lat", "lon", "updated"))
        known = np.isfinite(lat) & np.isfinite(lon) & ((lat != 0) | (lon != 0))
        dated = updated[(updated >= believed[0]) & (updated <= believed[1])]
        latest = max(latest, float(dated.max(initial=float("-inf"))))
        near_by = known & here.holds(np.where(known, lat, 0.0), np.where(known, lon, 0.0))
        out.nowhere += int((~known).sum())
        out.elsewhere += int((known & ~near_by).sum())
        if near_by.any():
            rows = block.filter(pa.array(near_by))
            radio = rows["radio"].to_pandas().astype("str").str.strip().str.upper()
            kept.append(pd.DataFrame({"radio": radio, **{c: _numbers(rows[c]) for c in WANTED if c != "radio"}}))
    out.rows += out.broken
    return out, kept, latest


def _numbers(column: pa.Array) -> Any:
    if pa.types.is_floating(column.type):
        return column.to_numpy(zero_copy_only=False)
    return pd.to_numeric(column.to_pandas(), errors="coerce").to_numpy(dtype="float64", na_value=np.nan)


def _blocks(path: Path, count: Cells, number: pa.DataType) -> Iterator[pa.RecordBatch]:
    """Blocks of a file; lines with too many or too few cells are counted as broken."""

    def skip(_: Any) -> str:
        count.broken += 1
        return "skip"

    names = _names(path)
    read = pa.csv.ReadOptions(block_size=BLOCK, use_threads=False, column_names=names or list(COLUMNS))
    read.skip_rows = 1 if names else 0
    types = {c: pa.string() if c == "radio" else number for c in WANTED}
    convert = pa.csv.ConvertOptions(include_columns=list(WANTED), column_types=types, strings_can_be_null=True)
    try:
        with _opened(path) as stream, pa.csv.open_csv(stream, read, pa.csv.ParseOptions(invalid_row_handler=skip), convert) as reader:  # fmt: skip
            yield from reader
    except (pa.ArrowException, EOFError, OSError) as error:
        said = str(error).splitlines()[0][:160]
        if number != pa.string() and "conversion error" in said:
            raise _OddNumberError from None
        raise SourceError(f"{path.name} cannot be read to its end as a list of cells ({said}). Fetch it again.") from None  # fmt: skip


def _opened(path: Path) -> Any:
    return pa.input_stream(str(path), compression="gzip" if _is_gzip(path) else None)


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def _names(path: Path) -> list[str]:
    """The names of the header, in the house's spelling; empty where the first line is a cell already."""
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig", errors="replace")
            if _is_gzip(path)
            else path.open(encoding="utf-8-sig", errors="replace") as stream
        ):
            line = stream.readline(4000)
    except (OSError, EOFError):
        raise SourceError(f"{path.name} is not a whole gzip file: it was cut off. Fetch it again.") from None
    cells = [cell.strip().strip('"') for cell in line.strip().split(",")]
    names = [OTHER_NAMES.get(cell.lower(), cell.lower() if cell.lower() in COLUMNS else cell) for cell in cells]
    if "radio" in names:
        if lacking := [c for c in WANTED if c not in names]:
            raise SourceError(f"{path.name} has no column {', '.join(lacking)}; it has {', '.join(cells[:14])}.")
        return names
    if len(cells) != len(COLUMNS) or not cells[1].isdecimal():
        raise SourceError(f"{path.name} is no list of cells: its first line is {line[:80].strip()!r}.")
    return []
