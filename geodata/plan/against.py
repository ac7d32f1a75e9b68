"""Why a plan chooses nothing although its money would build a school: the rules that stand against every choice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from geodata.plan.choose import choose_from
from geodata.plan.core import Effort
from geodata.plan.problem import Limits, Problem
from geodata.say import in_english, later, tr

LOOK = Effort(0.5, exact=False)  # whether anything fits at all, not what is best
TOGETHER = later("the rules of the plan, taken together")
NONE_POOREST = later("no eligible school here is known to be in the poorest fifth")


@in_english
def against(problem: Problem, limits: Limits) -> tuple[str, ...]:
    """Each rule without which something could be chosen, in words; all of them together where no single one is it.

    For a plan that keeps every limit and holds nothing. Floors of regions and groups are never among them: a plan of
    nothing could not keep them. Empty where the money alone is too little: no rule is then to be named.
    """
    if not _something(problem, replace(limits, recurrent_ceiling=(), poorest_share=0.0, ring_fence=0.0)):
        return ()
    found = tuple(words for words, without in _without(problem, limits) if _something(problem, without))
    return found or (str(TOGETHER),)


def _without(problem: Problem, limits: Limits) -> Iterator[tuple[str, Limits]]:
    if limits.recurrent_ceiling:
        yield tr("the ceiling of running costs"), replace(limits, recurrent_ceiling=())
    if limits.poorest_share > 0 and problem.poorest is not None:
        said = tr("the least share of the poorest fifth ({share:.0%})", share=limits.poorest_share)
        yield said, replace(limits, poorest_share=0.0)
    if limits.ring_fence > 0:
        yield tr("the money kept for group A ({share:.0%})", share=limits.ring_fence), replace(limits, ring_fence=0.0)


def _something(problem: Problem, limits: Limits) -> bool:
    found = choose_from(problem, limits, {}, LOOK)
    return found.status != "infeasible" and bool(found.chosen.any())


def none_poorest(problem: Problem, limits: Limits) -> bool:
    """Whether the rule of the poorest fifth holds, and nobody who could be chosen is in it."""
    return bool(limits.poorest_share > 0 and problem.poorest is not None and not problem.poorest.any())
