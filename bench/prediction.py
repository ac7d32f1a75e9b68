"""`python -m bench.prediction DEMO_ATLAS DEMO_RAW ATLAS …`: how good the predictions are, measured where the truth is known.

The demonstration country's hidden truth is held against what is predicted for schools that did not report (those that
do not report are not like the others). In every other atlas a share of what is known is hidden, whole districts at a
time and then school by school, and predicted from the rest. Prints tables for docs/prediction.md; changes nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.arrays import Floats
from geodata.layers import open_atlas
from geodata.policy import POLICY, Policy
from geodata.predict.drawing import lots
from geodata.predict.material import Material, by_id, prepare
from geodata.predict.metrics import Bools, errors, scores
from geodata.predict.study import Study, groupings, study
from geodata.predict.targets import INTERNET, TARGETS, Target

HIDDEN = 0.3
TRUTH = {"internet_for_learners": "has_internet_for_learners", "electricity": "has_electricity"}


def schools_of(atlas: Path) -> tuple[pd.DataFrame, Policy]:
    """The schools of an atlas in the order of their ids, and its policy."""
    found = open_atlas(atlas)
    frame = pd.DataFrame(found.read("schools")).drop(columns="geometry", errors="ignore")
    return by_id(frame), POLICY.with_values(found.manifest.get("policy") or {})


def hide(schools: pd.DataFrame, target: Target, where: Bools) -> pd.DataFrame:
    """The same schools with what is known of the target unknown for some."""
    names = [c for a in target.asks for c in (a, f"{a}_evidence") if c in schools]
    blank = {c: schools[c].mask(where) for c in names}
    return schools.assign(**blank)


def some(schools: pd.DataFrame, known: Bools, area: str, share: float = HIDDEN, *, whole: bool, seed: int = 1) -> Bools:
    """About a share of the known schools: whole areas of them, or single ones."""
    names = schools[area].fillna("") if whole else schools["school_id"]
    lot = dict(zip(names.unique(), lots(pd.Series(names.unique()), "hide", seed), strict=True))
    order = names.map(lot).to_numpy()
    if not whole:
        return known & (order < share)
    size = pd.Series(known.astype(int)).groupby(order).sum().sort_index()
    taken = size.index[(size.cumsum() - size) < share * known.sum()]
    return known & np.isin(order, taken)


def held_against(material: Material, found: Study, truth: Floats) -> dict[str, Any]:
    """Scores of the predicted schools whose truth is known; the reference is the share among those learnt from."""
    answer = truth[found.where]
    here = ~np.isnan(answer)
    answer, chance = answer[here], found.chance[here]
    assert found.sets is not None
    yes, no = found.sets.yes[here], found.sets.no[here]
    share = np.full(len(answer), material.answer[material.taught].mean())
    rows = material.schools.iloc[found.where[here]]
    groups = {
        f"{by}: {name}": errors(answer[at], chance[at], yes[at], no[at])
        for by, codes in groupings(rows).items()
        for name, at in codes.reset_index(drop=True).groupby(codes.to_numpy()).indices.items()
        if len(at) >= 10
    }
    return {**scores(answer, chance, share), **errors(answer, chance, yes, no), "groups": groups}


def demonstration(atlas: Path, raw: Path) -> dict[str, dict[str, Any]]:
    """What was predicted for schools that did not report, against the truth of the demonstration country."""
    schools, policy = schools_of(atlas)
    truth = pd.read_parquet(raw / "truth" / "schools.parquet").set_index("school_id")
    out = {}
    for target in TARGETS:
        material = prepare(schools, target, policy)
        found = study(material, policy, anyway=True)
        told = (
            truth[TRUTH[target.name]].reindex(schools["school_id"]).astype("Float64").to_numpy(float, na_value=np.nan)
        )
        out[target.name] = {"card": found.card, **held_against(material, found, told)}
    return out


def hidden(
    schools: pd.DataFrame, policy: Policy, target: Target = INTERNET, *, whole: bool, seed: int = 1, full: bool = True
) -> dict[str, Any]:
    """What is predicted for schools whose known answer was hidden, against that answer."""
    material = prepare(schools, target, policy)
    where = some(schools, material.taught, material.area_column, whole=whole, seed=seed)
    again = prepare(hide(schools, target, where), target, policy)
    found = study(again, policy, full=full, anyway=True)
    return {"card": found.card, **held_against(again, found, np.where(where, material.answer, np.nan))}


# --- print --------------------------------------------------------------------------------------------------------


def _say(text: str = "") -> None:
    sys.stdout.write(text + "\n")


def _table(found: dict[str, Any]) -> None:
    card = found["card"]
    _say(f"{card['n']:,} known, {found['n']:,} held against the truth. {card['verdict']}")
    _say(
        f"Model: {card.get('model')}, calibration {card.get('calibration')}; without wealth: {card.get('without_wealth')}"
    )
    for name, tested in {
        **card.get("tests", {}),
        **{f"model {k}": v for k, v in card.get("models", {}).items()},
    }.items():
        _say(f"  tested by {name}: {tested}")
    keys = ("brier", "brier_skill", "auc", "ece", "log", "coverage", "either", "false_connected", "false_unconnected", "share_yes", "chance_mean")  # fmt: skip
    _say("  on the hidden: " + ", ".join(f"{k} {found[k]}" for k in keys))
    for name, group in found["groups"].items():
        _say(f"    {name}: " + ", ".join(f"{k} {group[k]}" for k in ("n", "share_yes", "chance_mean", "fnr", "fpr", "false_connected", "coverage", "set_size")))  # fmt: skip


def main(arguments: list[str]) -> None:
    """Print every table."""
    demo, raw, *others = map(Path, arguments)
    for name, found in demonstration(demo, raw).items():
        _say(f"\n## Demonstration: {name}")
        _table(found)
    for atlas in others:
        schools, policy = schools_of(atlas)
        for target in TARGETS:
            for whole in (True, False):
                _say(
                    f"\n## {atlas.name}: {target.name}, {HIDDEN:.0%} hidden, {'whole districts' if whole else 'single schools'}"
                )
                material = prepare(hide(schools, target, np.arange(len(schools)) < 1), target, policy)
                refusal = study(material, policy, full=False)
                if "model" not in refusal.card:
                    _say(refusal.verdict.sentence)
                    continue
                for seed in (1, 2, 3):
                    _table(hidden(schools, policy, target, whole=whole, seed=seed))


if __name__ == "__main__":
    main(sys.argv[1:])
