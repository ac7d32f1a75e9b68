"""Whether a file that came whole is what it should be: its first bytes, its end, its inner checksums."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from etl.boxes import BROKEN, MOST_UNPACKED
from etl.fetching.patience import TryAgainError
from etl.fetching.replies import impostor
from etl.fetching.wire import PIECE, unpacked

GZIP, ZIP, PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"
TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


@dataclass(frozen=True)
class Fault:
    """What a file is instead, in words; `may_pass`: another try may give it whole."""

    what: str
    may_pass: bool = False


def fault_of(path: Path, magic: tuple[bytes, ...]) -> Fault | None:
    """What is wrong with a file, or None; `magic` are the first bytes that it may have (none: any)."""
    with path.open("rb") as stream:
        start = stream.read(2048)
    if what := impostor(start):
        return Fault(what, may_pass=what == "nothing")
    if magic and not start.startswith(magic):
        return Fault(f"a message ({_short(start)})" if start.lstrip()[:1] in (b"{", b"[") else "a file of another kind")
    if start.startswith(ZIP) and (what := _too_much(path)):
        return Fault(what)
    if start.startswith(GZIP) and not whole_gzip(path):
        return Fault("a gzip file that is cut off or damaged", may_pass=True)
    if start.startswith(ZIP) and not whole_zip(path):
        return Fault("a ZIP file that is cut off or damaged", may_pass=True)
    if start.startswith(PARQUET) and _end(path) != PARQUET:
        return Fault("a Parquet file that is cut off", may_pass=True)
    if start.startswith(TIFF) and not whole_tiff(path, start):
        return Fault("a TIFF raster that is cut off", may_pass=True)
    return None


def whole_gzip(path: Path) -> bool:
    """Whether every member of a gzip file unpacks to its end and its checksum."""
    try:
        size = 0
        for piece in unpacked(_pieces(path)):
            size += len(piece)
            if size > MOST_UNPACKED:
                return False
    except (zlib.error, TryAgainError):
        return False
    return True


def whole_zip(path: Path) -> bool:
    """Whether a ZIP file has its directory, and every file in it its checksum."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except BROKEN:
        return False


def _too_much(path: Path) -> str:
    """What a ZIP is that would unpack to more than any service gives; empty where it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except BROKEN:
        return ""
    return f"a ZIP file that would unpack to {size / 1e9:,.0f} GB" if size > MOST_UNPACKED else ""


def whole_tiff(path: Path, start: bytes) -> bool:
    """Whether the directory of a TIFF lies within the file (it is often the last thing in it)."""
    order = "little" if start[:1] == b"I" else "big"
    big = start[2:4] in (b"+\x00", b"\x00+")
    offset = int.from_bytes(start[8:16] if big else start[4:8], order)  # type: ignore[arg-type]
    return 8 <= offset < path.stat().st_size


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield piece


def _end(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 4))
        return stream.read(4)


def _short(start: bytes) -> str:
    text = " ".join(start[:160].decode("utf-8", "replace").split())[:120]
    return "".join(c if c.isprintable() else "�" for c in text)
