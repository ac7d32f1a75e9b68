"""Share of need beside share of money; who pays, what running costs ask for, what is promised (items 7 and 8)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.briefing import said
from geodata.briefing.parts import Need
from geodata.briefing.planned import Part, may_tell
from geodata.briefing.scope import Scope
from geodata.disclosure import thresholds
from geodata.plan.result import Plan
from geodata.say import joined, percent, tr, trn, written

MOST = 10


def need_money(scope: Scope, plan: Plan | None, groups: pd.Series | None = None) -> tuple[Need, ...]:
    """Share of need and of money of each area inside (or of each of `groups`: name by school id), most need first.

    Without a plan there are shares of need alone; money NaN. Where small groups may not be told of, neither share is.
    """
    table = _of_plan(scope, plan, groups) if plan is not None and may_tell(scope) else _of_need(scope, groups)
    if table is None or len(table) < 2:
        return ()
    guarded = scope.desk.guarded(table[["schools", *(["learners"] if "learners" in table else [])]])
    hidden = guarded["hidden"].to_numpy(dtype=bool)
    need, money = (table[c].to_numpy(dtype=float) for c in ("need", "money"))
    wholes = np.nansum(need), float(table["spent"].iloc[0]) if "spent" in table else np.nansum(money)
    shares = [
        np.divide(v, w, out=np.full(len(v), np.nan), where=w > 0) for v, w in zip((need, money), wholes, strict=True)
    ]
    together = not scope.desk.one_by_one
    rows = [
        _row(
            table.iloc[k],
            float(shares[0][k]),
            float(shares[1][k]),
            bool(hidden[k]) or (together and bool(np.isnan(shares[0][k]))),
        )
        for k in range(len(table))
    ]
    return tuple(sorted(rows, key=lambda r: (np.isnan(r.need), -r.need if not np.isnan(r.need) else 0.0, r.name)))


def _row(line: pd.Series, need: float, money: float, hidden: bool) -> Need:
    key, name = str(line["key"]), str(line["name"])
    if hidden:
        return Need(key, name, float("nan"), float("nan"), said.too_few(), said.too_few())
    if np.isnan(need):
        return Need(key, name, need, money, said.not_reported(), said.not_reported())
    unit = str(line["unit"])
    learners = said.exact(float(line["need"])) if unit else ""
    spent = "" if np.isnan(money) else said.exact(float(line["money"]))
    none = said.too_few() if bool(line.get("few", False)) else tr("no plan")
    return Need(key, name, need, money, said.share_said(need), said.share_said(money) if not np.isnan(money) else none, learners, spent)  # fmt: skip


def _of_plan(scope: Scope, plan: Plan | None, groups: pd.Series | None) -> pd.DataFrame | None:
    """Need and money of a plan's rows by area or group."""
    if plan is None:
        return None
    part = Part(scope, plan)
    rows = part.rows.assign(_need=part.need(part.rows))
    rows = rows[rows["eligible"].astype(bool)]
    keys = _keys(scope, rows["school_id"], groups)
    if keys is None:
        return None
    chosen = rows["decision"].eq("chosen")
    by = rows.groupby(keys.to_numpy(), sort=True)
    money = rows["cost"].where(chosen, 0.0).astype("float64").groupby(keys.to_numpy(), sort=True).sum()
    out = pd.DataFrame({"schools": by.size(), "need": by["_need"].sum(), "money": money, "spent": money.sum()})
    if not part.exact:
        from geodata.exports.plan_seen import digits  # noqa: PLC0415

        n, least = chosen.groupby(keys.to_numpy(), sort=True).sum().to_numpy(), thresholds(scope.desk.tier, scope.desk.policy).schools  # fmt: skip
        few = (n > 0) & (n < least)  # as `Part.few` in a brief of its own
        out["few"], out["spent"] = few, digits(out["spent"].to_numpy())
        out["money"] = np.where(few, np.nan, digits(out["money"].to_numpy()))
    if plan.unit == "learners":
        out["learners"] = out["need"]
    return _named(scope, out, groups, plan.unit)


def _of_need(scope: Scope, groups: pd.Series | None) -> pd.DataFrame | None:
    """Where there is no plan: learners (or schools) known to be without, by area or group."""
    if groups is None:
        table = scope.parts
        if table.empty:
            return None
        name = scope.shown
        known, value = pd.to_numeric(table[f"{name}_known"]), pd.to_numeric(table[name])
        out = pd.DataFrame({"schools": pd.to_numeric(table["num_schools"]), "need": known * (1 - value), "money": np.nan})  # fmt: skip
        out.index = pd.Index(table["area_id"].astype("str"))
        return _named(scope, out[out["schools"] > 0], None, scope.unit)
    frame = scope.frame
    if frame.empty:
        return None
    declared = scope.indicator("internet_for_learners")
    if declared is None:
        return None
    without = declared.of(frame, scope.desk.policy).eq(False).fillna(False).to_numpy(dtype=bool)
    people = frame["num_students"].to_numpy(dtype=float, na_value=0.0) if scope.unit == "learners" else np.ones(len(frame))  # fmt: skip
    keys = frame["school_id"].map(groups).to_numpy()
    out = pd.DataFrame({"schools": 1.0, "need": people * without}).groupby(keys, sort=True).sum().assign(money=np.nan)
    return _named(scope, out, groups, scope.unit)


def _keys(scope: Scope, ids: pd.Series, groups: pd.Series | None) -> pd.Series | None:
    if groups is not None:
        return ids.map(groups)
    if not scope.inner:
        return None
    column = f"admin{scope.inner}_id"
    whole = scope.desk.whole.set_index("school_id")[column]
    return ids.map(whole)


def _named(scope: Scope, table: pd.DataFrame, groups: pd.Series | None, unit: str) -> pd.DataFrame:
    names = scope.desk.places.names if groups is None else {}
    keys = [str(k) for k in table.index]
    return table.assign(key=keys, name=[names.get(k) or k for k in keys], unit=unit).reset_index(drop=True)


def need_said(scope: Scope, rows: tuple[Need, ...], plan: Plan | None) -> str:
    """What the two shares say beside each other; why they are not shown where they are not."""
    if not rows:
        return "" if scope.inner else tr("There are no areas inside to compare need and money over.")
    if plan is None:
        top = rows[0]
        if np.isnan(top.need):
            return tr("Where the need lies is not reported; no plan says yet where money goes.")
        return tr("{name} holds {share} of the need; no plan says yet where money goes.", name=top.name, share=top.need_text)  # fmt: skip
    told_ = [r for r in rows if not np.isnan(r.need) and not np.isnan(r.money)]
    if not told_:
        return ""
    short = max(told_, key=lambda r: r.need - r.money)
    more = max(told_, key=lambda r: r.money - r.need)
    if short.need - short.money < 0.02 and more.money - more.need < 0.02:
        return tr("Money follows need: no share differs by two points or more.")
    return tr("Farthest below its need: {short} ({need} of need, {money} of money). Farthest above: {more} ({need_2} of need, {money_2} of money).", short=short.name, need=short.need_text, money=short.money_text, more=more.name, need_2=more.need_text, money_2=more.money_text)  # fmt: skip


def financing(scope: Scope, plan: Plan | None) -> tuple[str, ...]:
    """Sources of money, what running costs ask for, what others promised; "not known" where the data do not say."""
    planning = scope.desk.atlas.manifest.get("planning") or {}
    funders = [str(f) for f in planning.get("funders") or ()]
    out = [tr("May pay, nothing agreed: {funders}.", funders=joined(funders)) if funders else tr("Who pays is not known: the country's settings name nobody.")]  # fmt: skip
    if plan is not None and may_tell(scope):
        out += _running(Part(scope, plan))
    out.append(tr("Affordability (price of the service against income) is not known: these data hold no prices of households or budgets of schools."))  # fmt: skip
    return tuple(out)


def _running(part: Part) -> list[str]:
    """Running costs once all is built, against the ceiling that was set, and the learner's share of them."""
    yearly = part.amount(float(part.chosen["yearly"].astype("float64").sum()))
    if part.few or not len(part.chosen):
        return []
    currency = part.plan.book.currency
    people = float(part.people(part.chosen).sum())
    each = said.money(yearly / people, currency) if people and part.plan.unit == "learners" else ""
    out = [tr("Once built, running costs are {yearly} a year, {each} a learner.", yearly=said.money(yearly, currency), each=each) if each else tr("Once built, running costs are {yearly} a year.", yearly=said.money(yearly, currency))]  # fmt: skip
    years = written(part.plan.terms.number("plan_horizon_years"), 0)
    out.append(tr("Over {years} years all of it costs {cost} at present value, what has to be replaced counted.", years=years, cost=said.money(part.cost, currency)))  # fmt: skip
    ceiling = [c for c in part.plan.terms.recurrent_ceiling if c is not None and np.isfinite(c)]
    if part.scope.whole and ceiling and ceiling[-1] > 0:
        out.append(tr("That is {share} of the ceiling that was set for running costs.", share=percent(yearly / ceiling[-1])))  # fmt: skip
    else:
        out.append(tr("What covers them after the plan is not known: no ceiling was set for running costs."))
    promised = part.rows["not_eligible_why"].eq("committed").sum()
    if promised:
        out.append(trn("{n} school is promised by others already and is not in this plan.", "{n} schools are promised by others already and are not in this plan.", int(promised)))  # fmt: skip
    return out
