"""The test of a model: whole districts (or squares of a quarter degree) left out, so that it cannot copy from next door.

Leaving out single schools at random is done only to show how much too good it looks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from geodata.arrays import Codes, Floats
from geodata.policy import POLICY, Policy
from geodata.predict.calibrate import calibrator, method
from geodata.predict.conformal import Sets, conformal_sets
from geodata.predict.drawing import lots
from geodata.predict.features import WEALTH
from geodata.predict.material import Material, parts, with_neighbours
from geodata.predict.metrics import brier_skill, scores
from geodata.predict.models import MODELS, Model


@dataclass(frozen=True)
class LeftOut:
    """Chances that models gave to schools whose part they had not seen, of the schools to learn from in order.

    `chance` by model; `reference` is the share of yes in the parts that each was fitted on.
    """

    answer: Floats
    part: Codes
    reference: Floats
    chance: dict[str, Floats]


def left_out(material: Material, part: Codes, models: tuple[Model, ...], policy: Policy = POLICY) -> LeftOut:
    """Each part predicted by models fitted on the others; the neighbours' answers are worked out anew in each turn."""
    learn, seed = np.flatnonzero(material.taught), int(policy.number("prediction_seed"))
    answer, mine = material.answer[learn], part[learn]
    chance = {m.name: np.full(len(learn), np.nan) for m in models}
    reference = np.full(len(learn), np.nan)
    for own in np.unique(mine):
        held, rest = np.flatnonzero(mine == own), np.flatnonzero(mine != own)
        x, stratum = with_neighbours(material, part, learn, leave=(int(own),)), material.stratum[learn]
        reference[held] = answer[rest].mean()
        for model in models:
            fitted = model.fit(x[rest], stratum[rest], answer[rest], seed)
            chance[model.name][held] = fitted(x[held], stratum[held])
    return LeftOut(answer, mine, reference, chance)


def simplest(found: LeftOut, district: Codes) -> Model:
    """The simplest model whose Brier score is within one standard error of the best one's (districts as the units).

    The error is that of the difference from the best model, school by school and added up by district: both met the
    same schools, so what makes a district hard for both cancels out.
    """
    losses = [(found.chance[m.name] - found.answer) ** 2 for m in MODELS]
    best = losses[int(np.argmin([loss.mean() for loss in losses]))]
    for model, loss in zip(MODELS, losses, strict=True):
        apart = loss - best
        if apart.mean() <= _standard_error(apart, district):
            return model
    raise AssertionError("the best model is within any error of itself")


def _standard_error(values: Floats, district: Codes) -> float:
    _, place = np.unique(district, return_inverse=True)
    total = np.bincount(place, values - values.mean())
    units = len(total)
    return float(np.sqrt((total**2).sum() * units / max(units - 1, 1)) / len(values))


def nested(
    material: Material, part: Codes, model: Model, found: LeftOut, policy: Policy = POLICY
) -> tuple[Floats, Sets]:
    """Calibrated chances and sets of each part, with nothing of that part in its model, its calibration or its limits.

    For each pair of parts one model is fitted on the rest; what it gives for the one calibrates the other.
    """
    learn, seed = np.flatnonzero(material.taught), int(policy.number("prediction_seed"))
    answer, mine, group = found.answer, part[learn], material.group[learn]
    own, how = [int(p) for p in np.unique(mine)], method(len(learn), policy)
    inner = {p: np.full(len(learn), np.nan) for p in own}
    for a, b in combinations(own, 2):
        rest = np.flatnonzero((mine != a) & (mine != b))
        x, stratum = with_neighbours(material, part, learn, leave=(a, b)), material.stratum[learn]
        fitted = model.fit(x[rest], stratum[rest], answer[rest], seed)
        for this, other in ((a, b), (b, a)):
            rows = np.flatnonzero(mine == other)
            inner[this][rows] = fitted(x[rows], stratum[rows])
    chance, raw = np.empty(len(learn)), found.chance[model.name]
    yes, no = np.ones(len(learn), dtype=bool), np.ones(len(learn), dtype=bool)
    for p in own:
        held, told = mine == p, mine != p
        curve = calibrator(inner[p][told], answer[told], how)
        chance[held] = curve(raw[held])
        sets = conformal_sets(chance[held], group[held], (curve(inner[p][told]), answer[told], group[told]), policy)
        yes[held], no[held] = sets.yes, sets.no
    return chance, Sets(yes, no)


def other_tests(material: Material, model: Model, policy: Policy = POLICY) -> dict[str, dict[str, float]]:
    """The chosen model's scores, before calibration, with squares left out, and with single schools left out at random."""
    folds, out = int(policy.number("prediction_folds")), {}
    shuffled = np.argsort(np.argsort(lots(material.schools["school_id"], "folds")))
    for name, by in (("blocks", material.block), ("random", shuffled % (folds * 4))):
        out[name] = _scored(material, parts(by, material.taught, folds), model, policy)
    return out


def without_wealth(material: Material, model: Model, part: Codes, policy: Policy = POLICY) -> dict[str, float] | None:
    """The chosen model's scores without the place's wealth, which may itself rest on connectivity; None where it is not used."""
    if WEALTH not in material.features.names:
        return None
    return _scored(replace(material, features=material.features.without(WEALTH)), part, model, policy)


def _scored(material: Material, part: Codes, model: Model, policy: Policy) -> dict[str, float]:
    found = left_out(material, part, (model,), policy)
    return scores(found.answer, found.chance[model.name], found.reference)


def skill(found: LeftOut, chance: Floats) -> float:
    """Brier skill over the share of yes in the other parts."""
    return brier_skill(found.answer, chance, found.reference)
