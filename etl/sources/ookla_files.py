"""Files of speed tiles, streamed: Parquet of any vintage, GeoJSON, zipped shapefiles, CSV. Columns are found by name.

Memory holds one piece of the file and the tiles that are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from etl.boxes import refuse_pointers
from etl.nearby import Near
from geodata import quadkey
from geodata.errors import SourceError

NEEDED = ("quadkey", "avg_d_kbps", "tests")
WANTED = (*NEEDED, "avg_u_kbps", "avg_lat_ms", "devices")  # the others have a vintage without them, or are not needed
NUMBERS = tuple(c for c in WANTED if c != "quadkey")
PIECE_ROWS = 1 << 17
BUFFER = 1 << 20  # bytes of a column that are read at once


@dataclass(frozen=True)
class Tiles:
    """`frame`: `WANTED` columns of the tiles near the country (missing numbers NaN); `rows` of the whole file."""

    frame: pd.DataFrame
    rows: int
    repeats: int = 0
    unreadable: int = 0


def read_tiles(path: Path, here: Near) -> Tiles:
    """The tiles of a file whose centres lie in the country or near it; raises SourceError for a file of another kind."""
    kept, rows, unreadable = [], 0, 0
    for piece, skipped in _pieces(path, here):
        rows += len(piece) + skipped
        near_by = _by_prefix(piece, here)
        codes = quadkey.from_text(near_by["quadkey"])
        unreadable += int((codes < 0).sum())
        holds = here.holds(*quadkey.centres(codes))
        if holds.any():
            kept.append(near_by[holds])
    whole = pd.concat(kept, ignore_index=True) if kept else pd.DataFrame({c: [] for c in WANTED})
    frame = whole.drop_duplicates(ignore_index=True)
    return Tiles(frame, rows, len(whole) - len(frame), unreadable)


def _by_prefix(piece: pa.Table, here: Near) -> pd.DataFrame:
    """Rows whose quadkey begins as the country's tiles do, and those without a readable one; numbers as floats."""
    texts = _texts(piece["quadkey"])
    length = len(here.prefixes[0])
    begins = pc.is_in(pc.utf8_slice_codeunits(texts, 0, length), pa.array(here.prefixes))
    odd = pc.fill_null(pc.not_equal(pc.utf8_length(texts), quadkey.ZOOM), True)
    rows = pc.or_(begins, odd)
    columns = {"quadkey": texts.filter(rows).to_pandas().astype("str")}
    for name in NUMBERS:
        column = piece[name].filter(rows) if name in piece.column_names else pa.nulls(int(pc.sum(rows).as_py() or 0))
        columns[name] = pd.to_numeric(column.to_pandas(), errors="coerce").astype("float64")
    return pd.DataFrame(columns)


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Quadkeys as text; where a program made numbers of them, the zeros in front are put back."""
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        whole = pc.cast(pc.cast(column, pa.int64(), safe=False), pa.string())
        return pc.utf8_lpad(whole, quadkey.ZOOM, padding="0")
    return pc.cast(column, pa.string())


def _pieces(path: Path, here: Near) -> Iterator[tuple[pa.Table, int]]:
    """Pieces of the file, and rows that were passed over unread before each."""
    try:
        suffix = "".join(path.suffixes[-2:]).lower()
        if suffix.endswith(".parquet"):
            yield from _of_parquet(path, here)
        elif suffix.endswith((".csv", ".csv.gz")):
            yield from _of_csv(path)
        else:
            yield from _of_shapes(path)
    except (pa.ArrowException, DataSourceError, DataLayerError, OSError) as error:
        first = str(error).splitlines()[0][:200]
        raise SourceError(f"{path.name} cannot be read as speed tiles ({first}). Fetch it again.") from None


def _of_parquet(path: Path, here: Near) -> Iterator[tuple[pa.Table, int]]:
    """By pieces of row groups; a group whose quadkeys, by its statistics, begin otherwise is not read."""
    with pq.ParquetFile(path, buffer_size=BUFFER, pre_buffer=False) as file:
        names = file.schema_arrow.names
        _require(names, path)
        groups, skipped = [], 0
        for number in range(file.num_row_groups):
            if _may_hold(file.metadata.row_group(number), names.index("quadkey"), here):
                groups.append(number)
            else:
                skipped += file.metadata.row_group(number).num_rows
        columns = [c for c in WANTED if c in names]
        yield pa.table({c: pa.array([], pa.string()) for c in columns}), skipped
        for batch in file.iter_batches(PIECE_ROWS, row_groups=groups, columns=columns, use_threads=False):
            yield pa.Table.from_batches([batch]), 0


def _may_hold(group: pq.RowGroupMetaData, column: int, here: Near) -> bool:
    """Whether a group can hold a tile of the country, as far as its statistics say."""
    at = next((n for n in range(group.num_columns) if group.column(n).path_in_schema == "quadkey"), column)
    known = group.column(at).statistics
    if known is None or not known.has_min_max or not isinstance(known.min, str):
        return True
    length = len(here.prefixes[0])
    first, last = known.min[:length], known.max[:length]
    return any(first <= prefix <= last for prefix in here.prefixes)


def _of_csv(path: Path) -> Iterator[tuple[pa.Table, int]]:
    options = pa.csv.ConvertOptions(column_types={"quadkey": pa.string()}, strings_can_be_null=True)
    with pa.csv.open_csv(path, convert_options=options) as reader:
        for batch in reader:
            _require(batch.schema.names, path)
            yield pa.Table.from_batches([batch]), 0


def _of_shapes(path: Path) -> Iterator[tuple[pa.Table, int]]:
    """The attributes of GeoJSON, a zipped shapefile or any other vector file; its polygons are not read."""
    source = f"/vsizip/{path}" if path.suffix.lower() == ".zip" else path
    refuse_pointers(source, path.name)
    names = list(pyogrio.read_info(source)["fields"])
    _require(names, path)
    with pyogrio.open_arrow(source, columns=[c for c in WANTED if c in names], read_geometry=False, batch_size=PIECE_ROWS, use_pyarrow=True) as (_, reader):  # fmt: skip
        for batch in reader:
            yield pa.Table.from_batches([batch]), 0


def _require(names: list[str], path: Path) -> None:
    if lacking := [c for c in NEEDED if c not in names]:
        raise SourceError(
            f"{path.name} has no column {', '.join(lacking)}; it has {', '.join(names[:12])}. Is it a tiles file of Ookla's open data?"
        )
