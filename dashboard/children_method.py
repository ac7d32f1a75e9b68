"""How children are counted, in plain sentences with the country's own numbers, and what is missing for it."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from geodata.people import shown
from geodata.query import Desk
from geodata.say import later, tr, trn, written

# What is needed: its name, what brings it, and what the recipe calls it.
NEEDED = {
    "population": (later("people on a grid"), later("a population raster, such as WorldPop's or the census office's"), '[[source]] kind = "population"'),
    "ages": (later("people by age"), later("a table of people by area and five-year age group"), "[[ages]]"),
    "roads": (later("roads"), later("lines of roads, such as OpenStreetMap's"), '[[source]] kind = "roads"'),
    "out_of_school": (later("children out of school"), later("the share of children out of school by area, from a census or household survey"), "[[context]] out_of_school_rate"),
}  # fmt: skip


def method(desk: Desk) -> list[Component]:
    """What is missing and what would bring it, then the method; open where something is missing."""
    about = shown.about(desk)
    missing = [name for name in about.get("missing", ()) if name in NEEDED]
    lacks = [html.Li([html.Strong(tr("Not given: {NEEDED}. ", NEEDED=tr(NEEDED[name][0]))), tr("What would bring it: {NEEDED}.", NEEDED=tr(NEEDED[name][1]))]) for name in missing]  # fmt: skip
    return [html.Details([html.Summary(tr("How this is counted, and what is not known")), html.Ul([*lacks, *(html.Li(text) for text in said(desk))], className="fm-steps")], open=bool(missing), className="fm-meaning")]  # fmt: skip


def said(desk: Desk) -> list[str]:
    """The method in plain sentences, with the numbers of this country."""
    about, number = shown.about(desk), desk.policy.number
    schools = about.get("schools") or {}
    straight = shown.measured_in_metres(desk)
    way = tr("Ways are straight lines, because no roads are given.") if straight else tr("Ways follow roads at {number:g} km/h and cross open country at {number_2:g} km/h.", number=number('travel_road_kmh'), number_2=number('travel_offroad_kmh'))  # fmt: skip
    dated = f" ({about['raster_date']})" if about.get("raster_date") else ""
    ages = tr(" Ages: {ages_date}.", ages_date=about["ages_date"]) if about.get("ages_date") else ""
    lines = [
        tr("People: the population raster{dated}, in hexagons.{ages} School age: primary from {number:g} for {number_2:g} years, then {number_3:g} and {number_4:g} years; single years by Sprague's multipliers.", dated=dated, ages=ages, number=number('entry_age_primary'), number_2=number('years_primary'), number_3=number('years_lower_secondary'), number_4=number('years_upper_secondary')),
        tr("Schools: {get} that teach primary and {get_2} that teach secondary, operating and with a known place; one that does not report its level counts as both.", get=written(schools.get('primary', 0)), get_2=written(schools.get('secondary', 0))),
        tr("{way} Children are taken to go to the nearest school of their stage, or one hardly farther.", way=way),
        tr("Underserved: at least, if every school that does not report were meaningfully connected; at most, if none were."),
    ]  # fmt: skip
    if about.get("out_of_school_inferred"):
        lines.append(tr("In {out_of_school_inferred} areas the children out of school are bounded by what schools enrol, as no rate is given.", out_of_school_inferred=written(about['out_of_school_inferred'])))  # fmt: skip
    if about.get("seats_unreached"):
        lines.append(trn("{n} connected device stands in a school that no child of the map reaches.", "{n} connected devices stand in schools that no child of the map reaches.", about["seats_unreached"]))  # fmt: skip
    if desk.tier == "public" or not desk.locations.exact:
        lines.append(tr("Numbers of fewer than {least} children are not shown." if shown.finest(desk) == shown.own_resolution(desk) else "Numbers of fewer than {least} children are not shown, and hexagons are coarse, because places are at risk.", least=shown.least(desk)))  # fmt: skip
    return lines
