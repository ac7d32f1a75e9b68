"""What the audit does not know: the unreported, the groups that nobody counted, the verify first list by group."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import words
from dashboard.fair_bars import capital
from dashboard.fairness import who
from geodata import disclosure
from geodata.equity import tables
from geodata.equity.audit import Audit
from geodata.equity.groups import NOT_REPORTED
from geodata.equity.selection import reader
from geodata.query import Desk
from geodata.say import told, tr, trn


def unknown(desk: Desk, found: Audit) -> list[Component]:
    """Nobody disappears because nobody counted them: the unreported, the verify first list by group, the missing groups."""
    whole = found.whole
    lines = [
        _reported(found),
        trn("{n} operating school reports no learners: nothing is weighed by it in shares of learners, and it stands in the list like all others.", "{n} operating schools report no learners: nothing is weighed by them in shares of learners, and they stand in the list like all others.", int(whole.uncounted)) if whole.uncounted else "",
        tr("{not_open} that do not operate are not counted.", not_open=words.count(found.not_open, 'school')) if found.not_open else "",
        tr("Learners are not reported here, so schools are counted: a large school weighs as much as a small one.") if found.unit == "school" else "",
    ]  # fmt: skip
    missing = [_missing(desk, dim) for dim in found.missing]
    parts: list[Component] = [html.Ul([html.Li(line) for line in lines if line])]
    if missing:
        parts += [html.H3(tr("Groups that cannot be told apart here")), html.Ul([html.Li(text) for text in missing])]
    table = verify(found, desk)
    if len(table):
        rows = [
            (
                r["by"],
                capital(told(str(r["group"]))),
                words.exact(r["verify_schools"], 0),
                words.exact(r["schools"], 0),
                words.percent(r["share"]),
            )
            for r in table.to_dict("records")
        ]
        made = c.table(
            (tr("By"), tr("Group"), tr("Schools to verify first"), tr("Of schools"), tr("Share")),
            rows,
            caption=tr("Schools of which too little is known to rank them: verify first"),
            numeric=(2, 3, 4),
        )
        parts += [html.H3(tr("Whom to verify first, by group")), c.wide(made, tr("Verify first by group"))]
    return parts


def _reported(found: Audit) -> str:
    whole = found.whole
    if not whole.rate.total:
        return tr("{title}: no school reports its learners.", title=tr(found.title))
    if not whole.rate.unknown:
        return tr(
            "{title}: reported for all {total} {found} that are counted.",
            title=tr(found.title),
            total=words.exact(whole.rate.total, 0),
            found=who(found),
        )
    if whole.rate.unknown == whole.rate.total:
        return tr(
            "{title}: not reported for any of {total} {found}.",
            title=tr(found.title),
            total=words.exact(whole.rate.total, 0),
            found=who(found),
        )
    return tr(
        "{title}: not reported for {coverage} of {found} ({unknown} of {total}).",
        title=tr(found.title),
        coverage=words.percent(1 - whole.rate.coverage),
        found=who(found),
        unknown=words.exact(whole.rate.unknown, 0),
        total=words.exact(whole.rate.total, 0),
    )


def _missing(desk: Desk, dim: Any) -> str:
    hidden = [name for name in dim.columns if not disclosure.may_see(name, desk.tier, desk.risk)]
    why = (
        tr("may not be shown to the {tier} view", tier=desk.tier)
        if hidden
        else tr("not reported; it would need {bring}", bring=dim.bring)
    )
    return f"{tr(dim.title)}: {why}."


def verify(found: Audit, desk: Desk) -> pd.DataFrame:
    """Groups with schools in the verify first list, with their share of the group's schools."""
    kept = [by for by in found.by_group if by.dimension.kind == "schools"]
    parts = [tables.of_dimension(found, by, reader(desk), desk.policy) for by in kept]
    if not parts or not found.whole.verify_schools:
        return pd.DataFrame()
    table = pd.concat(parts, ignore_index=True)
    table = table[table["verify_schools"].notna() & ((table["verify_schools"] > 0) | (table["group"] != NOT_REPORTED))]
    return table.assign(share=table["verify_schools"] / table["schools"].where(table["schools"] > 0))
