"""How sure the list is, said above it: what stays under other sensible weightings, and against the last build.

The list answers a change of weights at once; its bands and this line follow when they are computed.
"""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import lists, page, sureness, waiting, words
from dashboard.ranking import whole
from geodata.policy import Policy
from geodata.query import Desk
from geodata.say import later, remembered, tr
from geodata.stability import Stability, last_build, weightings
from geodata.view import View

SAID, WAIT, BANDS, POLL = "list-sure", "list-sure-wait", "list-bands", "list-sure-poll"
COMPUTING = later("Computing how sure this is…")
FIRST = later("Equal weights")  # named in the sentence; the others stand in the table


def place() -> Component:
    """Where the line stands; it fills by itself."""
    return html.Div(
        [html.P(tr(COMPUTING), id=WAIT, className="fm-sure fm-soft", role="status"), html.Div(id=SAID), dcc.Interval(id=POLL, interval=waiting.EVERY, disabled=True)], className="fm-sure-place"
    )  # fmt: skip


@remembered(maxsize=16)
def found(desk: Desk, policy: Policy) -> tuple[tuple[str, str, Stability], ...]:
    """Other ways to make the list, and the last build where the policy is the country's own: title, words, comparison."""
    others = tuple(weightings(whole(desk), policy, scoring=desk.scoring(policy)))
    before = last_build(desk.atlas, tier=desk.tier) if policy == desk.policy else None
    return (
        ((tr("The last build"), tr("The same policy on the data before these."), before),) if before else ()
    ) + others


def said(desk: Desk, view: View) -> list[Component]:
    """The sentence with its table folded behind it; nothing where no school is ranked."""
    policy = view.policy_over(desk.policy)
    if not _any_ranked(desk, policy):
        return []
    compared = found(desk, policy)
    if not compared:
        return []
    sure = sureness.table(desk, policy)
    ties = int(sure["rank_tie"].nunique())
    summary = html.Summary([html.Strong(tr("How sure this is: ")), sentence(compared)])
    widest = words.count(int(policy.number("mc_draws_interactive")), "try", "tries")
    note = tr(
        "Bands hold the ranks of {number} of the tries, in which weights, method and values that are not reported are varied ({widest} on screen, more for a build). Schools whose bands reach into each other cannot be told apart: they make {ties} here, set apart by a line in the list.",
        number=words.percent(policy.number("band_share")),
        widest=widest,
        ties=words.count(ties, "group"),
    )
    return [
        html.Details([summary, html.P(note), c.wide(_table(compared), tr("How sure this is"))], className="fm-sure")
    ]


def _any_ranked(desk: Desk, policy: Policy) -> bool:
    return desk.one_by_one and bool(desk.derived(policy)["priority_rank"].notna().any())


def state(desk: Desk, view: View) -> tuple[list[Component], bool]:
    """What stands above the list, and whether nothing more is to come: how far the draws are, or the sentence."""
    policy = view.policy_over(desk.policy)
    done = sureness.share(desk, policy) if _any_ranked(desk, policy) else 1.0
    if done < 1:
        line = tr(
            "{COMPUTING} {done} of {number} lists drawn",
            COMPUTING=tr(COMPUTING),
            done=words.percent(done),
            number=words.exact(policy.number("mc_draws_interactive")),
        )
        return [html.P(line, className="fm-sure fm-soft", role="status")], False
    if _any_ranked(desk, policy) and not compared_at_hand(desk, policy):
        return [html.P(tr("Comparing with other weightings…"), className="fm-sure fm-soft", role="status")], False
    return said(desk, view), True


def compared_at_hand(desk: Desk, policy: Policy) -> bool:
    """Whether the list is compared with other weightings, or can be at once; in a large place that starts it."""
    if len(desk.schools) < sureness.LARGE:
        return True
    return waiting.ask(("compared", desk, policy), lambda _: bool(found(desk, policy)) or True)[1] is not None


def sentence(compared: tuple[tuple[str, str, Stability], ...]) -> str:
    """ "with equal weights, 83 of the first 100 stay; of the last build’s first 100, 96 stay"."""
    named = {title: stability for title, _, stability in compared}
    parts = []
    if "The last build" in named:
        one = named["The last build"]
        parts.append(
            tr("of the last build’s first {top}, {one} are still there", top=words.exact(one.top), one=_stay(one))
        )
    if FIRST in named:
        one = named[FIRST]
        parts.append(tr("with equal weights, {one} of the first {top} stay", one=_stay(one), top=words.exact(one.top)))
    least = min(
        (s for t, _, s in compared if t not in (FIRST, "The last build")), key=lambda s: s.overlap, default=None
    )
    if least is not None and least.overlap == least.overlap:
        title = next(t for t, _, s in compared if s is least)
        parts.append(tr("{least} under “{lower}”, which changes most", least=_stay(least), lower=tr(title).lower()))
    text = "; ".join(parts)
    return words.sentence(text) if text else tr("no other weighting can be tried here.")


def _stay(one: Stability) -> str:
    return words.exact(round(one.overlap * one.top))


def _table(compared: tuple[tuple[str, str, Stability], ...]) -> Component:
    rows: list[tuple[Any, ...]] = [
        (
            html.Span([html.Strong(tr(title)), html.Br(), html.Span(what, className="fm-soft fm-small")]),
            tr("{one} of {top}", one=_stay(one), top=words.exact(one.top)),
            "–" if words.unknown(one.mean_shift) else words.exact(one.mean_shift, 1),
            "–" if words.unknown(one.tau) else f"{one.tau:.2f}",
            c.status("partly", tr("look again")) if one.flagged else "",
        )
        for title, what, one in compared
    ]
    head = (
        tr("Compared with"),
        tr("Of the first, stay"),
        tr("Places moved, mean"),
        tr("Likeness of the orders, −1 to 1"),
        "",
    )
    return c.table(head, rows, caption=tr("“Look again” where more of the first change than the policy allows. Likeness is Kendall’s τ."), numeric=(1, 2, 3))  # fmt: skip


def bands(desk: Desk, view: View, request: dict[str, Any]) -> dict[str, Any] | None:
    """The bands of the rows that the grid asks for; None where they came with the rows."""
    policy = view.policy_over(desk.policy)
    if not desk.one_by_one or sureness.at_once(desk, policy) or sureness.share(desk, policy) < 1:
        return None
    asked = lists.asked(view, request)
    block = sureness.block(desk, asked, int(request["startRow"]), int(request["endRow"]))
    return {"key": sureness.key(desk, view), "bands": block}


def with_rows(desk: Desk, view: View, start: int, stop: int, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the list with their bands where these are there already, else with what the bands will come under."""
    if not sureness.at_once(desk, view.policy_over(desk.policy)):
        return [{**row, "sure": sureness.key(desk, view)} for row in rows]
    found_now = sureness.block(desk, view, start, stop)
    return [{**row, "band": found_now[row["school_id"]]} for row in rows]


def register(app: Dash, grid: str, path: str) -> None:
    """Callbacks: the bands of the rows that the grid shows, and the line above it."""

    @app.callback(
        Output(BANDS, "data"), Input(grid, "getRowsRequest"), State(page.URL, "search"), prevent_initial_call=True
    )
    def _bands(request: dict[str, Any] | None, search: str) -> Any:
        if not request:
            return no_update
        return bands(*page.here(search), request) or no_update

    app.clientside_callback(
        ClientsideFunction("firstmileList", "sure"),
        Output("list-followed", "data", allow_duplicate=True),
        Input(BANDS, "data"),
        State(grid, "id"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(SAID, "children"),
        Output(POLL, "disabled"),
        Input(page.URL, "search"),
        State(page.URL, "pathname"),
        running=[(Output(WAIT, "hidden"), False, True), (Output(SAID, "hidden"), True, False)],
    )
    def _said(search: str, where: str) -> Any:
        return state(*page.here(search)) if where == path else (no_update, True)

    @app.callback(
        Output(SAID, "children", allow_duplicate=True),
        Output(POLL, "disabled", allow_duplicate=True),
        Input(POLL, "n_intervals"),
        State(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _poll(_: int, search: str, where: str) -> Any:
        return state(*page.here(search)) if where == path else (no_update, True)

    app.clientside_callback(
        ClientsideFunction("firstmileList", "drawn"),
        Output("list-followed", "data", allow_duplicate=True),
        Input(POLL, "disabled"),
        State(grid, "id"),
        prevent_initial_call=True,
    )
