"""Runs the checks over a place's schools: what they blank, what they say, and how many of how many."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geodata.declare import Check, found
from geodata.fields import FIELDS, companions
from geodata.vocabulary import Evidence

FINDING = ("school_id", "check", "severity", "reason")
ROOMS = ("etl.checks", "etl.checks_place", "etl.checks_supply")
Report = list[dict[str, Any]]


@dataclass
class Examined:
    """The schools after the checks, each finding as a row, and one line a check."""

    frame: pd.DataFrame
    findings: pd.DataFrame
    report: Report


def checks() -> dict[str, Check]:
    """Every declared check, in order."""
    both = {name: check for room in ROOMS for name, check in found(Check, room).items()}
    return dict(sorted(both.items(), key=lambda pair: (pair[1].order, pair[0])))


def examine(schools: pd.DataFrame) -> Examined:
    """Every check over every school. The index and the rows stay; blanked values become unknown, with their evidence.

    `report` counts the schools that break a check, of those where it could be judged.
    """
    frame, findings, report = schools.copy(), [], []
    for check in checks().values():
        broken = ask(check, frame)
        hit = broken.fillna(False).astype(bool)
        findings.append(_findings(frame.loc[hit, "school_id"], check))
        report.append(line(check.name, check.severity, check.sentence, int(hit.sum()), int(broken.notna().sum())))
        for name in check.blanks:
            blank(frame, name, hit)
    table = pd.concat(findings, ignore_index=True)
    return Examined(frame, table.sort_values(["school_id", "check"], kind="stable", ignore_index=True), report)


def ask(check: Check, frame: pd.DataFrame) -> pd.Series:
    """The check's answer for each school; a column that the place does not have is unknown."""
    needed = inspect.signature(check.find).parameters
    columns = {name: frame[name] if name in frame else _unknown(name, frame.index) for name in needed}
    return check.find(**columns).astype("boolean")


def _unknown(name: str, index: pd.Index) -> pd.Series:
    """A column that is unknown for all, in its field's dtype (metres and decimals that are no fields are numbers)."""
    dtype = FIELDS[name].dtype if name in FIELDS else ("float64" if name.endswith(("_m", "_decimals")) else "str")
    if dtype == "float64":
        return pd.Series(float("nan"), index=index)
    return pd.Series(pd.array([None] * len(index), dtype=dtype), index=index)  # type: ignore[call-overload]


def line(name: str, severity: str, sentence: str, count: int, of: int) -> dict[str, Any]:
    """One line of the report."""
    return {"check": name, "severity": severity, "sentence": sentence, "count": count, "of": of}


def blank(frame: pd.DataFrame, name: str, where: pd.Series) -> None:
    """Makes values unknown, and their evidence with them."""
    if name not in frame or not where.any():
        return
    frame[name] = frame[name].mask(where)
    for column in companions(name):
        if column in frame:
            frame[column] = frame[column].mask(where, str(Evidence.UNKNOWN) if column.endswith("_evidence") else None)


def _findings(ids: pd.Series, check: Check) -> pd.DataFrame:
    return pd.DataFrame(
        {"school_id": ids.astype("str"), "check": check.name, "severity": check.severity, "reason": check.sentence},
        columns=list(FINDING),
    )
