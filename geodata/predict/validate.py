"""The test of a model: whole districts (or squares of a quarter degree) left out, so that it cannot copy from next door.

Leaving out single schools at random is done only to show how much too good it looks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geodata.arrays import Codes, Floats
from geodata.policy import POLICY, Policy
from geodata.predict.calibrate import cross_calibrated
from geodata.predict.conformal import Sets, conformal_sets
from geodata.predict.features import WEALTH
from geodata.predict.material import Material, lots, parts, with_neighbours
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
        x, stratum = with_neighbours(material, part, leave=(int(own),))[learn], material.stratum[learn]
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


def crossed_sets(chance: Floats, found: LeftOut, group: Codes, policy: Policy = POLICY) -> Sets:
    """The sets of each part of the test, calibrated on the other parts."""
    yes, no = np.ones(len(chance), dtype=bool), np.ones(len(chance), dtype=bool)
    for own in np.unique(found.part):
        held, rest = found.part == own, found.part != own
        sets = conformal_sets(chance[held], group[held], (chance[rest], found.answer[rest], group[rest]), policy)
        yes[held], no[held] = sets.yes, sets.no
    return Sets(yes, no)


def other_tests(material: Material, model: Model, policy: Policy = POLICY) -> dict[str, dict[str, float]]:
    """The chosen model's scores with squares left out, and with single schools left out at random (which flatters)."""
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
    chance = cross_calibrated(found.chance[model.name], found.answer, found.part, policy)
    return scores(found.answer, chance, found.reference)


def skill(found: LeftOut, chance: Floats) -> float:
    """Brier skill over the share of yes in the other parts."""
    return brier_skill(found.answer, chance, found.reference)
