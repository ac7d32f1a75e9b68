"""Brief: the page as it will print, what to choose at its side, its files, its approval, and the way into Briefing mode."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import guard, page, signing, waiting
from dashboard.briefing import choices, files, made, mode
from dashboard.briefing.asked import PATH, Wanted, Words, may_write, wanted, with_
from dashboard.briefing.made import Made
from dashboard.page import Page
from geodata.errors import FirstMileError, StoreError, ViewError
from geodata.exports.crests import checked
from geodata.query import Desk
from geodata.say import later, tr
from geodata.store import briefs
from geodata.view import View

POLL, MARK, DONE = "brief-poll", "brief-mark", "brief-done"
SIGN, WITHDRAW = "brief-sign", "brief-withdraw"


def layout(desk: Desk, view: View) -> Component:
    """The page for a view."""
    found = made.made(desk, view)
    return html.Div(
        [
            html.Aside(
                [
                    html.H1(tr("Brief")),
                    html.Div(_out(desk, view, found), id="brief-out"),
                    html.Div(choices.choices(desk, view, found.wanted, found.planning), id="brief-choices"),
                    html.Section(_approval(found), id="brief-approval"),
                ],
                className="brief-side",
            ),
            html.Section(_preview(desk, view, found), id="brief-preview", className="brief-page", **{"aria-label": tr("The brief as it will print")}),
            dcc.Interval(id=POLL, interval=waiting.EVERY, disabled=found.planning.over),
            dcc.Store(id=MARK, data=_mark(view, found)),
            dcc.Store(id=DONE),
        ],
        className="brief",
    )  # fmt: skip


def _mark(view: View, found: Made) -> str:
    """What is drawn: so that nothing is drawn twice while budgets are being solved."""
    approval = found.brief.approval
    return f"{files.only(view).query()} {found.brief.key} {found.planning.over} {approval.record if approval else ''}"


def _preview(desk: Desk, view: View, found: Made) -> list[Component]:
    wait = [] if found.planning.over else [html.P(found.brief.plan_said, role="status", className="brief-waits")]
    frame = html.Iframe(src=files.address(desk, view, files.PREVIEW), title=tr("The brief as it will print: {title}", title=found.brief.title), className="brief-frame")  # fmt: skip
    return [*wait, frame]


def _out(desk: Desk, view: View, found: Made) -> list[Component]:
    """The finding, the way into Briefing mode, and the files."""
    here = files.only(view)
    there = html.A(tr("Briefing mode"), href=page.address(mode.asked.MODE, here), className="fm-button fm-primary", id="brief-mode")  # fmt: skip
    lead = [
        html.P(found.brief.finding, className="brief-finding"),
        html.P([there, html.Span(tr("Full screen, one message a slide; arrow keys."), className="fm-small fm-soft")]),
        html.H2(tr("Take it with you")),
    ]
    if not found.planning.over:
        return [*lead, html.P(tr("The files are made once the budgets are solved, so that all of them say the same."), role="status", className="fm-small")]  # fmt: skip
    links = [html.Li([html.A(tr(name), href=files.address(desk, here, f"brief.{ending}"), download="", className="plan-file", id=f"brief-{ending}"), html.Div(tr(what), className="fm-soft fm-small")]) for ending, (name, what, _) in files.FILES.items()]  # fmt: skip
    return [*lead, html.Ul(links, className="plan-files")]


def _approval(found: Made) -> list[Component]:
    brief = found.brief
    head = [html.H2(tr("Approval")), html.P([html.Strong(brief.status), " ", html.Span(tr("Hash {hash}", hash=brief.key[:12]), className="fm-small fm-soft")], id="brief-status")]  # fmt: skip
    if not found.planning.over:
        return [*head, html.P(tr("It can be approved once its budgets are solved."), className="fm-small fm-soft")]
    if brief.approved:
        return [*head, signing.form(WITHDRAW, tr("Withdraw the approval"))]
    says = tr("You approve exactly this brief: its data, plan, official figure and decisions, in every language. Change one of them, and it is a draft again.")  # fmt: skip
    return [*head, signing.form(SIGN, tr("Approve this brief"), says=says)]


# --- acts ----------------------------------------------------------------------------------------------------------------


def approve(desk: Desk, view: View, who: str, reason: str) -> str:
    """Record the approval of the brief on the screen; returns what to say."""
    found = made.whole(desk, view)
    entry = briefs.sign(signing.kept(), desk, found.brief, who=who, reason=reason)
    return tr("Approved, entry {number} of the trail. The files no longer say draft.", number=entry.number)


def withdraw(desk: Desk, view: View, who: str, reason: str) -> str:
    """Withdraw the approval of the brief on the screen; returns what to say."""
    found = made.whole(desk, view)
    entry = briefs.sign(signing.kept(), desk, found.brief, who=who, reason=reason, stands=False)
    return tr("Withdrawn, entry {number} of the trail. The brief is a draft again.", number=entry.number)


def keep_crest(desk: Desk, content: str | None, name: str) -> int:
    """Keep a picture that was chosen in the browser, once it is looked at; its number in the trail."""
    head, _, body = (content or "").partition(",")
    if not head.startswith("data:image/"):
        raise ViewError(tr("This is no picture. Choose a PNG or a JPEG."))
    image = b64decode(body, validate=False)
    if len(image) > briefs.LARGEST:
        raise StoreError(tr("The picture is larger than {most} kB. Make it smaller, then choose it again.", most=briefs.LARGEST // 1000))  # fmt: skip
    checked(image)
    return briefs.keep_crest(signing.kept(), desk, image, name=name, who="").number


# --- callbacks -------------------------------------------------------------------------------------------------------------


def register(app: Dash) -> None:
    """Routes, what follows the address, and what writes it."""
    app.server.register_blueprint(files.routes())
    app.server.register_blueprint(mode.routes())
    _register_parts(app)
    _register_choices(app)
    _register_words(app)
    signing.listens(app, SIGN, approve, redraws=DONE)
    signing.listens(app, WITHDRAW, withdraw, redraws=DONE)


def _register_parts(app: Dash) -> None:
    @app.callback(
        Output("brief-out", "children"),
        Output("brief-preview", "children"),
        Output("brief-approval", "children"),
        Output("brief-budget-place", "children"),
        Output(MARK, "data"),
        Output(POLL, "disabled"),
        Input(page.URL, "search"),
        Input(POLL, "n_intervals"),
        Input(DONE, "data"),
        State(page.URL, "pathname"),
        State(MARK, "data"),
        prevent_initial_call=True,
    )
    def _parts(search: str, _n: int | None, done: int | None, path: str, before: str | None) -> Any:
        if path != PATH:
            return [no_update] * 5 + [True]
        desk, view = page.here(search)
        found = made.made(desk, view)
        mark = _mark(view, found)
        if mark == before:
            part = no_update if found.planning.over else choices.budget(found.planning)
            return [no_update, no_update, no_update, part, no_update, found.planning.over]
        shown = no_update if ctx.triggered_id == DONE else choices.budget(found.planning)
        return [_out(desk, view, found), _preview(desk, view, found), _approval(found), shown, mark, found.planning.over]  # fmt: skip


def _register_choices(app: Dash) -> None:
    @app.callback(
        Input(choices.AREA, "value"),
        Input(choices.PLAN, "value"),
        Input(choices.BUDGET, "value"),
        State(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _chosen(area: str | None, plan: str | None, budget: str | None, search: str, path: str) -> None:
        if path == PATH:
            desk, view = page.here(search)
            page.go(chosen(desk, view, str(ctx.triggered_id), area=area, plan=plan, budget=budget), search)


def chosen(desk: Desk, view: View, which: str, *, area: str | None, plan: str | None, budget: str | None) -> View:
    """The view after one of the choices was made."""
    if which == choices.AREA:
        return View(**{**view.__dict__, "area": "" if area in (None, choices.WHOLE) else str(area)})
    if which == choices.PLAN:
        now = wanted(desk, view)
        return with_(view.with_screen(budget="", terms=""), Wanted("" if plan == choices.HERE else str(plan or ""), now.words))  # fmt: skip
    planning = made.planning_of(desk, view, wanted(desk, view))
    same = planning.plan is not None and choices.amounts(planning.plan.terms.budget) == budget
    return view.with_screen(budget=budget or "") if budget and not same else view


def _register_words(app: Dash) -> None:
    kinds = ("brief-asked", "brief-owner", "brief-when")

    @app.callback(
        Output(choices.SAID, "children"),
        Input(choices.APPLY, "n_clicks"),
        Input(choices.UPLOAD, "contents"),
        State(page.URL, "search"),
        State(choices.CREST, "value"),
        *(State(f"brief-{name}", "value") for name in choices.FIELDS),
        *(State({"type": kind, "n": ALL}, "value") for kind in kinds),
        prevent_initial_call=True,
    )
    def _apply(clicks: int | None, picture: str | None, search: str, crest: str | None, *typed: Any) -> Any:
        if not clicks and not picture:
            return no_update
        try:
            desk, view = page.here(search)
            return _applied(desk, view, search, picture if ctx.triggered_id == choices.UPLOAD else None, crest, typed)
        except FirstMileError as error:
            return c.message(guard.said(error), kind="error")


def _applied(desk: Desk, view: View, search: str, picture: str | None, crest: str | None, typed: tuple[Any, ...]) -> Any:  # fmt: skip  # noqa: PLR0917
    if not may_write(desk):
        raise StoreError(tr("Visitors of the public view cannot put words into a brief."))
    lines = dict(zip(choices.FIELDS, (str(t or "") for t in typed), strict=False))
    rows = tuple((str(a or ""), str(o or ""), str(d or "")) for a, o, d in zip(*typed[len(choices.FIELDS) :], strict=True))  # fmt: skip
    number = int(crest or 0)
    if picture:
        number = keep_crest(desk, picture, lines["letterhead"])
    words = Words(**lines, crest=number, decisions=rows)
    _ = words.official  # a figure that is no percentage is refused before it stands in an address
    page.go(with_(view, Wanted(wanted(desk, view).plan, words)), search)
    return c.message(tr("The brief says so now. The address holds it: a link shows the same."))


BRIEF = Page("brief", PATH, later("Brief"), 55, layout, register)
