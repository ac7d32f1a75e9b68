"""What a brief is of: a desk, a view, an area or a group; and the counts that every part of it is told from.

All counts pass the desk, so that a tier reads here what it may read on the map, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geodata.aggregate import coverage, headline
from geodata.declare import Indicator
from geodata.errors import DisclosureError
from geodata.exports.passport import column_sources
from geodata.priority import operating
from geodata.query import Desk
from geodata.say import date, tr
from geodata.view import View

NAN = float("nan")
# Sources that place schools in areas: named at the end of a brief, not beside each figure.
GROUND = ("boundary", "population", "towns", "roads", "terrain", "ages")


@dataclass(frozen=True)
class Measure:
    """One indicator over the scope: `value` of the known, bounds with the unknown, in schools or learners.

    `hidden`: too few to show to this tier; then all else is NaN.
    """

    name: str
    value: float
    low: float
    high: float
    known: float
    unknown: float
    hidden: bool = False

    @property
    def coverage(self) -> float:
        """Share that is reported, 0 to 1."""
        return 0.0 if np.isnan(self.known) else coverage(self.known, self.unknown)

    @property
    def without(self) -> Measure:
        """The same share turned round: those who do not have it."""
        return replace(self, value=1 - self.value, low=1 - self.high, high=1 - self.low)


@dataclass(frozen=True, eq=False)
class Scope:
    """What is looked at. `view` holds the area and the ids; `area` is empty for the whole country and for a group."""

    desk: Desk
    view: View
    area: str = ""
    group: str = ""  # name of the group
    words: str = ""  # what such groups are called, "constituency"

    @classmethod
    def of(cls, desk: Desk, view: View, area: str = "", group: str = "", schools: Iterable[str] = ()) -> Scope:
        """The scope of a brief. Raises ViewError for an area that is not here, DisclosureError for a group where this tier
        sees no school by itself: what two groups share would tell of single schools."""
        here = replace(view.schools_only, area=area or view.area)
        if group:
            if not desk.one_by_one:
                raise DisclosureError(
                    tr("The {tier} tier sees no school of {place} by itself, so no brief of a group of schools is made for it.", tier=desk.tier, place=desk.atlas.name)
                )  # fmt: skip
            here = replace(here, ids=tuple(sorted(set(schools))) or ("",))
        if here.area:
            desk.places.column(here.area)
        return cls(desk, here, here.area, group)

    # --- names --------------------------------------------------------------------------------------------------

    @property
    def level(self) -> int:
        """Level of the area, 0 for the whole country."""
        return self.desk.places.levels[self.area] if self.area else 0

    @property
    def name(self) -> str:
        """What the brief is of."""
        return self.group or (self.desk.places.names[self.area] if self.area else self.desk.atlas.name)

    def level_word(self, level: int, *, many: bool = False) -> str:
        """What the country calls an area of a level."""
        words = list(self.desk.place.get("levels_plural" if many else "levels") or ())
        if 1 <= level <= len(words):
            return tr(str(words[level - 1]))
        return tr("areas") if many else tr("area")

    @cached_property
    def inner(self) -> int:
        """The level of the areas inside; 0 where there are none, as for a group."""
        below = self.level + 1
        there = bool((self.desk.places.table["level"] == below).any())
        return below if there and not self.group else 0

    @property
    def whole(self) -> bool:
        """Whether it is all of the country's schools."""
        return not self.area and not self.group and self.view == View()

    # --- counts -------------------------------------------------------------------------------------------------

    @cached_property
    def row(self) -> pd.Series:
        """The roll-up of all indicators over the scope; empty where no school is in it."""
        table = self.desk.areas(self.view, 0)
        return table.iloc[0] if len(table) else pd.Series(dtype="float64")

    @property
    def schools(self) -> float:
        """Schools that operate; NaN where so few are not shown."""
        return _number(self.row, "num_schools")

    def measure(self, name: str, row: pd.Series | None = None) -> Measure:
        """One indicator over the scope, or over the `row` of an inner area."""
        at = self.row if row is None else row
        value, low, high, known, unknown = (_number(at, name + part) for part in ("", "_lower", "_upper", "_known", "_unknown"))  # fmt: skip
        hidden = np.isnan(known) and _number(at, "num_schools") != 0
        return Measure(name, value, low, high, known, unknown, hidden)

    def says(self, found: Measure) -> bool:
        """Whether a number may stand in a sentence: enough of it is reported."""
        return not found.hidden and not np.isnan(found.value) and headline(found.known, found.unknown, self.desk.policy) != "none"  # fmt: skip

    @cached_property
    def parts(self) -> pd.DataFrame:
        """The areas inside, with the roll-up of the indicators that are mapped; empty where there are none."""
        if not self.inner:
            return pd.DataFrame()
        table = self.desk.areas(self.view, self.inner, self.shown)
        more = self.desk.areas(self.view, self.inner, "learners_with_internet")
        names = [c for c in more.columns if c.startswith("learners_with_internet")]
        table = pd.concat([table, more[[c for c in names if c not in table]]], axis=1)
        return table[table["parent_id"].astype("str") == self.area] if self.area else table

    @cached_property
    def unit(self) -> str:
        """What the finding counts: learners where enough report them, else schools."""
        return "learners" if self.says(self.measure("learners_with_internet")) else "schools"

    @property
    def shown(self) -> str:
        """The indicator of the finding and the map."""
        return "learners_with_internet" if self.unit == "learners" else "internet_for_learners"

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The schools of the scope that operate, by their rows, as this tier's numbers may rest on them; never to be handed out as it is.
        No row where schools are not seen one by one."""
        if not self.desk.one_by_one:
            return self.desk.whole.iloc[:0]
        rows = self.desk.whole.iloc[self.desk.select(self.view).positions]
        return rows[operating(rows["school_status"])]

    # --- where it comes from ------------------------------------------------------------------------------------

    def indicator(self, name: str) -> Indicator | None:
        """A declared indicator that this tier may see."""
        return self.desk.indicators.get(name)

    def origin(self, columns: Iterable[str]) -> tuple[str, str]:
        """Source and date behind some columns: "School register 2026 (Ministry)", "31 March 2026"."""
        names = dict.fromkeys(n for c in columns for n in column_sources(self.desk, c))
        known = {str(s.get("name")): s for s in self.desk.atlas.manifest.get("sources") or []}
        used = [known[n] for n in names if n in known and known[n].get("kind") not in GROUND]
        titles = dict.fromkeys(_titled(s) for s in used)
        dates = sorted({str(s.get("date") or "") for s in used} - {""})
        when = "" if not dates else date(dates[-1]) if len(dates) == 1 else f"{date(dates[0])} – {date(dates[-1])}"
        return "; ".join(titles), when


def _titled(source: dict[str, Any]) -> str:
    title, publisher = str(source.get("title") or source.get("name") or ""), str(source.get("publisher") or "")
    return f"{title} ({publisher})" if publisher and publisher not in title else title


def _number(row: pd.Series, name: str) -> float:
    value = row.get(name)
    return NAN if value is None or pd.isna(value) else float(value)
