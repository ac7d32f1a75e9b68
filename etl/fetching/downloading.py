"""Large files: streamed to a part file, taken up again where it broke off, checked, and only then believed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import requests
from filelock import FileLock

from etl.connect import Connector
from etl.fetching import words
from etl.fetching.cache import KEPT_HEADERS, Cache, Entry, utc
from etl.fetching.hiding import Veil
from etl.fetching.inside import fault_of
from etl.fetching.patience import Patience, TryAgainError
from etl.fetching.questions import Question, conditions
from etl.fetching.wire import CODED, Session, exchange, pieces, unpacked
from geodata.errors import SourceError

MOST_BYTES = 64 << 30  # of one download
LEFT_FREE = 200 << 20  # bytes of the disk that a download never takes
SAY_EVERY = 32 << 20  # bytes between two lines of progress


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
    """What one download needs at every try."""

    session: Session
    ask: Question
    part: Path
    patience: Patience
    tell: Callable[[str], None]
    name: str
    magic: tuple[bytes, ...]
    absent: tuple[int, ...]
    service: Connector | None
    veil: Veil
    held: Entry | None
    told: dict[str, str] = field(default_factory=dict)
    lacking: int = 0  # the status that said that there is no such file

    @property
    def notes(self) -> Path:
        """Which edition the part file belongs to."""
        return self.part.with_suffix(".json")

    @property
    def who(self) -> str:
        """Who is asked for what."""
        return f"{self.ask.service} ({self.ask.address})"


def fetch_file(
    session: Session,
    ask: Question,
    store: Cache,
    patience: Patience,
    *,
    held: Entry | None,
    name: str,
    magic: tuple[bytes, ...],
    absent: tuple[int, ...],
    tell: Callable[[str], None],
    service: Connector | None,
    veil: Veil,
) -> Download:
    """Fetch a file into the cache; Ctrl-C keeps the part, and the next call goes on from there.

    Raises SourceError where the answer is no such file (wrong first bytes, a web page, cut off, damaged inside),
    KeyNeededError for 401 and 403, NothingFoundError for a status in `absent`. Nothing half is ever kept as whole. Two
    processes that want the same file take turns.
    """
    part = store.part(ask.key)
    job = _Job(session, ask, part, patience, tell, name, magic, absent, service, veil, held)
    try:
        store.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.parent.mkdir(exist_ok=True)
        with FileLock(part.with_suffix(".lock")):
            fresh = patience.call(lambda: _attempt(job), job.who, words.mend(service))
            if job.lacking:
                _remember_absence(job, store)
                raise words.absent(ask.service, ask.address, job.lacking, name)
            return _taken(job, store, fresh)
    except OSError as error:
        fault = f"{name} could not be written to the cache {store.folder} ({error.strerror or error}). Make room there, or set another folder with FIRSTMILE_CACHE; what has come so far is kept."
    raise SourceError(fault)


def _attempt(job: _Job) -> bool:
    """One try, going on from the part file; False where the service says that nothing has changed (304)."""
    have, edition = _so_far(job)
    on = {"Range": f"bytes={have}-", "If-Range": edition} if have else conditions(job.held)
    request = job.ask.request({"Accept-Encoding": "identity", **on})
    with exchange(job.session, request, job.ask.address, job.patience.now(), private=job.ask.private) as answer:
        status = answer.status_code
        job.told = {k.lower(): job.veil.text(v) for k, v in answer.headers.items() if k.lower() in KEPT_HEADERS}
        if status == 304 and job.held:
            return False
        going_on = status == 206 and _starts_at(answer.headers.get("Content-Range", ""), have)
        if status == 416 or (status == 206 and not going_on):
            _forget(job)
            raise TryAgainError("did not go on where it broke off")
        if status in job.absent:
            job.lacking = status
            return False
        if status >= 400:
            raise words.refused(job.ask.service, job.ask.address, status, job.service)
        _write(job, answer, have if going_on else 0)
    if fault := fault_of(job.part, job.magic):
        _forget(job)
        said = f"answered with {fault.what} instead of {job.name}"
        if fault.may_pass:
            raise TryAgainError(said)
        raise SourceError(f"{job.who} {job.veil.text(said)}. {words.mend(job.service)}")
    return True


def _write(job: _Job, answer: requests.Response, have: int) -> None:
    """Stream the body behind what is there; a body shorter than promised stays as a part."""
    length = answer.headers.get("Content-Length", "")
    coded = answer.headers.get("Content-Encoding", "").strip().lower() in CODED
    whole = have + int(length) if length.isdecimal() and not coded else None
    if not have:
        edition = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
        known = "" if coded or edition.startswith("W/") else edition
        job.notes.write_text(json.dumps({"edition": known}), "utf-8")
    _room(job, (whole or have) - have)
    size, said = have, have
    with job.part.open("ab" if have else "wb") as stream:
        for piece in unpacked(pieces(answer)) if coded else pieces(answer):
            stream.write(piece)
            size += len(piece)
            if size - said >= SAY_EVERY:
                said = size
                _room(job, 0 if size < MOST_BYTES else size)
                share = f" of {_megabytes(whole)} ({size / whole:.0%})" if whole else ""
                job.tell(f"  {job.name}: {_megabytes(size)}{share}")
    if whole is not None and size < whole:
        raise TryAgainError(f"broke off after {size:,} of {whole:,} bytes")


def _room(job: _Job, more: int) -> None:
    """Raises SourceError where what is still to come has no room on the disk, or is more than any service gives."""
    free = shutil.disk_usage(job.part.parent).free
    if more > MOST_BYTES or more + LEFT_FREE > free:
        raise SourceError(
            f"{job.who} sends {_megabytes(more) + ' more' if more else 'more than is expected'}, and the disk of the cache has {_megabytes(free)} free ({_megabytes(LEFT_FREE)} of them are left alone). Make room there, or set another folder with FIRSTMILE_CACHE."
        )


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


def _starts_at(content_range: str, have: int) -> bool:
    return content_range.replace(" ", "").startswith(f"bytes{have}-")


def _taken(job: _Job, store: Cache, fresh: bool) -> Download:
    """Enter the whole file in the cache; the same bytes as before keep their date."""
    now, held = utc(job.patience.now()), job.held
    if not fresh and held is not None:
        sha256, size, headers = held.sha256, held.bytes, dict(held.headers)
    else:
        with job.part.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        size, headers = job.part.stat().st_size, job.told
        store.take_in(job.part, sha256)
    _forget(job)
    came = held.retrieved if held and held.sha256 == sha256 else now
    store.keep(
        job.ask.key,
        Entry(job.ask.service, "GET", job.ask.address, job.ask.body, 200, sha256, size, came, now, headers),
    )
    return Download(store.named(sha256, job.name), sha256, job.ask.address, datetime.fromisoformat(came), headers)


def _remember_absence(job: _Job, store: Cache) -> None:
    """What a service does not have, offline does not have either: the same words, the same choice."""
    now, none = utc(job.patience.now()), hashlib.sha256(b"").hexdigest()
    ask = job.ask
    store.keep(ask.key, Entry(ask.service, "GET", ask.address, ask.body, job.lacking, none, 0, now, now), b"")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
