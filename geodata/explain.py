"""The arithmetic shown: how one school got its gaps, score and group (what the list stands on: `standards`).

Everything a clerk needs to redo it on paper: each item with its weight, each pillar, the index, the count of things
lacking and the cut of its group.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.declare import Criterion
from geodata.derive import scored
from geodata.policy import POLICY, Policy
from geodata.priority import NEED, TIERS, Scoring, criteria, tier_cuts
from geodata.reasons import contributions, known_words, unknown_words
from geodata.say import later, told, tr, written
from geodata.vocabulary import ListName

REPORTED, SIMILAR, PREDICTED, NOT_COUNTED = "reported", later("similar schools"), "predicted", later("not counted")


@dataclass(frozen=True)
class ItemLine:
    """One item of one school. `value` is what the score used; `basis` says where it came from; `share` of the index.

    `cutoff` is NaN where the item is scored only and never counted among the things lacking; `chance` is the predicted
    chance that the yes/no behind the item is yes, NaN where none was used.
    """

    criterion: Criterion
    value: float
    basis: str
    cutoff: float
    lacks: bool
    weight_used: float
    powered: float
    part: float
    share: float
    words: str
    chance: float = float("nan")


@dataclass(frozen=True)
class Explanation:
    """How one school came to its score, group and list; `steps` are the sentences of the arithmetic in order."""

    items: tuple[ItemLine, ...]
    need: float
    marginalisation: float
    score: float
    tier: str
    list_name: str
    lacks_known: int
    lacks_unknown: int
    lacks_expected: int
    in_use: int
    confidence: float
    steps: tuple[str, ...]

    @property
    def headline(self) -> str:
        """ "lacks 5 of 7 things", with how many are not reported."""
        if not self.lacks_unknown:
            return tr("lacks {known} of {of} things", known=self.lacks_known, of=self.in_use)
        return tr(
            "lacks {known} of {of} things, {unknown} not reported",
            known=self.lacks_known,
            of=self.in_use,
            unknown=self.lacks_unknown,
        )


def explain(schools: pd.DataFrame, school_id: str, policy: Policy = POLICY) -> Explanation:
    """How one school of a whole place came to its score. Raises KeyError where there is no such school."""
    found = np.flatnonzero((schools["school_id"] == school_id).to_numpy())
    if not len(found):
        raise KeyError(school_id)
    scoring, _ = scored(schools, policy)
    return explain_row(scoring, int(found[0]), policy)


def explain_row(scoring: Scoring, row: int, policy: Policy = POLICY) -> Explanation:
    """As `explain`, for a row of a place scored already."""
    p = policy.number("power_mean_p")
    share = contributions(scoring, p)[row]
    lines = tuple(
        _line(scoring, row, k, float(share[k]), policy)
        for k, c in enumerate(criteria())
        if c.counted or scoring.in_use[k]
    )
    verify = bool(scoring.verify[row])
    counted = bool(scoring.in_use.any())
    return Explanation(
        items=lines,
        need=float(scoring.need[row]),
        marginalisation=float(scoring.marginalisation[row]),
        score=float(scoring.score[row]),
        tier="" if verify else TIERS[int(scoring.tier[row])],
        list_name=(ListName.VERIFY_FIRST if verify else ListName.RANKED).value,
        lacks_known=int(scoring.lacks_known[row].sum()),
        lacks_unknown=int(scoring.unknown_things[row].sum()),
        lacks_expected=int(scoring.lacks_filled[row].sum()),
        in_use=int(scoring.things.sum()),
        confidence=float(scoring.confidence[row]),
        steps=tuple(_steps(scoring, row, lines, policy))
        if counted
        else (tr("Nothing is known that a score could stand on."),),
    )


def _line(scoring: Scoring, row: int, k: int, share: float, policy: Policy) -> ItemLine:
    criterion, value, weight = criteria()[k], float(scoring.filled[row, k]), float(scoring.weights[k])
    reported = not np.isnan(scoring.known[row, k])
    predicted = scoring.predicted is not None and bool(scoring.predicted[row, k])
    judged = PREDICTED if predicted else SIMILAR
    basis = NOT_COUNTED if not scoring.in_use[k] else REPORTED if reported else judged
    lacks = bool(scoring.lacks_filled[row, k])
    powered = value ** policy.number("power_mean_p")
    partly = bool(scoring.partly[row, k])
    words = told(known_words(criterion, value, lacks) if reported else unknown_words(criterion, partly))
    cutoff = policy.number(criterion.cutoff) if criterion.counted else float("nan")
    chance = float(scoring.similar.chance[k][row]) if predicted and scoring.similar else float("nan")
    return ItemLine(criterion, value, basis, cutoff, lacks, weight, powered, weight * powered, share, words, chance)


def _steps(scoring: Scoring, row: int, lines: tuple[ItemLine, ...], policy: Policy) -> list[str]:
    p = policy.number("power_mean_p")
    said = []
    for title, pillar, value in (
        (tr("Service gap"), NEED, scoring.need[row]),
        (tr("Marginalisation"), "marginalisation", scoring.marginalisation[row]),
    ):
        terms = [
            f"{x.weight_used:.4g} × {x.value:.4f}^{p:g}"
            for x in lines
            if x.criterion.pillar == pillar and x.weight_used > 0
        ]
        said.append(
            f"{title}: ({' + '.join(terms)})^(1/{p:g}) = {value:.4f}" if terms else _why_not(scoring, pillar, title)
        )
    need, margin = scoring.pillars
    factors = [
        f"{v:.4f}^{e:g}" for v, e in ((scoring.need[row], need), (scoring.marginalisation[row], margin)) if e > 0
    ]
    said.append(
        tr(
            "Score: 100 × {factors} = {score}",
            factors=" × ".join(factors),
            score=written(scoring.score[row], 2, grouped=False),
        )
        if np.isfinite(scoring.score[row])
        else tr("No score: no service that counts is known.")
    )
    said.append(_count_step(scoring, row, policy))
    said += [_judged(x) for x in lines if x.basis in (SIMILAR, PREDICTED)]
    if scoring.verify[row]:
        said.append(_verify_step(scoring, row, policy))
    return said


def _judged(line: ItemLine) -> str:
    """The sentence of an item that is not reported: what it was taken to be, and from what."""
    title = tr(line.criterion.title)
    if line.basis == PREDICTED:
        return tr(
            "{title} is not reported: predicted with a chance of {chance:.0%}, so {value} is expected.",
            title=title,
            chance=line.chance,
            value=written(line.value, 2, grouped=False),
        )
    return tr(
        "{title} is not reported: similar schools average {value}.",
        title=title,
        value=written(line.value, 2, grouped=False),
    )


def _why_not(scoring: Scoring, pillar: str, title: str) -> str:
    known = any(used for used, c in zip(scoring.in_use, criteria(), strict=True) if c.pillar == pillar)
    if known:
        return tr("{title}: all its weights are 0, so it does not count.", title=title)
    return tr("{title}: nothing is known, so it does not count.", title=title)


def _count_step(scoring: Scoring, row: int, policy: Policy) -> str:
    used, count, known = (
        int(scoring.things.sum()),
        int(scoring.lacks_filled[row].sum()),
        int(scoring.lacks_known[row].sum()),
    )
    a, b = tier_cuts(used, policy)
    unknown = int(scoring.unknown_things[row].sum())
    group = TIERS[int(scoring.tier[row])]
    if not unknown:
        return tr(
            "Lacks {known} of {of} things: group A from {a}, B from {b}, so group {group}.",
            known=known, of=used, a=a, b=b, group=group,
        )  # fmt: skip
    return tr(
        "Lacks {known} of {of} things ({unknown} not reported; with what similar schools lack, {count}): group A from {a}, B from {b}, so group {group}.",
        known=known, of=used, unknown=unknown, count=count, a=a, b=b, group=group,
    )  # fmt: skip


def _verify_step(scoring: Scoring, row: int, policy: Policy) -> str:
    if not scoring.operating[row]:
        return tr("Verify first: the school does not operate now.")
    if not np.isfinite(scoring.score[row]):
        return tr("Verify first: without a score there is no rank.")
    least, share = policy.number("verify_first_below"), scoring.confidence[row]
    if share < least:
        return tr(
            "Verify first: {share:.0%} of the score is reported, less than {least:.0%}.", share=share, least=least
        )
    return tr("Verify first: a whole side of the score (services or circumstances) is not reported.")
