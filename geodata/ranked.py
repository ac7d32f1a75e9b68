"""One tier's schools ranked under every policy that visitors try: gaps, scores, ranks and how sure they are, made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from threading import Lock

import pandas as pd

from geodata.derive import derive, scored
from geodata.policy import Policy
from geodata.priority import Scoring
from geodata.seen import DERIVED
from geodata.tables import BAND_COLUMNS

Progress = Callable[[int, int], None]


class Ranked:
    """The derived columns of one tier's schools by policy; the build's own where the policy is the country's.

    `schools`: every column that the tier's numbers may rest on (see `seen.basis`), the derived ones included.
    """

    def __init__(self, schools: pd.DataFrame, own: Policy, visible: list[str], kept: int) -> None:
        self.schools = schools
        self.own = own
        self._visible = visible
        self._derived = lru_cache(maxsize=kept)(self._derive)
        self._framed = lru_cache(maxsize=min(kept, 4))(self._frame)
        self._scored = lru_cache(maxsize=min(kept, 2))(self._scoring)
        self._bands = lru_cache(maxsize=kept)(self._drawn)
        self._progress: Progress | None = None
        self._drawing = Lock()  # two visitors who ask for the same draws wait for one another

    # What a plan assumes ranks nobody: policies that differ in it alone share one ranking.
    def derived(self, policy: Policy) -> pd.DataFrame:
        """The derived columns that the tier may see."""
        return self._derived(policy.ranking(self.own))

    def frame(self, policy: Policy) -> pd.DataFrame:
        """Every column of the schools, with the derived ones under this policy."""
        return self._framed(policy.ranking(self.own))

    def scoring(self, policy: Policy) -> Scoring:
        """The place scored, with the items, expectations and weights behind the columns."""
        return self._scored(policy.ranking(self.own))

    def _stands(self, policy: Policy) -> bool:
        """Whether the build has ranked the schools by this very policy."""
        return policy == self.own and not self.schools["list"].isna().all()

    def _derive(self, policy: Policy) -> pd.DataFrame:
        if self._stands(policy):
            return self.schools[self._visible]
        return derive(self.given, policy)[self._visible]

    def _frame(self, policy: Policy) -> pd.DataFrame:
        return pd.concat([self.given, self.derived(policy)], axis=1)

    def _scoring(self, policy: Policy) -> Scoring:
        return scored(self.given, policy)[0]

    def bands(self, policy: Policy, progress: Progress | None = None) -> pd.DataFrame:
        """BAND_COLUMNS of every school: the build's own, or drawn when first asked for; `progress(done, of)` hears how far."""
        policy = policy.ranking(self.own)
        at_hand = self.bands_at_hand(policy)
        if len(at_hand.columns):
            return at_hand
        with self._drawing:
            self._progress = progress
            try:
                return self._bands(policy)
            finally:
                self._progress = None

    def bands_at_hand(self, policy: Policy) -> pd.DataFrame:
        """As `bands` where the build has drawn them; without columns where they would have to be drawn."""
        own = self._stands(policy.ranking(self.own)) and self.schools["rank_low"].notna().any()
        return self.schools[list(BAND_COLUMNS) if own else []]

    def _drawn(self, policy: Policy) -> pd.DataFrame:
        from geodata.uncertainty import rank_bands  # noqa: PLC0415 - compiled loops load when they are asked for

        return rank_bands(self.scoring(policy), self.schools["school_id"], policy, progress=self._progress)

    @property
    def given(self) -> pd.DataFrame:
        """The schools without the derived columns."""
        return self.schools.drop(columns=[*DERIVED, *BAND_COLUMNS])
