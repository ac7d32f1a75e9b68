"""The store: append to the trail, read it, verify it. There is no way to change or delete an entry.

Beside an SQLite file stands `<file>.head`, which notes the last entry: entries cut off at the end are found by it. Who
may write both files can forge both; only a head noted elsewhere (on paper, in a letter) shows that.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

import sqlalchemy as sa
from filelock import FileLock
from filelock import Timeout as LockTimeout
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from geodata.errors import OvertakenError, StoreError
from geodata.store.chain import DOCUMENT, HASHED, KINDS, Entry, canonical, chained, faults
from geodata.store.code import code_version
from geodata.store.database import BUSY_SECONDS, MEND, READS, TRAIL, address_of, engine_for, migrate, said
from geodata.store.documents import damaged, digest_of, keep, read

FILE = "trail.db"
TRIES = 30  # writers that meet at once on a database without our lock
MOST_DATA = 2_000_000  # characters of what an entry holds
LONGEST = 2000  # characters of a typed name or reason


def whereabouts(given: str, atlas: Path | str) -> str:
    """Where the trail is: as given (a path or an address), else `trail.db` in the folder of the built data."""
    return given or str(Path(atlas).absolute().parent / FILE)


def open_store(url: str | Path | None) -> Store:
    """Open a store, made or brought up to date where need be; None keeps one in memory.

    Raises StoreError where it can be neither read nor written, with what to do.
    """
    address = address_of(url)
    engine = engine_for(address)
    on_disk = engine.dialect.name == "sqlite"
    shown = address.database or "in memory" if on_disk else f"in the {engine.dialect.name} database"
    store = Store(engine, shown, _head_file(address.database) if on_disk else None)
    try:
        if on_disk and address.database:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        migrate(engine)
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        engine.dispose()
        raise StoreError(f"The trail {shown} cannot be opened ({said(error)}). {MEND}") from error
    return store


def _head_file(database: str | None) -> Path | None:
    return Path(f"{database}.head") if database else None


class Store:
    """An open trail. One may be shared by the threads of a server; processes open one each."""

    def __init__(self, engine: Engine, where: str, head_file: Path | None) -> None:
        self._engine, self.where, self._head_file = engine, where, head_file
        # A store in memory is one connection for all threads: one at a time.
        self._turn = nullcontext() if head_file or engine.dialect.name != "sqlite" else RLock()

    # --- writing ------------------------------------------------------------------------------------------------

    def record(
        self,
        kind: str,
        data: Mapping[str, Any],
        *,
        atlas: str = "",
        version: str = "",
        who: str = "",
        role: str = "",
        reason: str = "",
        document: str = "",
        if_last: int | None = None,
    ) -> Entry:
        """Append one entry and give it back. `who` is a typed name, never checked; empty is "not given".

        `document` is a longer text that the entry names by its hash (see `document`). With `if_last` the entry is written
        only where no entry of its kind and place has a higher number: what it rests on still stands.

        Raises StoreError for an unknown kind, for what JSON cannot hold, and where nothing can be written;
        OvertakenError where another was faster.
        """
        if kind not in KINDS:
            raise StoreError(f"The trail knows no {kind!r}; it records {', '.join(KINDS)}.")
        held = json.loads(
            canonical({**data, **({DOCUMENT: digest_of(document)} if document else {})}).encode("utf-8", "replace")
        )
        if len(canonical(held)) > MOST_DATA:
            raise StoreError("This is too long to be recorded. Choose by area or filter instead of many ids.")
        typed = {"who": _typed(who), "reason": _typed(reason)}
        fixed = {"kind": kind, "atlas": atlas, "version": version, "code": code_version(), "role": role, **typed}
        with self.explained("written"):
            entry = self._append({**fixed, "data": held}, document, if_last)
        self._note_head(entry)
        return entry

    def _append(self, fixed: Mapping[str, Any], document: str, if_last: int | None) -> Entry:
        for tries_left in reversed(range(TRIES)):
            try:
                with self._turn, self._engine.begin() as connection:
                    if if_last is not None and _newest(connection, fixed) > if_last:
                        raise OvertakenError("Someone else recorded a change meanwhile. Look at what stands now, then decide anew.")  # fmt: skip
                    if document:
                        keep(connection, document)
                    return _append(connection, fixed)
            except IntegrityError:  # another writer was faster: follow its entry
                if not tries_left:
                    raise
        raise AssertionError("unreachable")

    def _note_head(self, entry: Entry) -> None:
        """Note the last entry beside the database; a later one that stands there already is kept."""
        if self._head_file is None:
            return
        try:
            with FileLock(f"{self._head_file}.lock", timeout=BUSY_SECONDS):
                if (self._noted() or (0, ""))[0] < entry.number:
                    part = self._head_file.with_name(f"{self._head_file.name}.part")
                    part.write_text(f"{entry.number} {entry.hash}\n", "utf-8")
                    os.replace(part, self._head_file)
        except (OSError, LockTimeout) as error:
            raise StoreError(f"Entry {entry.number} is recorded, but {self._head_file} cannot be written ({said(error)}). {MEND}") from error  # fmt: skip

    # --- reading ------------------------------------------------------------------------------------------------

    def entries(self, kind: str | None = None, atlas: str | None = None, limit: int | None = None) -> list[Entry]:
        """The entries, newest first; of one kind, of one place, so many."""
        asked = sa.select(TRAIL).order_by(TRAIL.c.number.desc()).limit(limit)
        if kind is not None:
            asked = asked.where(TRAIL.c.kind == kind)
        if atlas is not None:
            asked = asked.where(TRAIL.c.atlas == atlas)
        with self.explained("read"), self.reading() as connection:
            return [_entry(row) for row in connection.execute(asked)]

    def count(self, kind: str | None = None, atlas: str | None = None) -> int:
        """How many entries there are, of one kind, of one place."""
        asked = sa.select(sa.func.count()).select_from(TRAIL)
        for column, value in ((TRAIL.c.kind, kind), (TRAIL.c.atlas, atlas)):
            asked = asked if value is None else asked.where(column == value)
        with self.explained("read"), self.reading() as connection:
            return int(connection.execute(asked).scalar_one())

    def document(self, entry: Entry) -> str:
        """The longer text that an entry names. Raises StoreError where there is none, or it was changed."""
        with self.explained("read"), self.reading() as connection:
            return read(connection, str(entry.data.get(DOCUMENT, "")))

    def head(self) -> tuple[int, str]:
        """Number and hash of the last entry; 0 and no hash where there is none. Noted elsewhere, it proves the trail."""
        last = self.entries(limit=1)
        return (last[0].number, last[0].hash) if last else (0, "")

    def verify(self, head: tuple[int, str] | None = None) -> list[str]:
        """Sentences about the first broken entry and about entries that are gone; empty where the chain holds.

        `head` is a number and hash that were noted elsewhere. It is not detectable when someone who may write the
        database and its `.head` file writes the chain anew, unless such a head is given.
        """
        noted = [] if self._head_file is None else self._noted_or_fault()
        if isinstance(noted, str):
            return [noted]
        known = [(n, h, str(self._head_file)) for n, h in noted] + ([(*head, "the head given")] if head else [])
        try:
            with self.explained("read"), self.reading() as connection:
                rows = connection.execute(sa.select(TRAIL).order_by(TRAIL.c.number)).yield_per(1000)
                named: dict[str, str] = {}
                return faults(_noting(map(_entry, rows), named), known=known) or damaged(connection, named)
        except ValueError as error:
            return [f"An entry's data are no JSON any more ({error}): it was changed after it was written."]

    def _noted_or_fault(self) -> list[tuple[int, str]] | str:
        try:
            noted = self._noted()
        except ValueError:
            return f"{self._head_file} is damaged: what the last entry was cannot be told from it."
        if noted is None and self.head()[0]:
            return f"{self._head_file} is gone: whether entries were cut off at the end cannot be told. The next entry writes it anew."
        return [noted] if noted else []

    def _noted(self) -> tuple[int, str] | None:
        if self._head_file is None or not self._head_file.is_file():
            return None
        number, digest = self._head_file.read_text("utf-8").split()
        return int(number), digest

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that takes no writer's lock; for the modules of the store."""
        with self._turn, self._engine.connect().execution_options(**READS) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction; for the modules of the store. The trail and the documents refuse to be changed even so."""
        with self._turn, self._engine.begin() as connection:
            yield connection

    @contextmanager
    def explained(self, act: str) -> Iterator[None]:
        """A database's error as a StoreError that says what to do; for the modules of the store."""
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreError(f"The trail {self.where} cannot be {act} ({said(error)}). {MEND}") from error

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()


def _append(connection: sa.Connection, fixed: Mapping[str, Any]) -> Entry:
    last = connection.execute(
        sa.select(TRAIL.c.number, TRAIL.c.hash).order_by(TRAIL.c.number.desc()).limit(1)
    ).one_or_none()
    number, previous = (last.number + 1, last.hash) if last else (1, "")
    content = {**fixed, "number": number, "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    digest = chained(previous, canonical({name: content[name] for name in HASHED}))
    entry = Entry(**content, previous=previous, hash=digest)
    row = {**content, "data": canonical(entry.data), "previous": previous, "hash": digest}
    connection.execute(sa.insert(TRAIL).values(**row))
    return entry


def _newest(connection: sa.Connection, fixed: Mapping[str, Any]) -> int:
    of_kind = (TRAIL.c.kind == fixed["kind"]) & (TRAIL.c.atlas == fixed["atlas"])
    return connection.execute(sa.select(sa.func.max(TRAIL.c.number)).where(of_kind)).scalar() or 0


def _noting(entries: Iterable[Entry], named: dict[str, str]) -> Iterator[Entry]:
    """The entries as they come, noting which documents they name."""
    for entry in entries:
        if DOCUMENT in entry.data:
            named[str(entry.data[DOCUMENT])] = f"Entry {entry.number} ({KINDS.get(entry.kind, entry.kind)})"
        yield entry


def _entry(row: Any) -> Entry:
    return Entry(**{**row._mapping, "data": json.loads(row.data)})


def _typed(text: str) -> str:
    """A typed text in one line, without control characters, no longer than a reason should be."""
    plain = "".join(c if c.isprintable() else " " for c in text.encode("utf-8", "replace").decode())
    return " ".join(plain.split())[:LONGEST]
