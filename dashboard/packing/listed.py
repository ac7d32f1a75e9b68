"""The schools of a pack: the rows of the list, what the filters ask by, what the map shows, what a CSV holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from dashboard import filters, shows, taking
from dashboard.packing import table
from geodata.declare import Criterion, Indicator
from geodata.exports.result import Result, result
from geodata.priority import criteria, operating
from geodata.query import Desk
from geodata.view import View

IDS = ("school_id", "school_name", "school_id_govt", "school_id_giga")
NUMBERS = ("num_students", "num_students_lower", "num_students_upper", "priority_rank", "rank_low", "rank_high", "priority_score", "data_confidence", "lacks_count", "lacks_unknown", "lacks_expected")  # fmt: skip
ALSO_IN_FILE = ("education_level", "school_area_type", "school_funding_type", "has_internet", "has_internet_for_learners", "has_electricity", "has_computers", "latitude", "longitude")  # fmt: skip
SHOWN = ("internet_for_learners", "internet", "electricity", "computers", "covered_4g", "meaningfully_connected", "water", "accessible")  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """The schools of a desk that a file of the licence profile may hold, in the order of the priority list."""

    desk: Desk
    profile: str

    @cached_property
    def whole(self) -> Result:
        """Every column that may leave."""
        return result(self.desk, View(), None, self.profile)

    @cached_property
    def file(self) -> Result:
        """The columns of the CSV that the page hands out: the same as `firstmile export` with these columns."""
        wanted = [c for c in (*taking.LIST_COLUMNS, *ALSO_IN_FILE) if c in self.whole.columns]
        first = result(self.desk, View(), wanted, self.profile)
        return result(self.desk, View(), first.columns, self.profile)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows, index holding the schools' positions."""
        return self.desk.frame(View(), self.whole.columns)

    @cached_property
    def known(self) -> frozenset[str]:
        """The columns of which anything is known."""
        return frozenset(self.frame.columns[self.frame.notna().any()])

    @cached_property
    def filters(self) -> list[str]:
        """Columns that the page filters by: those of Explore of which there is something to choose."""
        return [c for c in filters.CHOICES if c in self.frame and filters.options(self.desk, c)]

    @cached_property
    def criteria(self) -> list[Criterion]:
        """The things counted here that may be shown."""
        counted = self.desk.scoring().things
        return [c for c, used in zip(criteria(), counted, strict=True) if used and c.counted and c.item in self.frame]

    @cached_property
    def indicators(self) -> list[Indicator]:
        """What the map can show: yes or no of each school, where somebody knows it and the licence lets it out."""
        every = [self.desk.indicators[name] for name in SHOWN if name in self.desk.indicators]
        seen = [i for i in every if {*i.inputs} <= {*self.frame.columns}]
        return [i for i in seen if shows.values(self.desk, i, View()).notna().any()] or seen[:1]

    def content(self) -> dict[str, Any]:
        """What `data/schools.js` holds."""
        rows = self.frame
        held = [*IDS, *NUMBERS, *self.filters, *self.file.columns, *self._areas]
        names = [n for n in dict.fromkeys(held) if n in rows and n != "priority_reasons"]
        return {
            "n": len(rows),
            "columns": table.columns(rows, names),
            "open": "".join(np.where(operating(self.desk.whole["school_status"].iloc[rows.index]), "y", "n").tolist()),
            "lacks": {c.item: self._states(c) for c in self.criteria},
            "show": {i.name: self._shown(i) for i in self.indicators},
        }

    @property
    def _areas(self) -> list[str]:
        return [f"admin{n}_id" for n in (1, 2, 3, 4) if f"admin{n}_id" in self.frame]

    def _states(self, criterion: Criterion) -> str:
        """Whether each school lacks a thing: y lacks it, n has it, - not reported."""
        value = self.frame[criterion.item].astype("Float64")
        cut = float(self.desk.policy[criterion.cutoff])
        return table.letters(value >= cut if criterion.inclusive else value > cut)

    def _shown(self, indicator: Indicator) -> dict[str, str]:
        """An indicator of each school: the class of its mark, and its yes or no."""
        at = self.frame.index
        classes = shows.classes(self.desk, indicator.name, ())[at]
        known = shows.values(self.desk, indicator, View()).iloc[at].astype("boolean")
        return {"c": "".join(map(str, classes.tolist())), "y": table.letters(known)}
