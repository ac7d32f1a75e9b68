"""Places with children and no school in reach, as the page Children lists them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import children, page, words
from geodata.people import kept, shown
from geodata.query import Desk
from geodata.say import tr, trn, written
from geodata.view import View

PATH = "/children"
FIRST, MOST = 12, 300  # places in the list, and behind "more"


def places(desk: Desk, view: View) -> list[Component]:
    table = shown.places(desk, view.area)
    title = html.H2(tr("Places with children and no school"))
    if not len(table):
        return [title, html.P(tr("Every place here has a primary school within {desk}.", desk=limit(desk, "primary")))]
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
                    desk=limit(desk, "primary"),
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
        tr("{some} children", some=rounded(some))
        if some is not None
        else tr("{people} people", people=rounded(scattered["people"]))
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


def rounded(number: float | None) -> str:
    """A number of people or children as a sentence has it."""
    return words.rounded(None if number is None else round(number))


def limit(desk: Desk, stage: str) -> str:
    """How far a child may live from a school of a stage, in words."""
    most = shown.limit(desk, stage)
    return (
        tr("{most} km in a straight line", most=words.exact(most / 1000))
        if shown.measured_in_metres(desk)
        else tr("{most} minutes", most=words.exact(most))
    )
