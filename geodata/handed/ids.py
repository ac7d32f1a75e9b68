"""Schools named by their ids, as pasted text, a CSV or a workbook: which are schools here, and which are not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geodata.costing.sheetcells import opened, text_of
from geodata.errors import SourceError
from geodata.say import tr, trn, written

COLUMNS = ("school_id", "school_id_govt", "school_id_giga")  # an id may be any of these, the first that fits
MOST = 50_000  # cells that are looked at
LARGEST = 60_000_000  # bytes of a workbook when unpacked
LONGEST = 200  # letters of an id
_PARTS = re.compile(r"[\t\r\n,;|]+")
_SHOWN = 12


@dataclass(frozen=True)
class Found:
    """`ids` of schools here, sorted; `unknown` as they were given; `mended`: schools found by an id whose leading zeros
    were lost; `twice`: how many were named more than once."""

    ids: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    twice: int = 0


def of_text(text: str, schools: pd.DataFrame) -> Found:
    """Schools by ids in text, parted by commas, semicolons, tabs or lines; `schools` as a tier sees them."""
    return _found(_PARTS.split(text), schools)


def of_file(name: str, data: bytes, schools: pd.DataFrame) -> Found:
    """Schools by the ids in a file: the column of a CSV or workbook that names most schools here.

    Raises SourceError for what is no text or workbook, or far too large.
    """
    if name.lower().endswith((".xlsx", ".xlsm")) or data[:2] == b"PK":
        sheets = opened(data, largest=LARGEST)
        columns = [column for rows in sheets.values() for column in _columns(rows)]
    else:
        columns = _columns([re.split(r"[\t,;|]", line) for line in _text(data).splitlines()])
    if sum(map(len, columns)) > MOST * 40:
        raise SourceError(tr("The file has too many cells. Keep the column with the ids and send that."))
    known = _known(schools)
    best = max(columns, key=lambda c: (sum(v in known for v in c), -len(c)), default=[])
    if not any(v in known for v in best):  # by Excel's numbers, perhaps
        numbers = _by_number(known)
        best = max(columns, key=lambda c: sum(_bare(v) in numbers for v in c), default=[])
    title = best[:1] if best and best[0] not in known and not best[0].isdigit() else []
    return _found(best[len(title) :], schools)


def said(found: Found) -> list[str]:
    """What was found, in sentences."""
    out = [trn("{n} of these is a school here.", "{n} of these are schools here.", len(found.ids))]
    if found.unknown:
        shown = ", ".join(found.unknown[:_SHOWN]) + (" …" if len(found.unknown) > _SHOWN else "")
        out.append(trn("{n} is not: {shown}.", "{n} are not: {shown}.", len(found.unknown), shown=shown))
    if found.mended:
        out.append(tr("{n} had lost their leading zeros, as Excel does with numbers, and were found all the same.", n=written(len(found.mended))))  # fmt: skip
    if found.twice:
        out.append(tr("{n} stood there more than once and count once.", n=written(found.twice)))
    return out


def _text(data: bytes) -> str:
    if b"\x00" in data[:4000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(tr("This is no text. Send a CSV, a workbook (XLSX), or a boundary (GeoJSON)."))
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "latin-1"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SourceError(tr("This text cannot be read. Save it as UTF-8."))


def _columns(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    """The columns of a table as trimmed text, without empty cells."""
    width = min(max((len(row) for row in rows), default=0), 200)
    made = [[text_of(row[i]).strip().strip('"').strip() for row in rows[: MOST + 1] if i < len(row)] for i in range(width)]  # fmt: skip
    return [[v for v in column if v] for column in made]


def _known(schools: pd.DataFrame) -> dict[str, str]:
    """Every id that a school goes by → its school_id; an id that two schools share names neither but by school_id."""
    known: dict[str, str] = {}
    own = schools["school_id"].astype(str)
    for column in reversed(COLUMNS):
        if column not in schools:
            continue
        values = schools[column]
        once = values.notna() & ~values.duplicated(keep=False)
        known.update(zip(values[once].astype(str), own[once], strict=True))
    return known


def _by_number(known: dict[str, str]) -> dict[str, str]:
    """Ids without their leading zeros, where that still names one school."""
    out: dict[str, str] = {}
    for given, school in known.items():
        bare = _bare(given)
        if bare:
            out[bare] = "" if out.get(bare, school) != school else school
    return {bare: school for bare, school in out.items() if school}


def _bare(value: str) -> str:
    return value.lstrip("0") if value.isdigit() else ""


def _found(given: Iterable[str], schools: pd.DataFrame) -> Found:
    known = _known(schools)
    numbers: dict[str, str] | None = None
    ids: set[str] = set()
    unknown: dict[str, None] = {}
    mended: list[str] = []
    twice = 0
    for value in _limited(given):
        school = known.get(value)
        if school is None and value.isdigit():
            numbers = _by_number(known) if numbers is None else numbers
            school = numbers.get(_bare(value))
            mended += [school] if school else []
        if school is None:
            unknown[value] = None
        else:
            twice += school in ids
            ids.add(school)
    return Found(tuple(sorted(ids)), tuple(unknown), tuple(dict.fromkeys(mended)), twice)


def _limited(given: Iterable[str]) -> Iterator[str]:
    for number, value in enumerate(filter(None, (v.strip().strip("\"'").strip() for v in given))):
        if number >= MOST:
            raise SourceError(tr("More than {most} ids were given; send fewer at once.", most=written(MOST)))
        yield value[:LONGEST]
