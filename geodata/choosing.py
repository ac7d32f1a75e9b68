"""Which schools a view asks for, in its order: the schools as a table in memory, and questions put to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa

from geodata.answers import Selection
from geodata.filters import FOLDED, POSITION, Engine, question
from geodata.policy import Policy
from geodata.ranked import Ranked
from geodata.tables import BAND_COLUMNS, SCHOOLS
from geodata.view import View


class Chooser:
    """Chooses among the schools of one tier. `schools` are the columns it may see, `ranked` what comes of a policy,
    `lines` the folded text by which each school is found (none where no school is found by its name)."""

    def __init__(self, schools: pd.DataFrame, lines: Sequence[str], ranked: Ranked, kept: int) -> None:
        self._schools = schools
        self._lines = lines or [""] * len(schools)
        self._ranked = ranked
        self._engine = Engine()
        self._table = lru_cache(maxsize=kept)(self._table_fresh)

    def select(self, view: View, policy: Policy, areas: Sequence[str]) -> Selection:
        """The schools of a view under a policy; `areas` are the id columns that its area may match.

        Likely ranks are drawn only where the view chooses or sorts by them.
        """
        asked = question(view, areas)
        table = self._table(policy)
        for name in sorted(set(asked.columns) & set(BAND_COLUMNS)):
            table = table.append_column(name, pa.Array.from_pandas(self._ranked.bands(policy)[name]))
        positions = self._engine.positions(asked, table.select(list(asked.columns)))
        return Selection(view, positions, len(self._schools))

    @cached_property
    def _arrow(self) -> pa.Table:
        frame = self._schools.drop(columns=[c for c in self._schools if c not in SCHOOLS.columns])
        table = pa.Table.from_pandas(frame, preserve_index=False)
        return table.append_column(FOLDED, pa.array(self._lines, pa.string())).append_column(
            POSITION, pa.array(np.arange(len(frame)))
        )

    def _table_fresh(self, policy: Policy) -> pa.Table:
        table = self._arrow
        for name, values in self._ranked.derived(policy).items():
            table = table.append_column(str(name), pa.Array.from_pandas(values))
        return table
