"""Collect and correct: forms for schools, what comes back of them, and the corrections that a person reviews."""

from __future__ import annotations

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.fieldwork import back, collect, dispute, review
from dashboard.page import Page
from geodata.query import Desk
from geodata.say import later, tr
from geodata.view import View

TITLE = later("Collect and correct")
PARTS = (("collect", later("Collect from schools")), ("returned", later("Returned forms")), ("review", later("Corrections to review")))  # fmt: skip


def layout(desk: Desk, view: View) -> Component:
    """The three parts of the work, one below the other."""
    parts = {"collect": collect.section(desk, view), "returned": back.section(desk), "review": review.section(desk)}
    links = [html.Li(html.A(tr(title), href=f"#{key}")) for key, title in PARTS if parts[key] is not None]
    lead = tr("What nobody has reported, or what is in doubt, somebody can find out. Answers become proposals; a person decides; the next build takes what was accepted.")  # fmt: skip
    note = tr("Synthetic demonstration data.") if desk.atlas.synthetic else ""
    return html.Article(
        [
            html.H1(tr(TITLE)),
            html.P(lead, className="fm-lead"),
            html.Ul(links, className="fm-contents"),
            *(part for part in parts.values() if part is not None),
            html.P([note, " ", desk.disclaimer], className="fm-source"),
        ],
        className="fm-sheet",
    )


def register(app: Dash) -> None:
    """Callbacks of the three parts."""
    collect.register(app)
    back.register(app, review.DONE)
    review.register(app)


FIELDWORK = Page("fieldwork", dispute.PATH, TITLE, 95, layout, register, tab=False)
