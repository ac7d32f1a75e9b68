"""Who is left out, by place: the areas farthest behind all the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import page, words
from dashboard.fair_bars import chart_of
from dashboard.fairness import MOST_PLACES, PATH, WITHOUT, who
from geodata.equity import selection, tables
from geodata.equity.audit import Audit
from geodata.equity.groups import NOT_REPORTED
from geodata.equity.selection import reader
from geodata.query import Desk
from geodata.say import told, tr, trn, written
from geodata.view import View


def by_place(desk: Desk, view: View, found: Audit) -> list[Component]:
    """The areas farthest behind all the others, with links into them."""
    if found.places is None:
        return [html.P(tr("There is one area here, so places cannot be compared."))]
    table = tables.of_dimension(found, found.places, reader(desk), desk.policy)
    table = table[table["group"] != NOT_REPORTED]
    known = table[table["gap"].notna()].sort_values(["gap", "group"], kind="stable")
    if known.empty:
        why = tr("only bounds are known") if found.whole.rate.one_sided else tr("too few of its schools report this")
        return [
            c.message(tr("No {lower} can be compared: {why}", lower=tr(found.places.dimension.title).lower(), why=why))
        ]
    named = {told(found.places.dimension.say(g.name)): g.name for g in found.places.groups}
    links = {
        group: page.address(PATH, replace(view, area=named[group]))
        for group in known["group"]
        if named.get(group) in desk.places.levels
    }
    worst = known.head(MOST_PLACES)
    less = int(np.count_nonzero(known["gap"] < 0))
    word = [words.level(desk.place, selection.level_of(desk, view.area), many=many) for many in (False, True)]
    shown = (
        tr("; the {MOST_PLACES} farthest behind are shown, the file has all", MOST_PLACES=MOST_PLACES)
        if len(known) > MOST_PLACES
        else ""
    )
    lead = trn(
        "{n} of {known} {word} is behind all the others together{shown}.",
        "{n} of {known} {word} are behind all the others together{shown}.",
        less,
        known=written(len(known)),
        word=word[1],
        shown=shown,
    )
    small = len(table) - len(known)
    note = (
        trn(
            " {n} {word} with too few schools or reports is not compared.",
            " {n} {word} with too few schools or reports are not compared.",
            small,
            word=word[0] if small == 1 else word[1],
        )
        if small
        else ""
    )
    chart = chart_of(
        worst,
        tr(found.places.dimension.title),
        tr(
            "{title}, each against all the others: share of {found} {WITHOUT}",
            title=tr(found.places.dimension.title),
            found=who(found),
            WITHOUT=tr(WITHOUT[found.indicator]),
        ),
        who(found),
        links,
    )
    return [html.P(lead + note), c.wide(chart, tr(found.places.dimension.title))]
