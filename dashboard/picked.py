"""The school that was picked on the map, in short."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import page, predicted, shows, words
from dashboard.components import mark_of
from geodata.query import Desk
from geodata.say import told, tr
from geodata.view import View


def school_card(desk: Desk, view: View) -> Component:
    """The picked school in short, with the way to everything that is known of it."""
    school = desk.school(view.shown("school"), view)
    marks = predicted.all_marks(desk, indicator := shows.shown(desk, view))
    state = int(
        predicted.classes(desk, indicator.name, view.policy)[
            desk.schools["school_id"].eq(school["school_id"]).to_numpy().argmax()
        ]
    )
    facts = [
        (words.title(c, desk.place), words.said(c, school.get(c)))
        for c in ("has_internet", "has_internet_for_learners", "has_electricity", "num_students", "num_devices")
        if c in school
    ]
    facts += (
        [(tr("Status"), words.said("school_status", school.get("school_status")))]
        if school.get("school_status")
        else []
    )
    reasons = school.get("priority_reasons")
    return html.Section(
        [
            html.Div(
                [
                    html.H2(school.get("school_name") or school["school_id"]),
                    dcc.Link(
                        tr("Close"), href=page.address(page.EXPLORE, view.with_screen(school="")), className="close"
                    ),
                ],
                className="card-head",
            ),
            html.P(
                [words.place_of(school), tr(" · id {school_id}", school_id=school["school_id"])], className="fineprint"
            ),
            html.P([mark_of(marks[state]), html.Span(marks[state].label)], className="card-status"),
            html.Dl([part for name, text in facts for part in (html.Dt(name), html.Dd(text))], className="facts"),
            *predicted.note(school),
            *([html.P(words.sentence(told(str(reasons))))] if reasons else []),
            *(
                []
                if school.get("latitude") is not None
                else [html.P(tr("No location is known, so it is not on the map."), className="fineprint")]
            ),
            dcc.Link(tr("Everything about this school"), href=page.address("/school", view), className="go"),
        ],
        className="school-card",
        **{"aria-label": tr("The school you picked")},
    )
