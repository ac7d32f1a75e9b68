"""The parts of a funder's report: the finding, the schools with their reasons, the money, how sure, equity, assumptions."""

from __future__ import annotations

from html import escape
from typing import Any

from geodata.exports.report import Report
from geodata.exports.report_html import amount, definitions, folded, paragraph, schools, table
from geodata.exports.report_numbers import MOST
from geodata.options.eligible import rule
from geodata.options.words import WAYS
from geodata.policy import NUMBERS
from geodata.say import later, percent, tr, trn, written
from geodata.say.kept import told

REASONS = 3
BEST = 5e-6  # a plan that is as near to the best possible is called the best
GROUPS = ("plan", "cost", "reach")
_ADVICE = {"fund_now": later("fund now"), "verify_first": later("verify first"), "later": later("later")}


def heading(text: str) -> str:
    """A heading of a part."""
    return f"<h2>{escape(text)}</h2>"


# --- the finding ------------------------------------------------------------------------------------------------------


def plan_finding(of: Report) -> list[str]:
    """What the budget buys, in a sentence."""
    plan, total = of.numbers["plan"], of.numbers["plan"]["totals"]
    money = plan["currency"]
    if not total["schools"]:
        return [paragraph(tr("A budget of {budget} connects no school under these terms.", budget=amount(total["budget"], money)), "lead")]  # fmt: skip
    if total["learners"] is None:
        return [paragraph(tr("A budget of {budget} connects {schools}; learners are reported for no school, so schools are counted.", budget=amount(total["budget"], money), schools=schools(total["schools"])), "lead")]  # fmt: skip
    return [paragraph(tr("A budget of {budget} connects {schools} with {learners} learners; {reached} of them are expected to be without usable internet now.", budget=amount(total["budget"], money), schools=schools(total["schools"]), learners=written(total["learners"]), reached=written(total["reached"])), "lead")]  # fmt: skip


# --- the schools ------------------------------------------------------------------------------------------------------


def planned(of: Report) -> list[str]:
    """The schools that the plan chooses, best ranked first, each with why it is there."""
    plan = of.numbers["plan"]
    held, money = plan["schools"], plan["currency"]
    if not held["rows"]:
        return [heading(tr("The schools")), paragraph(tr("Schools are not named one by one in this report."))] if held["count"] else []  # fmt: skip
    head = (tr("Rank"), tr("School"), tr("Place"), tr("Learners"), tr("Why it is in need"), tr("Why it is in the plan"), tr("How"), tr("Year"), tr("Cost ({money})", money=money), tr("Advice"))  # fmt: skip
    rows = [_planned_row(row) for row in held["rows"]]
    return [heading(tr("The schools, and why these")), *_cut(held["count"]), table(head, rows, (3, 7, 8))]


def _planned_row(row: dict[str, Any]) -> list[str]:
    many = tr("not reported") if row.get("learners") is None else written(row["learners"])
    many = tr("about {many}", many=many) if row.get("learners_estimated") else many
    ends = (row.get("cost_low"), row.get("cost_high"))
    cost = amount(row.get("cost"))
    cost += f" ({tr('{low} to {high}', low=amount(ends[0]), high=amount(ends[1]))})" if None not in ends else ""
    share = row.get("selected_share")
    advice = tr(_ADVICE.get(str(row.get("advice") or ""), ""))
    advice += f" ({percent(share)})" if advice and share is not None else ""
    year = "" if row.get("year") is None else written(row["year"])
    return [_rank(row), _name(row), _place(row), many, _reasons(row), told(str(row.get("why") or "")), tr(WAYS.get(str(row.get("way")), "")), year, cost, advice]  # fmt: skip


def list_(of: Report) -> list[str]:
    """The schools of the view, in the order of the priority list, each with its reasons."""
    found = of.numbers["list"]
    if found is None:
        return []
    lead = tr("{n} of {of}", n=schools(found["schools"]), of=written(found["of"]))
    if found["learners"] is not None:
        lead += "; " + trn("{n} learner reported", "{n} learners reported", found["learners"])
    if found["learners_not_reported"]:
        lead += "; " + trn("learners of {n} school are not reported", "learners of {n} schools are not reported", found["learners_not_reported"])  # fmt: skip
    head = (tr("Rank"), tr("School"), tr("Place"), tr("Learners"), tr("Lacks"), tr("Why it is in need"), tr("Data reported"))  # fmt: skip
    rows = [
        [_rank(r), _name(r), _place(r), tr("not reported") if r.get("num_students") is None else written(r["num_students"]), _lacks(r), _reasons(r), "" if r.get("data_confidence") is None else percent(r["data_confidence"])]
        for r in found["rows"]
    ]  # fmt: skip
    return [heading(tr("The list, with its reasons")), paragraph(lead + "."), *_cut(found["schools"]), table(head, rows, (3, 6)), *_ranking()]  # fmt: skip


def _ranking() -> list[str]:
    return [paragraph(tr("The rank says how much a school lacks and how marginalised its place is. Beside it stands the range in which it may lie, since not all is known. Verify first: too little is reported to rank the school."), "note")]  # fmt: skip


def _cut(count: int) -> list[str]:
    return [paragraph(tr("The first {most} of {count} stand here; the workbook holds all.", most=written(MOST), count=written(count)), "note")] if count > MOST else []  # fmt: skip


def _rank(row: dict[str, Any]) -> str:
    rank, low, high = (row.get(k) for k in ("priority_rank", "rank_low", "rank_high"))
    if rank is None:
        return tr("verify first")
    beside = f" ({tr('{low} to {high}', low=written(low), high=written(high))})" if low is not None and high is not None and low != high else ""  # fmt: skip
    return written(rank) + beside


def _name(row: dict[str, Any]) -> str:
    return f"{row.get('school_name') or row['school_id']} ({row['school_id']})" if row.get("school_name") != row["school_id"] else str(row["school_id"])  # fmt: skip


def _place(row: dict[str, Any]) -> str:
    return ", ".join(str(row[k]) for k in ("admin2", "admin1") if row.get(k))


def _reasons(row: dict[str, Any]) -> str:
    return "; ".join(told(text) for text in str(row.get("priority_reasons") or "").split("; ")[:REASONS])


def _lacks(row: dict[str, Any]) -> str:
    lacks, unknown = row.get("lacks_count"), row.get("lacks_unknown")
    said = tr("not reported") if lacks is None else written(lacks)
    return said + (f" ({tr('{n} not reported', n=written(unknown))})" if unknown else "")


# --- the money --------------------------------------------------------------------------------------------------------


def money(of: Report) -> list[str]:
    """What it costs, in a range, by technology and year, and whose prices these are."""
    plan, total = of.numbers["plan"], of.numbers["plan"]["totals"]
    unit = plan["currency"]
    pairs = [
        (tr("Cost over its life"), f"{amount(total['cost'], unit)} ({tr('{low} to {high}', low=amount(total['cost_low']), high=amount(total['cost_high']))})"),
        (tr("To build"), amount(total["capital"], unit)),
        (tr("To run, a year"), amount(total["yearly"], unit)),
        (tr("Prices without a national quote"), tr("{n} of {all}", n=written(total["provisional_prices"]), all=written(total["prices"]))),
    ]  # fmt: skip
    parts = [heading(tr("What it costs")), definitions((k, escape(v)) for k, v in pairs)]
    if total["provisional_prices"]:
        parts.append(paragraph(tr("Prices without a national quote are provisional: what follows from them is indicative until there are quotes."), "note"))  # fmt: skip
    if plan["ways"]:
        rows = [[tr(WAYS.get(w["way"], w["way"])), written(w["schools"]), amount(w["cost"])] for w in plan["ways"]]
        parts.append(table((tr("How"), tr("Schools"), tr("Cost ({money})", money=unit)), rows, (1, 2), tr("By technology")))  # fmt: skip
    if plan["years"]:
        rows = [[tr("Start") if y["year"] == 0 else tr("Year {n}", n=written(y["year"])), amount(y["amount"])] for y in plan["years"]]  # fmt: skip
        parts.append(folded(tr("What is paid in each year"), [table((tr("Year"), tr("Paid ({money})", money=unit)), rows, (1,))]))  # fmt: skip
    return [*parts, folded(tr("Every price, with its range and source"), [_prices(of)])]


def _prices(of: Report) -> str:
    book = of.plan.book  # type: ignore[union-attr]
    rows = [
        [tr(c.title), tr(c.unit), *(f"{v:,.10g}" for v in (c.low, c.mid, c.high)), tr("provisional") if c.provisional else tr("national quote"), f"{c.source}{', ' + c.date if c.date else ''}"]
        for c in book.costs.values()
    ]  # fmt: skip
    head = (tr("Price"), tr("For each"), tr("Low"), tr("Middle"), tr("High"), tr("Standing"), tr("Source"))
    return table(head, rows, (2, 3, 4), tr("Prices in {currency}", currency=book.currency))


# --- how sure, and how fair ---------------------------------------------------------------------------------------------


def sure(of: Report) -> list[str]:
    """Which schools are safe to fund now, how near the plan is to the best possible, what it does not know."""
    plan = of.numbers["plan"]
    parts = [heading(tr("How sure it is"))]
    if of.draws and plan["advice"]:
        advice = {k: plan["advice"].get(k, 0) for k in _ADVICE}
        parts.append(paragraph(tr("The plan was made anew {draws} times with prices and unknown data drawn at random: of its schools {now} can be funded now, {verify} should be verified first, {later} can come later. The share beside an advice says in how many of these plans the school is.", draws=written(of.draws), now=written(advice["fund_now"]), verify=written(advice["verify_first"]), later=written(advice["later"]))))  # fmt: skip
    else:
        parts.append(paragraph(tr("How firmly each school stands in the plan was not drawn for this report.")))
    gap = max(plan["totals"]["gap"] or 0.0, 0.0)
    if plan["totals"]["schools"]:
        best = tr("Under these terms no plan is better.") if gap < BEST else tr("Under these terms no plan is more than {gap} better.", gap=percent(gap, 3))  # fmt: skip
        parts.append(paragraph(best))
    notes = [f"<li>{escape(told(str(note)))}</li>" for note in of.plan.notes]  # type: ignore[union-attr]
    return [*parts, *([folded(tr("What is not known, and what was done about it"), ["<ul>", *notes, "</ul>"])] if notes else [])]  # fmt: skip


def equity(of: Report) -> list[str]:
    """What fairness costs, and what each region gets beside what it needs."""
    plan, total = of.numbers["plan"], of.numbers["plan"]["totals"]
    price = total["price_of_equity"]
    unit = tr("schools") if total["learners"] is None else tr("learners without usable internet")
    parts = [heading(tr("The price of equity"))]
    if price is not None:
        parts.append(paragraph(tr("The fairness limits cost at most {price} of what could be reached without them.", price=percent(price, 1))))  # fmt: skip
    parts.append(paragraph(tr("The plan reaches {reached} {unit}; one that counted all alike would reach {plain}.", reached=written(total["reached"]), plain=written(total["reached_at_lambda_0"]), unit=unit)))  # fmt: skip
    rows = [
        [str(r.get("region") or ""), *("" if r.get(k) is None else percent(r[k], 1) for k in ("need_share", "money_share")), told(str(r.get("why") or ""))]
        for r in plan["regions"]
    ]  # fmt: skip
    head = [tr("Region"), tr("Share of need"), tr("Share of money"), tr("Why nothing")]
    if not any(row[-1] for row in rows):
        rows, head = [row[:-1] for row in rows], head[:-1]
    shares = [[r.get("need_share"), r.get("money_share")] for r in plan["regions"]]
    return (
        [*parts, table(head, rows, (1, 2), tr("Share of need beside share of money"), bars=shares)] if rows else parts
    )


# --- assumptions --------------------------------------------------------------------------------------------------------


def assumptions(of: Report) -> list[str]:
    """Every number that a person might argue about, in one click."""
    policy = of.desk.policy if of.plan is None else of.plan.terms.policy
    policy = of.view.policy_over(policy) if of.plan is None else policy
    wanted = [n for n in NUMBERS.values() if n.group == "standards" or policy[n.name] != n.value or (of.plan is not None and n.group in GROUPS)]  # fmt: skip
    rows = [
        [tr(n.title), _value(policy[n.name]), tr(n.unit), _set(policy[n.name], of.desk.policy[n.name], n.value), tr(n.definition), n.reference]
        for n in wanted
    ]  # fmt: skip
    head = (tr("Assumption"), tr("Value"), tr("Unit"), tr("Set by"), tr("Meaning"), tr("Reference"))
    said = [paragraph(rule(of.plan.terms, of.desk.atlas.name))] if of.plan is not None else []
    view = of.view.schools_only.query()
    asked = [paragraph(tr("Schools asked for: {view}", view=view), "note")] if view else []
    return [heading(tr("What this rests on")), *said, *asked, folded(tr("All assumptions, with their meaning and reference"), [table(head, rows, (1,))])]  # fmt: skip


def _value(value: object) -> str:
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def _set(value: object, own: object, default: object) -> str:
    return tr("this report") if value != own else tr("the country's recipe") if value != default else tr("First Mile")
