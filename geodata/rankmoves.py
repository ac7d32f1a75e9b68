"""Why a school's rank moved between two builds: its place counted against every other school's, part by part.

A rank is 1 plus the number of schools that stand ahead, so a move is a sum over the other schools: those that entered
the list ahead, those that left it, and those that passed or were passed. The last are split in the order in which
things were set anew: first the weights, standards and program (on the values before), then the school's own values,
then the values of the others. The parts add up to the move exactly, for every school.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.arrays import Floats
from geodata.priority import TIERS, Scoring, criteria
from geodata.reasons import known_words, unknown_words
from geodata.say import in_english, tr, written

PARTS = ("method", "own", "others", "entered", "left")
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Listed:
    """One build's list: group (0 for A) and score of every school, and its rank (NaN where it is not ranked).

    Index: school ids, in their order, the same ids in all three.
    """

    tier: pd.Series
    score: pd.Series
    rank: pd.Series

    @classmethod
    def of(cls, schools: pd.DataFrame) -> Listed:
        """From the columns of a build: `school_id`, `tier`, `priority_score`, `priority_rank`."""
        frame = schools[["school_id", "tier", "priority_score", "priority_rank"]].set_index("school_id").sort_index()
        codes = frame["tier"].map({name: code for code, name in enumerate(TIERS)}).astype("float64")
        return cls(codes, frame["priority_score"].astype("float64"), frame["priority_rank"].astype("float64"))

    @classmethod
    def scored(cls, scoring: Scoring, school_id: pd.Series) -> Listed:
        """From a place scored anew; its ranks are not asked for."""
        index = pd.Index(school_id.astype(str))
        frame = pd.DataFrame(
            {"tier": scoring.tier.astype(np.float64), "score": scoring.score}, index=index
        ).sort_index()
        return cls(frame["tier"], frame["score"], frame["score"] * np.nan)


def moves(before: Listed, after: Listed, between: Listed | None = None) -> pd.DataFrame:
    """Every school ranked in both builds (index: id): `before`, `after` and the parts of its move, in places.

    `between` is the list before under the weights, standards and program of after; None where these are the same.
    """
    ranked = [s.rank.dropna() for s in (before, after)]
    both = ranked[0].index.intersection(ranked[1].index).sort_values()
    was, now = (r.loc[both].to_numpy(dtype=np.float64) for r in ranked)
    left, entered = (np.sort(r.drop(both).to_numpy(dtype=np.float64)) for r in ranked)
    gone_ahead, new_ahead = np.searchsorted(left, was), np.searchsorted(entered, now)
    start, end = was - gone_ahead, now - new_ahead  # places among those ranked in both
    key = _key(between or before, both)
    middle = _places(*key) if between is not None else start
    own = _places_among(_key(after, both), key)
    parts = (middle - start, own - middle, end - own, new_ahead.astype(np.float64), -gone_ahead.astype(np.float64))
    return pd.DataFrame({"before": was, "after": now, **dict(zip(PARTS, parts, strict=True))}, index=both)


Key = tuple[Floats, Floats]


def _key(listed: Listed, ids: pd.Index) -> Key:
    """What orders the schools: group, then score from high to low; their ids come in order already. Unknown stands last."""
    tier = listed.tier.reindex(ids).fillna(len(TIERS)).to_numpy(dtype=np.float64)
    return tier, -listed.score.reindex(ids).fillna(-np.inf).to_numpy(dtype=np.float64)


def _places(tier: Floats, score: Floats) -> Floats:
    order = np.lexsort((np.arange(len(tier)), score, tier))
    out = np.empty(len(order))
    out[order] = np.arange(1, len(order) + 1)
    return out


def _places_among(new: Key, old: Key) -> Floats:
    """The place of each school with its new key among the others with their old keys."""
    n = len(new[0])
    ids, fresh = np.tile(np.arange(n), 2), np.repeat([0, 1], n)
    order = np.lexsort((fresh, ids, np.concatenate([old[1], new[1]]), np.concatenate([old[0], new[0]])))
    ahead = np.cumsum(fresh[order] == 0)
    place = np.empty(2 * n)
    place[order] = np.arange(2 * n)
    count = np.empty(2 * n)
    count[order] = ahead
    itself = place[:n] < place[n:]  # its own old key stands ahead of its new one, and is no other school
    return count[n:] - itself + 1


# --- in words -----------------------------------------------------------------------------------------------------


@in_english
def why(move: Mapping[Any, Any], own: str, method: str) -> str:
    """One move as a sentence: its parts, largest first; `own` says which values of the school changed, `method` what of
    the way to count."""
    words = {
        "method": method,
        "own": tr("its own values ({own})", own=own)
        if own
        else tr("how it is counted itself, as what is known of the place changed"),
        "others": tr("values of other schools"),
        "entered": tr("schools that entered the list ahead"),
        "left": tr("schools that left the list"),
    }
    parts = sorted(((p, float(move[p])) for p in PARTS if move[p]), key=lambda x: (-abs(x[1]), PARTS.index(x[0])))
    said = [
        tr("{what}: {places} later", what=words[p], places=written(n, 0))
        if n > 0
        else tr("{what}: {places} earlier", what=words[p], places=written(-n, 0))
        for p, n in parts
    ]
    if own and not move["own"]:
        said.append(tr("its own values changed ({own}) without moving it", own=own))
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


@in_english
def own_changes(before: Scoring, row: int, after: Scoring, now: int) -> str:
    """Which items of a school are known otherwise than before, and whether its group changed; empty where nothing is."""
    said = []
    if before.tier[row] != after.tier[now]:
        said.append(
            tr("group {before} to {after}", before=TIERS[int(before.tier[row])], after=TIERS[int(after.tier[now])])
        )
    for k, criterion in enumerate(criteria()):
        was, new = before.known[row, k], after.known[now, k]
        if was != new and not (np.isnan(was) and np.isnan(new)):
            texts = _item(before, row, k), _item(after, now, k)
            numbers = tuple(tr("not reported") if np.isnan(v) else f"{v:.3g}" for v in (was, new))
            shown = texts if texts[0] != texts[1] else numbers
            said.append(
                tr("{thing}: {before}, now {after}", thing=criterion.title.lower(), before=shown[0], after=shown[1])
            )
        elif np.isnan(new) and before.filled[row, k] != after.filled[now, k] and after.in_use[k] and before.in_use[k]:
            said.append(tr("{thing}: not reported, judged by similar schools anew", thing=criterion.title.lower()))
    return "; ".join(said)


def _item(scoring: Scoring, row: int, k: int) -> str:
    criterion, value = criteria()[k], float(scoring.known[row, k])
    if np.isnan(value):
        return unknown_words(criterion, bool(scoring.partly[row, k]))
    return known_words(criterion, value, bool(scoring.lacks_known[row, k]))
