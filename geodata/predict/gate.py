"""Whether a model may be used: proven skill on districts it had not seen, and sets that hold what they promise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.policy import POLICY, Policy
from geodata.predict.material import Material
from geodata.predict.words import INSTEAD
from geodata.say import in_english, tr, written


@dataclass(frozen=True)
class Verdict:
    """`usable`, and the sentence that says why or why not."""

    usable: bool
    sentence: str


def refused(why: str) -> Verdict:
    """No usable model, for a reason."""
    return Verdict(False, f"{tr('No usable model: {why}', why=why)} {tr(INSTEAD)}")


@in_english
def before(material: Material, policy: Policy = POLICY) -> Verdict | None:
    """A refusal where a model cannot even be tested; None where it can."""
    known = material.answer[material.taught]
    if not material.asked.any() and not np.isnan(material.answer).any():
        return Verdict(False, tr("No prediction needed: it is reported for every school."))
    least, districts = (int(policy.number(f"prediction_{n}_min")) for n in ("known", "districts"))
    if not len(known):
        return refused(tr("no operating school reports it."))
    if len(known) < least:
        return refused(
            tr(
                "{known} schools report it, {least} are needed to learn from and to test on.",
                known=written(len(known)),
                least=written(least),
            )
        )
    few = int(min(known.sum(), len(known) - known.sum()))
    if few == 0:
        if known[0]:
            return refused(tr("every school that reports it has it, so there is nothing to tell apart."))
        return refused(tr("every school that reports it lacks it, so there is nothing to tell apart."))
    folds = int(policy.number("prediction_folds"))
    if few < 4 * folds:
        of = {"few": written(few), "known": written(len(known))}
        if known.mean() < 0.5:
            return refused(
                tr("only {few} of {known} reported schools have it, too few to learn from and to test on.", **of)
            )
        return refused(
            tr("only {few} of {known} reported schools lack it, too few to learn from and to test on.", **of)
        )
    seen = len(np.unique(material.district[material.taught]))
    if seen < districts:
        return refused(
            tr(
                "reported schools lie in {seen} areas, {districts} are needed to test on areas that a model has not seen.",
                seen=written(seen),
                districts=written(districts),
            )
        )
    return None


def verdict(skill: float, coverage: float, policy: Policy = POLICY) -> Verdict:
    """The skill gate (methods 5b): skill above its least, and coverage no farther below nominal than its slack."""
    least, slack = policy.number("prediction_skill_min"), policy.number("prediction_coverage_slack")
    promised = 1 - policy.number("conformal_alpha")
    told = (
        tr(
            "tested on districts left out, its skill is {skill} (more than {least} is needed) and its sets hold the true answer in {coverage:.1%} of schools ({least_share:.0%} is the least, {promised:.0%} the aim).",
            skill=written(skill, 2, grouped=False),
            least=written(least, 2, grouped=False),
            coverage=coverage,
            least_share=promised - slack,
            promised=promised,
        )
    ).replace("%", " %")
    if not skill > least or not coverage >= promised - slack:
        return refused(told)
    return Verdict(True, tr("Usable: {proof}", proof=told))
