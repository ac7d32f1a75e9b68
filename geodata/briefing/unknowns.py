"""What we do not know: what is thinly reported, what the model may say, and the surveys worth doing first (item 9)."""

from __future__ import annotations

import numpy as np

from geodata.briefing import said
from geodata.briefing.scope import Measure, Scope
from geodata.equity.selection import models
from geodata.plan.result import Plan
from geodata.say import joined, told, tr, trn
from geodata.view import View

MOST = 3
NAMES = 4  # schools named in a survey
ASKED = ("internet_for_learners", "electricity", "meaningfully_connected", "computers", "internet")


def unknown(scope: Scope, plan: Plan | None) -> tuple[str, ...]:
    """Sentences: each thing that is not reported for some, the model's verdict, what the plan does not know."""
    if not scope.schools or np.isnan(scope.schools):
        return (tr("Nothing is known of schools here."),)
    out = [text for text in (_lacking(scope, name) for name in ("internet_for_learners", "meaningfully_connected", "electricity")) if text]  # fmt: skip
    out += _learners(scope)
    out += _model(scope)
    if plan is not None and plan.book.provisional:
        out.append(trn("{n} of {all} prices of the plan has no national quote.", "{n} of {all} prices of the plan have no national quote.", len(plan.book.provisional), all=said.exact(len(plan.book.costs))))  # fmt: skip
    return tuple(out) or (tr("Every school reports what this brief stands on; whether the reports are true is not known."),)  # fmt: skip


def _words(name: str) -> str:
    return {
        "internet_for_learners": tr("whether learners may use the internet"),
        "electricity": tr("whether there is electricity"),
        "meaningfully_connected": tr("whether the connection is fast enough for the learners"),
        "computers": tr("whether there is a device for learners"),
        "internet": tr("whether there is internet"),
    }[name]


def _lacking(scope: Scope, name: str) -> str:
    m = scope.measure(name)
    if m.hidden or np.isnan(m.known) or not m.unknown:
        return ""
    if not m.known:
        return tr("No school reports {what}.", what=_words(name))
    return trn("{n} school ({share}) does not report {what}.", "{n} schools ({share}) do not report {what}.", round(m.unknown), share=said.share_said(1 - m.coverage), what=_words(name))  # fmt: skip


def _learners(scope: Scope) -> list[str]:
    if not scope.desk.one_by_one or not len(scope.frame):
        return []
    lost = int(scope.frame["num_students"].isna().sum())
    if not lost:
        return []
    if lost == len(scope.frame):
        return [tr("No school reports how many learners it has: schools are counted, not learners.")]
    return [trn("{n} school does not report how many learners it has: it weighs nothing in shares of learners.", "{n} schools do not report how many learners they have: they weigh nothing in shares of learners.", lost)]  # fmt: skip


def _model(scope: Scope) -> list[str]:
    """The verdict of the model of internet for learners, in its own words."""
    found = [m for m in models(scope.desk) if m.get("target") == "internet_for_learners"]
    if not found:
        return [tr("No model stands in for what is not reported.")]
    verdict = told(str(found[0].get("verdict") or ""))
    return [tr("Model of internet for learners: {verdict} No figure of this brief rests on it.", verdict=verdict)]


def surveys(scope: Scope) -> tuple[str, ...]:
    """Three surveys worth doing first: the fact that most are silent on, whom to ask first, and what would move money."""
    if not scope.schools or np.isnan(scope.schools):
        return ()
    lost: list[tuple[float, str, Measure]] = []
    for name in ASKED:
        m = scope.measure(name)
        if not m.hidden and not np.isnan(m.unknown) and m.unknown > 0:
            lost.append((m.unknown, name, m))
    order = {name: k for k, name in enumerate(ASKED)}
    lost.sort(key=lambda f: (order[f[1]] > 1, -f[0], order[f[1]]))
    out = [trn("Ask {n} school {what}", "Ask {n} schools {what}", round(n), what=_words(name)) + _whom(scope, name) + "." for n, name, _ in lost]  # fmt: skip
    if scope.desk.one_by_one and len(scope.frame):
        silent = int(scope.frame["num_students"].isna().sum())
        if silent:
            text = trn("Ask {n} school how many learners it has.", "Ask {n} schools how many learners they have.", silent)  # fmt: skip
            out.insert(min(1, len(out)), text)
        if scope.frame["num_students_girls"].isna().all():
            out.append(tr("Ask every school how many of its learners are girls."))
    if len(out) < MOST and not any(name == "meaningfully_connected" for _, name, _ in lost):
        out.append(tr("Measure the speed of the connection in schools that report one: it is what decides whether it is fast enough."))  # fmt: skip
    return tuple(out[:MOST])


def _whom(scope: Scope, name: str) -> str:
    """Which schools to ask first, in the order of the survey; empty where schools are not named or there is no order."""
    if name != "internet_for_learners" or not scope.desk.one_by_one or "survey_value" not in scope.desk.columns:
        return ""
    view = View(**{**scope.view.__dict__, "sort": "survey_value", "descending": False})
    rows = scope.desk.frame(view, ["school_name", "school_id", "survey_value"], 0, NAMES)
    names = [str(r["school_name"] or r["school_id"]) for r in rows[rows["survey_value"].notna()].to_dict("records")]
    return tr(", first: {schools}", schools=joined(names)) if names else ""
