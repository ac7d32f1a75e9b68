"""A snapshot: one connector asked for one file of a recipe, the file written tidy, its passport beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
from filelock import FileLock

from etl.connect import Ask, Connector, Taken
from etl.fetching.cache import utc, write_whole
from etl.fetching.client import Client
from etl.fetching.passports import passport_path, read_passport
from etl.fetching.settings import LOOPBACK
from etl.fetching.writing import write_tidy
from etl.filehashes import hash_of
from etl.recipe import Reading
from etl.source import find
from geodata.errors import FirstMileError, KeyNeededError, NothingFoundError, SourceError

__all__ = ["ask_of", "read_passport", "take", "take_source"]


def take_source(reading: Reading, connector: Connector, client: Client, ask: Ask, data: Path) -> dict[str, Any]:
    """Ask a connector for a file of the recipe, write it at its path and the passport beside it; returns the passport.

    `ask.options` are completed by the recipe's, `service.file` is read in place of the network, `service.base` asked
    where the settings name no other address. Raises NothingFoundError where there is nothing of the place, and
    SourceError (KeyNeededError, OfflineError) where it cannot be had: then nothing has been written.
    """
    client = _at(client, connector, reading)
    before = len(client.met)
    ask = ask_of(reading, ask, data)
    taken = take(connector, client, ask)
    path = Path(data) / reading.path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(client.store.lock(str(path.resolve()))):
            return _written(taken, connector, client, path, _came(client, before, ask))
    except OSError as error:
        fault = f"{path} cannot be written ({error.strerror or type(error).__name__}). Is the disk full, or the folder closed?"
    raise SourceError(fault)


def _written(taken: Taken, connector: Connector, client: Client, path: Path, came: datetime) -> dict[str, Any]:
    """File and passport, each whole or not at all; two runs on one folder take turns, so that the two fit each other."""
    part = path.with_name(f".new-{path.name}")
    write_tidy(taken.content, part, client.veil)
    try:
        stated = _passport(taken, connector, client, hash_of(part), came)
        text = client.veil.text(json.dumps(stated, ensure_ascii=False, indent=1, sort_keys=True))
        write_whole(passport_path(path), text.encode("utf-8", "replace"))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return dict(json.loads(text))


def ask_of(reading: Reading, ask: Ask, data: Path) -> Ask:
    """The question with the recipe's options and its file dropped by hand. Raises SourceError where that is not there."""
    service = reading.service
    options: Mapping[str, Any] = {**ask.options, **(service.options if service else {})}
    dropped = find(service.file, data) if service and service.file else ask.dropped
    return replace(ask, options=options, dropped=dropped, data=Path(data))


def take(connector: Connector, client: Client, ask: Ask) -> Taken:
    """What a connector gives; whatever it trips over in an answer is a SourceError, and no secret stands in it."""
    try:
        taken = connector.take(client, ask)
    except FirstMileError as error:
        said = client.veil.text(str(error))
        if said == str(error):
            raise
        fault: FirstMileError = type(error)(said)
    except Exception as error:  # noqa: BLE001 - what services answer nobody foresees: said, never a traceback
        fault = SourceError(
            f"{connector.title} answered something that was not understood ({type(error).__name__}). Its answers may have changed: please report this. Or put a file there by hand: {connector.by_hand or '`file` of the service in the recipe'}"
        )
    else:
        if isinstance(taken.content, pd.DataFrame) and taken.content.empty:
            raise NothingFoundError(f"{connector.title} has nothing of {ask.name or ask.iso3}.{_notes(taken)}")
        return taken
    raise fault


def _notes(taken: Taken) -> str:
    return "".join(f" {note}" for note in taken.notes[:3])


def _at(client: Client, connector: Connector, reading: Reading) -> Client:
    """The client with the recipe's own address of the service, where it names one.

    A recipe comes from anybody, so it never decides where a key goes: a key needs the address in the settings, beside it.
    """
    base = reading.service.base if reading.service else None
    if not base:
        return client
    name, settings = connector.name, client.settings
    if settings.keyed(name) and name not in settings.bases and not _trusted(base, connector) and not client.offline:
        raise KeyNeededError(
            f"{reading.path}: the recipe asks {connector.title} at {client.veil.address(base)}, and your key would go there. If that is right, set FIRSTMILE_{name.upper()}_BASE (or base in the settings file) to this address; if it is not, take base out of the recipe."
        )
    return replace(client, settings=settings.with_base(name, base))


def _trusted(base: str, connector: Connector) -> bool:
    """The service's usual host over https, or this machine itself."""
    given, usual = urlsplit(base), urlsplit(connector.base)
    return given.hostname in LOOPBACK or (given.scheme, given.netloc) == (usual.scheme, usual.netloc)


def _came(client: Client, before: int, ask: Ask) -> datetime:
    """When the newest of the answers came; of a file dropped by hand, when it was last changed."""
    if ask.dropped is not None:
        return datetime.fromtimestamp(ask.dropped.stat().st_mtime, UTC)
    return max((reply.retrieved for reply in client.met[before:]), default=client.now())


def _passport(taken: Taken, connector: Connector, client: Client, sha256: str, came: datetime) -> dict[str, Any]:
    rows = len(taken.content) if isinstance(taken.content, pd.DataFrame) else 0
    return {
        "connector": connector.name,
        "publisher": connector.publisher,
        "title": taken.title or connector.title,
        "address": client.veil.address(taken.address or connector.address),
        "date": taken.date,
        "version": taken.version,
        "licence": taken.licence or connector.licence,
        "attribution": taken.attribution or connector.attribution,
        "sha256": sha256,
        "rows_read": int(taken.rows_read or rows),
        "rows_kept": int(taken.rows_kept or rows),
        "notes": list(taken.notes),
        "retrieved": utc(came),
    }
