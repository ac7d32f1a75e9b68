"""The sheet of the official workbook that puts what was reported before beside what is reported now."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geodata.aggregate import indicators
from geodata.benchmarks import NOBODY, figures, own_shares
from geodata.disclosure import non_commercial
from geodata.official import LEVELS
from geodata.query import Desk

LAYER = "benchmarks"


def reported_before(desk: Desk, schools: pd.DataFrame, profile: str = "noncommercial", *, least: int) -> pd.DataFrame:
    """One row a service and level of SDG 4.a.1 that others have of the country: theirs, and this country's own beside it.

    `schools`: columns of the schools layer; `least` as in `official.service_counts`. No rows where nothing was read, and
    none whose licence the profile keeps back.
    """
    found = figures(desk.atlas.read(LAYER)) if desk.atlas.has(LAYER) else []
    shares = [f for f in found if f.is_share and _may_leave(desk, f.source, profile)]
    if not shares:
        return pd.DataFrame()
    own = own_shares(schools, desk.policy, least=least, names={f.indicator for f in shares})
    declared = indicators()
    rows: list[dict[str, Any]] = []
    for figure in shares:
        here = own.get((figure.indicator, figure.level), NOBODY)
        isced, level = LEVELS.get(figure.level, ("", figure.level))
        about = _source(desk, figure.source)
        rows.append({
            "Code": figure.code, "Schools with": declared[figure.indicator].title, "ISCED level": isced, "Level": level,
            "Share reported": round(figure.value / 100, 6), "Of": figure.date, "Said of it": figure.note,
            "Reported by": str(about.get("publisher") or figure.source), "Licence": str(about.get("licence") or ""),
            "Share": here.share, "At least": here.lower, "At most": here.upper, "Not reported": here.not_reported,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _may_leave(desk: Desk, source: str, profile: str) -> bool:
    return profile != "open" or not non_commercial(str(_source(desk, source).get("licence") or ""))


def _source(desk: Desk, name: str) -> dict[str, Any]:
    every = desk.atlas.manifest.get("sources") or []
    return next((s for s in every if s.get("name") == name and s.get("kind") == "benchmark"), {})
