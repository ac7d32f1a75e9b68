"""The annex: the table that UIS asks for, the master plan, and the figures behind the drawings (methods 8.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from geodata import official
from geodata.briefing import said
from geodata.briefing.parts import Chart, Mapped, Need, Planned, Sheet
from geodata.briefing.planned import Part, may_tell
from geodata.briefing.scope import Scope
from geodata.exports import masterplan
from geodata.exports.plan_seen import Handed
from geodata.plan.result import Plan
from geodata.say import told, tr
from geodata.tables import SCHOOLS, empty_columns

LEVELS = ("pre_primary", "primary", "lower_secondary", "upper_secondary", "all")


def annex(scope: Scope, plan: Plan | None, others: Planned | None, needs: Sequence[Need]) -> tuple[Sheet, ...]:
    """The tables of the annex that can be told here."""
    found = [uis(scope), master_plan(scope, plan), curve(others), years(others), need_table(needs, others)]
    return tuple(s for s in found if s is not None and s.rows)


def uis(scope: Scope) -> Sheet | None:
    """SDG 4.a.1 by level: with, without, not reported; as the official workbook counts it."""
    desk = scope.desk
    if not desk.one_by_one and not scope.whole:
        return None
    frame = desk.schools if scope.whole else desk.schools.loc[scope.frame.index]
    counted = official.reported_only(empty_columns(frame, SCHOOLS), desk.policy)
    few = 0 if desk.one_by_one else max(desk.thresholds.schools, desk.locations.least)
    table = official.service_counts(counted, official.SDG, desk.policy, least=few)
    table = table[(table["sector"] == "all") & table["level"].isin(LEVELS)]
    titles = {name: i.title for name, i in desk.indicators.items()}
    rows = [_service(row, titles) for row in table.to_dict("records") if row["institutions"] != 0]
    head = (tr("Code"), tr("Schools with"), tr("Level"), tr("With"), tr("Without"), tr("Not reported"), tr("Share of those that answered"))  # fmt: skip
    return Sheet(tr("SDG 4.a.1 by level, as UIS asks for it"), head, tuple(rows), (False, False, False, True, True, True, True), tr("A school counts once at each level that it offers. Predicted answers are not counted."), "uis")  # fmt: skip


def _service(row: dict[Any, Any], titles: dict[str, str]) -> tuple[str, ...]:
    def number(name: str) -> str:
        return said.too_few() if pd.isna(row[name]) else said.exact(float(row[name]))

    share = said.too_few() if row["hidden"] else said.share_said(float(row["share"]))
    level = tr(official.LEVELS[str(row["level"])][1])
    title = told(titles.get(str(row["indicator"]), str(row["indicator"])))
    return str(row["code"]), title, level, number("with"), number("without"), number("not_reported"), share


def master_plan(scope: Scope, plan: Plan | None) -> Sheet | None:
    """What is done in which year, by whom, for how much, from which money."""
    if plan is None or not may_tell(scope) or plan.choice.status == "infeasible":
        return None
    part = Part(scope, plan)
    if part.few or not len(part.chosen):
        return None
    handed = Handed(scope.desk, replace(plan, schools=part.rows))
    table = masterplan.table(handed)
    money = plan.book.currency
    rows = tuple(_activity(row) for row in table.to_dict("records"))
    head = (tr("Year"), tr("Activity"), tr("Responsible body"), tr("Schools"), tr("Cost, {currency}", currency=money), tr("Funding source"), tr("Risk"))  # fmt: skip
    years = said.exact(plan.terms.number("plan_horizon_years"))
    note = tr("Present value over {years} years. Nobody named as a possible payer has agreed to pay.", years=years)
    return Sheet(tr("Master plan"), head, rows, (True, False, False, True, True, False, False), note, "masterplan")


def _activity(row: dict[Any, Any]) -> tuple[str, ...]:
    def number(name: str) -> str:
        value = row.get(name)
        return "" if value is None or pd.isna(value) else said.exact(float(value))

    words = (told(str(row.get(name) or "")) for name in ("activity", "responsible", "funding", "risk"))
    activity, responsible, funding, risk = words
    return number("year"), activity, responsible, number("schools"), number("cost"), funding, risk


def curve(found: Planned | None) -> Sheet | None:
    """The solved budgets as a table."""
    if found is None:
        return None
    head = (tr("Budget"), tr("Reached"), tr("All counted alike (λ = 0)"), tr("Schools"))
    rows = tuple((s.budget_text, s.reached_text, s.plain_text, s.schools_text) for s in found.stops)
    return Sheet(tr("What solved budgets buy"), head, rows, (True, True, True, True), found.unit, "curve")


def years(found: Planned | None) -> Sheet | None:
    """Money by year as a table."""
    if found is None:
        return None
    head = (tr("Year"), tr("At the start, {currency}", currency=found.currency), tr("Running costs, {currency}", currency=found.currency))  # fmt: skip
    rows = tuple((y.label, y.capital_text, y.running_text) for y in found.years)
    return Sheet(tr("Money by year"), head, rows, (False, True, True), "", "years")


def need_table(needs: Sequence[Need], found: Planned | None) -> Sheet | None:
    """Share of need beside share of money of every area or group."""
    if not needs:
        return None
    money = found is not None
    head = (tr("Name"), tr("Share of need"), *((tr("Share of money"),) if money else ()))
    rows = tuple((n.name, n.need_text, *((n.money_text,) if money else ())) for n in needs)
    return Sheet(tr("Share of need beside share of money"), head, rows, (False, True, True)[: len(head)], "", "need")


def chart_table(found: Chart) -> Sheet:
    """A chart as a table."""
    rows = tuple((b.label, b.text, b.note) for b in found.bars)
    return Sheet(found.title, (found.label_head, found.value_head, tr("Parity index")), rows, (False, True, False), found.subtitle)  # fmt: skip


def map_table(found: Mapped) -> Sheet:
    """The map as a table: areas with their share, most first."""
    rows = sorted((s for s in found.shapes if not s.outside and s.label), key=lambda s: (s.klass < 0, -s.value if s.klass >= 0 else 0.0, s.label))  # fmt: skip
    return Sheet(found.title, (tr("Name"), tr("Without usable internet")), tuple((s.label, s.text) for s in rows), (False, True), found.subtitle)  # fmt: skip
