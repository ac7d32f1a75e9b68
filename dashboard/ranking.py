"""How a country's list stands under a policy: what is counted, what is not for want of data, and what a change moves.

Pure functions of a desk and a policy, kept so that every callback of a screen shares one answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dashboard import words
from dashboard.lists import change_words, moved
from geodata.declare import Criterion
from geodata.policy import Policy
from geodata.priority import criteria
from geodata.query import Desk
from geodata.view import View

PLACES = 10


@dataclass(frozen=True)
class Standing:
    """What the list of a country stands on under one policy.

    `of` counts the things in use, hidden ones too; `shown` are those whose marks this tier may see; `unused` have no data
    for any school; `learners` says whether enrolment is known for any school.
    """

    of: int
    shown: tuple[Criterion, ...]
    hidden: tuple[Criterion, ...]
    unused: tuple[Criterion, ...]
    learners: bool
    words: tuple[str, ...]


@lru_cache(maxsize=32)
def standing(desk: Desk, policy: Policy) -> Standing:
    """The standing of a desk's list under a policy."""
    derived = desk.derived(policy)
    hidden = tuple(c for c in criteria() if c.item not in derived)
    shown = tuple(c for c in criteria() if c.item in derived and bool(derived[c.item].notna().any()))
    unused = tuple(c for c in criteria() if c.item in derived and c not in shown)
    known = bool(desk.schools["num_students"].notna().any()) if "num_students" in desk.schools else False
    used = [*shown, *(c for c in hidden if _in_use(desk, c))]
    return Standing(
        len(used), shown, tuple(c for c in hidden if c in used), unused, known, tuple(desk_standards(desk, policy))
    )


def _in_use(desk: Desk, criterion: Criterion) -> bool:
    """Whether a criterion that this tier may not see counts all the same; the desk's own answer where it gives one."""
    counted = getattr(desk, "in_use", None)
    return criterion.name in counted() if callable(counted) else False


def desk_standards(desk: Desk, policy: Policy) -> Sequence[str]:
    """Sentences that say on which lower standards the list stands."""
    return ()


def unused_words(stand: Standing) -> str:
    """Which things are not counted because nobody reports them, and where their weight goes; empty where all are."""
    if not stand.unused:
        return ""
    names = words.listed([c.title.lower() for c in stand.unused])
    kinds = {c.pillar for c in stand.unused}
    places = words.listed(
        [
            word
            for pillar, word in (("need", "other services"), ("marginalisation", "other circumstances"))
            if pillar in kinds
        ]
    )
    verb = "is" if len(stand.unused) == 1 else "are"
    its = "Its" if len(stand.unused) == 1 else "Their"
    return f"Not counted, because no school here reports it: {names} {verb} left out. {its} weight is shared among the {places}.".replace("reports it: ", "reports " + ("it: " if len(stand.unused) == 1 else "them: "))  # fmt: skip


@lru_cache(maxsize=32)
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
