"""Files of the UNESCO Institute for Statistics put there by hand: the bulk download, an export, a saved answer.

Members of a zip are found by the end of their name (newer releases nest them in a folder or put a prefix before them),
columns whatever their case. The national file has more than a million rows: it is read in pieces.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pandas as pd

from etl.boxes import names_in, unboxed
from etl.sources import tidy
from geodata.errors import SourceError

PIECE = 200_000  # rows read at once
NATIONAL, LABELS, EXPORT = "_data_national.csv", "_label.csv", "data.csv"
# Column of the bulk files, or of an export, in lower case → the key of a record.
KEYS = {
    "indicator_id": "indicatorId", "indicatorid": "indicatorId", "country_id": "geoUnit", "geounit": "geoUnit",
    "year": "year", "value": "value", "magnitude": "magnitude", "qualifier": "qualifier",
}  # fmt: skip


@dataclass(frozen=True)
class Bulk:
    """Records of a country (`indicatorId, geoUnit, year, value, magnitude, qualifier`), titles by code, the release."""

    records: list[Mapping[str, Any]]
    names: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    notes: tuple[str, ...] = ()


def read_bulk(path: Path, iso3: str, pattern: str) -> Bulk:
    """The records of one country in a file put there by hand; raises SourceError where it is none of the known kinds."""
    try:
        if zipfile.is_zipfile(path):
            return _zip(path, iso3, pattern)
        if path.suffix.lower() == ".json":
            return _saved(path, iso3)
        with path.open("rb") as stream:
            return Bulk(_records(stream, iso3, pattern, path.name))
    except (OSError, ValueError, KeyError, RecursionError) as error:
        raise SourceError(
            f"{path.name} cannot be read as a file of UIS ({type(error).__name__}). Is it whole?"
        ) from None


def _saved(path: Path, iso3: str) -> Bulk:
    found = json.loads(path.read_text("utf-8-sig"))
    if not isinstance(found, dict) or not isinstance(found.get("records"), list):
        raise SourceError(f"{path.name} is not an answer of UIS: it has no list of records.")
    about = tidy.mappings(found.get("indicatorMetadata"))
    names = {str(i.get("indicatorCode") or ""): str(i.get("name") or "") for i in about}
    return Bulk([r for r in tidy.mappings(found["records"]) if str(r.get("geoUnit")) == iso3], names)


def _zip(path: Path, iso3: str, pattern: str) -> Bulk:
    members = sorted(names_in(path), key=lambda n: (len(n), n))
    with unboxed(path) as archive:
        national = _ending(members, NATIONAL) or _ending(members, EXPORT)
        if national is None:
            raise SourceError(f"{path.name} holds no {NATIONAL.upper()} and no {EXPORT}: {', '.join(members[:6])}.")
        labels = _ending(members, LABELS)
        names: dict[str, str] = {}
        if labels:
            with archive.open(labels) as stream:
                names = _labels(stream, pattern)
        with archive.open(national) as stream:
            return Bulk(_records(stream, iso3, pattern, path.name), names, version=_release(members))


def _ending(members: Sequence[str], end: str) -> str | None:
    """The first member whose file name ends so, whatever its folder, prefix and case."""
    return next((m for m in members if m.rsplit("/", 1)[-1].lower().endswith(end)), None)


def _release(members: Sequence[str]) -> str:
    """The release in the name of a file or folder, such as 2026-02; empty where none is told."""
    found = re.search(r"(20\d\d[-_](?:0[1-9]|1[0-2]|Feb|Mar|Sep)\w*)", " ".join(members), re.IGNORECASE)
    return found[1].replace("_", "-") if found else ""


def _reader(stream: IO[bytes]) -> Any:
    """A CSV in pieces, everything text: NA is Namibia or a magnitude, not a gap. To be closed."""
    return pd.read_csv(stream, dtype=str, keep_default_na=False, chunksize=PIECE, encoding="utf-8-sig")


def _lower(piece: pd.DataFrame) -> pd.DataFrame:
    piece.columns = pd.Index([str(c).strip().strip('"').lower() for c in piece.columns])
    return piece


def _records(stream: IO[bytes], iso3: str, pattern: str, name: str) -> list[Mapping[str, Any]]:
    """The records of one country and family of indicators."""
    out: list[Mapping[str, Any]] = []
    with _reader(stream) as pieces:
        for given in pieces:
            piece = _lower(given).rename(columns=KEYS)
            if missing := {"indicatorId", "geoUnit", "year", "value"} - set(piece.columns):
                raise SourceError(f"{name} is not a data file of UIS: it lacks {', '.join(sorted(missing))}.")
            here = (piece["geoUnit"].str.strip() == iso3) & piece["indicatorId"].str.contains(pattern, regex=True)
            kept = piece.loc[here, [c for c in dict.fromkeys(KEYS.values()) if c in piece]]
            out += [{str(k): v for k, v in r.items()} for r in kept.to_dict("records")]
    return out


def _labels(stream: IO[bytes], pattern: str) -> dict[str, str]:
    names: dict[str, str] = {}
    with _reader(stream) as pieces:
        for piece in map(_lower, pieces):
            label = next((c for c in piece.columns if c.startswith("indicator_label")), None)
            if label is None or "indicator_id" not in piece:
                return names
            here = piece["indicator_id"].str.contains(pattern, regex=True)
            names |= dict(zip(piece.loc[here, "indicator_id"], piece.loc[here, label], strict=True))
    return names
