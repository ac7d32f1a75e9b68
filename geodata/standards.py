"""What the list of a place stands on: each thing with its weight, and each lower standard it has to make do with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.arrays import any_known
from geodata.declare import Criterion
from geodata.derive import Columns, scored
from geodata.policy import POLICY, Policy
from geodata.priority import NEED, Scoring, call, criteria, tier_cuts
from geodata.say import tr


@dataclass(frozen=True)
class Standard:
    """What one item stands on in a place. `words` is empty where it stands on the full standard.

    `known` and `unknown` count the schools that operate; `weight_used` is the weight within its pillar.
    """

    criterion: Criterion
    in_use: bool
    words: str
    weight_used: float
    known: int
    unknown: int


def standards(schools: pd.DataFrame, policy: Policy = POLICY) -> list[Standard]:
    """What each item stands on in a whole place, dropped items named and their weight openly shared out.

    An item that is scored only stands here where anything is known of it: without it nothing of the method is missing.
    """
    scoring, columns = scored(schools, policy)
    known = (~np.isnan(scoring.known[scoring.operating])).sum(axis=0)
    return [
        Standard(
            criterion=c, in_use=bool(scoring.in_use[k]), words=_standard_words(k, scoring, columns, policy),
            weight_used=float(scoring.weights[k]), known=int(known[k]), unknown=int(scoring.operating.sum() - known[k]),
        )
        for k, c in enumerate(criteria())
        if c.counted or scoring.in_use[k]
    ]  # fmt: skip


def _standard_words(k: int, scoring: Scoring, columns: Columns, policy: Policy) -> str:
    criterion = criteria()[k]
    if scoring.in_use[k]:
        return str(call(criterion.standard, columns, policy)) if criterion.standard else ""
    heirs = [tr(c.title) for j, c in enumerate(criteria()) if c.pillar == criterion.pillar and scoring.things[j]]
    if not heirs:
        return tr("Not counted: known for no school; nothing of its kind is known.")
    return tr("Not counted: known for no school; its weight is shared among {heirs}.", heirs=_listed(heirs))


def place_words(schools: pd.DataFrame, policy: Policy = POLICY, *, found: list[Standard] | None = None) -> list[str]:
    """Sentences that belong above the list of a place: what it counts, and each lower standard it stands on.

    `found`: the `standards` of the same schools and policy, where they are at hand.
    """
    said = (
        []
        if any_known(schools["num_students"])
        else [tr("Enrolment is reported for no school: the list counts schools, not learners.")]
    )
    found = standards(schools, policy) if found is None else found
    things = [s for s in found if s.criterion.counted]
    used = sum(s.in_use for s in things)
    if not any(s.known + s.unknown for s in found):
        return [*said, tr("No school operates now: every school stands in the verify first list.")]
    if not used:
        return [
            *said,
            tr("Nothing is reported that a list could stand on: every school stands in the verify first list."),
        ]
    if used < len(things):
        a, b = tier_cuts(used, policy)
        said.append(
            tr(
                "{used} of {things} things are counted: group A lacks {a} or more, group B {b} or more.",
                used=used,
                things=len(things),
                a=a,
                b=b,
            )
        )
    if not any(s.in_use for s in found if s.criterion.pillar == NEED):
        said.append(
            tr("Internet, devices and power are reported for no school: every school stands in the verify first list.")
        )
    said += [tr("{title}: {words}", title=tr(s.criterion.title), words=_mid(s.words)) for s in found if s.words]
    return [*said, *_weightless(found), *_scored_only(found)]


def _weightless(found: list[Standard]) -> list[str]:
    """Things of weight 0 still count for the groups: a weight says how far a thing moves the score, not whether it lacks."""
    names = [tr(s.criterion.title) for s in found if s.criterion.counted and s.in_use and s.weight_used == 0]
    if not names:
        return []
    return [tr("Weight 0, so not in the score, but still counted for groups A to C: {names}.", names=_listed(names))]


def _scored_only(found: list[Standard]) -> list[str]:
    """What is in the score without being one of the things counted."""
    names = [tr(s.criterion.title) for s in found if not s.criterion.counted and s.weight_used > 0]
    return [tr("In the score, but not counted for groups A to C: {names}.", names=_listed(names))] if names else []


def _listed(titles: list[str]) -> str:
    return ", ".join(title.lower() for title in titles)


def _mid(text: str) -> str:
    return text[:1].lower() + text[1:]
