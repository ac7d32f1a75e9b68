"""What else is to be said of a number on Explore: how old it is, what a model would add, which standards were changed."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import page, shows, words
from dashboard.ranking import whole
from dashboard.sheet import AGEING
from geodata.aggregate import assisted, stale
from geodata.declare import Indicator
from geodata.freshness import as_of
from geodata.policy import NUMBERS
from geodata.priority import operating
from geodata.query import Desk
from geodata.say import date, tr
from geodata.view import View


def lines(desk: Desk, view: View, today: datetime.date | None = None) -> list[Component]:
    """One small line each; nothing where there is nothing to say. Ages are those on the last day that the sources describe."""
    indicator = shows.shown(desk, view)
    day = today or as_of(desk.atlas.manifest)
    said = [old(desk, view, indicator, day) if day else "", with_model(desk, view, indicator)]
    return [html.P(text, className="fineprint") for text in said if text] + standards(desk, view)


def old(desk: Desk, view: View, indicator: Indicator, today: datetime.date) -> str:
    """How many of the reported values are older than the policy allows; empty where none is, or no date is known."""
    column, kind = next(((n, k) for k, names in AGEING.items() for n in indicator.inputs if n in names), ("", ""))
    if not column or column not in desk.schools:
        return ""
    policy, positions = view.policy_over(desk.policy), desk.select(view.schools_only).positions
    dates = _dates(desk, column).iloc[positions][desk.schools[column].iloc[positions].notna().to_numpy()]
    counts = dates.value_counts()
    aged = int(sum(n for day, n in counts.items() if stale(str(day), kind, today, policy)))  # type: ignore[arg-type]
    if not aged:
        return ""
    years = words.count(int(policy.number(f"stale_{kind}_years")), "year")
    return tr(
        "{aged} of {dates} were older than {years} on {today}, the last day these data describe: ask again before relying on them.",
        aged=words.exact(aged),
        dates=words.count(len(dates), "reported value"),
        years=years,
        today=date(today),
    )


def _dates(desk: Desk, column: str) -> pd.Series:
    """The date of each school's value: its own, else that of the one source of the column."""
    own = f"{column}_date"
    if own in desk.schools and desk.schools[own].notna().any():
        return desk.schools[own]
    told = (desk.atlas.manifest.get("columns") or {}).get(column) or {}
    dates = {str(s.get("name")): s.get("date") for s in desk.atlas.manifest.get("sources") or []}
    found = {dates.get(str(name)) for name in told.get("sources", [])} - {None}
    one = found.pop() if len(found) == 1 else None
    return pd.Series(one, index=desk.schools.index, dtype="str")


def with_model(desk: Desk, view: View, indicator: Indicator) -> str:
    """The share with a model's expectation for what is not reported; empty where no usable model says anything."""
    if not indicator.predicted or indicator.predicted not in desk.columns:
        return ""
    policy, positions = view.policy_over(desk.policy), desk.select(view.schools_only).positions
    derived = desk.derived(policy)
    frame = whole(desk)
    needed = [
        *indicator.inputs,
        indicator.predicted,
        "school_status",
        *([indicator.weight] if indicator.weight else []),
    ]
    rows = pd.DataFrame({n: (derived if n in derived else frame)[n].iloc[positions] for n in dict.fromkeys(needed)})
    found = assisted(rows, pd.Series("all", index=rows.index), indicator, policy)
    if found.empty or words.unknown(found["assisted"].iloc[0]):
        return ""
    value, spread, left = (float(found[n].iloc[0]) for n in ("assisted", "assisted_sd", "assisted_left_out"))
    asked = indicator.of(rows, policy).isna().to_numpy() & operating(rows["school_status"])
    if not asked.any():
        return ""
    about = (
        tr(", give or take {spread}", spread=words.percent(2 * spread)) if np.isfinite(spread) and spread > 0 else ""
    )
    out = tr(" {left} without a prediction left out.", left=words.count(round(left), "school")) if left else ""
    who = tr(indicator.unit.removeprefix("share of "))
    return tr(
        "{title}, with a model’s expectation where nothing is reported: {value} of {who}{about}.{out} A prediction is never counted as reported.",
        title=tr(indicator.title),
        value=words.percent(value),
        who=who,
        about=about,
        out=out,
    )


def standards(desk: Desk, view: View) -> list[Component]:
    """Which standards this view changes, with the way back."""
    changed = [name for name, value in view.policy if value != desk.policy[name]]
    if not changed:
        return []
    said = [
        f"{tr(NUMBERS[n].title).lower()} {words.policy_value(dict(view.policy)[n], NUMBERS[n].unit)}"
        for n in changed[:3]
    ]
    more = tr(" and {changed} more", changed=len(changed) - 3) if len(changed) > 3 else ""
    undo = dcc.Link(tr("Undo"), href=page.address(page.EXPLORE, View(**{**view.__dict__, "policy": ()})))
    return [
        html.P(
            [tr("Standards changed in this view: {said}{more}. ", said=words.listed(said), more=more), undo],
            className="fm-changed",
        )
    ]
