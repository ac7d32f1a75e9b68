"""What is here: the place, how many schools and learners, of when, from which layers, and how exactly it is shown."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard import ledger, words
from geodata.freshness import as_of
from geodata.query import Desk
from geodata.say import date, joined, later, tr, trn, written

# What a built layer holds, in a few words; layers that no visitor asks for by name are left out.
LAYERS = {
    "schools": later("schools"),
    "areas": later("boundaries"),
    "cells": later("cell sites"),
    "coverage": later("mobile coverage"),
    "nodes": later("transmission nodes"),
    "lines": later("fibre and microwave lines"),
    "tiles": later("speed tiles"),
    "roads": later("roads"),
    "people": later("people and their way to school"),
    "reach": later("ways to connect each school"),
    "commitments": later("promises of funders"),
    "series": later("earlier years"),
    "benchmarks": later("national figures of others"),
}
TIERS = {
    "public": later("the public view"),
    "partner": later("the view of partners"),
    "government": later("the view of the government"),
}
RISKS = {"low": later("low"), "medium": later("medium"), "high": later("high")}
LEAST_GAP = 0.05  # a fact that more schools than this leave open is named among what is not known
MOST_GAPS = 5


def here(desk: Desk) -> list[tuple[str, str]]:
    """Names and values of what is here."""
    known = desk.whole["num_students"]
    learners = written(float(known.sum())) if known.notna().any() else tr("not reported")
    without = int(known.isna().sum())
    more = (
        trn("; {n} school does not say", "; {n} schools do not say", without) if without and known.notna().any() else ""
    )
    day = as_of(desk.atlas.manifest)
    rows = [
        (tr("Schools"), written(len(desk.whole))),
        (tr("Learners"), learners + more),
        *_areas(desk),
        (tr("Newest data"), date(day) if day else tr("no source gives a date")),
        (tr("From"), trn("{n} source", "{n} sources", len(ledger.sources(desk)))),
        (tr("Layers"), joined([tr(text) for name, text in LAYERS.items() if desk.atlas.has(name)])),
        (tr("You see"), tr(TIERS[desk.tier])),
        (tr("Risk to schools"), _risk(desk)),
    ]
    return [*rows, (tr("Build"), desk.atlas.version[:8])]


def _areas(desk: Desk) -> list[tuple[str, str]]:
    counts = desk.places.table["level"].value_counts()
    return [
        (words.sentence(words.level(desk.place, n, many=True)).rstrip("."), written(int(counts[n])))
        for n in range(1, len(desk.place.get("levels", ())) + 1)
        if counts.get(n)
    ]


def _risk(desk: Desk) -> str:
    risk = tr(RISKS[desk.risk if desk.risk in RISKS else "medium"])
    return " ".join(filter(None, [words.sentence(risk), desk.location_note]))


def unknown(desk: Desk) -> list[Component]:
    """What is not known, worst first; each fact with how many schools leave it open."""
    gaps = sorted(
        (s for s in ledger.reported(desk) if s.total and s.unknown / s.total > LEAST_GAP), key=lambda s: -s.unknown
    )
    items = [html.Li([_gap(s), _share(s.unknown / s.total)]) for s in gaps[:MOST_GAPS]]
    return (
        [html.Ul(items, className="fm-unknowns")]
        if items
        else [html.P(tr("Every key fact is reported for nearly all schools."))]
    )


def _gap(fact: ledger.Share) -> Component:
    if fact.unknown == fact.total:
        return html.Span(tr("{fact}: not reported for any school", fact=fact.name))
    return html.Span(tr("{fact}: not reported for {unknown} of {total} schools", fact=fact.name, unknown=written(fact.unknown), total=written(fact.total)))  # fmt: skip


def _share(unknown: float) -> Component:
    """A bar of all schools, hatched where nothing is reported; the words beside it say the same."""
    return html.Span(className="fm-gap", style={"--unknown": f"{unknown:.1%}"}, **{"aria-hidden": "true"})
