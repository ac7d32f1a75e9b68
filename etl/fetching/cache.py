"""A cache by content: each answer once under its SHA-256, and a small index entry for each request.

`blobs/ab/<sha256>` the bytes, `index/cd/<request>.json` what was asked (without secrets) and which bytes came,
`files/<sha256>/<name>` the same bytes under a name that programs know, `parts/` downloads that are under way.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from etl.filehashes import hash_of
from geodata.errors import SourceError

KEPT_HEADERS = ("content-type", "etag", "last-modified", "date", "content-disposition", "x-total-count")


@dataclass(frozen=True)
class Entry:
    """What the index says of one request: no secret in it. Times are ISO 8601 in UTC."""

    service: str
    method: str
    address: str
    body: str  # SHA-256 of what was sent, secrets struck out
    status: int
    sha256: str
    bytes: int
    retrieved: str  # when these bytes came
    checked: str  # when the service last said that they are still the same
    headers: Mapping[str, str] = field(default_factory=dict)
    landed: str = ""  # where redirects led to

    @property
    def age_from(self) -> datetime:
        """When it was last known to be current."""
        return datetime.fromisoformat(self.checked)


def request_key(service: str, method: str, address: str, body: str) -> str:
    """Name of a request in the index; `address` and `body` without secrets."""
    return hashlib.sha256(json.dumps([service, method, address, body]).encode()).hexdigest()


@dataclass(frozen=True)
class Cache:
    """The folder; made when something is first kept."""

    folder: Path

    def find(self, key: str) -> Entry | None:
        """The entry of a request, or None; a damaged entry counts as none. Whether its bytes are whole, `whole` says."""
        try:
            return Entry(**json.loads(self._index(key).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def read(self, entry: Entry) -> bytes | None:
        """The bytes of an entry; None where they are not what they were (a damaged disk): then they are removed."""
        return self.blob(entry.sha256).read_bytes() if self.whole(entry) else None

    def whole(self, entry: Entry) -> bool:
        """Whether the bytes of an entry are what they were; those that are not are removed, to be fetched again."""
        blob = self.blob(entry.sha256)
        try:
            if hash_of(blob) == entry.sha256:
                return True
            for path in (blob, *(self.folder / "files" / entry.sha256).glob("*")):
                path.unlink(missing_ok=True)
        except OSError:
            pass
        return False

    def keep(self, key: str, entry: Entry, content: bytes | None = None) -> None:
        """Write the bytes (unless they are here) and then the entry, each whole or not at all."""
        if content is not None and not self.blob(entry.sha256).exists():
            self._write(self.blob(entry.sha256), content)
        self._write(self._index(key), json.dumps(asdict(entry), ensure_ascii=False, indent=1).encode())

    def take_in(self, part: Path, sha256: str) -> Path:
        """Move a finished download among the blobs."""
        blob = self.blob(sha256)
        blob.parent.mkdir(parents=True, exist_ok=True)
        os.replace(part, blob)
        return blob

    def named(self, sha256: str, name: str) -> Path:
        """The blob under a name, for programs that look at a file's suffix: a hard link where the disk allows it."""
        path = self.folder / "files" / sha256 / Path(name).name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(self.blob(sha256), path)
            except FileExistsError:
                pass
            except OSError:
                shutil.copyfile(self.blob(sha256), path)
        return path

    def part(self, key: str) -> Path:
        """Where a download of this request grows."""
        return self.folder / "parts" / f"{key}.part"

    def lock(self, name: str) -> Path:
        """A file that two runs take turns by, for whatever they both would write."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / "parts").mkdir(exist_ok=True)
        return self.folder / "parts" / f"{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()}.lock"

    def blob(self, sha256: str) -> Path:
        """Where bytes with this hash lie."""
        return self.folder / "blobs" / sha256[:2] / sha256

    def _index(self, key: str) -> Path:
        return self.folder / "index" / key[:2] / f"{key}.json"

    def _write(self, path: Path, content: bytes) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # answers may hold what only its owner may see
            write_whole(path, content, sure=False)  # what a power cut spoils is found by its hash
        except OSError as error:
            raise SourceError(
                f"The cache {self.folder} cannot be written ({error.strerror}). Make room, or set another folder with FIRSTMILE_CACHE."
            ) from None


def write_whole(path: Path, content: bytes, *, sure: bool = True) -> None:
    """Write a file whole or not at all: a reader never sees half of it; `sure`: not even after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            if sure:
                os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def utc(moment: datetime) -> str:
    """ISO 8601 in UTC, whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()
