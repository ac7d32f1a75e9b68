"""How sure a plan is: made anew with prices and unknown data drawn at random, how often is each school in it?

Prices are drawn from their ranges, each once a draw for all schools. What is not known of a school is drawn as yes or no
at its chance: whether it is underserved, whether it lacks power. The chance of power and of internet at other schools is
left as it is. Each draw has a seed of its own, made from the plan's seed and its number, so that the shares are the same
whenever they are asked for. Shared fibre is left out of the draws: every school stands for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geodata.arrays import Codes, Floats, number
from geodata.costing.draws import drawn
from geodata.options.price import BESIDE, Amounts, Buyer
from geodata.options.table import Way
from geodata.plan.basis import Basis
from geodata.plan.candidates import WHOLE_LIFE, candidates, limits
from geodata.plan.choose import Start, choose_from
from geodata.plan.core import Effort
from geodata.plan.problem import Problem
from geodata.plan.result import Plan
from geodata.plan.terms import Terms
from geodata.say import in_english, later, tr, written

FUND_NOW, VERIFY_FIRST, LATER = "fund_now", "verify_first", "later"
DRAWN = later("Made anew")  # how the note of a drawn plan begins
ROUGH = Effort(gap=2e-3, exact=False, cores=((40, 50),))
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sure:
    """Share of draws in which each school is chosen, in the order of the country (NaN: not a candidate), and the advice
    that follows. `infeasible` draws fitted no plan; they count as draws in which nobody was chosen."""

    share: Floats
    advice: tuple[str, ...]
    draws: int
    seed: int
    infeasible: int = 0

    @in_english
    def on(self, plan: Plan) -> Plan:
        """The plan with `selected_share` and `advice` filled in."""
        share = pd.array(np.where(np.isnan(self.share), 0.0, self.share), dtype="Float64")
        share[np.isnan(self.share)] = pd.NA
        schools = plan.schools.assign(selected_share=share, advice=pd.array(list(self.advice), dtype="str"))
        said = tr(
            "{DRAWN} {draws} times with prices and unknown data drawn at random (seed {seed}): {FUND_NOW} schools are safe to fund now, {VERIFY_FIRST} are to be verified first.",
            DRAWN=DRAWN,
            draws=self.draws,
            seed=self.seed,
            FUND_NOW=written(self.advice.count(FUND_NOW)),
            VERIFY_FIRST=written(self.advice.count(VERIFY_FIRST)),
        )
        return replace(plan, schools=schools, notes=(*plan.notes, said))


def selected_share(ground: Basis, terms: Terms, *, draws: int | None = None, seed: int = 0, progress: Progress | None = None) -> Sure:  # fmt: skip
    """How often each school is chosen; `draws` as the policy says unless given. `progress(done, of)` hears how far it is."""
    total = round(terms.number("plan_selection_draws")) if draws is None else draws
    base = candidates(ground, replace(terms, shared_fibre=False)).problem
    base = replace(base, relay=())
    counts, nothing, start = np.zeros(len(ground.needs)), 0, Start()
    ways = _ways(ground)
    asked = limits(terms)
    for k in range(total):
        random = np.random.default_rng([seed, k])
        problem = _draw(ground, terms, base, ways, random)
        choice = choose_from(problem, asked, start, ROUGH)
        nothing += choice.status == "infeasible"
        counts[problem.school[choice.chosen]] += 1
        if progress:
            progress(k + 1, total)
    able = np.zeros(len(counts), dtype=bool)
    able[base.school] = True
    share = np.where(able, counts / total, np.nan) if total else np.full(len(counts), np.nan)
    return Sure(share, advice_of(share, terms), total, seed, nothing)


def undrawn(plan: Plan) -> Plan:
    """The plan without its draws: as it was before `Sure.on`."""
    n = len(plan.schools)
    schools = plan.schools.assign(selected_share=pd.array([pd.NA] * n, dtype="Float64"), advice=pd.array([""] * n, dtype="str"))  # fmt: skip
    return replace(plan, schools=schools, notes=tuple(t for t in plan.notes if not t.startswith(f"{DRAWN} ")))


def advice_of(share: Floats, terms: Terms) -> tuple[str, ...]:
    """Fund now, verify first, later; empty where nothing was drawn or the school cannot be chosen."""
    now, less = terms.number("plan_fund_now_from"), terms.number("plan_later_below")
    words = np.select([np.isnan(share), share >= now, share < less], ["", FUND_NOW, LATER], VERIFY_FIRST)
    return tuple(words.tolist())


def by_area(sure: Sure, region: pd.Series) -> pd.DataFrame:
    """Schools of each area by advice, in the order of the areas' names: area, fund_now, verify_first, later."""
    frame = pd.DataFrame({"area": region.to_numpy(), "advice": list(sure.advice)})
    frame = frame[frame["advice"] != ""]
    counted = frame.groupby(["area", "advice"]).size().unstack(fill_value=0)
    return counted.reindex(columns=[FUND_NOW, VERIFY_FIRST, LATER], fill_value=0).reset_index().rename_axis(columns=None)  # fmt: skip


@dataclass(frozen=True)
class _Ways:
    """Length of each school's link by each way (NaN: none), whether it may be chosen, and how it is compared."""

    names: tuple[str, ...]
    length: Floats
    may: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    margin: Floats


def _ways(ground: Basis) -> _Ways:
    names = tuple(w.value for w in Way if w != Way.OFFLINE)
    at = pd.Index(ground.needs["school_id"]).get_indexer(pd.Index(ground.options["school_id"]))
    shape = (len(names), len(ground.needs))
    length, may, margin = np.full(shape, np.nan), np.zeros(shape, dtype=bool), np.ones(shape)
    for k, name in enumerate(names):
        rows = np.flatnonzero((ground.options["way"] == name).to_numpy())
        part = ground.options.iloc[rows]
        length[k, at[rows]] = number(part["distance_m"])
        may[k, at[rows]] = part["choosable"].to_numpy(dtype=bool)
        margin[k, at[rows]] = np.nan_to_num(number(part["compared_cost"]) / number(part["cost"]), nan=1.0)
    return _Ways(names, length, may, margin)


def _draw(ground: Basis, terms: Terms, base: Problem, ways: _Ways, random: np.random.Generator) -> Problem:
    """The problem with one set of prices and one guess at what is not known; the cheapest way of each school anew."""
    book, needs = drawn(ground.book, random), ground.needs
    wants, dark = number(needs["chance_underserved"]), number(needs["chance_no_power"])
    served = random.random(len(needs)) >= wants
    unlit = (random.random(len(needs)) < dark).astype(np.float64)
    buyer = Buyer(needs.assign(chance_no_power=unlit), ground.eligible, ground.terms, book)
    costs = [_cost(buyer, name, ways.length[k]) for k, name in enumerate(ways.names)]
    beside = [Amounts.of(buyer.beside("mid")[n], buyer.money) for n in BESIDE]
    whole = terms.policy["plan_budget_covers"] == WHOLE_LIFE
    rest = np.sum([b.worth if whole else b.capital for b in beside], axis=0)
    paid = np.array([c.worth if whole else c.capital for c in costs]) + rest
    compared = np.where(ways.may, paid * ways.margin, np.inf)
    best: Codes = np.argmin(compared, axis=0)
    own = np.arange(len(needs))
    schools = np.unique(base.school)
    first = np.searchsorted(base.school[order := np.argsort(base.school, kind="stable")], schools)
    keep = order[first]
    charged = np.maximum(0.0, paid[best, own])  # as in the plan: what earns more than it costs pays for no other school
    yearly = np.array([c.yearly for c in costs])[best, own] + np.sum([b.yearly for b in beside], axis=0)
    gone = served[schools]
    return replace(
        base, school=schools, value=np.where(gone, 0.0, _sure(base.value[keep], wants[schools])), plain=np.where(gone, 0.0, _sure(base.plain[keep], wants[schools])),
        people=base.people[keep], cost=charged[schools], yearly=yearly[schools], tier_a=base.tier_a[keep], region=base.region[keep],
        poorest=None if base.poorest is None else base.poorest[keep], groups={n: g[keep] for n, g in base.groups.items()},
    )  # fmt: skip


def _cost(buyer: Buyer, way: str, length: Floats) -> Amounts:
    found = Amounts.of(buyer.link(way, length, "mid"), buyer.money)
    shape = length.shape
    return Amounts(*(np.broadcast_to(a, shape) for a in (found.worth, found.capital, found.yearly)))


def _sure(expected: Floats, chance: Floats) -> Floats:
    """What counts at a chance, as it counts where the chance came true."""
    return np.divide(expected, chance, out=np.zeros(len(expected)), where=chance > 0)
