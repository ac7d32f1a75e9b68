"""What others report of a whole country beside what its schools say: SDG 4.a.1 of UNESCO, and figures of the place.

A national figure is never spread over schools and moves none of them in the list. Where the two differ, the reasons that
can be known are named: another year, schools that did not report, an estimate.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geodata import official
from geodata.policy import POLICY, Policy
from geodata.say import tr, written

TOTAL = "all"  # both sectors together
SHARES = tuple(dict.fromkeys(s.indicator for s in official.SDG))
LEVELS = tuple(official.LEVELS)
POINT = 0.005  # shares that differ by less than half a percentage point are told as the same


@dataclass(frozen=True)
class Figure:
    """One figure as its publisher gives it; `value` NaN where it is not reported, `note` what is said of it."""

    indicator: str
    title: str
    level: str
    unit: str
    date: str
    value: float
    note: str
    source: str
    code: str

    @property
    def known(self) -> bool:
        """Whether the publisher gives a value."""
        return bool(np.isfinite(self.value))

    @property
    def is_share(self) -> bool:
        """Whether it is a share of schools of SDG 4.a.1, which the country's own data give too."""
        return self.indicator in SHARES and self.unit.startswith("%") and bool(self.level)


@dataclass(frozen=True)
class Own:
    """The same share in the country's own data, 0 to 1: `share` of the schools that answered, its bounds with all others.

    `hidden`: too few schools to show at this level of access; then everything else is NaN. `one_sided`: only schools without
    it can be told here, so there are bounds and no share.
    """

    share: float
    lower: float
    upper: float
    answered: float
    not_reported: float
    hidden: bool = False
    one_sided: bool = False

    @property
    def known(self) -> bool:
        """Whether there is a share to show."""
        return not self.hidden and bool(np.isfinite(self.share))


NOBODY = Own(np.nan, np.nan, np.nan, np.nan, np.nan)


def figures(table: pd.DataFrame) -> list[Figure]:
    """The rows of the layer `benchmarks`: shares of schools by service and level first, then others by title."""
    found = [_figure(row) for row in table.to_dict("records")]
    return sorted(found, key=_order)


def _figure(row: dict[Any, Any]) -> Figure:
    text = {k: "" if pd.isna(v) else str(v) for k, v in row.items() if k != "value"}
    value = row["value"]
    return Figure(
        text["indicator"], text["title"] or text["indicator"], text["education_level"], text["unit"], text["date"],
        np.nan if pd.isna(value) else float(value), text["note"], text["source"], text["source_code"],
    )  # fmt: skip


def _order(figure: Figure) -> tuple[int, int, int, str, str, str]:
    place = SHARES.index(figure.indicator) if figure.is_share else len(SHARES)
    level = LEVELS.index(figure.level) if figure.level in LEVELS else len(LEVELS)
    if figure.is_share:
        return (0, place, level, figure.source, figure.title, figure.code)
    return (1, 0, 0, figure.source, figure.title, figure.code)


def own_shares(
    schools: pd.DataFrame, policy: Policy = POLICY, *, least: int = 0, names: Collection[str] = SHARES
) -> dict[tuple[str, str], Own]:
    """(indicator, level) → the country's own share, of the named services of SDG 4.a.1, both sectors together.

    `schools`: columns of the schools layer; what is predicted or inferred does not count. `least` as in
    `official.service_counts`: smaller counts are hidden, with those that would give them away.
    """
    counted = official.reported_only(schools, policy)
    services = tuple(s for s in official.SDG if s.indicator in names)
    if not services:
        return {}
    table = official.service_counts(counted, services, policy, least=least)
    table = table[table["sector"] == TOTAL].drop_duplicates(["indicator", "level"])
    out = {}
    for row in table.to_dict("records"):
        share, lower, upper, answered, rest = (
            float(row[k]) for k in ("share", "lower", "upper", "answered", "not_reported")
        )
        hidden = bool(row["hidden"]) and not np.isfinite(share)
        one_sided = bool(row["one_sided"]) and answered > 0
        out[str(row["indicator"]), str(row["level"])] = Own(share, lower, upper, answered, rest, hidden, one_sided)
    return out


def reasons(figure: Figure, own: Own, own_date: str, *, part: bool = False) -> list[str]:
    """Why the two figures differ, as far as it can be known; one sentence that they agree where they do.

    `own_date`: the year or date that the country's own data describe, empty where it is not stated. `part`: they are of a
    part of the country, whose figure theirs is.
    """
    if not figure.known or not own.known:
        return []
    theirs = figure.value / 100
    if abs(theirs - own.share) < POINT:
        return [tr("The two agree.") if not part else tr("The same, though these data are of a part of the country.")]
    said = [tr("These data are of a part of the country, theirs of all of it.")] if part else []
    if figure.date and own_date and figure.date[:4] != own_date[:4]:
        said.append(tr("Different years: {date} there, {own_date} here.", date=figure.date[:4], own_date=own_date[:4]))
    if own.not_reported > 0:  # False where it is not shown
        within = own.lower - POINT <= theirs <= own.upper + POINT
        whole = own.answered + own.not_reported
        of = {"missing": written(int(own.not_reported)), "whole": written(int(whole))}
        said.append(
            tr("{missing} of {whole} schools did not report here, which can explain it.", **of)
            if within
            else tr("{missing} of {whole} schools did not report here, which cannot explain it alone.", **of)
        )
    if "EST" in figure.note:
        said.append(tr("Theirs is an estimate."))
    return said or [tr("These data and the publisher count other schools, or ask another question.")]
