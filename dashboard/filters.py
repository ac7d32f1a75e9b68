"""The panel of filters: which schools. Each control stands for one key of the address and follows it both ways."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from dashboard import page, words
from geodata.fields import FIELDS
from geodata.query import Desk
from geodata.say import remembered, tr
from geodata.view import UNKNOWN, View

CHOICES = (
    "school_area_type",
    "education_level",
    "school_funding_type",
    "has_internet",
    "has_internet_for_learners",
    "has_electricity",
    "has_computers",
    "underserved",
    "tier",
    "list",
    "school_status",
    "facility_type",
    "community_land",
)
NUMBER = "num_students"
BOUNDS = ("at_least", "at_most")


@remembered(maxsize=64)
def options(desk: Desk, column: str) -> tuple[dict[str, str], ...]:
    """Values that the country's schools have in a column, with how many schools; none where there is nothing to choose."""
    frame = desk.derived() if column in desk.derived() else desk.schools
    if column not in frame:
        return ()
    values = frame[column]
    field = FIELDS[column]
    if field.kind == "yesno":
        counts = {"yes": int(values.eq(True).sum()), "no": int(values.eq(False).sum())}
    else:
        counts = {value: int(values.eq(value).sum()) for value in field.allowed}
    found = {value: total for value, total in counts.items() if total}
    unknown = int(values.isna().sum())
    if len(found) + (unknown > 0) < 2 or not found:
        return ()
    said = [
        {"value": value, "label": f"{name_of(column, value)} ({words.exact(total)})"} for value, total in found.items()
    ]
    return (
        (*said, {"value": UNKNOWN, "label": f"{words.NOT_REPORTED} ({words.exact(unknown)})"})
        if unknown
        else tuple(said)
    )


def name_of(column: str, value: str) -> str:
    """A value of a filter in words."""
    if value == UNKNOWN:
        return words.NOT_REPORTED
    if column == "tier":
        return tr("group {value}", value=value)
    return words.code(value)


def panel(desk: Desk, view: View) -> Component:
    """The controls, set as the view has them."""
    chosen = dict(view.among)
    columns = [c for c in CHOICES if options(desk, c)]
    first, rest = columns[:6], columns[6:]
    selects = {c: _select(desk, c, list(chosen.get(c, ()))) for c in columns}
    learners = [_learners(view)] if desk.schools[NUMBER].notna().any() else []
    more = html.Details(
        [html.Summary(tr("More filters")), *learners, *(selects[c] for c in rest)],
        open=any(c in chosen for c in rest) or bool(view.at_least or view.at_most),
    )
    return html.Div([*(selects[c] for c in first), more], className="filters")


def _select(desk: Desk, column: str, value: list[str]) -> Component:
    return dmc.MultiSelect(
        id={"filter": column},
        label=tr(FIELDS[column].title),
        data=list(options(desk, column)),
        value=value,
        placeholder="" if value else tr("any"),
        clearable=True,
        size="sm",
        comboboxProps={"shadow": "none"},
    )


def _learners(view: View) -> Component:
    values = {bound: dict(getattr(view, bound)).get(NUMBER, "") for bound in BOUNDS}
    return html.Fieldset(
        [
            html.Legend(tr("Learners in the school")),
            html.Div(
                [
                    dmc.NumberInput(
                        id={"bound": bound},
                        label=label,
                        value=values[bound],
                        min=0,
                        step=50,
                        size="sm",
                        debounce=600,
                        hideControls=True,
                    )
                    for bound, label in zip(BOUNDS, (tr("at least"), tr("at most")), strict=True)
                ],
                className="pair",
            ),
        ]
    )


def register(app: Dash, path: str) -> None:
    """The address follows the controls and the controls follow the address, on the page at `path`."""

    @app.callback(
        Output("filters-followed", "data"),
        Input({"filter": ALL}, "value"),
        Input({"bound": ALL}, "value"),
        State(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _choose(_: list[Any], __: list[Any], search: str, where: str) -> Any:
        if where == path:
            _, view = page.here(search)
            page.go(_asked(view, ctx.inputs_list), search)
        return no_update

    @app.callback(
        Output({"filter": ALL}, "value"),
        Output({"bound": ALL}, "value"),
        Input(page.URL, "search"),
        State({"filter": ALL}, "value"),
        State({"bound": ALL}, "value"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _follow(search: str, chosen: list[Any], bounds: list[Any], where: str) -> Any:
        if where != path:
            return [no_update] * len(chosen), [no_update] * len(bounds)
        _, view = page.here(search)
        filters, limits, _ = ctx.states_list
        now = dict(view.among)
        wanted = [list(now.get(s["id"]["filter"], ())) for s in filters]
        ends = [dict(getattr(view, s["id"]["bound"])).get(NUMBER, "") for s in limits]
        return (
            [no_update if sorted(old or []) == new else new for old, new in zip(chosen, wanted, strict=True)],
            [no_update if (old or "") == new else new for old, new in zip(bounds, ends, strict=True)],
        )


def _asked(view: View, inputs: list[Any]) -> View:
    """The view with what the controls say; what has no control stays."""
    filters, bounds = inputs
    for control in filters:
        view = view.with_among(control["id"]["filter"], control.get("value") or [])
    for control in bounds:
        name, value = control["id"]["bound"], control.get("value")
        kept = {k: v for k, v in getattr(view, name) if k != NUMBER}
        number = {NUMBER: float(value)} if value not in (None, "") else {}
        view = replace(view, **{name: tuple(sorted({**kept, **number}.items()))})
    return view


def cleared(view: View) -> View:
    """The view of all schools of the same area, ranked and shown the same."""
    return View(area=view.area, policy=view.policy, screen=view.screen)


def relaxed(view: View) -> list[tuple[str, View]]:
    """Each filter of a view by name, with the view without it: what an empty result may relax."""
    ways = [
        (f"{tr(FIELDS[c].title)}: {words.listed([name_of(c, v) for v in values], 'or')}", view.with_among(c, ()))
        for c, values in view.among
    ]
    for bound, said in zip(BOUNDS, (tr("at least"), tr("at most")), strict=True):
        pairs = getattr(view, bound)
        ways += [
            (
                f"{tr(FIELDS[name].title)} {said} {value:g}",
                replace(view, **{bound: tuple(p for p in pairs if p[0] != name)}),
            )
            for name, value in pairs
        ]
    ways += [(tr("Name or id with “{text}”", text=view.text), replace(view, text=""))] if view.text else []
    ways += (
        [(tr("Only {ids}", ids=words.count(len(view.ids), "chosen school")), replace(view, ids=(), kept=""))]
        if view.ids
        else []
    )
    return ways
