"""Large files: streamed to a part file, taken up again where it broke off, checked, and only then believed."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from filelock import FileLock

from etl.fetching.cache import KEPT_HEADERS, Cache, Entry, utc
from etl.fetching.hiding import Veil
from etl.fetching.patience import Patience, TryAgainError
from etl.fetching.replies import impostor
from etl.fetching.wire import PIECE, Session, exchange, pieces
from geodata.errors import KeyNeededError, NothingFoundError, SourceError

SAY_EVERY = 32 << 20  # bytes between two lines of progress
GZIP, ZIP, PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"


@dataclass(frozen=True)
class Download:
    """A whole file in the cache. `retrieved`: when these bytes came; `cached`: they were at hand already."""

    path: Path
    sha256: str
    address: str
    retrieved: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    cached: bool = False


@dataclass
class _Job:
    """What one download needs to know at every try."""

    session: Session
    request: requests.Request
    part: Path
    shown: str
    patience: Patience
    tell: Callable[[str], None]
    name: str
    magic: tuple[bytes, ...]
    private: tuple[str, ...]
    absent: tuple[int, ...]
    service: str
    mend: str
    veil: Veil
    told: dict[str, str] = field(default_factory=dict)

    @property
    def notes(self) -> Path:
        """Which edition the part file belongs to."""
        return self.part.with_suffix(".json")


def fetch_file(
    session: Session,
    request: requests.Request,
    store: Cache,
    patience: Patience,
    *,
    key: str,
    held: Entry | None,
    name: str,
    magic: tuple[bytes, ...],
    shown: str,
    service: str,
    mend: str,
    tell: Callable[[str], None],
    absent: tuple[int, ...],
    private: tuple[str, ...],
    veil: Veil,
) -> Download:
    """Fetch a file into the cache; Ctrl-C keeps the part, and the next call goes on from there.

    Raises SourceError where the answer is no such file (wrong first bytes, a web page, cut off, damaged inside),
    KeyNeededError for 401 and 403, NothingFoundError for a status in `absent`. Nothing half is ever kept as whole.
    """
    part = store.part(key)
    job = _Job(session, request, part, shown, patience, tell, name, magic, private, absent, service, mend, veil)
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(part.with_suffix(".lock")):
            fresh = patience.call(lambda: _attempt(job, held), f"{service} ({shown})", mend)
            return _taken(job, store, key, held, fresh)
    except OSError as error:
        fault = f"{name} could not be written to the cache {store.folder} ({error.strerror or error}). Make room there, or set another folder with FIRSTMILE_CACHE; what has come so far is kept."
    raise SourceError(fault)


def _attempt(job: _Job, held: Entry | None) -> bool:
    """One try, going on from the part file; False where the service says that nothing has changed (304)."""
    have, edition = _so_far(job)
    request = requests.Request(job.request.method, job.request.url, params=job.request.params)
    request.headers = {**job.request.headers, "Accept-Encoding": "identity"}
    if have:
        request.headers |= {"Range": f"bytes={have}-", "If-Range": edition}
    elif held:
        pairs = (("If-None-Match", held.headers.get("etag")), ("If-Modified-Since", held.headers.get("last-modified")))
        request.headers |= {n: v for n, v in pairs if v}
    with exchange(job.session, request, job.shown, job.patience.now(), private=job.private) as answer:
        status = answer.status_code
        job.told = {k.lower(): job.veil.text(v) for k, v in answer.headers.items() if k.lower() in KEPT_HEADERS}
        if status == 304 and held:
            return False
        if status == 416:
            _forget(job)
            raise TryAgainError("does not go on where it broke off")
        _refuse_status(job, status)
        going_on = status == 206 and _starts_at(answer.headers.get("Content-Range", ""), have)
        if status == 206 and not going_on:
            _forget(job)
            raise TryAgainError("went on from another place than it was asked to")
        _write(job, answer, have if going_on else 0)
    fault = _fault(job.part, job.magic)
    if fault:
        _forget(job)
        if fault.endswith(("damaged", "cut off", "nothing")):
            raise TryAgainError(f"answered with {fault} instead of {job.name}")
        raise SourceError(f"{job.service} ({job.shown}) answered with {fault} instead of {job.name}. {job.mend}")
    return True


def _write(job: _Job, answer: requests.Response, have: int) -> None:
    """Stream the body behind what is there; a body shorter than promised stays as a part."""
    length = answer.headers.get("Content-Length", "")
    whole = have + int(length) if length.isdigit() and "Content-Encoding" not in answer.headers else None
    edition = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
    if not have:
        job.notes.write_text(json.dumps({"edition": "" if edition.startswith("W/") else edition}), "utf-8")
    coded = answer.headers.get("Content-Encoding", "").lower() in ("gzip", "x-gzip")
    unpack: Any = zlib.decompressobj(zlib.MAX_WBITS | 16) if coded else None
    size, said = have, have
    with job.part.open("ab" if have else "wb") as stream:
        for piece in pieces(answer):
            stream.write(unpack.decompress(piece) if unpack else piece)
            size += len(piece)
            if size - said >= SAY_EVERY:
                said = size
                job.tell(
                    f"  {job.name}: {_megabytes(size)}{f' of {_megabytes(whole)} ({size / whole:.0%})' if whole else ''}"
                )
    if whole is not None and size < whole:
        raise TryAgainError(f"broke off after {size:,} of {whole:,} bytes")


def _so_far(job: _Job) -> tuple[int, str]:
    """Bytes of the part file and the edition they belong to; nothing where the edition is not known."""
    try:
        edition = str(json.loads(job.notes.read_text("utf-8"))["edition"])
        size = job.part.stat().st_size
    except (OSError, ValueError, KeyError, TypeError):
        return 0, ""
    return (size, edition) if edition and size else (0, "")


def _forget(job: _Job) -> None:
    job.part.unlink(missing_ok=True)
    job.notes.unlink(missing_ok=True)


def _refuse_status(job: _Job, status: int) -> None:
    if status in job.absent:
        raise NothingFoundError(f"{job.service} has no {job.name} ({job.shown} answered with status {status}).")
    if status in (401, 403):
        raise KeyNeededError(f"{job.service} answered {job.shown} with status {status}: it wants a key, or refuses the one that is set (FIRSTMILE_{job.service.upper()}_KEY).")  # fmt: skip
    if status >= 400:
        raise SourceError(f"{job.service} answered {job.shown} with status {status}. {job.mend}")


def _starts_at(content_range: str, have: int) -> bool:
    return content_range.replace(" ", "").startswith(f"bytes{have}-")


def _taken(job: _Job, store: Cache, key: str, held: Entry | None, fresh: bool) -> Download:
    """Enter the whole file in the cache; the same bytes as before keep their date."""
    now = job.patience.now()
    if not fresh and held is not None:
        sha256, size, headers = held.sha256, held.bytes, dict(held.headers)
    else:
        with job.part.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        size, headers = job.part.stat().st_size, job.told
        store.take_in(job.part, sha256)
    _forget(job)
    same = held is not None and held.sha256 == sha256
    came = held.retrieved if held and same else utc(now)
    store.keep(key, Entry(job.service, "GET", job.shown, "", 200, sha256, size, came, utc(now), headers))
    return Download(store.named(sha256, job.name), sha256, job.shown, datetime.fromisoformat(came), headers)


def _fault(path: Path, magic: tuple[bytes, ...]) -> str:
    """What is wrong with a file that came whole, or nothing."""
    with path.open("rb") as stream:
        start = stream.read(2048)
    if what := impostor(start):
        return what
    if magic and not start.startswith(magic):
        return f"a JSON message ({_short(start)})" if start.lstrip()[:1] in (b"{", b"[") else "a file of another kind"
    if start.startswith(GZIP) and not whole_gzip(path):
        return "a gzip file that is cut off or damaged"
    if start.startswith(ZIP) and not whole_zip(path):
        return "a ZIP file that is cut off or damaged"
    if start.startswith(PARQUET) and _end(path) != PARQUET:
        return "a Parquet file that is cut off"
    return ""


def _end(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 4))
        return stream.read(4)


def whole_gzip(path: Path) -> bool:
    """Whether every member of a gzip file unpacks to its end and its checksum."""
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        with path.open("rb") as stream:
            while piece := stream.read(PIECE):
                while piece:
                    unpack.decompress(piece)
                    piece = unpack.unused_data.lstrip(b"\x00")
                    if unpack.eof and piece:
                        unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    except zlib.error:
        return False
    return unpack.eof


def whole_zip(path: Path) -> bool:
    """Whether a ZIP file has its directory, and every file in it its checksum."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except (zipfile.BadZipFile, OSError, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return False


def _short(start: bytes) -> str:
    return " ".join(start[:120].decode("utf-8", "replace").split())


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
