"""WorldPop's list of data sets: the newest release of a category, and the record of a country in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from etl.connect import Ask, Connector
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client

TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
OTHER_CODES = {"XKX": "KOS"}  # the service's own
AGE = re.compile(r"_(?P<sex>[fmt])_(?P<age>\d{2})_(?P<year>\d{4})_", re.IGNORECASE)


@dataclass(frozen=True)
class Record:
    """One data set of a country and year: what it is called, how it is cited, its files (addresses)."""

    title: str
    year: str = ""
    files: tuple[str, ...] = ()
    citation: str = ""
    doi: str = ""
    page: str = ""
    licence: str = ""

    def file(self, wanted: str, avoid: str = r"^$") -> str:
        """The one file whose name fits; raises NothingFoundError with what is there."""
        names = [
            f for f in self.files if re.search(wanted, f, re.I) and not re.search(avoid, f.rpartition("/")[2], re.I)
        ]
        if not names:
            raise NothingFoundError(f"WorldPop's record {self.title!r} names no raster, but {', '.join(self.files[:4]) or 'nothing'}.")  # fmt: skip
        return sorted(names)[0]

    def by_age(self) -> dict[str, str]:
        """Files by sex and first age, as f05; of several with the same, the last by name."""
        found = {}
        for address in sorted(self.files):
            name = AGE.search(address.rpartition("/")[2])
            if name and (not self.year or name["year"] == self.year) and address.lower().endswith((".tif", ".tiff")):
                found[name["sex"].lower() + name["age"]] = address
        return found

    def cited(self, attribution: str) -> str:
        """The attribution with the record's own citation and DOI."""
        if self.licence not in ("", "CC-BY-4.0"):
            attribution = attribution.removesuffix(", CC BY 4.0")
        doi = f"doi:{self.doi}" if self.doi and self.doi not in self.citation else ""
        return ". ".join(filter(None, (attribution, self.citation.strip().rstrip("."), doi)))


def newest_record(
    client: Client, connector: Connector, ask: Ask, *, base: str, project: str, pattern: str, older: Sequence[str] = ()
) -> Record:
    """The record of the newest year that is not in the future, of the newest release that has the country.

    Raises NothingFoundError where no release has it.
    """
    named = str(ask.options.get("category", ""))
    listed = [named] if named else [*_releases(client, connector, base, project, pattern), *older]
    code = OTHER_CODES.get(ask.iso3, ask.iso3)
    latest = int(ask.options.get("year", ask.today.year))
    for category in listed:
        address = f"{base}/rest/data/{project}/{category}"
        rows = _rows(client.json(connector.name, address, params={"iso3": code}), address)
        records = [r for r in map(_record, rows) if r.files and r.year.isdecimal() and int(r.year) <= latest]
        if "year" in ask.options:
            records = [r for r in records if int(r.year) == latest]
        if records:
            year = max(int(r.year) for r in records)
            return _together([r for r in records if int(r.year) == year])
    tried = ", ".join(listed) or "no category of the kind"
    raise NothingFoundError(f"WorldPop has no {connector.gives} of {ask.name or ask.iso3} until {latest} ({tried}).")


def _releases(client: Client, connector: Connector, base: str, project: str, pattern: str) -> list[str]:
    """Categories whose name fits, the newest release first; R25A and R2025A are the same."""
    rows = _rows(client.json(connector.name, f"{base}/rest/data/{project}"), f"{base}/rest/data/{project}")
    found = []
    for row in rows:
        alias = str(row.get("alias") or row.get("name") or "")
        if fits := re.fullmatch(pattern, alias):
            year = int(fits["year"])
            found.append((year + 2000 if year < 100 else year, fits["letter"], alias))
    return [alias for _, _, alias in sorted(found, reverse=True)]


def _rows(answer: Any, address: str) -> list[dict[str, Any]]:
    """The rows of an answer; raises SourceError where it has another form. An allowed 404 has none."""
    if answer is None:
        return []
    rows = answer.get("data") if isinstance(answer, dict) else None
    if rows is None and isinstance(answer, dict) and answer.keys() <= {"detail", "error", "message"}:
        return []
    if not isinstance(rows, list):
        raise SourceError(f"WorldPop ({urlsplit(address).path}) answered in a form that is not known: no list of data. Try again later.")  # fmt: skip
    return [row for row in rows if isinstance(row, dict)]


def _record(row: dict[str, Any]) -> Record:
    given = row.get("files")
    files = tuple(f for f in given if isinstance(f, str) and f.startswith("http")) if isinstance(given, list) else ()
    text = {name: " ".join(str(row.get(name) or "").split()) for name in ("title", "popyear", "citation", "doi", "url_summary")}  # fmt: skip
    return Record(text["title"] or "WorldPop", text["popyear"], files, text["citation"], text["doi"], text["url_summary"], licence_of(row))  # fmt: skip


def _together(records: list[Record]) -> Record:
    """Records of one year as one: some releases have a record for each file."""
    first = records[0]
    files = tuple(dict.fromkeys(f for r in records for f in r.files))
    return Record(first.title, first.year, files, first.citation, first.doi, first.page, first.licence)


def licence_of(row: dict[str, Any]) -> str:
    """The record's own licence where it is one of Creative Commons by its address or name; empty where it says nothing else.

    Most records name a page of WorldPop's, which is CC BY 4.0.
    """
    said = str(row.get("license") or row.get("licence") or "").lower()
    found = re.search(r"(?:creativecommons\.org/licenses/|\bcc[ -])(by(?:-(?:nc|nd|sa))*)[/ -](\d\.\d)", said)
    return f"CC-{found[1]}-{found[2]}".upper() if found else ""


def release_of(name: str) -> str:
    """The release that a file's name carries, such as R2025A; empty where it carries none."""
    found = re.search(r"R20\d\d[A-Z]", name)
    return found[0] if found else ""


def year_of(name: str) -> str:
    """The year in a file's name, such as esp_ppp_2020_1km; empty where there is none."""
    found = re.search(r"(?<!\d)(20[0-3]\d)(?!\d|[A-Z])", name)
    return found[1] if found else ""
