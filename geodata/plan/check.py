"""Every limit of a plan once more, in plain Python and exact fractions: nothing of the solver is trusted or used here.

An amount may pass its limit by one part in a hundred million, which is what adding in another order leaves behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from geodata.arrays import Codes
from geodata.plan.problem import Limits, Problem
from geodata.say import in_english, tr, written

HAIR = Fraction(1, 100_000_000)


@in_english
def broken(problem: Problem, limits: Limits, year: Codes) -> tuple[str, ...]:
    """What a choice breaks, a sentence each; empty where it keeps every limit. `year` is 0 for candidates left out."""
    chosen = [i for i, y in enumerate(year.tolist()) if y]
    years = {i: int(year[i]) for i in chosen}
    said: list[str] = []
    said += _whole(problem, limits, years)
    said += _money(problem, limits, years)
    said += _floors(problem, limits, chosen)
    said += _fence(problem, limits, years)
    return tuple(said)


def _exact(values: Iterable[float]) -> Fraction:
    return sum((Fraction(float(v)) for v in values), Fraction(0))


def _over(amount: Fraction, most: float) -> bool:
    limit = Fraction(float(most))
    return amount > limit + HAIR * max(abs(limit), abs(amount))


def _whole(p: Problem, limits: Limits, years: dict[int, int]) -> list[str]:
    said = []
    count = Counter(int(p.school[i]) for i in years)
    if twice := sum(n > 1 for n in count.values()):
        said.append(tr("{twice} schools are connected more than once.", twice=written(twice)))
    if any(y < 1 or y > len(limits.budget) for y in years.values()):
        said.append(tr("A school is built in a year that the plan does not have."))
    if missing := [s for s in p.must.tolist() if s not in count]:
        said.append(tr("{missing} schools that must be in the plan are not.", missing=written(len(missing))))
    if wrong := [s for s in p.never.tolist() if s in count]:
        said.append(tr("{wrong} schools that must not be in the plan are.", wrong=written(len(wrong))))
    for child, parent in p.relay:
        if child in years and years.get(parent, 10**9) > years[child]:
            said.append(tr("A school is connected through another that is not connected by then."))
            break
    return said


def _money(p: Problem, limits: Limits, years: dict[int, int]) -> list[str]:
    said, available = [], Fraction(0)
    for t, budget in enumerate(limits.budget, 1):
        available = available + Fraction(float(budget)) if limits.carry_over else Fraction(float(budget))
        counted = [i for i, y in years.items() if (y <= t if limits.carry_over else y == t)]
        spent = _exact(p.cost[i] for i in counted)
        if limits.gamma and limits.deviation is not None:
            spent += _exact(sorted((float(limits.deviation[i]) for i in counted), reverse=True)[: limits.gamma])
        if _over(spent, float(available)):
            said.append(
                tr(
                    "Year {t} spends {spent} of {available}.",
                    t=t,
                    spent=written(float(spent), 0),
                    available=written(float(available), 0),
                )
            )
        if limits.recurrent_ceiling:
            ceiling = limits.recurrent_ceiling[min(t, len(limits.recurrent_ceiling)) - 1]
            running = _exact(p.yearly[i] for i, y in years.items() if y <= t)
            if _over(running, ceiling):
                said.append(
                    tr(
                        "Running costs of year {t} are {running}; the most is {ceiling}.",
                        t=t,
                        running=written(float(running), 0),
                        ceiling=written(ceiling, 0),
                    )
                )
    return said


def _floors(p: Problem, limits: Limits, chosen: list[int]) -> list[str]:
    said = []
    for g, name in enumerate(p.regions) if limits.region_floor > 0 else ():
        got = _exact(p.plain[i] for i in chosen if p.region[i] == g)
        due = limits.region_floor * float(p.region_unserved[g])
        if _over(-got, -due):
            said.append(
                tr(
                    "{name} gets {got}; {due} are its least.",
                    name=name,
                    got=written(float(got), 0),
                    due=written(due, 0),
                )
            )
    for name, share in limits.group_floors:
        if share > 0 and name in p.groups:
            got = _exact(p.plain[i] for i in chosen if p.groups[name][i])
            due = share * p.group_unserved.get(name, 0.0)
            if _over(-got, -due):
                said.append(
                    tr(
                        "Of {name} {got} are reached; {due} are the least.",
                        name=name,
                        got=written(float(got), 0),
                        due=written(due, 0),
                    )
                )
    if limits.poorest_share > 0 and p.poorest is not None:
        everyone = _exact(p.people[i] for i in chosen)
        poorest = _exact(p.people[i] for i in chosen if p.poorest[i])
        if _over(everyone * Fraction(limits.poorest_share), float(poorest)):
            said.append(tr("Of those reached, {poorest:.1%} are in the poorest fifth; {poorest_share:.1%} is the least.", poorest=float(poorest / everyone), poorest_share=limits.poorest_share))  # fmt: skip
    return said


def _fence(p: Problem, limits: Limits, years: dict[int, int]) -> list[str]:
    """Money of group A, year by year, until every school of A that can be served is."""
    if limits.ring_fence <= 0:
        return []
    never = set(p.never.tolist())
    group_a = {int(s) for s, a in zip(p.school.tolist(), p.tier_a.tolist(), strict=True) if a} - never
    for t in range(1, len(limits.budget) + 1):
        built = [i for i, y in years.items() if y <= t]
        if group_a <= {int(p.school[i]) for i in built if p.tier_a[i]}:
            return []
        spent = _exact(p.cost[i] for i in built)
        on_a = _exact(p.cost[i] for i in built if p.tier_a[i])
        if _over(spent * Fraction(limits.ring_fence), float(on_a)):
            return [tr("By year {t} group A has {on_a} of {spent} spent; {ring_fence:.0%} is the least while schools of A wait.", t=t, on_a=written(float(on_a), 0), spent=written(float(spent), 0), ring_fence=limits.ring_fence)]  # fmt: skip
    return []
