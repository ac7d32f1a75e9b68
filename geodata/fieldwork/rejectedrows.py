"""Rejected rows for a person: what each one really is. The answers are a list for the owner of the register; no build takes them.

A rejected row is of no school yet, or of two, so that no correction can name it: it is mended where it was written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geodata.costing.sheetcells import letters, text_of
from geodata.disclosure import Tier
from geodata.errors import DisclosureError
from geodata.fieldwork.returned import Fault, tables_of
from geodata.query import Desk
from geodata.say import LANGUAGES, later, speaking, tr
from geodata.text import fold

SOURCE, ROW, WHAT, SAME, MENDED = (
    "rejected_source",
    "rejected_row",
    "rejected_is",
    "rejected_same_as",
    "rejected_mended",
)
KEYS = (SOURCE, ROW, WHAT, SAME, MENDED)
KINDS = {
    "school": later("a school: the row is to be mended"),
    "same": later("the same school as another"),
    "none": later("no school"),
}
MOST = 20_000
HEAD_WITHIN = 10


@dataclass(frozen=True)
class RejectedRow:
    """One rejected row: where it stands, why it was rejected, its original values as text."""

    source: str
    row: str
    reason: str
    original: str


@dataclass(frozen=True)
class Mend:
    """What a person says of a rejected row. `what` is one of KINDS; `same_as` an id as it was written."""

    source: str
    row: str
    what: str
    same_as: str
    mended: str
    file: str
    cell: str


def rejected_rows(desk: Desk) -> list[RejectedRow]:
    """The rejected rows, in the order of their sources. Raises DisclosureError for all but the government: nobody examined them."""
    if desk.tier != Tier.GOVERNMENT:
        raise DisclosureError(tr("The rejected rows were not examined, so they are for the government alone."))
    if not desk.atlas.has("quarantine"):
        return []
    table = desk.atlas.read("quarantine").head(MOST)
    rows = zip(table["source"], table["row"], table["reason"], table["raw"], strict=True)
    return [RejectedRow(str(s), text_of(r), str(why), _original(raw)) for s, r, why, raw in rows]


def _original(raw: Any) -> str:
    try:
        held = json.loads(raw) if isinstance(raw, str) else {}
    except ValueError:
        return str(raw)
    return "; ".join(f"{k}: {v}" for k, v in held.items() if v not in (None, ""))


def read_rejected(name: str, data: bytes) -> tuple[list[Mend], list[Fault]] | None:
    """What a returned form of rejected rows says; None where the file is none. Raises SourceError as `returned.read_file`."""
    for sheet, rows in tables_of(name, data).items():
        for at, row in enumerate(rows[:HEAD_WITHIN]):
            places = {text_of(cell): n for n, cell in enumerate(row) if text_of(cell) in KEYS}
            if {SOURCE, ROW, WHAT} <= set(places):
                return _read(name, sheet, rows, at + 2, places)  # under the keys stand the titles
    return None


def _read(name: str, sheet: str, rows: Sequence[Sequence[Any]], first: int, places: dict[str, int]) -> tuple[list[Mend], list[Fault]]:  # fmt: skip
    found, faults = [], []
    meanings = _meanings()
    for number in range(first, len(rows)):
        row = rows[number]
        held = {k: text_of(row[n]) if n < len(row) else "" for k, n in places.items()}
        if not held[WHAT]:
            continue
        cell = f"{sheet}!{letters(places[WHAT])}{number + 1}"
        what = meanings.get(fold(held[WHAT]))
        if what is None:
            faults.append(Fault(name, cell, tr("{text!r} is none of: {allowed}", text=held[WHAT], allowed=", ".join(map(tr, KINDS.values())))))  # fmt: skip
        else:
            found.append(Mend(held[SOURCE], held[ROW], what, held.get(SAME, ""), held.get(MENDED, ""), name, cell))
    return found, faults


def _meanings() -> dict[str, str]:
    found = {fold(code): code for code in KINDS}
    for language in LANGUAGES:
        with speaking(language):
            found |= {fold(tr(word)): code for code, word in KINDS.items()}
    return found
