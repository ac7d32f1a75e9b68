"""The yes/no that stands on several gaps at once."""

from __future__ import annotations

import pandas as pd

from geodata.truth import all_of, any_of


def meaningfully_connected(for_learners: pd.Series, power: pd.Series, below: pd.Series) -> pd.Series:
    """Internet for learners and electricity and the bandwidth needed (methods 1.3, E1.8)."""
    return all_of(for_learners, power, ~below)


def underserved(for_learners: pd.Series, below: pd.Series, short: pd.Series, power: pd.Series) -> pd.Series:
    """No internet for learners, or below the standard, or devices missing, or no electricity."""
    return any_of(~for_learners, below, short, ~power)
