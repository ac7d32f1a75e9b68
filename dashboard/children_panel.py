"""What the page Children says beside its map: the finding, the figures with their bounds, places without a school."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import children, page, words
from dashboard import components as c
from dashboard.children_method import NEEDED, method
from geodata.people import kept, shown
from geodata.query import Desk
from geodata.say import tr, trn, written
from geodata.view import View

PATH = "/children"
FIRST, MOST = 12, 300  # places in the list, and behind "more"


def panel(desk: Desk, view: View) -> list[Component]:
    """The right side for a view; what is missing and what would bring it, where there are no people."""
    if not shown.there(desk):
        return nothing(desk)
    head = shown.headline(desk, view.area)
    return [
        html.P(_where(desk, view), className="fm-crumbs"),
        html.H1(finding(desk, head), className="fm-headline"),
        *_figures(desk, head, view.area),
        *_places(desk, view),
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
        return tr("{children} children of school age live here", children=_round(head.children))
    if head.children is None or head.underserved is None:
        return tr("{people} people live here; how many are children is not known", people=_round(head.people))
    low, high = head.underserved
    share = words.bounds_of_ten(low / head.children, high / head.children) if head.children else ""
    return (
        tr("{capitalize} children of school age are underserved", capitalize=share.capitalize())
        if share
        else tr("No children of school age live here")
    )


def _round(number: float | None) -> str:
    return words.rounded(None if number is None else round(number))


def _figures(desk: Desk, head: shown.Headline, area: str) -> list[Component]:
    if head.hidden or head.children is None:
        return [_not_known(desk)]
    everybody = head.children
    girls = "" if head.girls is None else tr("; {girls} of them girls", girls=_round(head.girls))
    parts: list[Component] = [
        html.P([html.Strong(words.rounded(round(everybody), 3)), tr(" children of official school age{girls}, among {people} people.", girls=girls, people=_round(head.people))])
    ]  # fmt: skip
    if head.underserved:
        parts.append(_bar(head.underserved, everybody, tr("underserved: out of school, or in a school that is not meaningfully connected")))  # fmt: skip
    if head.out_of_school:
        parts.append(_bar(head.out_of_school, everybody, tr("out of school")))
    if head.no_seats:
        parts.append(_bar(head.no_seats, everybody, tr("reach no device in a connected school")))
    rows = [(tr("No primary school within {desk}", desk=_limit(desk, 'primary')), head.beyond), (tr("No secondary school within {desk}", desk=_limit(desk, 'secondary')), head.beyond_secondary)]  # fmt: skip
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


def _limit(desk: Desk, stage: str) -> str:
    most = shown.limit(desk, stage)
    return (
        tr("{most:g} km in a straight line", most=most / 1000)
        if shown.measured_in_metres(desk)
        else tr("{most:g} minutes", most=most)
    )


# --- places without a school ------------------------------------------------------------------------------------------


def _places(desk: Desk, view: View) -> list[Component]:
    table = shown.places(desk, view.area)
    title = html.H2(tr("Places with children and no school"))
    if not len(table):
        return [title, html.P(tr("Every place here has a primary school within {desk}.", desk=_limit(desk, "primary")))]
    rows = [_row(desk, view, row) for row in table.head(MOST).to_dict("records")]
    query = f"?{urlencode({'area': view.area})}" if view.area else ""
    more = [html.Details([html.Summary(tr("The next {table}", table=min(len(table), MOST) - FIRST)), _list(rows[FIRST:], tr("Further places with children and no school"))])] if len(table) > FIRST else []  # fmt: skip
    return [
        title,
        html.P(
            [
                tr(
                    "{table} where people live together, farther than {desk} from any primary school: there a school is missing, not a connection. ",
                    table=words.count(len(table), "place"),
                    desk=_limit(desk, "primary"),
                ),
                *_scattered(desk, view),
            ]
        ),
        _list(rows[:FIRST], tr("Places with children and no school, most children first")),
        *more,
        html.P(
            html.A(
                tr("Export these {table} (CSV)", table=words.count(len(table), "place")),
                href=f"/people/{desk.atlas.slug}/places.csv{query}",
                className="fm-button",
                download="",
            )
        ),
    ]


def _scattered(desk: Desk, view: View) -> list[str]:
    scattered = shown.about(desk).get("scattered") or {}
    if view.area or not scattered.get("people"):
        return []
    some = scattered.get("children")
    who = (
        tr("{some} children", some=_round(some))
        if some is not None
        else tr("{people} people", people=_round(scattered["people"]))
    )
    return [tr("Another {who} beyond reach live scattered, fewer than {number:g} people to a square kilometre.", who=who, number=desk.policy.number('place_people_per_km2'))]  # fmt: skip


def _list(rows: list[Any], label: str) -> Component:
    head = html.Tr([html.Th(tr("Place"), scope="col"), html.Th(tr("Children"), scope="col", className="fm-number"), html.Th(tr("Nearest primary school"), scope="col")])  # fmt: skip
    return html.Table([html.Caption(label, className="fm-hidden"), html.Thead(head), html.Tbody(rows)], className="fm-table kids-places")  # fmt: skip


def _row(desk: Desk, view: View, row: dict[str, Any]) -> Component:
    goal = page.address(PATH, view.with_screen(place=str(row["place"]), at=""))
    area = _area_of(desk, row)
    notes = _unknown(desk, row)
    return html.Tr([
        html.Th([dcc.Link(name_of(desk, row), href=goal, className="fm-school-link"), html.Div(area, className="fm-soft fm-small"), *([html.Div(notes, className="fm-soft fm-small")] if notes else [])], scope="row"),
        html.Td(_count(desk, row), className="fm-number"),
        html.Td(_way(desk, row)),
    ])  # fmt: skip


def name_of(desk: Desk, row: dict[str, Any]) -> str:
    """A place by its nearest town, "2 km north-east of Nevadun"; by its area where no town is near."""
    if words.unknown(row.get("nearest_town")):
        return tr("In {desk}", desk=_area_of(desk, row))
    if words.unknown(row["town_distance_m"]):
        return tr("Near {nearest_town}", nearest_town=row["nearest_town"])
    km = row["town_distance_m"] / 1000
    return tr(
        "{nearest_town}, {km} km {town_direction}",
        nearest_town=row["nearest_town"],
        km=written(max(km, 1), 0),
        town_direction=row["town_direction"],
    )


def _area_of(desk: Desk, row: dict[str, Any]) -> str:
    names = [desk.places.names.get(str(row.get(f"admin{n}_id")), "") for n in (4, 3, 2, 1)]
    return tr(", ").join(dict.fromkeys(name for name in names if name)) or desk.atlas.name


def _count(desk: Desk, row: dict[str, Any]) -> str:
    if row["hidden"]:
        return tr("fewer than {desk}", desk=shown.least(desk))
    return tr("not known") if words.unknown(row["children"]) else written(row["children"])


def _way(desk: Desk, row: dict[str, Any]) -> str:
    if not kept.ways_told(desk):
        return tr("not shown")
    unit = "m" if shown.measured_in_metres(desk) else "minutes"
    near, far = row[f"nearest_primary_{unit}"], row[f"farthest_primary_{unit}"]
    first, last = (children.way_said(end, straight=unit == "m") for end in (near, far))
    return first if first == last or words.unknown(far) else tr("{first} to {last}", first=first, last=last)


def _unknown(desk: Desk, row: dict[str, Any]) -> str:
    """What could change the picture: schools whose place nobody knows, people without an age."""
    count = row.get("schools_not_located")
    said = []
    if not words.unknown(count) and count:
        said.append(
            trn(
                "{n} school of the area has no known location",
                "{n} schools of the area have no known location",
                int(count),
            )
        )
    if words.unknown(row["children"]) and not row["hidden"] and not words.unknown(row["people"]):
        said.append(tr("{people} people, ages not known", people=written(row["people"], 0)))
    return words.sentence("; ".join(said)) if said else ""


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
