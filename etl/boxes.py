"""Files from outside that hold other files, or point to them: looked at before anything in them is unpacked or opened.

A small archive may unpack to a disk full of zeros; a member may be named `../../somewhere`; and GDAL, which goes by what
a file holds and not by its suffix, follows a "virtual" file to any other file of this machine or address on the web.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from geodata.errors import SourceError

MOST_UNPACKED = 16 << 30  # bytes of all files in one archive
MOST_IN_MEMORY = 2 << 30  # bytes of one file that is read whole
MOST_FILES = 20_000
HEAD = 1 << 16
# How files of shapes begin: JSON, shapefile, GeoPackage, Parquet, FlatGeobuf.
SHAPES = (b"{", b"[", b"\x00\x00\x27\x0a", b"SQLite format 3\x00", b"PAR1", b"fgb\x03")
POINTS_ELSEWHERE = b"gdal_streamed_alg"


# What Python raises over a ZIP that is cut off, damaged, or packed in a way that it does not know …
DAMAGED = (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError)
# … and over one that cannot be opened at all, or is locked with a password.
BROKEN = (*DAMAGED, OSError, ValueError, RuntimeError)


@contextmanager
def unboxed(path: Path) -> Iterator[zipfile.ZipFile]:
    """A ZIP opened for reading; SourceError in words where it, or a member that is read, is damaged or locked."""
    damaged = SourceError(f"{path.name} is not a whole ZIP file. Fetch it again.")
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN:
        raise damaged from None
    with archive:
        try:
            yield archive
        except DAMAGED:
            raise damaged from None
        except RecursionError:  # a RuntimeError that is not the ZIP's
            raise
        except RuntimeError:
            raise SourceError(
                f"{path.name} is locked with a password. Unpack it, and bring the files without one."
            ) from None


def files_in(path: Path) -> list[zipfile.ZipInfo]:
    """The files in a ZIP, in the order of their names, those aside whose names lead out of it.

    Raises SourceError where it is no whole ZIP, or unpacks to more than any file of a service does.
    """
    with unboxed(path) as archive:
        found = [info for info in archive.infolist() if not info.is_dir()]
    size = sum(info.file_size for info in found)
    if size > MOST_UNPACKED or len(found) > MOST_FILES:
        raise SourceError(
            f"{path.name} would unpack to {len(found):,} files of {size / 1e9:,.0f} GB in all, more than any service gives. Is it what its name says?"
        )
    return sorted((info for info in found if _stays(info.filename)), key=lambda info: info.filename)


def names_in(path: Path) -> list[str]:
    """The names of these files."""
    return [info.filename for info in files_in(path)]


def read_in(path: Path, name: str) -> bytes:
    """One file of a ZIP, unpacked; raises SourceError where it is locked, damaged or too large to be held in memory."""
    with unboxed(path) as archive:
        refuse_size(archive.getinfo(name).file_size, f"{name} in {path.name}")
        return archive.read(name)


def refuse_bomb(content: bytes, name: str) -> None:
    """Raise SourceError where a workbook (a ZIP) holds a part too large to be read; what is no whole ZIP is left to its reader."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes = [info.file_size for info in archive.infolist()]
    except BROKEN:
        return
    refuse_size(max(sizes, default=0), name)


def refuse_size(size: int, name: str) -> None:
    """Raise SourceError where something would be larger in memory than any file that is read whole."""
    if size > MOST_IN_MEMORY:
        raise SourceError(
            f"{name} unpacks to more than {MOST_IN_MEMORY / 1e9:,.0f} GB, more than can be read as one file. Is it what its name says?"
        )


def gunzipped(content: bytes, name: str) -> bytes:
    """Unpack gzip, all its members; raises SourceError past what is read whole, and as `zlib` and `gzip` do for damage."""
    out, rest = bytearray(), content
    while rest:
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
        out += unpack.decompress(rest, MOST_IN_MEMORY + 1 - len(out))
        refuse_size(len(out), name)
        if not unpack.eof:
            raise EOFError(name)
        rest = unpack.unused_data.lstrip(b"\x00")
    return bytes(out)


def refuse_pointers(where: Any, name: str) -> None:
    """Raise SourceError where GDAL would be led elsewhere: a file of shapes begins as one (a ZIP: every one in it).

    `where` is a path, or a place inside a ZIP as GDAL names it (/vsizip/…); anything else is left alone.
    """
    if isinstance(where, str) and where.startswith("/vsizip/"):
        archive, member = _parted(where)
        if archive is None:
            return
        inside = files_in(archive)
        with unboxed(archive) as opened:
            for info in inside:
                if member in ("", info.filename) and _of_shapes(info.filename):
                    with opened.open(info) as stream:
                        refuse_pointer(stream.read(HEAD), name)
    elif isinstance(where, str | Path):
        with Path(where).open("rb") as stream:
            refuse_pointer(stream.read(HEAD), name)


def refuse_pointer(start: bytes, name: str) -> None:
    """The same for the first bytes of a file."""
    begun = start.lstrip(b"\xef\xbb\xbf \r\n\t")
    if not (start.startswith(SHAPES) or begun.startswith(SHAPES[:2])) or POINTS_ELSEWHERE in start[:HEAD]:
        raise SourceError(
            f"{name} is no file of shapes: it begins with {' '.join(begun[:16].decode('ascii', 'replace').split())!r}. A file that points to others is not followed; bring the data themselves, as GeoJSON, GeoPackage, shapefile or Parquet."
        )


def _parted(where: str) -> tuple[Path | None, str]:
    """The archive and the member of a place in a ZIP."""
    whole = PurePosixPath(where.removeprefix("/vsizip/"))
    for path in (whole, *whole.parents):
        if Path(path).is_file():
            member = str(whole.relative_to(path))
            return Path(path), "" if member == "." else member
    return None, ""


def _of_shapes(name: str) -> bool:
    return name.lower().endswith((".shp", ".json", ".geojson", ".gpkg", ".fgb", ".parquet"))


def _stays(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and name.isprintable()
