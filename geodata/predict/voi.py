"""Whom to ask first: where an answer would most likely change what is funded, for what the visit costs (methods 5b, E7.3).

What a perfect answer is worth is p·max(0, b − c) − max(0, p·b − c), with p the chance that the school lacks internet, b
what connecting it is worth and c what that costs: most near p = c ÷ b, not near one half. It counts by the chance that
the school's rank lies around the funding line. That chance comes from the rank bands where the place has them;
else it is approximated: the rank is taken as equally likely anywhere between the rank that the school has with
internet and the rank that it has without.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from geodata.arrays import Floats, codes_of, flag, number
from geodata.derive import scored
from geodata.policy import POLICY, Policy
from geodata.predict.drawing import lots
from geodata.predict.features import sphere
from geodata.predict.strata import fit_prevalence
from geodata.predict.targets import INTERNET, answers, asked
from geodata.priority import Bools, Scoring, criteria, operating, score_items
from geodata.say import in_english, later, tr

EARTH_KM = 6371.0088
WIDE = 2 * float(ndtri(0.95))  # width of a 5 to 95 % band in standard deviations
RANDOM = later("drawn at random, to test predictions fairly")
RANKS = ("rank_low", "rank_high", "rank_median")
COLUMNS = ("survey_value", "survey_reason")


def evpi(lacks: Floats | float, benefit: float, cost: float) -> Floats:
    """What knowing for certain is worth, in the units of benefit and cost, at these chances that the school lacks it (E7.3)."""
    p = np.asarray(lacks, dtype=np.float64)
    worth: Floats = p * max(0.0, benefit - cost) - np.maximum(0.0, p * benefit - cost)
    return worth


def entropy(chance: Floats | float) -> Floats:
    """Uncertainty of a yes or no in bits (E7.3b): shown beside the value, for it peaks at one half and knows no cost."""
    p = np.asarray(chance, dtype=np.float64)
    inside = np.clip(p, 1e-300, 1 - 1e-16)
    bits: Floats = np.where((p <= 0) | (p >= 1), 0.0, -(inside * np.log2(inside) + (1 - inside) * np.log2(1 - inside)))
    return bits


def lacking(schools: pd.DataFrame) -> Floats:
    """Chance that each school lacks internet for learners: 1 or 0 where known, the model's where there is one.

    Elsewhere the share among reported schools of the same settlement and level, of those with a line where the school
    has one. NaN where no school reports it.
    """
    answer = answers(INTERNET, schools)
    known = ~np.isnan(answer) & operating(schools["school_status"])
    if not known.any():
        return np.full(len(schools), np.nan)
    line = (flag(schools["has_internet"]) == 1) & ~asked(INTERNET, schools)
    kind = schools["settlement"] if schools["settlement"].notna().any() else schools["school_area_type"]
    stratum = codes_of(kind, schools["education_level"])[0]
    chance = np.full(len(schools), np.nan)
    for rows, among in ((~line, known), (line, known & line)):
        if among.any():
            chance[rows] = fit_prevalence(np.empty(0), stratum[among], answer[among], 0)(np.empty(0), stratum[rows])
    chance = np.where(np.isnan(chance), answer[known].mean(), chance)
    predicted = number(schools[INTERNET.column])
    chance = np.where(np.isnan(predicted), chance, predicted)
    return 1 - np.where(np.isnan(answer), chance, answer)


# --- the funding line ---------------------------------------------------------------------------------------------


def near_line(schools: pd.DataFrame, policy: Policy = POLICY) -> Floats:
    """Chance that each school's rank lies around the funding line (see the head of this module)."""
    scoring, columns = scored(schools, policy)
    line = policy.number("survey_line_share") * max(int(scoring.operating.sum()), 1)
    band = policy.number("survey_line_band")
    low, high = line * (1 - band), line * (1 + band)
    first, last = _extremes(scoring, number(columns["has_internet"].astype("Float64")), policy)
    inside = np.minimum(last, high) - np.maximum(first, low)
    chance: Floats = np.clip(np.maximum(inside, 0) / np.maximum(last - first, 1), 0, 1)
    chance = np.where((last - first < 1) & (first >= low) & (first <= high), 1.0, chance)
    if set(RANKS) <= set(schools.columns):
        bottom, top, middle = (number(schools[name]) for name in RANKS)
        spread = np.maximum((top - bottom) / WIDE, 0.5)
        banded: Floats = ndtr((high - middle) / spread) - ndtr((low - middle) / spread)
        chance = np.where(np.isnan(banded), chance, banded)
    return np.where(scoring.operating, chance, 0.0).astype(np.float64)


def _extremes(scoring: Scoring, line: Floats, policy: Policy) -> tuple[Floats, Floats]:
    """Rank of each school among all that operate if it lacks internet, and if it has what connected schools have."""
    k = next(n for n, c in enumerate(criteria()) if c.item == "item_bandwidth" or c.name == "bandwidth")
    if not scoring.in_use[k]:
        nothing = np.full(len(line), np.inf)
        return nothing, nothing
    item = scoring.known[:, k]
    have = item[(line == 1) & ~np.isnan(item) & (item < 1)]
    best = float(have.mean()) if have.size else 0.0
    here = np.sort(_order(scoring)[scoring.operating])
    found = []
    for value in (1.0, best):
        filled = scoring.filled.copy()
        filled[:, k] = value
        tried = score_items(scoring.known, filled, scoring.in_use, scoring.operating, policy)
        found.append(np.searchsorted(here, _order(tried)) + 1.0)
    return np.minimum(*found), np.maximum(*found)


def _order(scoring: Scoring) -> Floats:
    """One number that sorts as the list does: group first, then score."""
    return np.asarray(scoring.tier * 1000.0 - np.nan_to_num(scoring.score), dtype=np.float64)


# --- the order of the survey --------------------------------------------------------------------------------------


@in_english
def survey(schools: pd.DataFrame, policy: Policy = POLICY) -> pd.DataFrame:
    """`survey_value` (1 = ask first) and `survey_reason` of schools whose internet is not reported, on their index.

    Every such school that operates has a place; a random tenth, drawn by id, stands at every tenth. Unknown for all
    where no school reports internet, for then nothing tells whom to ask first.
    """
    blank = pd.DataFrame(
        {
            COLUMNS[0]: pd.Series(pd.NA, schools.index, dtype="Int64"),
            COLUMNS[1]: pd.Series(None, schools.index, dtype="str"),
        }
    )
    lacks = lacking(schools)
    unknown = np.isnan(answers(INTERNET, schools)) & operating(schools["school_status"])
    rows = np.flatnonzero(unknown)
    if not len(rows) or np.isnan(lacks).all():
        return blank
    benefit, cost = policy.number("survey_benefit"), policy.number("survey_project_cost")
    worth, near = evpi(lacks[rows], benefit, cost), near_line(schools, policy)[rows]
    trip, others = visit_cost(schools.iloc[rows], policy)
    place, random = _places(schools["school_id"].iloc[rows], worth * near / trip, worth / trip, policy)
    most = float(evpi(min(cost / benefit, 1.0) if benefit else 0.0, benefit, cost))
    said = [
        RANDOM if drawn else _reason(value >= most / 2 > 0, chance > 0.05, company)
        for drawn, value, chance, company in zip(random, worth, near, others, strict=True)
    ]
    index = schools.index[rows]
    return blank.assign(
        survey_value=pd.Series(place, index, dtype="Int64").reindex(schools.index),
        survey_reason=pd.Series(said, index, dtype="str").reindex(schools.index),
    )


def _reason(uncertain: bool, close: bool, others: int) -> str:
    parts = []
    if uncertain:
        parts.append(tr("near the decision threshold"))
    if close:
        parts.append(tr("ranks around the funding line"))
    if not parts:
        parts.append(tr("an answer would hardly change what is funded"))
    if others:
        parts.append(
            tr("one trip with {n} others of its district", n=others)
            if others > 1
            else tr("one trip with another of its district")
        )
    return "; ".join(parts)


def visit_cost(schools: pd.DataFrame, policy: Policy = POLICY) -> tuple[Floats, np.ndarray]:
    """Cost of asking each of these schools, the way to its district shared, and how many others share it."""
    district = codes_of(schools["admin1_id"], schools["admin2_id"])[0]
    together = np.minimum(np.bincount(district)[district], int(policy.number("survey_trip_schools")))
    return policy.number("survey_visit_cost") + policy.number("survey_trip_cost") / together, together - 1


def _places(ids: pd.Series, value: Floats, otherwise: Floats, policy: Policy) -> tuple[np.ndarray, Bools]:
    """The place of each school from 1, and which were drawn at random: those stand evenly among the others."""
    lot = lots(ids, "survey", int(policy.number("prediction_seed")))
    drawn = round(policy.number("survey_random_share") * len(ids))
    random = np.zeros(len(ids), dtype=bool)
    random[np.argsort(lot, kind="stable")[:drawn]] = True
    chosen = np.lexsort((lot, -np.round(otherwise, 9), -np.round(value, 9)))
    chosen, by_lot = chosen[~random[chosen]], np.argsort(lot, kind="stable")[:drawn]
    every = len(ids) / drawn if drawn else np.inf
    turn = np.concatenate([np.arange(1, drawn + 1) * every - 0.5, np.zeros(len(chosen))])
    slots = np.minimum(np.ceil(turn[:drawn]).astype(np.int64), len(ids)) - 1
    order = np.full(len(ids), -1, dtype=np.int64)
    order[slots] = by_lot
    order[order < 0] = chosen
    place = np.empty(len(ids), dtype=np.int64)
    place[order] = np.arange(1, len(ids) + 1)
    return place, random


def trips(schools: pd.DataFrame, most: int, policy: Policy = POLICY) -> pd.DataFrame:
    """The first `most` schools of the survey as trips: one district each, at most so many schools, nearest next.

    Columns trip, admin1, admin2, step, school_id, km (straight line from the school before; 0 at the start, unknown
    without locations). A road may be longer: the order is a proposal.
    """
    first = schools[schools["survey_value"].notna()].sort_values("survey_value").head(most)
    district = pd.Series(codes_of(first["admin1_id"], first["admin2_id"])[0], index=first.index)
    out: list[pd.DataFrame] = []
    size = int(policy.number("survey_trip_schools"))
    for _, here in first.groupby(district, sort=False):
        for start in range(0, len(here), size):
            order, km = route(sphere(here["latitude"], here["longitude"])[start : start + size])
            some = here.iloc[start : start + size].iloc[order]
            out.append(
                some[["admin1", "admin2", "school_id"]].assign(trip=len(out) + 1, step=range(1, len(order) + 1), km=km)
            )
    columns = ["trip", "admin1", "admin2", "step", "school_id", "km"]
    return pd.concat(out, ignore_index=True)[columns] if out else pd.DataFrame(columns=columns)


def route(place: Floats) -> tuple[list[int], list[float]]:
    """Order of points on the unit sphere, each followed by its nearest left, and the km to each; unlocated ones last."""
    left, order, km = list(range(len(place))), list[int](), list[float]()
    while left:
        last = place[order[-1]] if order else None
        gap = [float(np.linalg.norm(place[i] - (place[i] if last is None else last))) for i in left]
        at = int(np.argmin(np.where(np.isnan(gap), np.inf, gap)))
        order.append(left.pop(at))
        km.append(
            0.0
            if len(order) == 1
            else float(2 * np.arcsin(min(1.0, gap[at] / 2)) * EARTH_KM)
            if not np.isnan(gap[at])
            else np.nan
        )
    return order, km
