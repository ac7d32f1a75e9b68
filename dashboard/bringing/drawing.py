"""Which step is drawn for an address, how far the work on it is, what begins by itself; the callbacks of these."""

from __future__ import annotations

import time
from typing import Any

import dash
from dash import Dash, Input, Output, State, html, no_update

from dashboard import components as c
from dashboard import guard, page
from dashboard.bringing import buildstep, door, filestep, jobs, state, trystep, whatstep
from dashboard.bringing.state import Seen
from geodata.errors import BusyError, FirstMileError
from geodata.say import tr

HERE = State(page.URL, "hash")
TICK, MARK = "bring-tick", "bring-mark"
BODIES = {"what": whatstep.body, "check": trystep.body, "build": buildstep.body}


def drawn(fragment: str | None) -> tuple[Any, Any, Any, bool, bool]:
    """Steps, body, how far work is, whether the clock stands still, whether nothing can be cancelled: for an address."""
    try:
        upload, asked = door.asked(fragment)
    except FirstMileError as error:
        return steps(None, "file"), [c.message(guard.said(error), kind="error"), html.P(html.A(tr("Begin anew"), href=f"{door.PATH}#"))], [], True, True  # fmt: skip
    if upload is None:
        return steps(None, "file"), filestep.body(None), [], True, True
    if not state.adopt(upload) and not state.adopt_alike(upload):
        state.adopt_more(upload)
    seen = Seen(upload)
    step = asked or _furthest(seen)
    if _begin_alone(seen, step):
        seen = Seen(upload)
    busy = seen.job.runs and seen.job.step != "check"
    shown = (
        [] if busy else [*_failed_look(seen, step), *(BODIES[step](seen) if step in BODIES else filestep.body(seen))]
    )
    far = buildstep.under_way(seen.job) if busy else []
    return steps(seen, step), shown, far, not (busy or _unchecked(seen, step)), not busy


def steps(seen: Seen | None, here: str) -> Any:
    """The four steps; those that can be gone to are links."""
    there = {"file": True, "what": bool(seen and seen.text), "check": bool(seen and seen.source), "build": bool(seen and seen.source)}  # fmt: skip
    items = []
    for number, step in enumerate(door.STEPS, start=1):
        title = f"{number} {tr(door.TITLES[step])}"
        if step == here:
            items.append(html.Li(html.Strong(title), **{"aria-current": "step"}))
        elif seen is not None and there[step]:
            items.append(html.Li(html.A(title, href=door.at(seen.upload, step))))
        else:
            items.append(html.Li(title, className="fm-soft"))
    return html.Ol(items, className="bring-steps", **{"aria-label": tr("Steps")})


def _furthest(seen: Seen) -> str:
    if seen.upload.told("build") or seen.job.step == "build":
        return "build"
    return "what" if seen.source else "file"


def _failed_look(seen: Seen, step: str) -> list[Any]:
    """Why a file was not taken, above the place where another is chosen."""
    if seen.job.step != "look" or seen.job.over not in ("failed", "cancelled"):
        return []
    said = tr("The file was not read.") if seen.job.over == "failed" else tr("It was cancelled.")
    return [c.message(said, mend=seen.job.said, kind="error")]


def _begin_alone(seen: Seen, step: str) -> bool:
    """What begins without a button: the look at a file that came, the try of a recipe that was never tried so."""
    if seen.job.runs and seen.job.step != "check":
        return False
    files = seen.about.get("files") or []
    try:
        if not seen.look and files and not seen.job.over:
            jobs.start(seen.upload, "look", file=files[0], given=seen.about.get("given") or {})
            return True
        if step == "check" and seen.source and not seen.result("try") and seen.about.get("try_mark") != seen.mark:
            begin_try(seen)
            return True
    except BusyError:  # another question of the same page began it a moment ago
        return True
    except FirstMileError:
        return False
    return False


def begin_try(seen: Seen) -> None:
    """Try the recipe as it stands, against the country that it updates."""
    against = str(page.served().desks[seen.target].atlas.link.absolute()) if seen.target else ""
    jobs.start(seen.upload, "try", against=against)
    seen.upload.note(try_mark=seen.mark)


def _unchecked(seen: Seen, step: str) -> bool:
    return step == "what" and bool(seen.text) and not _checked(seen)


def _checked(seen: Seen) -> bool:
    return seen.about.get("check_mark") == seen.mark and not seen.job.runs


def register(app: Dash) -> None:
    """The page drawn anew when its address or its work changes; the clock while work runs."""

    @app.callback(
        Output("bring-steps", "children"), Output("bring-body", "children"), Output("bring-progress", "children"), Output(TICK, "disabled"), Output("bring-cancel", "hidden"),
        Input(page.URL, "hash"), Input(MARK, "data"),
    )  # fmt: skip
    def _draw(fragment: str, _: Any) -> Any:
        if door.why_not():
            return [no_update] * 5
        return drawn(fragment)

    @app.callback(
        Output("bring-progress", "children", allow_duplicate=True), Output(MARK, "data", allow_duplicate=True), Output(TICK, "disabled", allow_duplicate=True),
        Input(TICK, "n_intervals"), HERE, prevent_initial_call=True,
    )  # fmt: skip
    def _tick(_: int, fragment: str) -> Any:
        far, said, mark, still = ticked(fragment)
        if said is not no_update:
            dash.set_props("bring-right", {"children": said})
        return far, mark, still


def ticked(fragment: str) -> tuple[Any, Any, Any, Any]:
    """How far work is, whether the recipe is right, a mark to draw anew, whether the clock stands still. The page is drawn anew when it is over; a recipe that was changed is checked behind the screen."""
    upload, asked = door.asked(fragment)
    if upload is None:
        return no_update, no_update, no_update, True
    seen = Seen(upload)
    if seen.job.runs and seen.job.step != "check":
        return buildstep.under_way(seen.job), no_update, no_update, no_update
    step = asked or _furthest(seen)
    if step != "what" or (seen.job.over and seen.job.step != "check" and seen.about.get("drawn") != seen.job.begun):
        upload.note(drawn=seen.job.begun)
        return no_update, no_update, time.time(), True
    if seen.job.runs:
        return no_update, html.P(tr("Checking the recipe …"), className="fm-soft"), no_update, no_update
    if seen.about.get("check_mark") != seen.mark:
        mark_now = seen.mark
        try:
            jobs.start(upload, "check")
        except BusyError:
            return no_update, no_update, no_update, no_update
        upload.note(check_mark=mark_now)
        return no_update, html.P(tr("Checking the recipe …"), className="fm-soft"), no_update, no_update
    return no_update, whatstep.right(seen), no_update, True
