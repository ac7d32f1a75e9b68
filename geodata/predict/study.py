"""One target tried in one place: models tested, the simplest good one chosen, its chances calibrated, the gate asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from geodata.arrays import Floats
from geodata.policy import POLICY, Policy
from geodata.predict.calibrate import calibrator, method
from geodata.predict.conformal import Sets, conformal_sets
from geodata.predict.features import LEFT_OUT, dropped_words
from geodata.predict.gate import Verdict, before, verdict
from geodata.predict.material import Material, parts, with_neighbours
from geodata.predict.metrics import errors, scores
from geodata.predict.models import MODELS, Model
from geodata.predict.targets import titled
from geodata.predict.validate import LeftOut, left_out, nested, other_tests, simplest, skill, without_wealth
from geodata.say import later

LIMITS = (
    later(
        "Only schools that reported teach the model; those that did not may differ from them in ways that no column shows."
    ),
    later(
        "A district unlike any that reported, such as a capital where nobody did, may be predicted wrongly although the test went well."
    ),
    later("Never official: a predicted school counts as not reported in every table, and stays in every list."),
)
GAP_TO_NAME = 0.10  # difference of the false connected rate between groups that is named (methods 5.2)


@dataclass(frozen=True)
class Study:
    """What was found: the verdict, the card for people, and, where usable, chance and sets of the asked schools.

    `where` are positions in the order of ids; `tested` keeps the left-out chances and sets of the known schools.
    """

    verdict: Verdict
    card: dict[str, Any]
    where: np.ndarray
    chance: Floats
    sets: Sets | None
    tested: tuple[LeftOut, Floats, Sets] | None = None


def study(material: Material, policy: Policy = POLICY, *, full: bool = True, anyway: bool = False) -> Study:
    """Try one target. `full` adds the tests that only inform (squares, random, without wealth).

    `anyway` predicts although the gate refuses: to measure what it refused, never to show it.
    """
    with threadpool_limits(1):  # sums come in the same order on any machine, and the other cores stay free
        return _study(material, policy, full=full, anyway=anyway)


def _study(material: Material, policy: Policy, *, full: bool, anyway: bool) -> Study:
    nothing = np.array([], dtype=np.int64)
    first = before(material, policy)
    if first:
        return Study(first, _card(material, first), nothing, np.array([]), None)
    part = parts(material.district, material.taught, int(policy.number("prediction_folds")))
    found = left_out(material, part, MODELS, policy)
    learn = np.flatnonzero(material.taught)
    model = simplest(found, material.district[learn])
    raw = found.chance[model.name]
    chance, sets = nested(material, part, model, found, policy)
    held = np.where(found.answer == 1, sets.yes, sets.no)
    said = verdict(skill(found, chance), float(held.mean()), policy)
    card = {
        **_card(material, said),
        **_measured(material, model, (found, chance, sets), policy),
    }
    if full:
        card["tests"] |= other_tests(material, model, policy)
        card["without_wealth"] = without_wealth(material, model, part, policy)
    if not said.usable and not anyway:
        return Study(said, card, nothing, np.array([]), None, (found, chance, sets))
    where, given, asked_sets = _ask(material, model, part, (raw, found.answer), policy)
    return Study(said, card, where, given, asked_sets, (found, chance, sets))


def _ask(
    material: Material, model: Model, part: np.ndarray, tested: tuple[Floats, Floats], policy: Policy
) -> tuple[np.ndarray, Floats, Sets]:
    """The chances and sets of the asked schools, by the model fitted on every known one; left-out chances calibrate."""
    raw, answer = tested
    where, learn = np.flatnonzero(material.asked), np.flatnonzero(material.taught)
    seed = int(policy.number("prediction_seed"))
    fitted = model.fit(with_neighbours(material, part, learn), material.stratum[learn], answer, seed)
    curve = calibrator(raw, answer, method(len(answer), policy))
    given = np.round(curve(fitted(with_neighbours(material, part, where), material.stratum[where])), 4)
    calibration = (curve(raw), answer, material.group[learn])
    return where, given, conformal_sets(given, material.group[where], calibration, policy)


def _card(material: Material, said: Verdict) -> dict[str, Any]:
    target = material.target
    return {
        "target": target.name,
        "column": target.column,
        "title": titled(target, material.schools),
        "usable": said.usable,
        "verdict": said.sentence,
        "n": int(material.taught.sum()),
        "asked": int(material.asked.sum()),
        "features": list(material.features.names),
        "no_data": dropped_words(material.features),
        "left_out": LEFT_OUT,
        "limitations": list(LIMITS),
    }


def _measured(material: Material, model: Model, tested: tuple[LeftOut, Floats, Sets], policy: Policy) -> dict[str, Any]:
    found, chance, sets = tested
    answer, learn = found.answer, np.flatnonzero(material.taught)
    best = scores(answer, chance, found.reference)
    overall = errors(answer, chance, sets.yes, sets.no)
    by_group = group_errors(material.schools.iloc[learn], answer, chance, sets)
    raw = {m.name: scores(answer, found.chance[m.name], found.reference) for m in MODELS}
    return {
        "model": model.name,
        "model_title": model.title,
        "calibration": method(len(answer), policy),
        "promised": 1 - policy.number("conformal_alpha"),
        "districts": len(np.unique(material.district[learn])),
        "share_yes": round(float(answer.mean()), 4),
        "brier": best["brier"],
        "brier_skill": best["brier_skill"],
        "auc": best["auc"],
        "ece": best["ece"],
        "coverage": overall["coverage"],
        "either": overall["either"],
        "tests": {"districts": raw[model.name]},
        "models": raw,
        "errors": overall,
        "by_group": by_group,
        "limitations": [*LIMITS, *uneven(by_group)],
    }


# --- errors by group ----------------------------------------------------------------------------------------------


def group_errors(schools: pd.DataFrame, answer: Floats, chance: Floats, sets: Sets) -> list[dict[str, Any]]:
    """Errors by settlement, region, wealth fifth, size and funding; groups of fewer than ten schools are left out."""
    out = []
    for by, codes in groupings(schools).items():
        for name, rows in codes.groupby(codes, observed=True).indices.items():
            if len(rows) >= 10:
                found = errors(answer[rows], chance[rows], sets.yes[rows], sets.no[rows])
                out.append({"by": by, "group": str(name), **found})
    return out


def groupings(schools: pd.DataFrame) -> dict[str, pd.Series]:
    """The group of each school under each grouping of the audit, unknown where it is."""
    kind = "settlement" if schools["settlement"].notna().any() else "school_area_type"
    fifth = np.ceil(schools["wealth_percentile"].clip(1e-9, 1) * 5)
    size = pd.cut(
        schools["num_students"].astype("float64"), [-1, 99, 299, np.inf], labels=["to 99", "100 to 299", "300 and more"]
    )
    wealth = fifth.map({1: "1 poorest fifth", 2: "2", 3: "3", 4: "4", 5: "5 richest fifth"})
    return {
        "settlement": schools[kind],
        "region": schools["admin1"],
        "wealth": wealth,
        "learners": size.astype("str").where(size.notna()),
        "funding": schools["school_funding_type"],
    }  # fmt: skip


def uneven(by_group: list[dict[str, Any]]) -> list[str]:
    """A sentence for each grouping where schools that lack it are said to have it much more often in one group."""
    said = []
    for by in dict.fromkeys(g["by"] for g in by_group):
        rates = [
            (g["false_connected"], g["group"]) for g in by_group if g["by"] == by and g["false_connected"] is not None
        ]
        if len(rates) > 1 and max(rates)[0] - min(rates)[0] > GAP_TO_NAME:
            high, low = max(rates), min(rates)
            said.append(
                f"By {by}: of schools that lack it, {high[0]:.0%} of “{high[1]}” would be said to have it, "
                f"{low[0]:.0%} of “{low[1]}”.".replace("%", " %")
            )
    return said
