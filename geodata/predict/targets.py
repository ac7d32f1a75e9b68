"""What is predicted: two yes/no answers of a school, what is known of them, and who is asked about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.arrays import Floats, any_known, flag
from geodata.criteria import usable_internet
from geodata.gaps import electricity
from geodata.priority import Bools, operating
from geodata.say import later
from geodata.vocabulary import Evidence

# Only what somebody measured or reported teaches: an inferred value would teach the model its own guess.
TEACHES = (Evidence.MEASURED.value, Evidence.REPORTED.value)


@dataclass(frozen=True)
class Target:
    """One answer. `column` is the predicted chance; `known` gives yes, no, unknown of every school; `asks` the register's columns."""

    name: str
    title: str
    column: str
    known: Callable[[pd.DataFrame], pd.Series]
    asks: tuple[str, ...]
    yes: str
    no: str
    instead: str = ""

    @property
    def set_column(self) -> str:
        """Where the predicted set stands."""
        return f"{self.column}_set"


INTERNET = Target(
    name="internet_for_learners",
    title=later("Internet for learners"),
    column="predicted_internet_for_learners",
    known=lambda s: usable_internet(s["has_internet"], s["has_internet_for_learners"]),
    asks=("has_internet", "has_internet_for_learners"),
    yes=later("with internet for learners"),
    no=later("without internet for learners"),
    instead=later("Internet at the school, for use by learners is reported for no school"),
)
ELECTRICITY = Target(
    name="electricity",
    title=later("Electricity"),
    column="predicted_electricity",
    known=lambda s: electricity(s["has_electricity"], s["electricity_type"]),
    asks=("has_electricity", "electricity_type"),
    yes=later("with electricity"),
    no=later("without electricity"),
)
TARGETS = (INTERNET, ELECTRICITY)


def titled(target: Target, schools: pd.DataFrame) -> str:
    """The target's title, or what stands in for it in this place."""
    if target.instead and not any_known(schools[target.asks[-1]]):
        return target.instead
    return target.title


def answers(target: Target, schools: pd.DataFrame) -> Floats:
    """1 yes, 0 no, NaN unknown, of every school."""
    return flag(target.known(schools))


def taught(target: Target, schools: pd.DataFrame) -> Bools:
    """Schools to learn from: operating, and the answer measured or reported rather than inferred."""
    out = ~np.isnan(answers(target, schools)) & operating(schools["school_status"])
    for column in target.asks:
        evidence = f"{column}_evidence"
        if evidence in schools and schools[evidence].notna().any():
            said = schools[column].notna().to_numpy()
            out &= ~said | schools[evidence].isin(TEACHES).to_numpy()
    return out


def asked(target: Target, schools: pd.DataFrame) -> Bools:
    """Schools to predict for: none of the register's columns says anything.

    Where a line is reported but not whether learners use it, the school is like other schools with a line, not like
    those that reported nothing: no prediction stands for it.
    """
    silent = np.ones(len(schools), dtype=bool)
    for column in target.asks:
        silent &= schools[column].isna().to_numpy()
    return silent & np.isnan(answers(target, schools))
