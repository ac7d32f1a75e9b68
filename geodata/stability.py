"""How stable the list is: against the last build, and against other sensible ways to weigh (methods, section 3.7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import kendalltau, rankdata

from geodata.arrays import Floats
from geodata.derive import scored
from geodata.errors import LayerError
from geodata.layers import Atlas, open_atlas
from geodata.policy import POLICY, Policy
from geodata.priority import SCORE_DECIMALS, Scoring, criteria, rank, score_items
from geodata.say import later

SHOWN = 20  # schools named that left or entered the first


@dataclass(frozen=True)
class Stability:
    """Two orders of the same schools compared.

    `tau` is Kendall's rank correlation (1 the same order), `mean_shift` the mean absolute difference of ranks, `overlap`
    the share of the first `top` that stay among them, `churn` the rest; `flagged` where that is more than the policy
    allows. `left` and `entered` are ids, at most 20, in their order; `schools` is how many both orders rank.
    """

    tau: float
    mean_shift: float
    overlap: float
    churn: float
    flagged: bool
    left: tuple[str, ...]
    entered: tuple[str, ...]
    top: int
    schools: int


def compare(before: pd.Series, after: pd.Series, *, top: int, policy: Policy = POLICY) -> Stability:
    """Two rankings compared: rank by school id, unknown where a school is not ranked (E3.7).

    Schools that only one of them ranks count among those who leave or enter the first; τ and the shift are over those
    that both rank, ranked among themselves. Both are NaN with fewer than two.
    """
    before, after = before.dropna().astype("float64"), after.dropna().astype("float64")
    both = before.index.intersection(after.index).sort_values()
    first, second = rankdata(before.loc[both]), rankdata(after.loc[both])
    few = len(both) < 2
    was, now = (set(s.nsmallest(top).index) for s in (before, after))
    least = min(top, max(len(before), len(after)))
    overlap = len(was & now) / least if least else float("nan")
    return Stability(
        tau=float("nan") if few else float(kendalltau(first, second).statistic),
        mean_shift=float("nan") if few else float(np.abs(first - second).mean()),
        overlap=overlap,
        churn=1 - overlap,
        flagged=bool(1 - overlap > policy.number("churn_flag")),
        left=tuple(before[[s for s in before.index if s in was - now]].sort_values().index[:SHOWN].astype(str)),
        entered=tuple(after[[s for s in after.index if s in now - was]].sort_values().index[:SHOWN].astype(str)),
        top=least,
        schools=len(both),
    )


# --- other ways to weigh ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Variant:
    """Another sensible way to make the list: `make` takes the place scored and the policy and gives it scored anew."""

    name: str
    title: str
    words: str
    make: Callable[[Scoring, Policy], Scoring]


def plain(scoring: Scoring, policy: Policy) -> Scoring:
    """The place scored with plain means, within the halves and between them (E3.3)."""
    flat = _again(scoring, policy.with_values({"power_mean_p": 1}))
    if not min(flat.pillars) > 0:
        return flat
    mean = 100 * (flat.pillars[0] * flat.need + flat.pillars[1] * flat.marginalisation)
    return replace(flat, score=np.where(np.isnan(flat.score), np.nan, np.round(mean, SCORE_DECIMALS)))


def _equal(scoring: Scoring, policy: Policy) -> Scoring:
    things = {c.weight: 0.5 for c in criteria() if c.counted}
    return _again(scoring, policy.with_values(things))


def _without_wealth(scoring: Scoring, policy: Policy) -> Scoring:
    gone = np.array([c.name == "poverty" for c in criteria()])
    known, filled = (np.where(gone, np.nan, items) for items in (scoring.known, scoring.filled))
    return score_items(known, filled, scoring.in_use & ~gone, scoring.operating, policy)


def _percentiles(scoring: Scoring, policy: Policy) -> Scoring:
    """Each item as its percentile among the schools that operate; groups stay as they are cut by the items themselves."""
    return replace(_again(scoring, policy, percentiles(scoring)), tier=scoring.tier, verify=scoring.verify)


def percentiles(scoring: Scoring) -> Floats:
    """Every item as its mid-rank percentile among the schools that operate (0 to 1), on the items as the score used them."""
    out = scoring.filled.copy()
    here = scoring.operating
    for k in np.flatnonzero(scoring.in_use):
        order = np.sort(scoring.filled[here, k])
        below = np.searchsorted(order, scoring.filled[:, k], side="left")
        upto = np.searchsorted(order, scoring.filled[:, k], side="right")
        out[:, k] = (below + upto) / 2 / max(len(order), 1)
    return out


def _again(scoring: Scoring, policy: Policy, filled: Floats | None = None) -> Scoring:
    return score_items(
        scoring.known, scoring.filled if filled is None else filled, scoring.in_use, scoring.operating, policy
    )


VARIANTS = (
    Variant("arithmetic", later("Plain averages"), later("Plain means in place of the power mean and of the geometric one: a strength makes up for a lack."), plain),
    Variant("equal", later("Equal weights"), later("Every thing of a half weighs the same."), _equal),
    Variant("without_wealth", later("Without wealth"), later("The wealth index left out, from the count too: it is built partly from data about connectivity."), _without_wealth),
    Variant("percentile", later("Percentiles"), later("Each thing by the school's place among all schools, not against a fixed goal."), _percentiles),
)  # fmt: skip


def weightings(
    schools: pd.DataFrame, policy: Policy = POLICY, *, scoring: Scoring | None = None
) -> list[tuple[str, str, Stability]]:
    """The list against other sensible ways to make it: title, words and how the two compare, one a way.

    Only schools that stand in the ranked list are compared; `top` is the policy's `top_k`. `scoring` saves scoring the
    place again.
    """
    now = scoring or scored(schools, policy)[0]
    ids, top = schools["school_id"], int(policy.number("top_k"))
    own = _ranks(now, ids)
    return [
        (v.title, v.words, compare(own, _ranks(v.make(now, policy), ids), top=top, policy=policy)) for v in VARIANTS
    ]


def _ranks(scoring: Scoring, ids: pd.Series) -> pd.Series:
    return pd.Series(rank(scoring, ids), index=ids.to_numpy())


# --- the last build -----------------------------------------------------------------------------------------------


def build_before(atlas: Atlas) -> Atlas | None:
    """The build that this one took the place of, while it is still on disk; None where there is none."""
    here = atlas.folder.resolve()
    for folder in sorted(here.parent.iterdir()):
        if folder != here and folder.is_dir() and not folder.name.startswith("."):
            try:
                return Atlas(link=atlas.link, folder=open_atlas(folder).folder)
            except LayerError:
                continue
    return None


def last_build(atlas: Atlas, *, tier: str = "public", policy: Policy | None = None) -> Stability | None:
    """The list against that of the build before, both as a tier sees them; None where no other build is on disk."""
    from geodata.query import Desk  # noqa: PLC0415 - a desk is asked for a stability, not the other way round

    before = build_before(atlas)
    if before is None:
        return None
    now, then = Desk(atlas, tier=tier), Desk(before, tier=tier)
    rule = policy or now.policy
    ranks = [pd.Series(d.derived()["priority_rank"].to_numpy(dtype="float64", na_value=np.nan), index=d.schools["school_id"].to_numpy()) for d in (then, now)]  # fmt: skip
    return compare(ranks[0], ranks[1], top=int(rule.number("top_k")), policy=rule)
