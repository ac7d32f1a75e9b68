"""What the page Children says beside its map: the finding, the figures with their bounds, places without a school."""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import children, page, words
from dashboard import components as c
from dashboard.children_method import NEEDED, method
from dashboard.children_places import PATH, limit, places, rounded
from geodata.people import kept, shown
from geodata.query import Desk
from geodata.say import tr
from geodata.view import View


def panel(desk: Desk, view: View) -> list[Component]:
    """The right side for a view; what is missing and what would bring it, where there are no people."""
    if not shown.there(desk):
        return nothing(desk)
    head = shown.headline(desk, view.area)
    return [
        html.P(_where(desk, view), className="fm-crumbs"),
        html.H1(finding(desk, head), className="fm-headline"),
        *_figures(desk, head, view.area),
        *places(desk, view),
        *_areas(desk, view),
        *method(desk),
    ]


def nothing(desk: Desk) -> list[Component]:
    """The page of a country without a population raster: what is missing, and what would bring it."""
    rows = [
        html.Li([html.Strong(f"{words.capital(tr(what))}: "), f"{tr(how)}. ", html.Span([tr("In the recipe: "), html.Code(key)], className="fm-soft")])
        for what, how, key in NEEDED.values()
    ]  # fmt: skip
    return [
        html.H1(tr("Where children live is not known here"), className="fm-headline"),
        html.P(
            tr(
                "No population raster is given for {name}, so nothing can be said of children whom no school counts. The number of schools and learners stands on Explore.",
                name=desk.atlas.name,
            )
        ),
        html.H2(tr("What would bring this page")),
        html.Ul(rows, className="fm-steps"),
        html.P(
            tr(
                "Add them to the recipe and build again. What is given is used, what is not is said; nothing is guessed."
            ),
            className="fm-soft",
        ),
    ]


def _where(desk: Desk, view: View) -> str:
    return desk.places.names.get(view.area, "") or desk.atlas.name


# --- the figures ----------------------------------------------------------------------------------------------------


def finding(desk: Desk, head: shown.Headline) -> str:
    """One sentence of what the figures come to, with its bounds in words."""
    if head.hidden:
        return tr("Too few children live here for numbers to be shown")
    if head.children is not None and head.underserved is None:
        return tr("{children} children of school age live here", children=rounded(head.children))
    if head.children is None or head.underserved is None:
        return tr("{people} people live here; how many are children is not known", people=rounded(head.people))
    low, high = head.underserved
    share = words.bounds_of_ten(low / head.children, high / head.children) if head.children else ""
    return (
        tr("{capitalize} children of school age are underserved", capitalize=share.capitalize())
        if share
        else tr("No children of school age live here")
    )


def _figures(desk: Desk, head: shown.Headline, area: str) -> list[Component]:
    if head.hidden or head.children is None:
        return [_not_known(desk)]
    everybody = head.children
    girls = "" if head.girls is None else tr("; {girls} of them girls", girls=rounded(head.girls))
    parts: list[Component] = [
        html.P([html.Strong(words.rounded(round(everybody), 3)), tr(" children of official school age{girls}, among {people} people.", girls=girls, people=rounded(head.people))])
    ]  # fmt: skip
    if head.underserved:
        parts.append(_bar(head.underserved, everybody, tr("underserved: out of school, or in a school that is not meaningfully connected")))  # fmt: skip
    if head.out_of_school:
        parts.append(_bar(head.out_of_school, everybody, tr("out of school")))
    if head.no_seats:
        parts.append(_bar(head.no_seats, everybody, tr("reach no device in a connected school")))
    rows = [(tr("No primary school within {desk}", desk=limit(desk, 'primary')), head.beyond), (tr("No secondary school within {desk}", desk=limit(desk, 'secondary')), head.beyond_secondary)]  # fmt: skip
    if not kept.enough(desk, area):
        parts.append(html.P(tr("What the schools here have, and how far they are, is not shown: too few of them to tell of them together."), className="fm-soft"))  # fmt: skip
    else:
        parts.append(c.key_values([(name, _of(value, everybody)) for name, value in rows]))
    if head.enrolment_exceeds:
        parts.append(c.message(tr("Schools here report more learners than there are children of school age"), mend=tr("Learners come from elsewhere or are of other ages, or a count is wrong. The share out of school cannot be checked against enrolment.")))  # fmt: skip
    return parts


def _not_known(desk: Desk) -> Component:
    what, how, _ = NEEDED["ages"]
    if "ages" in shown.about(desk).get("missing", ()):
        return c.message(tr("No table of {what} is given, so the map shows people", what=tr(what)), mend=tr("Children are never guessed from a share of people. What would bring them: {how}.", how=tr(how)))  # fmt: skip
    return c.message(
        tr("Children are not known here"),
        mend=tr("The table of ages has no row for this area, or its ages end too early."),
    )


def _bar(bounds: tuple[float, float], everybody: float, label: str) -> Component:
    """A figure with its bounds in words, and a bar: so many surely (dark), so many perhaps (lines), the rest (white)."""
    low, high = (min(max(end / everybody, 0.0), 1.0) if everybody else 0.0 for end in bounds)
    parts = [("no", low), ("unknown", high - low)]
    bar = [
        html.Span(className=f"fm-part fm-part-{kind}", style={"width": f"{100 * size:.2f}%"}) for kind, size in parts
    ]
    ends = _span(bounds)
    return html.Div(
        [
            html.Div([html.Strong(ends), f" {label} ({words.bounds_of_ten(low, high)})"], className="kids-said"),
            html.Div(bar, className="fm-bar", **{"aria-hidden": "true"}),
        ],
        className="kids-figure",
    )


def _span(bounds: tuple[float, float]) -> str:
    """Bounds as a sentence says them, three figures each: "1,470,000 to 1,660,000"."""
    low, high = (words.rounded(round(end), 3) for end in bounds)
    return low if low == high else tr("{low} to {high}", low=low, high=high)


def _of(value: float | None, everybody: float) -> str:
    if value is None:
        return words.NOT_REPORTED
    return f"{words.rounded(round(value), 3)} ({words.of_ten(value / everybody)})" if everybody else "0"


# --- the same as a table -----------------------------------------------------------------------


def _areas(desk: Desk, view: View) -> list[Component]:
    level = (desk.places.levels[view.area] if view.area else 0) + 1
    table = shown.areas(desk, level, view.area)
    link = html.A(tr("Export the hexagons (CSV)"), href=f"/people/{desk.atlas.slug}/hexagons.csv", className="fm-button", download="")  # fmt: skip
    if not len(table) or table["children"].isna().all():
        return [html.P(link)]
    word = words.level(desk.place, level)
    table = table.sort_values("underserved_children_upper", ascending=False, na_position="last", kind="stable")
    rows = [_area_row(desk, view, row) for row in table.to_dict("records")]
    return [
        html.H2(tr("By {word}", word=word)),
        c.wide(
            c.table(
                (word.capitalize(), tr("Children"), tr("Underserved"), tr("Out of school")),
                rows,
                caption=tr("Children of school age by {word}, most underserved first", word=word),
                numeric=(1, 2, 3),
            ),
            tr("By {word}", word=word),
        ),
        html.P(link),
    ]


def _area_row(desk: Desk, view: View, row: dict[str, Any]) -> tuple[Any, ...]:
    link = dcc.Link(str(row["name"]), href=page.address(PATH, View(area=str(row["area_id"]), screen=view.with_screen(at="", place="").screen)))  # fmt: skip
    if row["hidden"]:
        return link, tr("fewer than {desk}", desk=shown.least(desk)), "", ""
    if words.unknown(row["children"]):
        return link, tr("not known"), tr("not known"), tr("not known")
    pairs = [
        tr("not shown")
        if words.unknown(row[f"{name}_lower"])
        else children.span(row[f"{name}_lower"], row[f"{name}_upper"])
        for name in ("underserved_children", "out_of_school")
    ]
    return link, f"{row['children']:,.0f}", *pairs
