"""Predictions in words: chances by calibrated bands, sets, verdicts. Never a bare percentage, never a yes or a no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geodata.predict.targets import TARGETS, Target
from geodata.say import later, tr

SURE, LIKELY = 0.95, 0.70
INSTEAD = later("What is not reported stays not reported, with its bounds.")


@dataclass(frozen=True)
class Said:
    """What is predicted for one school of one target: the target's title and the words."""

    title: str
    column: str
    words: str


def band(chance: float) -> str:
    """The band of a chance: "95 % or more", "70–95 %", "30–70 %"."""
    if chance >= SURE:
        return tr("95 % or more")
    return "70–95 %" if chance >= LIKELY else "30–70 %"


def said(target: Target, chance: float, held: str) -> str:
    """ "likely without internet for learners, 70–95 %"; either where the set or the chance rules nothing out."""
    if held not in ("yes", "no"):
        return tr("could be either: {yes} or {no}", yes=tr(target.yes), no=tr(target.no))
    sure = chance if held == "yes" else 1 - chance
    state = tr(target.yes if held == "yes" else target.no)
    if sure < LIKELY:
        return tr("rather {state}, but far from sure", state=state)
    if sure >= SURE:
        return tr("very likely {state}, {band}", state=state, band=band(sure))
    return tr("likely {state}, {band}", state=state, band=band(sure))


def of_school(school: Mapping[str, Any]) -> list[Said]:
    """What is predicted for a school, from its plain values; nothing where nothing is."""
    found = []
    for target in TARGETS:
        chance, held = school.get(target.column), school.get(target.set_column)
        if isinstance(held, str) and isinstance(chance, (int, float)) and chance == chance:  # noqa: PLR0124 - NaN
            found.append(Said(target.title, target.column, said(target, float(chance), held)))
    return found


def target_of(indicator: str) -> Target | None:
    """The target that an indicator's yes or no is, if it is one."""
    return next((t for t in TARGETS if t.name == indicator), None)


def verdicts(models: list[dict[str, Any]]) -> list[str]:
    """One sentence a target on whether a model is in use and why."""
    return [f"{card['title']}: {card['verdict']}" for card in models]
