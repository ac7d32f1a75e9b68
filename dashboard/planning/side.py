"""Plans side by side on the screen, and what a shock did: tables from pure comparisons, as a tier may read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import words
from dashboard.planning import money
from dashboard.planning.seen import Seen
from geodata.plan.compare import Comparison, compare
from geodata.plan.measures import Side
from geodata.plan.shock import STATES, Shock
from geodata.query import Desk
from geodata.say import later, told, tr, written

NOT_KNOWN = later("not known")
SHARE = "share"
COUNTS = ("schools",)
FEW = 12  # schools of each side that are listed; the rest are counted


def tables(desk: Desk, sides: Sequence[Side]) -> list[Component]:
    """Two or more plans beside each other: totals, overlap, years, ways, regions, and who is in one alone."""
    found = compare(sides)
    seen = {side.name: Seen(desk, side.plan) for side in sides}
    rows = all(s.rows for s in seen.values())
    parts = [
        *[c.message(told(note)) for note in found.notes],
        *_beaten(found),
        _table(found, seen, found.measures.drop(index=found.measures.index[~_worth(found)]), "measure", tr("What each plan comes to")),
        _overlap(found, rows),
        _table(found, seen, found.by_year, "year", tr("Schools and cost, year by year")),
        _table(found, seen, found.ways.assign(way=found.ways["way"].map(money.way)), "way", tr("Ways of connecting")),
        *([_table(found, seen, found.regions, "region", tr("Regions"))] if len(found.regions) else []),
        *(_only(found) if rows else []),
    ]  # fmt: skip
    return [part for part in parts if part is not None]


def _worth(found: Comparison) -> Any:
    """Measures that are known of one plan at least."""
    return found.measures[list(found.names)].notna().any(axis=1)


def _beaten(found: Comparison) -> list[Component]:
    return [
        c.message(tr("“{name}” is beaten by {listed}", name=name, listed=words.listed([f'“{o}”' for o in others])), kept=tr("It reaches no more, and costs no less."))
        for name, others in found.beaten.items()
    ]  # fmt: skip


def _table(found: Comparison, seen: dict[str, Seen], frame: pd.DataFrame, key: str, caption: str) -> Component:
    body = [
        [_title(str(row[key]), str(row["unit"])), *(_said(row[n], str(row["unit"]), seen[n]) for n in found.names)]
        for row in frame.to_dict("records")
    ]
    table = c.table(("", *found.names), body, caption=caption, numeric=tuple(range(1, len(found.names) + 1)))
    return c.wide(table, caption)


def _title(what: str, unit: str) -> str:
    """A row's title with its unit, unless the title says it already."""
    return told(what) if unit in {"", SHARE} or unit in what.lower() else f"{told(what)}, {told(unit)}"


def _said(value: Any, unit: str, seen: Seen) -> str:
    if words.unknown(value):
        return tr(NOT_KNOWN) if unit in {SHARE, ""} else "0" if seen.rows else tr(NOT_KNOWN)
    if unit == SHARE:
        return words.percent(value)
    if unit in COUNTS:
        return seen.count(value)
    if unit == seen.plan.book.currency:
        return money.exact(seen.amount(value))
    return words.exact(value) if not unit else written(value)


def _overlap(found: Comparison, rows: bool) -> Component:
    body = [
        [tr("“{one}” and “{other}”", one=p['one'], other=p['other']), words.percent(p["share"]), *([written(p[k]) for k in ("both", "only_one", "only_other")] if rows else [])]
        for p in found.overlap.to_dict("records")
    ]  # fmt: skip
    head = (tr("Plans"), tr("Same schools, of those in either"), *((tr("In both"), tr("In the first alone"), tr("In the second alone")) if rows else ()))  # fmt: skip
    return c.wide(c.table(head, body, caption=tr("How far they choose the same schools"), numeric=tuple(range(1, len(head)))), tr("Overlap"))  # fmt: skip


def _only(found: Comparison) -> list[Component]:
    """Schools in one plan and not in the other, with both reasons; the largest first."""
    parts: list[Component] = []
    for (here, there), some in found.only.groupby(["chosen_in", "not_in"], sort=False):
        first = some.sort_values(["people", "school_id"], ascending=[False, True], kind="stable").head(FEW)
        body = [[r["school_id"], words.exact(r["people"]), money.way(r["way"]), told(r["why_in"]), told(r["why_out"])] for r in first.to_dict("records")]  # fmt: skip
        title = tr(
            "{some} in “{here}” and not in “{there}”", some=words.count(len(some), "school"), here=here, there=there
        )
        caption = tr("{title}, the {n} largest", title=title, n=len(first)) if len(some) > len(first) else title
        head = (
            tr("School"),
            tr("Counted"),
            tr("Way"),
            tr("Why in “{here}”", here=here),
            tr("Why not in “{there}”", there=there),
        )
        table = c.table(head, body, caption=caption, numeric=(1,))  # fmt: skip
        parts.append(html.Details([html.Summary(title), c.wide(table, tr("Schools in one plan alone"))]))  # fmt: skip
    return parts


# --- after a shock -----------------------------------------------------------------------------------------------------


def shocked(desk: Desk, found: Shock) -> list[Component]:
    """What a shock did to a plan: sentences, how many schools in each state, and the schools where they may be named."""
    seen = Seen(desk, found.after)
    counts = [
        (tr(sentence), seen.count(found.counts[state])) for state, sentence in STATES.items() if found.counts[state]
    ]
    parts: list[Component] = [html.P(" ".join(map(told, found.said))) if seen.rows else None]
    if counts:
        parts.append(c.wide(c.table((tr("What became of a school"), tr("Schools")), counts, caption=tr("After “{what}”", what=found.what), numeric=(1,)), tr("After the shock")))  # fmt: skip
    if seen.rows and len(found.schools):
        body = [[r["school_id"], tr(STATES[r["state"]]), money.way(r["way"]) if r["way"] else "", told(r["why"])] for r in found.schools.head(5 * FEW).to_dict("records")]  # fmt: skip
        caption = tr("What became of {schools}", schools=words.count(len(found.schools), "school"))
        if len(found.schools) > len(body):
            caption = tr("{title}, the first {n}", title=caption, n=len(body))
        parts.append(html.Details([html.Summary(caption), c.wide(c.table((tr("School"), tr("What became of it"), tr("Way"), tr("Why")), body, caption=caption), tr("Schools after the shock"))]))  # fmt: skip
    return [p for p in parts if p is not None]
