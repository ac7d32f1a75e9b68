"""Cards on the screen and as a file: the priority index, the predictors, the sources."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component
from flask import Blueprint, Response

from dashboard import page, sure_list
from dashboard.ranking import whole
from geodata.cards import Card, datasheets, index_card, markdown, predictor_cards
from geodata.policy import Policy
from geodata.query import Desk
from geodata.say import tr, written


def card(one: Card, *, open_: bool = False) -> Component:
    """One card, folded away under its title."""
    parts: list[Component] = []
    for title, lines in one.sections:
        parts += [html.Dt(title), html.Dd(html.Ul([html.Li(line) for line in lines]) if len(lines) > 1 else lines[0])]
    return html.Details([html.Summary(one.title), html.Dl(parts, className="fm-card")], id=one.name, className="fm-meaning fm-find", open=open_)  # fmt: skip


def model_cards(desk: Desk, policy: Policy, *, wait: bool = True) -> list[Card]:
    """The cards of the index, under a policy, and of the predictors that this tier may know of.

    Without `wait` a large place does not keep its reader waiting for how steady the list is.
    """
    frame = whole(desk).drop(columns=["list"]).join(desk.derived(policy)[["list"]])
    predicted = predictor_cards(desk.atlas.manifest) if _may_see_predictions(desk) else []
    return [index_card(desk.atlas.manifest, frame, policy, steady(desk, policy, wait=wait)), *predicted]


def steady(desk: Desk, policy: Policy, *, wait: bool = True) -> list[str]:
    """How steady the first of the list are against other sensible ways to make it, a sentence each."""
    if not desk.one_by_one or desk.derived(policy)["priority_rank"].isna().all():
        return []
    if not wait and not sure_list.compared_at_hand(desk, policy):
        return [tr("Stability against other weightings is being worked out: open this page again in a minute.")]
    return [
        tr(
            "{title}: {overlap} of the first {top} stay; Kendall's τ {tau}, mean shift {mean_shift} places.{flagged}",
            title=title,
            overlap=written(one.overlap * one.top, 0, grouped=False),
            top=written(one.top),
            tau=written(one.tau, 2, grouped=False),
            mean_shift=written(one.mean_shift, 1),
            flagged=tr(" Look again: more change than the policy allows.") if one.flagged else "",
        )
        for title, _, one in sure_list.found(desk, policy)
        if one.schools > 1
    ]


def _may_see_predictions(desk: Desk) -> bool:
    return any(name.startswith("predicted_") for name in desk.columns)


def sheets(desk: Desk) -> list[Card]:
    """The datasheets of the sources; coverage of the columns that this tier may see."""
    return datasheets(desk.atlas.manifest, desk.schools)


def routes() -> Blueprint:
    """`/cards/<country>/cards.md`: every card as one Markdown file."""
    blueprint = Blueprint("cards", __name__)

    @blueprint.get("/cards/<data>/cards.md")
    def cards(data: str) -> Response:
        desk = page.served().desk(data)
        said = [*model_cards(desk, desk.policy), *sheets(desk)]
        heading = tr("{name}: model cards and datasheets", name=desk.atlas.name)
        if desk.atlas.synthetic:
            heading += tr(" (synthetic demonstration data)")
        reply = Response(markdown(said, heading), mimetype="text/markdown")
        reply.headers.set("Content-Disposition", "attachment", filename=f"{desk.atlas.slug}-cards.md")
        return reply

    return blueprint
