"""A returned file as answers: read by the school's id, whatever became of its columns and rows; every fault named by its cell.

A workbook of ours, half filled, with columns moved and rows added or gone; or what a telephone's form gave (CSV or XLSX).
Nothing is guessed: an id that a spreadsheet turned into a number, a word that is no answer, are told and left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from geodata.costing.sheetcells import letters, opened, text_of
from geodata.errors import SourceError
from geodata.fieldwork.questions import QUESTIONS, UNKNOWN, Question
from geodata.fieldwork.titles import CHECKED, SCHOOL, key_of
from geodata.fieldwork.values import UnreadableError, read_answer
from geodata.say import tr, written

LARGEST = 60_000_000  # bytes of a workbook unpacked, or of a CSV
MOST_ROWS = 50_000
MOST_FAULTS = 2_000
HEAD_WITHIN = 30  # rows in which the titles are looked for
_POWER = re.compile(r"^\d+(?:[.,]\d+)?[eE]\+?\d+$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}")
EXACT = 2**53  # whole numbers past this are no longer exact in a spreadsheet


@dataclass(frozen=True)
class Answer:
    """One answer, in the one form of `values`; `day` is empty where the file does not say when it was given."""

    school_id: str
    question: str
    value: str
    file: str
    cell: str
    day: str = ""


@dataclass(frozen=True)
class Fault:
    """What of a file could not be taken, and why."""

    file: str
    cell: str
    said: str


@dataclass(frozen=True)
class Returned:
    """A file as it was read. `rows`: rows with an id; `silent`: those of them without any answer; `notes` about the whole."""

    file: str
    answers: tuple[Answer, ...]
    faults: tuple[Fault, ...]
    rows: int = 0
    silent: int = 0
    notes: tuple[str, ...] = ()


def read_file(name: str, data: bytes, known: Collection[str]) -> Returned:
    """The answers of a returned file; `known`: the ids of all schools.

    Raises SourceError where it is neither a workbook nor a CSV, is far larger than what was sent out, or has no column of ids.
    """
    name = name.replace("\\", "/").rsplit("/", 1)[-1][:120]
    found = _Reading(name, frozenset(known))
    tables = tables_of(name, data)
    headed = [(sheet, rows, at, keys) for sheet, rows in tables.items() for at, keys in [_head(rows)] if keys]
    if not headed:
        raise SourceError(tr("{name}: no sheet has a column of school ids beside a question. Send back the form that First Mile wrote.", name=name))  # fmt: skip
    for sheet, rows, at, keys in headed:
        found.sheet(sheet, rows, at, keys)
    return Returned(name, tuple(found.answers), tuple(found.faults[:MOST_FAULTS]), found.rows, found.silent, tuple(found.notes))  # fmt: skip


def tables_of(name: str, data: bytes) -> dict[str, list[list[Any]]]:
    """The rows of each sheet of a workbook, or of a CSV. Raises SourceError where it is neither."""
    if data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0":
        return opened(data, largest=LARGEST)
    if len(data) > LARGEST or b"\0" in data[:1000]:
        raise SourceError(tr("{name} is neither a workbook (XLSX) nor a CSV.", name=name))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    try:
        return {"": list(csv.reader(io.StringIO(text), delimiter=mark))}
    except csv.Error as error:
        raise SourceError(tr("{name} cannot be read as CSV ({error}).", name=name, error=str(error))) from None


def _head(rows: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    """The row of titles and the columns by key; no columns where there is none. Of two alike columns the first counts."""
    for number, row in enumerate(rows[:HEAD_WITHIN]):
        keys: dict[str, int] = {}
        for column, cell in enumerate(row[:2000]):
            key = key_of(text_of(cell)) if isinstance(cell, str) else ""
            if key:
                keys.setdefault(key, column)
        if SCHOOL in keys and any(k not in (SCHOOL, CHECKED) for k in keys):
            return number, keys
    return 0, {}


class _Reading:
    """One file while it is read: its answers and faults so far."""

    def __init__(self, file: str, known: frozenset[str]) -> None:
        self.file, self.known = file, known
        self.answers: list[Answer] = []
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self.rows = self.silent = 0

    def sheet(self, sheet: str, rows: Sequence[Sequence[Any]], at: int, keys: Mapping[str, int]) -> None:
        """Read what stands under the titles of a sheet."""
        if len(rows) - at > MOST_ROWS:
            raise SourceError(tr("{file} has more than {most} rows.", file=self.file, most=written(MOST_ROWS)))
        for number in range(at + 1, len(rows)):
            row = rows[number]
            given = {
                key: row[column] for key, column in keys.items() if column < len(row) and text_of(row[column]) != ""
            }
            if not given or _titles_again(given):
                continue
            self.row(sheet, number, given, keys)

    def row(self, sheet: str, number: int, given: Mapping[str, Any], keys: Mapping[str, int]) -> None:
        def cell(key: str) -> str:
            address = f"{letters(keys[key])}{number + 1}"
            return f"{sheet}!{address}" if sheet else address

        answered = [key for key in given if key not in (SCHOOL, CHECKED, "asked_how")]
        school, wrong = self.school(given.get(SCHOOL, "")) if SCHOOL in given else ("", tr("the row names no school"))
        if wrong:
            if answered or SCHOOL in given:
                self.fault(cell(SCHOOL), wrong)
            return
        self.rows += 1
        day = _day(given.get(CHECKED))
        before = len(self.answers)
        for question in QUESTIONS.values():
            held = _held(question, given)
            if held is None:
                continue
            key, values = held
            try:
                value = read_answer(question, *values)
            except UnreadableError as error:
                self.fault(cell(key), tr("{question}: {error}", question=tr(question.short), error=str(error)))
                continue
            if value:
                self.answers.append(Answer(school, question.name, value, self.file, cell(key), day))
        self.silent += len(self.answers) == before and not any(q.name in given for q in QUESTIONS.values())

    def fault(self, cell: str, said: str) -> None:
        if len(self.faults) <= MOST_FAULTS:
            self.faults.append(Fault(self.file, cell, said))

    def school(self, given: Any) -> tuple[str, str]:
        """The id of a cell, or what is wrong with it. A number that is exactly one school's id is that id; else it is told."""
        if isinstance(given, str):
            text = given.strip().removeprefix("'")
            for one in (text, unquote(text)):
                if one in self.known:
                    return one, ""
            if _POWER.match(text):
                return "", tr("the id was turned into {text!r} by a spreadsheet; put it back as text", text=text)
            return "", self._lost(text)
        if isinstance(given, int | float) and not isinstance(given, bool):
            text = text_of(given)
            alike = _alike(self.known).get(text.lstrip("0"), ())
            if abs(given) < EXACT and text in self.known and alike == (text,):
                return text, ""
            return "", tr("the id was turned into the number {text} by a spreadsheet; put it back as text{meant}", text=text, meant=_meant(alike))  # fmt: skip
        return "", self._lost(text_of(given))

    def _lost(self, text: str) -> str:
        alike = _alike(self.known).get(text.lstrip("0"), ()) if text.isdigit() else ()
        return tr("there is no school {text!r} here{meant}", text=text[:60], meant=_meant(alike))


def _meant(alike: Sequence[str]) -> str:
    return tr(" (perhaps {ids})", ids=", ".join(alike[:3])) if alike else ""


@lru_cache(maxsize=4)
def _alike(known: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Ids of digits by what is left of them without the zeros in front."""
    found: dict[str, list[str]] = {}
    for one in sorted(known):
        if one.isdigit():
            found.setdefault(one.lstrip("0"), []).append(one)
    return {key: tuple(ids) for key, ids in found.items()}


def _titles_again(given: Mapping[str, Any]) -> bool:
    """Whether a row repeats the titles: our workbooks have a row of keys above that of the words."""
    text = given.get(SCHOOL)
    return isinstance(text, str) and key_of(text) == SCHOOL


def _held(question: Question, given: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]] | None:
    """The cells that answer a question and the key of the first; None where they are empty."""
    if question.kind != "place":
        return (question.name, (given[question.name],)) if question.name in given else None
    if any(field in given for field in question.fields):
        first = next(field for field in question.fields if field in given)
        return first, tuple(given.get(field, "") for field in question.fields)
    return (question.name, (given[question.name],)) if question.name in given else None


def _day(given: Any) -> str:
    text = text_of(given) if given is not None else ""
    return text[:10] if _DAY.match(text) else ""


def not_known(answer: Answer) -> bool:
    """Whether somebody was asked and nobody knew."""
    return answer.value == UNKNOWN
