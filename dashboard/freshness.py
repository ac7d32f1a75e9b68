"""How old the values are: by kind of fact, the years that they describe, and how many are older than the policy allows."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import words
from dashboard.sheet import AGEING
from geodata.aggregate import stale
from geodata.freshness import as_of
from geodata.policy import Policy
from geodata.query import Desk
from geodata.say import date, later, remembered, tr

TITLES = {"connectivity": later("Connectivity"), "devices": later("Devices"), "electricity": later("Electricity")}
HEAD = (
    later("Facts"),
    later("Values with a date"),
    later("Without a date"),
    later("Oldest"),
    later("Newest"),
    later("Older than allowed"),
    later("Allowed"),
)


@dataclass(frozen=True)
class Age:
    """The dates of the values of one kind of fact; `old` counts those past the age that the policy allows."""

    kind: str
    dated: int
    undated: int
    oldest: str
    newest: str
    old: int


@remembered(maxsize=8)
def ages(desk: Desk, policy: Policy, today: datetime.date) -> tuple[Age, ...]:
    """The age of every reported value that this tier may see, by kind of fact: the value's own date, else its source's."""
    dates = _by_source(desk)
    return tuple(_age(kind, columns, desk, dates, policy, today) for kind, columns in AGEING.items())


def _age(kind: str, columns: tuple[str, ...], desk: Desk, dates: Mapping[str, str], policy: Policy, today: datetime.date) -> Age:  # fmt: skip # noqa: PLR0917 - one row of a table
    counts: dict[str, int] = {}
    for column in columns:
        if column in desk.schools:
            for date, n in _dates(desk.schools, column, dates.get(column, "")).items():
                counts[date] = counts.get(date, 0) + n
    known = {d: n for d, n in counts.items() if stale(d, kind, today, policy) is not None}  # type: ignore[arg-type]
    old = sum(n for d, n in known.items() if stale(d, kind, today, policy))  # type: ignore[arg-type]
    dated = sum(known.values())
    return Age(kind, dated, sum(counts.values()) - dated, min(known, default=""), max(known, default=""), old)


def _dates(schools: pd.DataFrame, column: str, otherwise: str) -> dict[str, int]:
    """How many known values of a column carry each date."""
    known = schools[column].notna()
    own = schools.get(f"{column}_date")
    said = pd.Series(otherwise, index=schools.index, dtype="str") if own is None else own.astype("str").where(own.notna(), otherwise)  # fmt: skip
    return {str(date): int(n) for date, n in said[known].value_counts().items()}


def _by_source(desk: Desk) -> dict[str, str]:
    """The date of a column's only source; none where several feed it."""
    manifest = desk.atlas.manifest
    dates = {str(s.get("name")): str(s.get("date") or "") for s in manifest.get("sources") or []}
    fed = manifest.get("columns") or {}
    return {column: dates.get(str(told["sources"][0]), "") for column, told in fed.items() if len(told.get("sources", ())) == 1}  # fmt: skip


def section(desk: Desk, today: datetime.date | None = None) -> Component:
    """The table of ages on the last day that the sources describe (today where none gives one), and what has aged since."""
    now = today or datetime.datetime.now(datetime.UTC).date()
    day = as_of(desk.atlas.manifest) or now
    found = [a for a in ages(desk, desk.policy, day) if a.dated + a.undated]
    title = tr("How old the values are")
    if not found:
        return c.section(title, html.P(tr("Nothing about internet, devices or power is reported here.")), id_="fresh")
    said = [_said(a) for a in found if a.old]
    lead = html.P(words.sentence("; ".join(said)) if said else tr("No value with a date is older than the policy allows."), className="fm-out" if said else "")  # fmt: skip
    since = _since(found, desk.policy, day, now)
    rows = [_row(a, desk.policy) for a in found]
    note = tr(
        "By the date that each value carries, else that of its source, on {day}, the last day that the sources describe. Old values stay in use, and each carries its date on the school's page."
        if day != now
        else "By the date that each value carries, else that of its source, on {day}. Old values stay in use, and each carries its date on the school's page.",
        day=date(day),
    )
    return c.section(title, lead, *since, c.wide(c.table(HEAD, rows, caption=tr("Values reported, by what they tell of"), numeric=(1, 2, 5)), title), id_="fresh", note=note)  # fmt: skip


def _since(found: list[Age], policy: Policy, day: datetime.date, now: datetime.date) -> list[Component]:
    """What is older than allowed by now however it stood on the last day described: there is nothing newer."""
    aged = [tr(TITLES[a.kind]).lower() for a in found if a.newest and stale(a.newest, a.kind, now, policy) and not stale(a.newest, a.kind, day, policy)]  # type: ignore[arg-type]  # fmt: skip
    if not aged:
        return []
    return [html.P(tr("By {day} even the newest values are older than allowed: {aged}. Ask again before relying on them.", day=date(now), aged=words.listed(aged)), className="fm-out")]  # fmt: skip


def _said(age: Age) -> str:
    share = words.percent(age.old / age.dated)
    return tr(
        "{lower}: {share} of the dated values are older than allowed", lower=tr(TITLES[age.kind]).lower(), share=share
    )


def _row(age: Age, policy: Policy) -> tuple[object, ...]:
    allowed = words.count(policy.number(f"stale_{age.kind}_years"), "year")
    flag = c.status("partly", words.exact(age.old)) if age.old else words.exact(0)
    return tr(TITLES[age.kind]), words.exact(age.dated), words.exact(age.undated), age.oldest or "–", age.newest or "–", flag, allowed  # fmt: skip
