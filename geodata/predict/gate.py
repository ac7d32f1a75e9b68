"""Whether a model may be used: proven skill on districts it had not seen, and sets that hold what they promise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.policy import POLICY, Policy
from geodata.predict.material import Material
from geodata.predict.words import INSTEAD


@dataclass(frozen=True)
class Verdict:
    """`usable`, and the sentence that says why or why not."""

    usable: bool
    sentence: str


def refused(why: str) -> Verdict:
    """No usable model, for a reason."""
    return Verdict(False, f"No usable model: {why} {INSTEAD}")


def before(material: Material, policy: Policy = POLICY) -> Verdict | None:
    """A refusal where a model cannot even be tested; None where it can."""
    known = material.answer[material.taught]
    if not material.asked.any() and not np.isnan(material.answer).any():
        return Verdict(False, "No prediction needed: it is reported for every school.")
    least, districts = (int(policy.number(f"prediction_{n}_min")) for n in ("known", "districts"))
    if not len(known):
        return refused("no operating school reports it.")
    if len(known) < least:
        return refused(f"{len(known):,} schools report it, {least:,} are needed to learn from and to test on.")
    few = int(min(known.sum(), len(known) - known.sum()))
    if few == 0:
        answer = "has it" if known[0] else "lacks it"
        return refused(f"every school that reports it {answer}, so there is nothing to tell apart.")
    folds = int(policy.number("prediction_folds"))
    if few < 4 * folds:
        rare = "have it" if known.mean() < 0.5 else "lack it"
        return refused(f"only {few:,} of {len(known):,} reported schools {rare}, too few to learn from and to test on.")
    seen = len(np.unique(material.district[material.taught]))
    if seen < districts:
        return refused(
            f"reported schools lie in {seen:,} areas, {districts:,} are needed to test on areas that a model has not seen."
        )
    return None


def verdict(skill: float, coverage: float, policy: Policy = POLICY) -> Verdict:
    """The skill gate (methods 5b): skill above its least, and coverage no farther below nominal than its slack."""
    least, slack = policy.number("prediction_skill_min"), policy.number("prediction_coverage_slack")
    promised = 1 - policy.number("conformal_alpha")
    told = (
        f"tested on districts left out, its skill is {skill:.2f} (more than {least:.2f} is needed) and its sets hold the "
        f"true answer in {coverage:.1%} of schools ({promised - slack:.0%} is the least, {promised:.0%} the aim)."
    ).replace("%", " %")
    if not skill > least or not coverage >= promised - slack:
        return refused(told)
    return Verdict(True, f"Usable: {told}")
