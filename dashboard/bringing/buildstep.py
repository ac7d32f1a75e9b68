"""The last step: build it under a typed name and a reason, follow it, cancel it, open it."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import page, signing
from dashboard.bringing import door
from dashboard.bringing.jobs import Job
from dashboard.bringing.state import Seen, slug_of
from geodata.say import tr, written
from geodata.view import View

FORM = "bring-build"


def body(seen: Seen) -> list[Component]:
    """The step: the form, or what came of the build."""
    done = seen.upload.told("build")
    if seen.job.step == "build" and seen.job.runs:
        return []
    parts: list[Component] = []
    if seen.job.step == "build" and seen.job.over in ("failed", "cancelled"):
        parts.append(_ended(seen.job))
    if done:
        parts += _done(seen, done)
    return [*parts, *_form(seen, again=bool(done))]


def _ended(job: Job) -> Component:
    kept = tr("What was there before stands as it was. The same build goes on from its last step.")
    if job.over == "cancelled":
        return c.message(tr("The build was cancelled."), kept=kept)
    return c.message(tr("The build ended with a fault."), mend=job.said, kept=kept, kind="error")


def _done(seen: Seen, done: dict[str, Any]) -> list[Component]:
    slug = str(seen.about.get("built") or "")
    shown = slug in page.served().desks
    opens = View().with_screen(data=slug) if shown else View()
    said = tr("{place} is built.", place=str(done["name"]))
    way = html.A(tr("Open it on the map"), href=page.address(page.EXPLORE, opens), className="fm-button fm-primary")
    late = html.P(tr("It is not shown here yet: places of high risk are shown to partners under a named agreement only, which whoever runs the server states."))  # fmt: skip
    files = html.P([
        html.A(tr("Its recipe"), href=f"/bring/{seen.upload.id}/recipe.toml", download=""), tr(" builds the same by command. "),
        html.A(tr("Quality report (CSV)"), href=f"/bring/{seen.upload.id}/report.csv", download=""),
    ])  # fmt: skip
    judged = c.message(tr("Every threshold of the recipe is kept.")) if done.get("kept") else c.message(tr("A threshold of the recipe is passed: look at the report before you use it."), kind="error")  # fmt: skip
    report = html.Details([html.Summary(tr("The report")), html.Ul([html.Li(str(line).strip()) for line in done.get("report", [])], className="fm-small")], className="fm-meaning")  # fmt: skip
    return [html.P(html.Strong(said), className="fm-lead"), html.P(way) if shown else late, judged, report, files]


def _form(seen: Seen, *, again: bool) -> list[Component]:
    if not seen.text or not seen.source:
        return [html.P(tr("There is nothing to build yet.")), html.P(html.A(tr("Go to the file"), href=door.at(seen.upload, "file")))]  # fmt: skip
    tried = seen.result("try")
    parts: list[Component] = []
    if not tried:
        parts.append(html.P([tr("It was not tried as it stands now. "), html.A(tr("Try it first"), href=door.at(seen.upload, "check"))]))  # fmt: skip
    served = page.served()
    if seen.target:
        name = served.desks[seen.target].atlas.name
        says = tr("This replaces the data of {place} for everybody who sees them, once it is whole; until then the present ones stand.", place=name)  # fmt: skip
    else:
        says = tr("{place} stands beside the other places of this server, for its {tier} visitors, under the name {slug}.", place=str((seen.recipe.get("place") or {}).get("name") or ""), tier=tr(str(served.tier)), slug=str(seen.about.get("built") or slug_of(seen)))  # fmt: skip
    sure = (
        [dmc.Checkbox(id=f"{FORM}-sure", label=tr("Yes, replace them"), checked=False)]
        if seen.target
        else [dcc.Store(id=f"{FORM}-sure")]
    )
    title = tr("Build it again") if again else tr("Build it")
    return [*parts, signing.form(FORM, title, button=title, more=sure, says=says)]


# --- while it is built --------------------------------------------------------------------------------------------


def under_way(job: Job) -> list[Component]:
    """How far work is: a sentence, and for a build its steps with what each of them did."""
    if job.waits:
        return [html.P(tr("Another register is being worked on. This one waits its turn."))]
    if job.step != "build":
        doing = {
            "look": tr("The file is being looked at …"),
            "check": tr("The recipe is being checked …"),
            "try": tr("The recipe is being tried …"),
            "alike": tr("The other files of this country are being copied …"),
        }
        return [
            html.P([doing.get(job.step, ""), html.Span(f" {tr(job.said)}", className="fm-soft") if job.said else None])
        ]
    did = _did(job)
    if not job.steps:
        return [html.P(tr("The build begins …"))]
    now = min(len(did) + 1, len(job.steps))
    rows = [_step(n, title, did.get(n), now) for n, title in enumerate(job.steps, start=1)]
    said = tr(
        "Step {now} of {all}: {title}", now=written(now), all=written(len(job.steps)), title=tr(job.steps[now - 1])
    )
    return [html.P(html.Strong(said)), html.Progress(value=str(len(did)), max=str(len(job.steps)), **{"aria-label": tr("How far the build is")}), html.Ol(rows, className="bring-steps-list")]  # fmt: skip


def _step(number: int, title: str, did: str | None, now: int) -> Component:
    if did is not None:
        return html.Li(
            [html.Span("● ", **{"aria-hidden": "true"}), tr(title), html.Span(f": {did}", className="fm-soft")]
        )
    if number == now:
        return html.Li([html.Span("▸ ", **{"aria-hidden": "true"}), html.Strong(tr(title)), " …"])
    return html.Li([html.Span("○ ", **{"aria-hidden": "true"}), tr(title)], className="fm-soft")


def _did(job: Job) -> dict[int, str]:
    """Number of a step → what it did, of the lines "3/15 Title: what it did"."""
    found: dict[int, str] = {}
    for line in job.lines:
        number, _, rest = line.partition("/")
        if number.isdigit() and ": " in rest:
            found[int(number)] = rest.partition(": ")[2]
    return found
