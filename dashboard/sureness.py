"""How sure a rank is: its band, whom it is tied with, and what other sensible weightings would make of the list.

The country's own bands come with its data and answer at once; those of changed weights are computed when first asked
for and kept. Pure but for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dashboard import waiting, words
from dashboard.ranking import whole
from geodata.policy import Policy
from geodata.query import Desk
from geodata.say import remembered, tr
from geodata.view import View


@dataclass(frozen=True)
class Band:
    """Where a school stands in 9 of 10 of the tries: `tied` others cannot be told apart from it; `top` are the first so many."""

    low: int
    high: int
    median: float
    chance: float | None
    tied: int
    ranked: int
    top: int
    rank: float = float("nan")

    @property
    def outside(self) -> str:
        """Where the rank itself lies when the band does not hold it: "above its band" or "below it"; else empty."""
        return tr("above its range") if self.rank < self.low else tr("below its range") if self.rank > self.high else ""

    @property
    def why_outside(self) -> str:
        """Why the rank lies outside the band, in a sentence; empty where it does not."""
        if not self.outside:
            return ""
        way = tr("further back") if self.rank < self.low else tr("further forward")
        return tr(
            "Nearly all tries put it {way} than its rank, {rank}: the rank takes one set of weights and the one likeliest value for what is not reported, the tries change both, and other schools move past it",
            way=way,
            rank=words.ordinal(self.rank),
        )

    @property
    def said(self) -> str:
        """ "12–31", or a single rank."""
        return words.exact(self.low) if self.low == self.high else f"{words.exact(self.low)}–{words.exact(self.high)}"

    @property
    def sentence(self) -> str:
        """The band in full: where, tied with whom, and the chance of being among the first."""
        where = (
            tr("{low} in at least 9 of 10 tries", low=words.ordinal(self.low))
            if self.low == self.high
            else tr(
                "between {low} and {high} in 9 of 10 tries", low=words.ordinal(self.low), high=words.ordinal(self.high)
            )
        )
        tied = (
            tr("; tied with {tied}", tied=words.count(self.tied, "other"))
            if self.tied
            else tr("; tied with no other school")
        )
        often = {0.0: "never", 1.0: "always"}.get(
            self.chance or 0.0, tr("in {chance} tries", chance=words.of_ten(self.chance))
        )
        first = (
            "" if self.chance is None else tr("; {often} among the first {top}", often=often, top=words.exact(self.top))
        )
        return f"{where}{tied}{first}" + (f". {self.why_outside}" if self.outside else "")


def at_once(desk: Desk, policy: Policy) -> bool:
    """Whether the bands of a policy are there already: the country's own, made when its data were built."""
    return policy == desk.policy and "rank_low" in whole(desk) and bool(whole(desk)["rank_low"].notna().any())


def key(desk: Desk, view: View) -> str:
    """What sets the bands of one country under one policy apart from all others."""
    return f"{desk.atlas.slug}:{desk.atlas.version}:{';'.join(f'{n}={v}' for n, v in view.policy)}"


@remembered(maxsize=8)
def table(desk: Desk, policy: Policy) -> pd.DataFrame:
    """The bands of every school under a policy, with `tied`, the schools of its group beside itself, and `rank` itself; the desk's index."""
    found = desk.bands(policy)
    sizes = found["rank_tie"].map(found["rank_tie"].value_counts())
    rank = desk.derived(policy)["priority_rank"].astype("Float64")
    return found.assign(tied=(sizes - 1).fillna(0).astype(int), rank=rank.to_numpy(dtype=float, na_value=np.nan))


def band(desk: Desk, policy: Policy, position: int) -> Band | None:
    """The band of one school by its position; None where it has no rank."""
    found = table(desk, policy)
    return _band(found.iloc[position], int(found["rank_low"].notna().sum()), top_k(policy))


LARGE = 10_000  # schools from which tried weights are drawn in the background, with how far they are on the screen


def share(desk: Desk, policy: Policy) -> float:
    """How much of the bands of a policy is drawn, 1 where they are there or quick enough to draw at once; starts the drawing."""
    if at_once(desk, policy) or len(desk.schools) < LARGE:
        return 1.0

    def draw(progress: waiting.Progress) -> bool:
        desk.bands(policy, progress)
        table(desk, policy)
        return True

    return waiting.ask(("bands", desk, policy), draw)[0]


def _band(row: pd.Series, ranked: int, top: int) -> Band | None:
    if words.unknown(row["rank_low"]):
        return None
    chance = None if words.unknown(row["top_chance"]) else float(row["top_chance"])
    low, high = int(row["rank_low"]), int(row["rank_high"])
    return Band(low, high, float(row["rank_median"]), chance, int(row["tied"]), ranked, top, float(row["rank"]))


def top_k(policy: Policy) -> int:
    """How many the first schools are, by the policy."""
    return int(policy.number("top_k"))


def block(desk: Desk, view: View, start: int, stop: int) -> dict[str, dict[str, Any]]:
    """The bands of rows `start` to `stop` of a view as the list draws them, by school id.

    Each: `said` ("12–31"), `low`, `high`, `median` as shares of the whole list, `full` (the sentence), `outside`, `tied`, `top`
    (chance in words), and `first`: whether it opens a group of tied schools in a list that is ordered by rank.
    """
    policy = view.policy_over(desk.policy)
    found, positions = table(desk, policy), desk.select(view).positions
    ranked, top = max(int(found["rank_low"].notna().sum()), 1), top_k(policy)
    first = max(start - 1, 0)
    shown = positions[first:stop]
    rows = found.iloc[shown]
    group = rows["rank_tie"].to_numpy(dtype=float, na_value=-1.0)
    opens = np.r_[False, group[1:] != group[:-1]][: len(group)] & (view.sort == "priority_rank")
    ids = desk.schools["school_id"].iloc[shown].tolist()
    every = [
        (str(school), _drawn(low, high, median, chance, int(tied), rank, ranked, top), bool(new))
        for school, low, high, median, chance, tied, rank, new in zip(
            ids,
            *(rows[n].tolist() for n in ("rank_low", "rank_high", "rank_median", "top_chance", "tied", "rank")),
            opens,
            strict=True,
        )
    ]
    return {school: {**band, "first": new} for school, band, new in every[start - first :]}


def _drawn(  # noqa: PLR0917 - the columns of one row
    low: Any, high: Any, median: Any, chance: Any, tied: int, rank: float, ranked: int, top: int
) -> dict[str, Any]:
    """One band as the list draws it: ends and middle as shares of the whole list."""
    if words.unknown(low):
        return {"said": ""}
    one = Band(
        int(low), int(high), float(median), None if words.unknown(chance) else float(chance), tied, ranked, top, rank
    )
    return {
        "said": one.said,
        "low": round((one.low - 1) / ranked, 4),
        "high": round(one.high / ranked, 4),
        "median": round((one.median - 0.5) / ranked, 4),
        "full": words.sentence(one.sentence),
        "outside": bool(one.outside),
        "tied": tied,
        "top": "" if one.chance is None else words.percent(one.chance),
        "first_k": words.exact(top),
    }
