"""Files as they are: one `read_raw` for every format, everything as text, geometry in EPSG:4326, nothing guessed in silence.

Only an empty cell is missing: `NA`, `-` and `null` stay text until a recipe says what they mean. Numbers of workbooks
and databases come back in their shortest exact form (`17010535`, `-96240167`, `0.45`; never `1.7e7` or `17010535.0`).
"""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

import geopandas as gpd
import pandas as pd

from etl.boxes import HEAD, gunzipped, refuse_bomb, refuse_pointer
from etl.read_geo import read_parquet, read_vector, wkt_column
from etl.read_json import read_records
from etl.read_text import read_csv
from etl.read_workbook import read_workbook
from etl.recipe import Format, Reading
from geodata.errors import SourceError

FORMATS: dict[str, Format] = {
    **dict.fromkeys((".csv", ".tsv", ".txt", ".tab", ".psv"), "csv"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xlsb"), "xlsx"),
    ".xls": "xls",
    ".ods": "ods",
    **dict.fromkeys((".geojson", ".json"), "geojson"),
    ".gpkg": "gpkg",
    ".shp": "shp",
    ".parquet": "parquet",
    ".geoparquet": "geoparquet",
    **dict.fromkeys((".tif", ".tiff"), "tif"),
}

# The first bytes of a file say what it is; the formats whose files begin so.
MAGIC: dict[bytes, tuple[str, tuple[str, ...]]] = {
    b"PK\x03\x04": ("a ZIP archive or an Office workbook", ("xlsx", "xls", "ods")),
    b"\xd0\xcf\x11\xe0": ("an old Office document (.xls)", ("xls", "xlsx")),
    b"PAR1": ("a Parquet file", ("parquet", "geoparquet")),
    b"SQLite format 3\x00": ("a database (GeoPackage)", ("gpkg",)),
    b"%PDF": ("a PDF", ()),
    b"II*\x00": ("a TIFF raster", ("tif",)),
    b"MM\x00*": ("a TIFF raster", ("tif",)),
    b"II+\x00": ("a TIFF raster", ("tif",)),
    b"\x00\x00\x27\x0a": ("a shapefile", ("shp",)),
    b"\x1f\x8b": ("a gzip archive", ()),
}
LFS = b"version https://git-lfs.github.com/spec/"
BINARY = ("xlsx", "xls", "ods", "gpkg", "shp", "parquet", "geoparquet", "tif")


@dataclass(frozen=True)
class Raw:
    """One file as read: `frame` all text (empty cells missing), its index the row in the file (first data row is 1);
    `geometry` on the same index in EPSG:4326, or None; `sha256` of the file; `notes` one sentence for each thing done;
    `faults` row → why it is no row of the table (it stands in the frame, empty, so that it is counted)."""

    frame: pd.DataFrame
    geometry: gpd.GeoSeries | None
    sha256: str
    path: Path
    notes: tuple[str, ...] = ()
    faults: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.frame)

    def noted(self, *notes: str) -> Raw:
        """The same with more notes."""
        return replace(self, notes=(*self.notes, *notes))


def read_raw(reading: Reading, data: Path) -> Raw:
    """Read any file that a recipe names (source, boundary or context); relative paths start at `data`.

    A raster comes back as an empty frame with its checksum. Raises SourceError, whose message says what is wrong with
    which file and how to mend it.
    """
    path = find(reading.path, data)
    form = format_of(path, reading.format)
    content = _content(path)
    _refuse_impostors(path, form, content)
    sha256 = _sha256(path, form)
    if form == "tif":
        return Raw(pd.DataFrame(), None, sha256, path)
    geometry: gpd.GeoSeries | None = None
    faults: dict[int, str] = {}
    if form == "csv":
        names, frame, notes, faults = read_csv(content, path, reading)
    elif form in ("xlsx", "xls", "ods"):
        names, frame, notes = read_workbook(content, path, reading)
    elif form in ("parquet", "geoparquet"):
        names, frame, geometry, notes = read_parquet(path, reading)
    elif form == "geojson" and (table := read_records(content, path)) is not None:
        names, frame, notes = table
    else:
        names, frame, geometry, notes = read_vector(content if path.suffix == ".gz" else path, path, reading)
    frame, dropped = _named(frame, names, path)
    if geometry is None and form in ("csv", "xlsx", "xls", "ods"):
        frame, geometry, more = wkt_column(frame, path, reading.crs)
        notes += more
    frame, geometry = _without_empty_rows(frame, geometry, faults)
    if not len(frame):
        raise SourceError(
            f"{path.name} has column names but no rows. Is it a template, or was the wrong sheet or layer read?"
        )
    return Raw(frame, geometry, sha256, path, (*notes, *dropped, *_about(faults, path)), faults)


def _about(faults: dict[int, str], path: Path) -> list[str]:
    """One sentence about the rows that are no rows of the table."""
    said = f"{path.name}: {len(faults):,} rows cannot be read and are rejected; the first: {next(iter(faults.values()), '')}."
    return [said] if faults else []


def find(name: str, data: Path) -> Path:
    """The file, or SourceError with the nearest names that exist in its folder."""
    path = Path(data) / name
    if path.is_file():
        return path
    if path.is_dir():
        raise SourceError(f"{path} is a folder; give the file.")
    folder = path.parent
    if not folder.is_dir():
        raise SourceError(
            f"There is no file {path}: the folder {folder} does not exist (relative paths start at --data)."
        )
    there = [p.name for p in sorted(folder.iterdir()) if p.is_file()]
    near = get_close_matches(path.name, there, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(near)}?" if near else f" The folder has: {_some(there)}."
    raise SourceError(f"There is no file {path}.{hint}")


def format_of(path: Path, given: Format | None = None) -> Format:
    """The format: the recipe's word, else by the suffix (`.gz` aside)."""
    if given:
        return given
    suffix = Path(path.stem).suffix if path.suffix.lower() == ".gz" else path.suffix
    if suffix.lower() in FORMATS:
        return FORMATS[suffix.lower()]
    raise SourceError(
        f"{path.name}: the suffix {suffix!r} says nothing about the format; set `format` to one of {', '.join(sorted(set(FORMATS.values())))}."
    )


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        content = gunzipped(content, path.name) if path.suffix.lower() == ".gz" else content
    except (EOFError, zlib.error):
        raise SourceError(
            f"{path.name} is not a whole gzip file: it was cut off or is of another kind. Fetch it again."
        ) from None
    except OSError as error:
        raise SourceError(f"{path} cannot be opened: {error.strerror or error}.") from None
    if not content.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise SourceError(f"{path.name} is empty ({len(content)} bytes). Fetch it again.")
    return content


def _refuse_impostors(path: Path, form: str, content: bytes) -> None:
    """Files that are not what their suffix says: web pages, Git LFS pointers, a workbook named .csv …"""
    start = content[:2048].lstrip(b"\xef\xbb\xbf \r\n\t")
    low = start[:200].lower()
    if start.startswith(LFS):
        raise SourceError(
            f"{path.name} is a Git LFS pointer, not the data: run `git lfs pull`, or download the file itself."
        )
    if low.startswith((b"<!doctype html", b"<html", b"<head", b"<script")) or b"<html" in low:
        raise SourceError(
            f"{path.name} is a web page (HTML), not {_article(form)}: the download may have met a log-in or error page. Open it in a browser, or fetch the data file itself."
        )
    if low.startswith(b"<?xml") or low.startswith(b"<kml"):
        raise SourceError(
            f"{path.name} is XML, not {_article(form)}. Open it in a spreadsheet or GIS and save it as XLSX, CSV or GeoJSON."
        )
    for magic, (what, forms) in MAGIC.items():
        if content.startswith(magic):
            if form not in forms:
                hint = f" Set `format` to {' or '.join(forms)}." if forms else ""
                raise SourceError(f"{path.name} is {what}, not {_article(form)}.{hint}")
            if magic.startswith(b"PK"):
                refuse_bomb(content, path.name)
            return
    if form == "geojson":
        refuse_pointer(content[:HEAD], path.name)
    if form in BINARY:
        raise SourceError(
            f"{path.name} is not {_article(form)}: it begins with {start[:12]!r}. Is it damaged, or of another format (set `format`)?"
        )


def _article(form: str) -> str:
    return {"csv": "a CSV table", "geojson": "GeoJSON", "shp": "a shapefile", "tif": "a TIFF raster", "gpkg": "a GeoPackage", "xls": "an XLS workbook", "xlsx": "an XLSX workbook", "ods": "an ODS workbook"}.get(form, "a Parquet file")  # fmt: skip


def _sha256(path: Path, form: str) -> str:
    """Of the file; of a shapefile, of all its parts in the order of their names."""
    parts = [path]
    if form == "shp":
        parts = sorted(p for p in path.parent.iterdir() if p.stem.lower() == path.stem.lower() and p.is_file())
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes())
    return digest.hexdigest()


def _named(frame: pd.DataFrame, names: Sequence[str], path: Path) -> tuple[pd.DataFrame, list[str]]:
    """The frame under its column names; empty unnamed columns leave; a name that stands twice is refused."""
    clean = [" ".join(name.split()) for name in names]
    empty = [i for i, name in enumerate(clean) if not name and frame.iloc[:, i].isna().all()]
    clean = [name or f"column {i + 1}" for i, name in enumerate(clean)]
    if repeated := [
        name for name, times in Counter(c for i, c in enumerate(clean) if i not in empty).items() if times > 1
    ]:
        where = "; ".join(
            f"{name!r} in columns {', '.join(str(i + 1) for i, c in enumerate(clean) if c == name)}"
            for name in repeated[:8]
        )
        raise SourceError(
            f"{path.name} has column names that stand more than once: {where}. Rename them in the file, or check `header_row`."
        )
    keep = [i for i in range(len(clean)) if i not in set(empty)]
    out = frame.iloc[:, keep]
    out.columns = pd.Index([clean[i] for i in keep], dtype=object)
    unnamed = [clean[i] for i in keep if clean[i] == f"column {i + 1}"]
    return out, [f"{len(unnamed)} columns without a name are called {_some(unnamed)}."] if unnamed else []


def _without_empty_rows(
    frame: pd.DataFrame, geometry: gpd.GeoSeries | None, faults: dict[int, str]
) -> tuple[pd.DataFrame, gpd.GeoSeries | None]:
    """Blank lines are no rows; the others keep their number in the file."""
    if geometry is not None and not frame.columns.size:  # shapes alone, such as roads without a word about them
        frame = pd.DataFrame(index=pd.RangeIndex(len(geometry)))
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    if geometry is not None:
        return frame, gpd.GeoSeries(geometry.to_numpy(), index=frame.index, crs="EPSG:4326")
    full = frame.notna().any(axis=1) | frame.index.isin(list(faults))
    return (frame if full.all() else frame[full]), None


def _some(names: Iterable[str], most: int = 12) -> str:
    names = list(names)
    return (
        ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
        if names
        else "nothing"
    )
