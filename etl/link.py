"""The same school across sources: by a person's decision, by id, then by place and name; each link says how.

Every school of the other source ends in exactly one way: linked, to review (a person decides), repeated (the other source has
the school twice), or not linked. A school of either source has one partner at most. The order of rows changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from etl.linking import sentences
from etl.linking.candidates import pairs
from etl.linking.choosing import choose
from etl.linking.ids import SAME, by_ids
from etl.linking.likeness import Weight, compare, weights
from etl.linking.records import Ints, Records, records, same_areas
from etl.linking.repeats import repeats
from etl.linking.review import ACCEPT, REJECT, UNDECIDED, Decisions, pair_number
from etl.linking.scoring import Scored, score
from etl.recipe import Link
from geodata.spatial import distance, nearest

LINKED, REVIEW, REPEATED, NOT_LINKED = "linked", "to review", "repeated", "not linked"
BY_PERSON, BY_PLACE, BY_ID = "a person", "place and name", "id"
COLUMNS = {
    "other_id": "str", "other_name": "str", "outcome": "str", "how": "str", "school_id": "str", "school_name": "str",
    "score": "float64", "name_likeness": "float64", "distance_m": "float64", "reason": "str", "pair": "str",
}  # fmt: skip


@dataclass(frozen=True)
class Links:
    """`table`: a row for each school of the other source, several where several pairs wait for a person; by `other_id`.

    Of one outcome each: linked, to review, repeated, not linked. `score` and `name_likeness` 0 to 1, `distance_m` metres, all NaN
    where they were not worked out; `pair` is the number under which a person decides.
    """

    table: pd.DataFrame
    notes: list[str] = field(default_factory=list)

    @property
    def pairs(self) -> dict[str, str]:
        """Id in the other source → id of the school that it is linked with."""
        linked = self.table[self.table["outcome"] == LINKED]
        return dict(zip(linked["other_id"], linked["school_id"], strict=True))


class _Found:
    """Rows of the answer as they are found; which schools of both sources are spoken for."""

    def __init__(self, left: Records, right: Records, source: str, decisions: Decisions) -> None:
        self.left, self.right, self.source, self.decisions = left, right, source, decisions
        self.rows: list[dict[str, Any]] = []
        self.left_taken: set[int] = set()
        self.right_done: set[int] = set()

    def number(self, i: int, j: int) -> str:
        return pair_number(self.source, self.right.ids[j], self.left.ids[i])

    def add(self, i: int | None, j: int, outcome: str, how: str, reason: str, **more: Any) -> None:
        self.rows.append(
            {
                "other_id": self.right.ids[j], "other_name": self.right.texts[j] or None, "outcome": outcome, "how": how,
                "reason": reason, **({} if i is None else self._of(i, j)), **more,
            }
        )  # fmt: skip
        self.right_done.add(j)
        if outcome == LINKED and i is not None:
            self.left_taken.add(i)

    def _of(self, i: int, j: int) -> dict[str, Any]:
        return {"school_id": self.left.ids[i], "school_name": self.left.texts[i] or None, "pair": self.number(i, j)}

    def metres(self, i: int, j: int) -> float:
        return round(float(distance(self.left.lat[i], self.left.lon[i], self.right.lat[j], self.right.lon[j])), 1)

    def free(self, i: int, j: int) -> bool:
        return i not in self.left_taken and j not in self.right_done


def link(
    register: pd.DataFrame, other: pd.DataFrame, how: Link, decisions: Decisions | None = None, *, source: str = "other", twice: bool = True
) -> Links:  # fmt: skip
    """Link the schools of another source to those of a register.

    Both frames have `school_id`, unique, and whatever is known of `school_name`, `latitude`, `longitude` (degrees), `admin1` …
    `admin4`, `education_level`, `isced_levels`, `school_id_govt`, `school_id_giga`. `twice`: look for schools that stand twice
    in the other source.
    """
    own = tuple(sorted(how.words.items()))
    left, right = records(register, own), records(other, own)
    found = _Found(left, right, source, decisions or Decisions())
    weight = weights([*left.names, *right.names])
    notes = [*found.decisions.warnings, *_by_person(found)]
    notes += _by_ids(found, weight, how)
    if twice:
        _repeats(found)
    _by_place(found, weight, how)
    _left_over(found, how)
    table = pd.DataFrame(found.rows, columns=list(COLUMNS)).astype(COLUMNS)
    order = ["other_id", "score", "school_id"]
    table = table.sort_values(order, ascending=[True, False, True], kind="stable", ignore_index=True)
    return Links(table, notes)


# --- the ways, in their order ---------------------------------------------------------------------------------------


def _by_person(found: _Found) -> Iterator[str]:
    """Pairs that a person accepted, whatever their score."""
    ours = {id_: i for i, id_ in enumerate(found.left.ids)}
    theirs = {id_: j for j, id_ in enumerate(found.right.ids)}
    for decision in sorted(found.decisions.by_pair.values(), key=lambda d: d.pair):
        i, j = ours.get(decision.row.get("school_id", "")), theirs.get(decision.row.get("other_id", ""))
        if decision.said != ACCEPT or decision.row.get("source", found.source) not in (found.source, ""):
            continue  # one file may hold the decisions on several sources
        if i is None or j is None or found.number(i, j) != decision.pair:
            i, j = _pair_by_number(found, decision.pair)
        if i is None or j is None:
            yield f"{found.source}: the accepted pair {decision.pair} is no longer there; the decision is kept."
        elif found.free(i, j):
            found.add(i, j, LINKED, BY_PERSON, sentences.by_person(decision), score=1.0, distance_m=found.metres(i, j))


def _pair_by_number(found: _Found, pair: str) -> tuple[int | None, int | None]:
    """A pair whose ids a spreadsheet has changed (007 to 7): looked up by its number among those with such ids."""
    row = found.decisions.by_pair[pair].row
    like = [
        [n for n, id_ in enumerate(ids) if id_.lstrip("0") == row.get(column, "").lstrip("0")]
        for ids, column in ((found.left.ids, "school_id"), (found.right.ids, "other_id"))
    ]
    hits = [(i, j) for i in like[0] for j in like[1] if found.number(i, j) == pair]
    return hits[0] if hits else (None, None)


def _by_ids(found: _Found, weight: Weight, how: Link) -> Iterator[str]:
    """One id; unless a person rejected the pair, or name and place both say that it is another school."""
    for i, j, said in by_ids(found.left, found.right):
        if not found.free(i, j):
            continue
        decision = found.decisions.said(found.number(i, j))
        if decision == REJECT:
            yield f"{found.source}: {found.right.ids[j]} and {found.left.ids[i]} have one id, but a person rejected the pair."
            continue
        alike = compare(found.left.names[i], found.right.names[j], weight)
        metres = found.metres(i, j)
        named = bool(found.left.texts[i] and found.right.texts[j])
        doubtful = named and alike.name < how.review_from and (metres > how.within_m or said != SAME)
        outcome = REVIEW if doubtful or decision == UNDECIDED else LINKED
        reason = sentences.by_id(said, alike.name if named else None, metres, doubtful=doubtful)
        likeness = round(alike.name, 3) if named else None
        found.add(i, j, outcome, said if outcome == LINKED else BY_ID, reason, name_likeness=likeness, distance_m=metres)  # fmt: skip
        if outcome == REVIEW:
            found.left_taken.add(i)


def _repeats(found: _Found) -> None:
    """Schools that the other source has twice: one of them is linked, the others say so."""
    for again, first in repeats(found.right, [j for j in range(len(found.right)) if j not in found.right_done]):
        found.add(None, again, REPEATED, BY_PLACE, sentences.repeated(found.right.ids[first]))


def _by_place(found: _Found, weight: Weight, how: Link) -> None:
    """By place and name, among those that are still free; what is not clear waits for a person."""
    left, right = found.left, found.right
    areas = same_areas(left, right)
    wanted = pairs(left, right, areas, how.within_m)
    free = np.array([found.free(i, j) for i, j in zip(wanted.left.tolist(), wanted.right.tolist(), strict=True)], dtype=bool)  # fmt: skip
    scored = score(left, right, wanted.take(free), areas, how=how, weight=weight)
    enough = np.flatnonzero(scored.score >= how.review_from)
    said = np.array([found.decisions.said(found.number(int(scored.pairs.left[n]), int(scored.pairs.right[n]))) for n in enough], dtype=object)  # fmt: skip
    enough, said = enough[said != REJECT], said[said != REJECT]
    points = scored.score[enough]
    points = np.where(said == UNDECIDED, np.minimum(points, max(how.accept_from - 0.001, 0)), points)
    i, j = scored.pairs.left[enough], scored.pairs.right[enough]
    taken, open_ = choose(i, j, points, accept_from=how.accept_from, apart_by=how.apart_by)
    for n in np.flatnonzero(taken):
        _add(found, scored, int(enough[n]), LINKED, sentences.linked(scored, int(enough[n])))
    rivals = _rivals(i, j, open_)
    for n in np.flatnonzero(open_):
        why = sentences.to_review(scored, int(enough[n]), how, rivals=rivals[n], undecided=said[n] == UNDECIDED)
        _add(found, scored, int(enough[n]), REVIEW, why)


def _rivals(i: Ints, j: Ints, open_: Any) -> list[int]:
    """How many other open pairs each pair shares a school with."""
    ours, theirs = (np.bincount(side[open_], minlength=int(side.max(initial=-1)) + 1) for side in (i, j))
    return [int(ours[a] + theirs[b] - 2) for a, b in zip(i, j, strict=True)]


def _add(found: _Found, scored: Scored, n: int, outcome: str, reason: str) -> None:
    i, j = int(scored.pairs.left[n]), int(scored.pairs.right[n])
    more = {"score": float(scored.score[n]), "name_likeness": round(float(scored.likeness[n].name), 3)}
    found.add(i, j, outcome, BY_PLACE, reason, distance_m=round(float(scored.pairs.metres[n]), 1), **more)


def _left_over(found: _Found, how: Link) -> None:
    """The rest: no school of the register within reach has a like name; said with the nearest one."""
    left, right = found.left, found.right
    near, metres = nearest(right.lat, right.lon, left.lat, left.lon)
    rest: Iterable[int] = (j for j in range(len(right)) if j not in found.right_done)
    for j in list(rest):
        k = int(near[j])
        reason = sentences.not_linked(how.within_m, left.texts[k] if k >= 0 else "", float(metres[j]))
        found.add(None, j, NOT_LINKED, "", reason)
