"""ITU DataHub: national figures of internet use, from the CSV that its site gives for a download.

Its undocumented service refuses strangers, so it is not asked: the World Bank has the same headline figures. Notes in the
file hold line ends without quotes; lines are put together again until a row has as many cells as there are columns.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.connect import Ask, Block, Connector, Taken
from etl.sources import tidy
from etl.sources.rows import counted
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client

NAME, BASE = "itu_datahub", "https://datahub.itu.int"
NEEDED = ("SeriesCode", "Series", "Unit", "Year", "AreaCode", "Value")
DISAGGREGATED = ("Disaggregation1", "Disaggregation2")
WHOLE = ("", "total", "all")


def take(_: Client, ask: Ask) -> Taken:
    """The latest value of every series of the country, without parts by sex or age."""
    if not ask.dropped:
        raise NothingFoundError(
            f"ITU DataHub is read from its CSV: download it from {BASE} and name it in the recipe, as `file` of the service."
        )
    records, joined = read_rows(ask.dropped)
    here = [r for r in records if r["AreaCode"].strip() == ask.iso3]
    whole = [r for r in here if all(r.get(d, "").strip().lower() in WHOLE for d in DISAGGREGATED)]
    rows = [row for code in sorted({r["SeriesCode"] for r in whole}) if (row := _row(code, whole))]
    if not rows:
        raise NothingFoundError(f"{ask.dropped.name} has no figures of {ask.iso3}.")
    frame = tidy.table(rows)
    parts = len(here) - len(whole)
    notes = [
        f"{counted(joined, 'row')} put together again from several lines." if joined else "",
        f"{counted(parts, 'row')} of parts of the people not kept." if parts else "",
        f"{counted(len(records) - len(here), 'row')} of other places not kept." if len(records) > len(here) else "",
    ]
    return Taken(
        frame,
        title="ITU DataHub",
        date=max(frame["year"].dropna(), default=""),
        attribution="International Telecommunication Union, ITU DataHub",
        address=BASE,
        rows_read=len(records),
        rows_kept=len(frame),
        notes=tuple(filter(None, notes)),
    )


def _row(code: str, records: list[dict[str, str]]) -> dict[str, Any] | None:
    last = tidy.latest([r for r in records if r["SeriesCode"] == code], year="Year", value="Value")
    if last is None:
        return None
    value, year = tidy.number(last["Value"]), tidy.year_of(last["Year"])
    note = "; ".join(filter(None, (last.get("Source", "").strip(), last.get("Notes", "").strip())))
    return tidy.row(
        f"itu_{code.lower()}", last["Series"], unit=last["Unit"], year=year, value=value, note=note, code=code
    )


def read_rows(path: Path) -> tuple[list[dict[str, str]], int]:
    """The rows under the file's column names, and how many stood on several lines; raises SourceError where it is no such file."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise SourceError(f"{path.name} cannot be read as a CSV of ITU DataHub.") from None
    head = next(csv.reader(lines[:1]), [])
    if missing := [n for n in NEEDED if n not in head]:
        raise SourceError(f"{path.name} is not a CSV of ITU DataHub: it lacks {', '.join(missing)}.")
    whole = list(_rejoined(lines[1:], len(head)))
    return [dict(zip(head, cells, strict=False)) for cells, _ in whole if len(cells) >= len(head)], sum(
        n > 1 for _, n in whole
    )


def _rejoined(lines: list[str], width: int) -> Iterator[tuple[list[str], int]]:
    """Rows of at least so many cells, and of how many lines each was made; a rest that never fills up comes last."""
    held: list[str] = []
    for line in lines:
        if not held and not line.strip():
            continue
        held.append(line)
        cells = _cells(" ".join(held))
        if len(cells) >= width:
            yield cells, len(held)
            held = []
    if held:
        yield _cells(" ".join(held)), len(held)


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return []


ITU_DATAHUB = Connector(
    name=NAME,
    title="ITU DataHub",
    publisher="International Telecommunication Union",
    gives="benchmarks",
    base=BASE,
    licence="CC-BY-NC-SA-3.0-IGO",
    take=take,
    blocks=(Block("benchmark", "ITU DataHub", "itu_datahub.csv"),),
    attribution="International Telecommunication Union, ITU DataHub",
    address=BASE,
    order=90,
    by_hand="the CSV of a download from https://datahub.itu.int",
    open_country=False,
)
