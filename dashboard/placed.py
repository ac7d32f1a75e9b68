"""A school's place in the list: its band, why it stands there step by step, and what would change it.

The numbers on the screen suffice to redo the group and the score by hand; what a tier may not see is summed and named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import about, drawn, methodbook, page, sheet, sureness, words
from dashboard import components as c
from dashboard.ranking import standing, whole
from geodata.counterfactual import Standing, questions, what_if
from geodata.explain import NOT_COUNTED, PREDICTED, SIMILAR, Explanation
from geodata.policy import Policy
from geodata.priority import counted, tier_cuts
from geodata.query import Desk
from geodata.say import later, told, tr
from geodata.shapley import shapley
from geodata.view import View

WHAT_IF, BAND = "school-what-if", "school-band"
JUDGED = {SIMILAR: later("taken from similar schools"), PREDICTED: later("predicted by a model")}
NOT_SHOWN = later("Not shown at this level of access")
WAIT = later("Computing what would change it…")


def section(desk: Desk, view: View, school: dict[str, Any]) -> Component:
    """The whole section; what takes long is brought after it (`brought`)."""
    policy = view.policy_over(desk.policy)
    found = about.explanation(desk, school["school_id"], policy)
    return c.section(
        tr("Its place in the list"),
        *_lead(desk, view, school, policy),
        *_waterfall(desk, policy, school, found),
        html.Div(
            html.P(tr(WAIT), className="fm-soft"), id=WHAT_IF, role="status", **{"data-school": school["school_id"]}
        ),
        html.H3(tr("How it came to its group")),
        c.wide(group_lines(found, policy, desk.columns), tr("How it came to its group")),
        html.H3(tr("The arithmetic")),
        html.P(
            [
                methodbook.link(view, "priority_index", tr("How the score is worked out")),
                " · ",
                methodbook.link(view, "rank_bands", tr("how sure a rank is")),
                " · ",
                methodbook.link(view, "shapley", tr("what each thing adds")),
            ],
            className="fm-noprint",
        ),
        c.wide(sheet.items(found, desk.columns), tr("What is counted")),
        sheet.steps(found, desk.columns),
        id_="list",
    )


def _lead(desk: Desk, view: View, school: dict[str, Any], policy: Policy) -> list[Component]:
    stand = standing(desk, policy)
    badge = c.tier_badge(school.get("tier"), school.get("lacks_count"), stand.of, school.get("lacks_unknown"), school.get("lacks_expected"))  # fmt: skip
    ranked, rank = desk.summary(View(policy=view.policy)).ranked, school.get("priority_rank")
    first = tr("{rank} of {ranked} ranked schools", rank=words.ordinal(rank), ranked=words.exact(ranked)) if rank is not None else tr("In the verify first list, without a rank")  # fmt: skip
    reported = tr("{get} of the score is reported; the rest is taken from similar schools", get=words.percent(school.get('data_confidence'))) if (school.get("data_confidence") or 0) < 1 else tr("All of the score is reported")  # fmt: skip
    why = told(str(school.get("priority_reasons") or ""))
    link = dcc.Link(tr("Back to the list"), href=page.address("/prioritise", view.with_screen(school="")))
    now = band_line(desk, policy, school) if sureness.at_once(desk, policy) or rank is None else tr("Computing how sure this is…")  # fmt: skip
    return [
        html.P([html.Strong(first), ". ", badge], className="fm-lead"),
        html.P(now, id=BAND, role="status"),
        html.P(
            [words.sentence(tr("Because: {why}", why=why)) if why else "", " ", words.sentence(reported), " ", link]
        ),
    ]


def band_line(desk: Desk, policy: Policy, school: dict[str, Any]) -> str:
    """How sure the rank is, in a sentence; empty for a school without a rank."""
    band = sureness.band(desk, policy, about.position(desk, school["school_id"]))
    return "" if band is None else words.sentence(tr("How sure this is: {sentence}", sentence=band.sentence))


# --- from the mean school to this one ------------------------------------------------------------------------------


def _waterfall(desk: Desk, policy: Policy, school: dict[str, Any], found: Explanation) -> list[Component]:
    title = html.H3(tr("From the mean school’s score to this one’s"))
    if not np.isfinite(found.score):
        return [title, html.P(tr("This school has no score, so there is nothing to set beside the mean school."))]
    parts = shapley(desk.scoring(policy), about.position(desk, school["school_id"]), policy)
    steps = moves(found, {part.criterion.name: part.points for part in parts.parts}, desk.columns)
    name = str(school.get("school_name") or school["school_id"])
    most = steps[0] if steps else None
    caption = tr(
        "Each step is what one thing adds to the score, or takes from it, over all orders in which the things can be counted; together they make the difference of {score} points.",
        score=drawn.signed(parts.score - parts.base_score),
    )
    said = html.P(tr("The largest step: {lower}{name}, {points} points.", lower=most.name[0].lower(), name=most.name[1:], points=drawn.signed(most.points))) if most and abs(most.points) >= 0.005 else html.P(tr("This school’s score is the mean school’s."))  # fmt: skip
    chart = drawn.waterfall(
        parts.base_score,
        steps,
        parts.score,
        start=tr("The mean school") + (tr(", by learners") if parts.weighted else ""),
        end=name,
        caption=caption,
    )
    return [title, said, c.wide(chart, tr("From the mean school’s score to this one’s"))]


def moves(found: Explanation, points: Mapping[str, float], visible: Sequence[str]) -> list[drawn.Move]:
    """The things counted as steps, largest first; those that the tier may not see as one."""
    shown, hidden = [], 0.0
    some_hidden = False
    for line in found.items:
        if line.basis == NOT_COUNTED:
            continue
        if line.criterion.item not in visible:
            hidden, some_hidden = hidden + points[line.criterion.name], True
            continue
        judged = line.basis in JUDGED
        said = f"{line.words}; {tr(JUDGED[line.basis])}" if judged else line.words
        shown.append(drawn.Move(tr(line.criterion.title), points[line.criterion.name], said, judged))
    shown.sort(key=lambda move: -abs(move.points))
    return [*shown, *([drawn.Move(tr(NOT_SHOWN), hidden)] if some_hidden else [])]


# --- what would change it ------------------------------------------------------------------------------------------


def changes(desk: Desk, view: View, school: dict[str, Any]) -> list[Component]:
    """The school's score, group and rank with what it lacks today, all else as it is."""
    policy = view.policy_over(desk.policy)
    asked = questions(school, policy)
    title = html.H3(tr("What would change it"))
    if not asked:
        return [title, html.P(tr("It lacks no internet, device or electricity that is counted."))]
    frame, scoring, rows, before = whole(desk), desk.scoring(policy), [], None
    for text, change in asked:
        outcome = what_if(frame, school["school_id"], change, policy, scoring=scoring)
        before = outcome.before
        rows.append((words.sentence(text).rstrip("."), *_standing(outcome.after)))
    rows.insert(0, (tr("As it is now"), *_standing(before))) if before is not None else None
    lines = [html.Li(change_words(rows[0], row)) for row in rows[1:]]
    table = c.table(
        (tr("With this changed and all else as it is"), tr("Score"), tr("Group"), tr("Rank")),
        rows,
        caption=tr("The school is scored anew and put in its place in the list; every other school stays as it is."),
        numeric=(1, 3),
    )
    return [title, html.Ul(lines), c.wide(table, tr("What would change it"))]


def _standing(found: Standing) -> tuple[str, str, str]:
    score = tr("no score") if words.unknown(found.score) else f"{float(found.score):.2f}"
    return (
        score,
        str(found.tier) if not words.unknown(found.tier) and found.tier else tr("verify first"),
        words.ordinal(found.rank),
    )


def change_words(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """ "With 20 Mbps it would be 431st, in group B (now 12th, in group A)"."""
    place = (
        tr("{after}, in group {after_2}", after=after[3], after_2=after[2])
        if after[2] != "verify first"
        else tr("in the verify first list, without a rank")
    )
    if after[1:] == before[1:]:
        return tr("{after} it would stand where it stands now.", after=after[0])
    now = (
        tr("{before}, in group {before_2}", before=before[3], before_2=before[2])
        if before[2] != "verify first"
        else tr("verify first")
    )
    return tr("{after} it would be {place} (now {now}).", after=after[0], place=place, now=now)


def brought(desk: Desk, view: View, school_id: str) -> tuple[str, list[Component]]:
    """What follows the sheet because it takes long: how sure the rank is, and what would change it."""
    policy, school = view.policy_over(desk.policy), desk.school(school_id, view)
    return band_line(desk, policy, school), changes(desk, view, school)


# --- the group -----------------------------------------------------------------------------------------------------


def group_lines(found: Explanation, policy: Policy, visible: Sequence[str]) -> Component:
    """One yes or no a thing with its cut-off, and what their number makes: the group, to be counted by hand."""
    body: list[tuple[Any, ...]] = []
    for line in found.items:
        if not line.criterion.counted:
            continue
        title, sign = tr(line.criterion.title), "from {value}" if line.criterion.inclusive else "above {value}"
        if line.basis == NOT_COUNTED:
            body.append(
                (title, tr("no data for any school"), tr(sign, value=words.exact(line.cutoff, 4)), tr("not counted"))
            )
        elif line.criterion.item not in visible:
            body.append(
                (
                    title,
                    tr("not shown at this level of access"),
                    tr(sign, value=words.exact(line.cutoff, 4)),
                    tr("counted, not shown"),
                )
            )
        else:
            how = f" ({tr(JUDGED[line.basis])})" if line.basis in JUDGED else ""
            body.append((title, f"{words.exact(line.value, 4)}{how}", tr(sign, value=words.exact(line.cutoff, 4)), c.status("no", tr("yes, lacks it")) if line.lacks else c.status("yes", tr("no"))))  # fmt: skip
    a, b = tier_cuts(found.in_use, policy)
    made = tr(
        "{lacks_expected} yes of {in_use} counted. Group A from {a}, group B from {b}, else group C",
        lacks_expected=found.lacks_expected,
        in_use=found.in_use,
        a=a,
        b=b,
    )
    made += (
        tr(": group {tier}", tier=found.tier)
        if found.tier
        else tr(": but it stands in the verify first list (the last step below says why)")
    )
    things = int(counted().sum())
    share = tr("{in_use} of {things} things are known here", in_use=found.in_use, things=things)
    cuts = tr("; {share}, so the cuts of {tier_a_from} and {tier_b_from} shrink in proportion, rounded up.", share=share, tier_a_from=words.exact(policy['tier_a_from']), tier_b_from=words.exact(policy['tier_b_from'])) if found.in_use < things else "."  # fmt: skip
    table = c.table(
        (tr("Thing"), tr("Value of this school, 0 to 1"), tr("Lacks it"), "So"),
        body,
        caption=tr("A value of 1 is a complete lack. Each thing is past its cut-off or not."),
    )
    return html.Div([table, html.P([html.Strong(made), cuts], className="fm-result")])
