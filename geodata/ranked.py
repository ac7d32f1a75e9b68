"""One tier's schools ranked under every policy that visitors try: gaps, groups, scores and ranks, made once, kept."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from geodata.derive import derive
from geodata.policy import Policy
from geodata.seen import DERIVED


class Ranked:
    """The derived columns of one tier's schools by policy; the build's own where the policy is the country's.

    `schools`: every column that the tier's numbers may rest on (see `seen.basis`), the derived ones included.
    """

    def __init__(self, schools: pd.DataFrame, own: Policy, visible: list[str], kept: int) -> None:
        self.schools = schools
        self.own = own
        self._visible = visible
        self.derived = lru_cache(maxsize=kept)(self._derive)
        self.frame = lru_cache(maxsize=min(kept, 4))(self._frame)

    def _stands(self, policy: Policy) -> bool:
        """Whether the build has ranked the schools by this very policy."""
        return policy == self.own and not self.schools["list"].isna().all()

    def _derive(self, policy: Policy) -> pd.DataFrame:
        """The derived columns that the tier may see."""
        if self._stands(policy):
            return self.schools[self._visible]
        return derive(self.given, policy)[self._visible]

    def _frame(self, policy: Policy) -> pd.DataFrame:
        """Every column of the schools, with the derived ones under this policy."""
        return pd.concat([self.given, self.derived(policy)], axis=1)

    @property
    def given(self) -> pd.DataFrame:
        """The schools without the derived columns."""
        return self.schools.drop(columns=list(DERIVED))
