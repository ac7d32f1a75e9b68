"""Corrections that a reviewer accepted, applied to the merged schools before anything is worked out from them.

Each says what the register stood at when it was proposed. Where the register says the same still, the correction takes its
place: evidence `reported`, with its own source and date. Where the register has changed since and says something third,
neither wins: the register's value stands, in doubt, and the two are listed for a person (`corrections.parquet`).
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from etl.origin import shelf_of
from etl.quality import finding_columns, line
from etl.work import Work
from geodata.errors import SourceError
from geodata.fields import FIELDS, companions
from geodata.fieldwork.accepted import Accepted, read, write
from geodata.fieldwork.questions import QUESTIONS, UNKNOWN, Question
from geodata.fieldwork.values import degrees, same, value_of
from geodata.vocabulary import Evidence, Severity

LAYER, FILE = "corrections", "corrections.csv"
COLUMNS = ("correction", "school_id", "what", "value", "before", "now", "outcome", "date", "source")
APPLIED, AGREES, CONTRADICTED, TWO, NO_SCHOOL = "applied", "agrees", "contradicted", "two", "no_school"
OPEN = (CONTRADICTED, TWO)  # wait for a person
SAID = {
    APPLIED: "applied",
    AGREES: "now as the register says itself",
    CONTRADICTED: "contradicted by a register that has changed since: a person chooses",
    TWO: "of two that differ: a person chooses",
    NO_SCHOOL: "of no school of the register",
}
# What a harmonised register says of a location that is no longer its own.
_OF_PLACE = ("coordinate_decimals", "location_repair", "second_position_m")


def decided_file(link: Path) -> Path:
    """Where the accepted corrections of the trail stand for the next build of an atlas."""
    return shelf_of(link) / FILE


def keep_decided(link: Path, corrections: Iterable[Accepted]) -> None:
    """Writes the accepted corrections of the trail for the next build of an atlas; none leaves no file."""
    path, given = decided_file(link), list(corrections)
    if not given:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(write(given))
    os.replace(part, path)


def apply_corrections(work: Work) -> str:
    """Applies every accepted correction; without any, nothing is read or written."""
    given = _given(work)
    if not given:
        return "none accepted."
    frame, table = applied(work.take("merged"), given)
    work.keep("corrected", frame)
    work.write(LAYER, table)
    counts = Counter(table["outcome"])
    return ", ".join(f"{counts[o]:,} {said}" for o, said in SAID.items() if counts[o]) + "."


def _given(work: Work) -> list[Accepted]:
    """The corrections of the trail, and those of the file that the recipe names."""
    found: list[Accepted] = []
    recipe = work.recipe.corrections
    for path in (work.decided, work.beside(recipe.path) if recipe else None):
        if path is not None and path.is_file():
            try:
                found += read(path.read_bytes(), path.name)
            except OSError as error:
                raise SourceError(f"{path.name} cannot be read ({error.strerror}).") from error
    return sorted(set(found))


def applied(frame: pd.DataFrame, corrections: Iterable[Accepted]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The schools with the corrections applied, and what became of each (COLUMNS, by school and fact).

    Rows and their order stay. The order of the corrections does not matter; applying them again changes nothing.
    """
    position = {str(s): n for n, s in enumerate(frame["school_id"])}
    by: dict[tuple[str, str], list[Accepted]] = defaultdict(list)
    for one in sorted(set(corrections)):
        by[one.school_id, one.what].append(one)
    rows: list[tuple[str, ...]] = []
    changes: dict[str, list[tuple[int, Accepted]]] = defaultdict(list)
    for (school, what), several in by.items():
        question, at = QUESTIONS[what], position.get(school)
        now = "" if at is None else _now(frame, question, at)
        outcome = NO_SCHOOL if at is None else _outcome(question, several, now)
        if outcome == APPLIED and at is not None:
            changes[what].append((at, several[0]))
        rows += [(c.correction, school, what, c.value, c.before, now, outcome, c.date, c.source) for c in several]
    for what, chosen in changes.items():
        frame = _changed(frame, QUESTIONS[what], chosen)
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")
    return frame, table.sort_values(["school_id", "what", "correction"], kind="stable", ignore_index=True)


def _now(frame: pd.DataFrame, question: Question, at: int) -> str:
    return value_of(question, *(frame[f].iloc[at] if f in frame else None for f in question.fields))


def _outcome(question: Question, several: Sequence[Accepted], now: str) -> str:
    first = several[0]
    if any(not same(question, c.value, first.value) for c in several):
        return TWO
    if same(question, now, first.value):
        return AGREES
    return APPLIED if any(same(question, now, c.before) for c in several) else CONTRADICTED


def _changed(frame: pd.DataFrame, question: Question, chosen: Sequence[tuple[int, Accepted]]) -> pd.DataFrame:
    """The frame with one fact corrected for some schools, evidence, source and date with it."""
    out = {}
    rows = [at for at, _ in chosen]
    values = [_fields_of(question, one.value) for _, one in chosen]
    for number, name in enumerate(question.fields):
        out[name] = _with(frame, name, FIELDS[name].dtype, rows, [v[number] for v in values])
        for beside in companions(name):
            told = [_told(beside, one) for _, one in chosen]
            out[beside] = _with(frame, beside, "str", rows, told)
    if question.kind == "place":
        out |= {c: frame[c].mask(frame.index.isin(frame.index[rows])) for c in _OF_PLACE if c in frame}
    frame = frame.assign(**out)
    return frame.assign(location_shared_by=sharing(frame)) if question.kind == "place" else frame


def _with(frame: pd.DataFrame, name: str, dtype: str, rows: list[int], values: list[Any]) -> pd.Series:
    old = frame[name] if name in frame else pd.Series(None, index=frame.index, dtype=dtype)  # type: ignore[call-overload]
    new = pd.Series(values, index=frame.index[rows], dtype=old.dtype)
    out = old.copy()
    out.iloc[rows] = new
    return out


def _fields_of(question: Question, value: str) -> tuple[Any, ...]:
    if value == UNKNOWN:
        return (None,) * len(question.fields)
    if question.kind == "place":
        return degrees(value)
    return ({"yes": True, "no": False}[value] if question.kind == "yesno" else int(value) if question.kind == "count" else value,)  # fmt: skip


def _told(column: str, one: Accepted) -> str:
    if column.endswith("_evidence"):
        return str(Evidence.UNKNOWN if one.value == UNKNOWN else Evidence.REPORTED)
    return one.source if column.endswith("_source") else one.date


def sharing(frame: pd.DataFrame) -> pd.Series:
    """How many schools have exactly these coordinates, this one included; unknown without a location."""
    located = frame["latitude"].notna() & frame["longitude"].notna()
    counts = frame.groupby(["latitude", "longitude"])["school_id"].transform("size")
    return counts.where(located).astype("Int64")


# --- what is said of it -------------------------------------------------------------------------------------------


def findings(work: Work) -> pd.DataFrame:
    """A finding for each correction that waits for a person, in the shape of the checks' own; values are not repeated."""
    table = work.layer(LAYER)
    empty = finding_columns(pd.DataFrame(columns=["school_id"]))
    waits = empty if table is None else table[table["outcome"].isin(OPEN)]
    if waits.empty:
        return empty
    said = [_waiting(*map(str, row)) for row in waits[["correction", "what", "outcome"]].itertuples(index=False)]
    columns = [QUESTIONS[what].fields[0] for what in waits["what"]]
    found = pd.DataFrame({"school_id": waits["school_id"].to_numpy(), "check": "correction_contradicted", "severity": str(Severity.WARN), "reason": said, "column": columns})  # fmt: skip
    return finding_columns(found)


def _waiting(correction: str, what: str, outcome: str) -> str:
    short = QUESTIONS[what].short
    if outcome == CONTRADICTED:
        return f"{correction}: the correction of “{short}” and the register, which has changed since, say different things; a person has to choose."
    return f"{correction}: two accepted corrections of “{short}” say different things; a person has to choose."


def summary(work: Work) -> tuple[dict[str, int], list[dict[str, Any]], list[str]]:
    """For the manifest: how many corrections ended how, lines of the report, notes; all empty where none was accepted."""
    table = work.layer(LAYER)
    if table is None:
        return {}, [], []
    counts = Counter(table["outcome"])
    waits = sum(counts[o] for o in OPEN)
    report = [line("correction_contradicted", str(Severity.WARN), "Accepted corrections that the register has contradicted since, or that differ: a person has to choose.", waits, len(table))]  # fmt: skip
    notes = [f"corrections: {counts[o]:,} {said}." for o, said in SAID.items() if counts[o]]
    return {o: counts[o] for o in SAID if counts[o]}, report, notes
