"""A brief put together from its parts, in the order of methods 8.1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geodata.briefing import annex as annexed
from geodata.briefing import behind, finding, first, ladder, mapped, method, money, planned, said, unknowns
from geodata.briefing.parts import Approval, Decision, Official
from geodata.briefing.scope import Scope
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import language, tr
from geodata.view import View


def parts_of(
    desk: Desk,
    view: View,
    *,
    area: str,
    plan: Plan | None,
    solved: Sequence[Plan],
    official: Official | None,
    decisions: Sequence[Decision],
    approval: Approval | None,
    annex: bool,
    title: str,
    schools: Sequence[str],
    groups: Mapping[str, str] | None,
) -> dict[str, Any]:
    """Every field of a `Brief` by its name; see `contents.brief_of` for what goes in."""
    scope = Scope.of(desk, view, area, title, schools)
    audit = behind.audited(scope)
    found = planned.planned(scope, plan, solved)
    by = None if groups is None else pd.Series(dict(groups), dtype="str")
    needs = money.need_money(scope, plan, by)
    rows = first.first_schools(scope)
    official = official or (_official(desk) if scope.whole else None)
    steps = ladder.ladder(scope, official)
    asked = tuple(decisions)
    return {
        **_head(scope, approval),
        "key": method.key_of(scope, plan, official, asked, solved),
        "covered": finding.coverage_bar(scope),
        "finding": finding.finding(scope),
        "numbers": finding.numbers(scope),
        "mapped": mapped.mapped(scope),
        "parity": behind.parity(scope, audit),
        "quintiles": behind.quintiles(scope, audit),
        "left_behind": behind.left_behind(scope, audit),
        "ladder": steps,
        "ladder_said": said.capital(ladder.ladder_said(steps)),
        "first_title": tr("Schools that come first"),
        "first": rows,
        "first_areas": first.first_areas(scope),
        "first_note": first.first_note(scope, rows),
        "planned": found,
        "plan_said": planned.plan_said(scope, plan, found),
        "need_money": needs,
        "need_said": money.need_said(scope, needs, plan if found else None),
        "financing": money.financing(scope, plan if found else None),
        "unknown": unknowns.unknown(scope, plan),
        "surveys": unknowns.surveys(scope),
        "decisions": asked or method.open_questions(scope, found),
        "decided": bool(asked),
        "method": method.method(scope, plan),
        "sources": method.sources(scope),
        "disclaimer": method.disclaimer(scope),
        "annex": annexed.annex(scope, plan, found, needs) if annex else (),
    }


def _official(desk: Desk) -> Official | None:
    """The official figure that the country's recipe names; None where it names none."""
    found = desk.place.get("official")
    return Official(float(found["share"]), *(str(found.get(k) or "") for k in ("source", "date", "of", "definition"))) if found else None  # fmt: skip


def _head(scope: Scope, approval: Approval | None) -> dict[str, Any]:
    """What the brief is of, of which data, for whom, in which language."""
    desk, spoken = scope.desk, language()
    licence, attribution = method.licence(scope)
    few = np.isnan(scope.schools)
    return {
        "title": tr("Schools, internet and learners: {place}", place=scope.name),
        "place": desk.atlas.name,
        "area": scope.area,
        "area_name": scope.name,
        "level": scope.level_word(scope.level) if scope.level else "",
        "version": desk.atlas.version,
        "code": str(desk.atlas.manifest.get("code_version") or ""),
        "made": method.made(scope),
        "synthetic": desk.atlas.synthetic,
        "tier": desk.tier,
        "risk": method.risk_words(desk.risk),
        "language": spoken.code,
        "direction": spoken.direction,
        "approval": approval,
        "status": method.status(approval),
        "notices": method.notices(scope),
        "schools": 0 if few else int(scope.schools),
        "schools_text": said.too_few() if few else said.schools(scope.schools),
        "unit": scope.unit if scope.schools and not few else "schools",
        "licence": licence,
        "attribution": attribution,
    }
