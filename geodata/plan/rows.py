"""A plan's schools, one row each in the order of the country: decision, way, money, and a sentence why."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.arrays import Codes, Floats, number
from geodata.options.eligible import WHY
from geodata.options.needs import value as value_of
from geodata.options.needs import weight as weight_of
from geodata.plan.basis import Basis
from geodata.plan.candidates import Candidates
from geodata.plan.problem import Bools, Choice
from geodata.plan.reasons import Limit
from geodata.plan.relays import relay_of
from geodata.plan.result import CHOSEN, COLUMNS, LEFT_OUT, NO_WAY, NOT_ELIGIBLE
from geodata.plan.terms import Terms
from geodata.say import tr

MONEY = ("capital", "yearly", "link_cost", "power_cost", "device_cost", "training_cost", "cost", "cost_low", "cost_high")  # fmt: skip


def rows_of(ground: Basis, terms: Terms, found: Candidates, choice: Choice, plain: Choice, entry: Limit) -> pd.DataFrame:  # fmt: skip  # noqa: PLR0917
    """COLUMNS of a plan's schools."""
    needs, n = ground.needs, len(ground.needs)
    school = found.problem.school
    best = _best_rows(ground)
    candidate = np.full(n, -1, dtype=np.int64)
    candidate[school[::-1]] = np.arange(len(school))[::-1]  # the first of each school
    picked = choice.chosen
    candidate[school[picked]] = np.flatnonzero(picked)
    best[school[picked]] = found.option[picked]
    year = np.zeros(n, dtype=np.int64)
    year[school[picked]] = choice.year[picked]
    at_zero = np.zeros(n, dtype=bool)
    at_zero[school[plain.chosen]] = True
    decision = np.select([year > 0, ~found.part, best < 0], [CHOSEN, NOT_ELIGIBLE, NO_WAY], LEFT_OUT)
    taken = ground.options.iloc[np.maximum(best, 0)].reset_index(drop=True)
    has = best >= 0
    money = {name: np.where(has, number(taken[name]), np.nan) for name in MONEY}
    weight = weight_of(needs["marginalisation"], terms.number("plan_equity_weight"))
    value = value_of(needs, terms.number("plan_equity_weight"))
    why = _why(ground, terms, found, entry, (decision, candidate, year, at_zero))
    way_why = ground.cheapest.set_index("school_id")["way_why"].reindex(needs["school_id"]).fillna("").to_numpy()
    own = ground.cheapest.set_index("school_id")["way"].reindex(needs["school_id"]).to_numpy()
    way = np.where(has, taken["way"].to_numpy(dtype=object), "")
    other = tr("This way costs less to run, or to build, than the one that is cheapest over its whole life.")
    out = pd.DataFrame(
        {
            "school_id": needs["school_id"].to_numpy(),
            "eligible": found.part,
            "not_eligible_why": np.where(found.part, "", ground.eligible["not_eligible_why"].to_numpy(dtype=object)),
            "committed_by": ground.eligible["committed_by"].to_numpy(),
            "learners": number(needs["learners"]),
            "learners_estimated": needs["learners_estimated"].to_numpy(dtype=bool),
            "chance_underserved": number(needs["chance_underserved"]),
            "weight": weight,
            "value": value,
            "way": way,
            "way_why": np.where(has & (way != own), other, way_why.astype(object)),
            **money,
            "decision": decision,
            "year": pd.array(np.where(year > 0, year, -1), dtype="Int64"),
            "at_lambda_0": at_zero,
            "selected_share": pd.array([pd.NA] * n, dtype="Float64"),
            "advice": "",
            "why": why,
            "relay_of": relay_of(ground, needs["school_id"], way),
            "lot": "",
        }
    )
    out["year"] = out["year"].where(out["year"] > 0)
    return _typed(out)[list(COLUMNS)]


def _typed(out: pd.DataFrame) -> pd.DataFrame:
    texts = ("not_eligible_why", "committed_by", "way", "way_why", "decision", "advice", "why", "relay_of", "lot")
    return out.assign(**{name: out[name].astype("str") for name in texts})


def _best_rows(ground: Basis) -> Codes:
    """Row of `options` of each school's cheapest way, in the order of the needs; -1 where it has none."""
    best = ground.cheapest[ground.cheapest["way"] != ""]
    options = ground.options
    wanted = pd.MultiIndex.from_arrays([best["school_id"], best["way"]])
    rows = np.flatnonzero(pd.MultiIndex.from_arrays([options["school_id"], options["way"]]).isin(wanted))
    out = np.full(len(ground.needs), -1, dtype=np.int64)
    out[pd.Index(ground.needs["school_id"]).get_indexer(pd.Index(options["school_id"].iloc[rows]))] = rows
    return out


def _why(ground: Basis, terms: Terms, found: Candidates, entry: Limit, of: tuple[np.ndarray, Codes, Codes, Bools]) -> list[str]:  # fmt: skip
    """A sentence a school."""
    decision, candidate, year, at_zero = of
    must, never = dict(terms.must), dict(terms.never)
    years, currency = len(terms.budget), ground.book.currency
    ids, reasons = ground.needs["school_id"].tolist(), ground.eligible["not_eligible_why"].tolist()
    cost, limit = _at(found.problem.cost, candidate), _at(entry.entry_cost, candidate)
    people = _at(found.problem.plain, candidate)
    said = []
    for i, (school, what) in enumerate(zip(ids, decision.tolist(), strict=True)):
        if what == NOT_ELIGIBLE:
            said.append(tr("Not eligible: {why}.", why=WHY.get(reasons[i], reasons[i])))
        elif what == NO_WAY:
            said.append(tr("No way of connecting it is known to be possible here."))
        elif school in must and what == CHOSEN:
            said.append(tr("An officer decided that it must be in the plan: {why}", why=must[school]))
        elif school in never:
            said.append(tr("An officer decided that it must not be in the plan: {why}", why=never[school]))
        elif candidate[i] < 0:
            said.append(tr("It is known to have what the standard asks for, so connecting it would reach nobody more."))
        else:
            weighed = _weighed(what == CHOSEN, cost[i], people[i], limit[i], bool(at_zero[i]), (currency, ground.unit))
            later_on = years > 1 and what == CHOSEN
            weighed += [tr("Built in year {year} of {years}.", year=year[i], years=years)] if later_on else []
            said.append(" ".join(weighed))
    return said


def _weighed(chosen: bool, cost: float, people: float, limit: float, at_zero: bool, words: tuple[str, str]) -> list[str]:  # fmt: skip  # noqa: PLR0917
    """The sentences of a school whose cost was weighed: what it costs against what the plan would pay."""
    each = _each(cost, people, *words)
    known, bound, most = np.isfinite(limit), np.isinf(limit), f"{words[0]} {limit:,.0f}"
    if chosen:
        if known and limit < cost:
            return [tr("Chosen because a limit of the plan asks for it; it costs {each}.", each=each)]
        return [
            tr("Chosen because it is worth its cost: {each}.", each=each),
            *([tr("It would stay in up to {most}.", most=most)] if known else []),
            *([] if at_zero else [tr("With all learners counted alike it would not be chosen.")]),
        ]
    more = []
    if bound:
        said = tr("Left out: a limit of the plan stands against it; it costs {each}.", each=each)
    elif not known:
        said = tr("Left out: it costs {each}.", each=each)
    elif limit >= cost:
        said = tr("Left out by a hair: it costs {each}, about what the plan pays at its limit.", each=each)
    elif limit <= 0:
        said = tr("Left out: it costs {each}, and the shares that the plan must keep stand against it.", each=each)
    else:
        said = tr("Left out: it costs {each}; the plan would pay up to {most}.", each=each, most=most)
        more = [tr("It comes in with more money or a price {share:.0%} lower.", share=1 - limit / cost)]
    return [said, *more, *([tr("With all learners counted alike it would be chosen.")] if at_zero else [])]


def _each(cost: float, people: float, currency: str, unit: str) -> str:
    """What one school costs, and for each learner where the plan counts learners."""
    all_of_it = f"{currency} {cost:,.0f}"
    if not people or unit != "learners":
        return all_of_it
    return tr(
        "{cost}, {each} for each learner expected to be without",
        cost=all_of_it,
        each=f"{currency} {cost / people:,.0f}",
    )


def _at(values: Floats, where: Codes) -> Floats:
    if not len(values):
        return np.full(len(where), np.nan)
    out: Floats = np.where(where >= 0, values[np.maximum(where, 0)], np.nan)
    return out
