"""Runs the checks over a place's schools: what they blank, what they say, and how many of how many."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geodata.declare import Check, found
from geodata.fields import FIELDS, companions
from geodata.vocabulary import Evidence

# `column`: the value in doubt; `source` and `row`: where it was read, for values that could not be used.
FINDING = ("school_id", "check", "severity", "reason", "column", "source", "row")
METRES = {"outside_declared_area": "outside_declared_m", "second_position_differs": "second_position_m"}
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
        said = [c for c in ("school_id", METRES.get(check.name), *check.blanks) if c in frame]
        findings.append(_findings(frame[said][hit], check))  # of some 200 columns, so few are looked at
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


def _findings(broken: pd.DataFrame, check: Check) -> pd.DataFrame:
    """A row a school that breaks the check; beside the sentence how far, or what value was left out."""
    out = pd.DataFrame(
        {"school_id": broken["school_id"].astype("str"), "check": check.name, "severity": check.severity}
    )
    out["reason"] = pd.Series(check.sentence, index=out.index, dtype="str")
    metres = METRES.get(check.name)
    if metres in broken:
        out["reason"] = [f"{check.sentence.removesuffix('.')} ({far(m)})." for m in broken[metres]]
    for name in check.blanks:
        out["reason"] = out["reason"] + f" {FIELDS[name].title} as reported: " + broken[name].astype("str") + "."
    out["column"] = check.blanks[0] if check.blanks else None
    return finding_columns(out)


def far(metres: float) -> str:
    """A distance in words: whole metres up to a kilometre, then tenths of one."""
    return f"{max(metres, 1):,.0f} m" if metres < 1000 else f"{metres / 1000:,.1f} km"


def finding_columns(table: pd.DataFrame) -> pd.DataFrame:
    """The table with all columns of findings, in their dtypes."""
    table = table.reindex(columns=list(FINDING))
    return table.astype({name: "Int64" if name == "row" else "str" for name in FINDING})
