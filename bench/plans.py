"""`python -m bench.plans`: the choice under a budget at growing sizes, beside PuLP with CBC on the same instance.

Both get the same made-up country (a seed, costs by way, learners by size, ten regions). The other side solves ITU's
published formulation: most connected people under a budget, one binary for each place and way, with the same limits added
as rows where the instance has them. CBC is given a cap in seconds and said so where it runs into it; First Mile has none.
CPU is user + system of this process and its children.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
from pathlib import Path

import numpy as np
import pulp

from geodata.plan.check import broken
from geodata.plan.choose import choose
from geodata.plan.problem import Limits, Problem

OUT = Path(__file__).parent / "out"
CAP = 120  # seconds that CBC may take
SIZES = ((100, 1e-7), (10_000, 1e-4), (200_000, 1e-5))


def country(n: int, seed: int = 3) -> Problem:
    """A made-up country of n schools."""
    r = np.random.default_rng(seed)
    people = np.round(r.lognormal(5.3, 0.8, n)) + 5
    plain = people * np.where(r.random(n) < 0.6, 1, r.random(n))
    lack, region = r.beta(2, 3, n), r.integers(0, 10, n)
    cost = np.round(r.choice([4700, 8600, 13000, 20000, 60000], n, p=[0.4, 0.25, 0.2, 0.1, 0.05]) * r.lognormal(0, 0.3, n))  # fmt: skip
    return Problem(
        np.arange(n), plain * (1 + 2 * lack), plain, people, cost, cost * 0.05, lack > 0.6, region, tuple(f"R{g}" for g in range(10)),
        np.bincount(region, weights=plain, minlength=10).astype(np.float64), poorest=r.random(n) < 0.2,
    )  # fmt: skip


def limits(problem: Problem) -> Limits:
    """A quarter of what everything costs; ten regional floors, a share for the poorest, half the money for group A."""
    return Limits((float(problem.cost.sum()) * 0.25,), region_floor=0.1, poorest_share=0.4, ring_fence=0.5)


def cpu() -> float:
    """CPU seconds of this process and of those it waited for."""
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))  # fmt: skip


def ours(p: Problem, keep: Limits, gap: float) -> dict[str, object]:
    """Our choice, checked again in plain Python (outside the time)."""
    begun = cpu()
    found = choose(p, keep, gap=gap)
    took = cpu() - begun
    return {"cpu_s": took, "value": found.objective, "gap": found.gap, "status": found.status, "broken": len(broken(p, keep, found.year))}  # fmt: skip


def with_cbc(p: Problem, keep: Limits, gap: float) -> dict[str, object]:
    """The published formulation with the same rows, by PuLP and CBC; building the model counts, as it does for ours."""
    begun = cpu()
    model = pulp.LpProblem("plan", pulp.LpMaximize)
    n = len(p.school)
    x = [pulp.LpVariable(f"x{i}", cat="Binary") for i in range(n)]

    def total(weights: np.ndarray) -> pulp.LpAffineExpression:
        return pulp.LpAffineExpression([(x[i], float(w)) for i, w in enumerate(weights) if w])

    model += total(p.value)
    model += total(p.cost) <= keep.budget[0]
    for g, need in enumerate(p.region_unserved):
        model += total(p.plain * (p.region == g)) >= keep.region_floor * float(need)
    assert p.poorest is not None
    model += total((p.poorest - keep.poorest_share) * p.people) >= 0
    model += total((p.tier_a - keep.ring_fence) * p.cost) >= 0
    model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=CAP, gapRel=gap, threads=1))
    value = float(pulp.value(model.objective) or 0.0)
    taken = np.array([int((v.value() or 0.0) > 0.5) for v in x])
    return {"cpu_s": cpu() - begun, "value": value, "status": pulp.LpStatus[model.status], "broken": len(broken(p, keep, taken))}  # fmt: skip


def main() -> int:
    """All sizes; 1 where a plan of ours breaks a limit, or is not as near the best as asked."""
    parser = argparse.ArgumentParser(prog="python -m bench.plans", description=__doc__)
    parser.add_argument("--schools", type=int, nargs="+", default=[size for size, _ in SIZES])
    parser.add_argument("--alone", action="store_true", help="without PuLP and CBC")
    given = parser.parse_args()
    good, results = True, []
    for n in given.schools:
        gap = next((g for size, g in SIZES if size >= n), SIZES[-1][1])
        p = country(n)
        keep = limits(p)
        row: dict[str, object] = {"schools": n, "gap_asked": gap, "ours": ours(p, keep, gap)}
        if not given.alone:
            row["cbc"] = with_cbc(p, keep, gap)
        results.append(row)
        mine, other = row["ours"], row.get("cbc")
        assert isinstance(mine, dict)
        good &= not mine["broken"] and mine["gap"] <= gap * 1.01
        text = f"{n:>9,} schools   First Mile {mine['cpu_s']:7.2f} CPU s, value {mine['value']:,.1f}, proven within {mine['gap']:.1e}, limits broken: {mine['broken']}"
        if isinstance(other, dict):
            text += f"\n{'':>17}   PuLP + CBC {other['cpu_s']:7.2f} CPU s, value {other['value']:,.1f}, {other['status']}, limits broken: {other['broken']} (cap {CAP} s)"
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "plans.json").write_text(json.dumps({"cores": os.cpu_count(), "cap_s": CAP, "runs": results}, indent=1) + "\n", "utf-8")  # fmt: skip
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
