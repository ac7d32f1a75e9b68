"""How a country's list stands under a policy: what is counted, what is not for want of data, and what a change moves.

Pure functions of a desk and a policy, kept so that every callback of a screen shares one answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard.lists import change_words, moved
from geodata.arrays import any_known
from geodata.declare import Criterion
from geodata.policy import Policy
from geodata.priority import NEED
from geodata.query import Desk
from geodata.say import remembered, tr
from geodata.standards import place_words, standards
from geodata.view import View

PLACES = 10


@dataclass(frozen=True)
class Standing:
    """What the list of a country stands on under one policy.

    `of` counts the things in use; `services` says whether any of them is a service (internet, bandwidth, devices, power …)
    and not the place alone; `shown` are those whose marks this tier may see, `hidden` the others; `learners` says
    whether enrolment is known for any school; `words` are sentences on what is left out and on lower standards.
    """

    of: int
    services: bool
    shown: tuple[Criterion, ...]
    hidden: tuple[Criterion, ...]
    learners: bool
    words: tuple[str, ...]


def whole(desk: Desk) -> pd.DataFrame:
    """Every school with every column that this tier's numbers may rest on. Exact places are among them, and may not leave."""
    return desk.whole


@remembered(maxsize=32)
def standing(desk: Desk, policy: Policy) -> Standing:
    """The standing of a desk's list under a policy."""
    found = standards(whole(desk), policy)
    seen = {s.criterion.name for s in found if s.criterion.item in desk.columns}
    used = [s for s in found if s.in_use and s.criterion.counted]
    learners = any_known(whole(desk)["num_students"])
    said = [text for text in place_words(whole(desk), policy, found=found) if not text.startswith(_kept_back(desk))]
    said += [desk.kept_back_note] if desk.kept_back else []
    return Standing(
        of=len(used),
        services=any(s.criterion.pillar == NEED for s in used),
        shown=tuple(s.criterion for s in used if s.criterion.name in seen),
        hidden=tuple(s.criterion for s in used if s.criterion.name not in seen),
        learners=learners,
        words=tuple(said),
    )


def _kept_back(desk: Desk) -> tuple[str, ...]:
    """How a sentence starts that would say of a thing not shown here that it is known for no school."""
    return tuple(tr("{title}: not counted", title=tr(c.title)) for c in desk.kept_back)


@remembered(maxsize=4)
def _ranks(desk: Desk, policy: Policy) -> tuple[dict[str, int], dict[str, str]]:
    derived = desk.derived(policy)
    ids = desk.schools["school_id"]
    ranked = derived["priority_rank"].notna()
    ranks = dict(zip(ids[ranked], derived["priority_rank"][ranked].astype(int), strict=True))
    groups = dict(zip(ids[ranked], derived["tier"][ranked], strict=True))
    return ranks, groups


def change(desk: Desk, view: View) -> str:
    """What the view's policy did to the country's own ranking, in a sentence; empty where it is the country's own."""
    policy = view.policy_over(desk.policy)
    if policy == desk.policy:
        return ""
    before, groups = _ranks(desk, desk.policy)
    after, regrouped = _ranks(desk, policy)
    far, crossed = moved(before, after, PLACES)
    other = sum(1 for key, group in regrouped.items() if key in groups and groups[key] != group)
    return change_words(far, crossed, other, PLACES)
