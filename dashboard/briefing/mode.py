"""Briefing mode: `/briefing?…`, the slides of a brief in one answer, for a projector; no data are fetched while one speaks.

The figures are those of the PPTX and the PDF of the same address. The slider of the budget slide stops at solved
budgets alone; each stop carries all that is said of it, and the address under which its files are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from dashboard import page, replies
from dashboard.briefing import asked, drawn, files, made
from dashboard.briefing.made import Made
from dashboard.planning import asked as terms_asked
from geodata.exports.office.pictures import drawings_of
from geodata.exports.office.slides import Slide, plan_slide, slides_of
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import language, tr
from geodata.view import View

POINTS = 5  # sentences beside a chart; the rest stands with the table


@dataclass(frozen=True)
class Shown:
    """One slide as the page draws it: the slide, its drawing, its stops where it is the budget's."""

    slide: Slide
    drawing: Markup
    stops: tuple[Stop, ...] = ()

    @property
    def points(self) -> tuple[str, ...]:
        """The sentences that stand on the slide."""
        return self.slide.points[:POINTS]

    @property
    def rest(self) -> tuple[str, ...]:
        """The sentences that stand with the table."""
        return self.slide.points[POINTS:]

    @property
    def long(self) -> bool:
        """Whether the title takes smaller letters."""
        return len(self.slide.title) > 90


@dataclass(frozen=True)
class Stop:
    """One solved budget: what is said of it, its curve, and the query of its address. `here`: the one asked for."""

    shown: Shown
    budget: str
    query: str
    here: bool


def routes() -> Blueprint:
    """`/briefing?<query>`."""
    blueprint = Blueprint("briefing", __name__, template_folder="templates")

    @blueprint.get(asked.MODE)
    def show() -> Response:
        desk, view = page.here(request.query_string.decode("utf-8", "replace"))
        return Response(render_template("briefing.html", **content(desk, view)), mimetype="text/html")

    return blueprint


def content(desk: Desk, view: View) -> dict[str, Any]:
    """Everything that the page says."""
    found = made.made(desk, view)
    pictures = drawings_of(found.brief)
    slides = [
        _shown(s, pictures, stops_of(desk, view, found) if s.key == "plan" else ()) for s in slides_of(found.brief)
    ]
    here = language()
    return {
        "brief": found.brief,
        "slides": slides,
        "language": here.code,
        "direction": here.direction,
        "back": page.address(asked.PATH, view),
        "state": files.address(desk, view, "state"),
        "waits": not found.planning.over,
        "code": replies.code(),
        "marks": [*([] if found.brief.approved else [found.brief.status]), *([tr("SYNTHETIC DATA")] if found.brief.synthetic else [])],
        "said": _said(),
        "tr": tr,
    }  # fmt: skip


def _shown(slide: Slide, pictures: Mapping[str, str], stops: tuple[Stop, ...] = ()) -> Shown:
    picture = pictures.get(slide.picture, "") if slide.picture else ""
    if picture:  # drawn by our own code, names in it escaped there
        return Shown(slide, Markup(picture))
    return Shown(slide, drawn.html_of(slide.chart) if slide.chart is not None else Markup(""), stops)


def stops_of(desk: Desk, view: View, found: Made) -> tuple[Stop, ...]:
    """The solved budgets, least first, each with its slide; empty where there is no plan, or its part may not be told."""
    planning = found.planning
    if planning.plan is None or found.brief.planned is None or not planning.over:
        return ()
    every = {p.terms.total: p for p in (*planning.others, planning.plan)}
    stops = (_stop(desk, view, found, every[b]) for b in sorted(every))
    return tuple(s for s in stops if s is not None)


def _stop(desk: Desk, view: View, found: Made, plan: Plan) -> Stop | None:
    own = found.planning.plan is not None and plan.terms.total == found.planning.plan.terms.total
    said = found.brief.planned if own else made.told(desk, view, plan, found.planning.others)
    if said is None:
        return None
    slide = plan_slide(replace(found.brief, planned=said, plan_said=said.sentence))
    amounts = ",".join(repr(b).removesuffix(".0") for b in plan.terms.budget)
    there = view if own else view.with_screen(budget=amounts)
    return Stop(_shown(slide, {}), said.budget, page.search_of(terms_asked_of(there)), own)


def terms_asked_of(view: View) -> View:
    """The view, refused here where its budget could not be read again."""
    terms_asked.budget(view)
    return view


def _said() -> dict[str, str]:
    """What the script says, in the reader's language."""
    return {
        "slide": tr("Slide {n} of {all}", n="{n}", all="{all}"),
        "full": tr("Full screen"),
        "leave_full": tr("Leave full screen"),
    }
