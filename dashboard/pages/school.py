"""School: one sheet that could be printed. What is known of a school, what it lacks, and why it stands where it stands."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import (
    about,
    lacks,
    linked,
    overrides,
    page,
    placed,
    predicted,
    sheet,
    speeds,
    threegaps,
    tongue,
    ways,
    words,
)
from dashboard import components as c
from dashboard.fieldwork import dispute
from dashboard.locator import locator
from dashboard.page import Page
from dashboard.ranking import standing
from geodata.errors import DisclosureError, ViewError
from geodata.freshness import as_of
from geodata.priority import NEED, criteria
from geodata.query import Desk
from geodata.say import later, tr, written
from geodata.view import View

PATH = "/school"
PARTS = (("gaps", later("What it lacks")), ("list", later("Its place in the list")), ("ways", ways.TITLE), ("record", later("Every value")), ("around", later("Neighbours")), ("doubts", later("Doubts about the data")))  # fmt: skip


def layout(desk: Desk, view: View) -> Component:
    """The page for a view; `school=` names the school."""
    return html.Div(content(desk, view), id="school-sheet")


def content(desk: Desk, view: View) -> Component:
    """The sheet, or what to do where no school is named or it is not here."""
    school_id = view.shown("school")
    if not school_id:
        return _nothing(tr("No school is chosen"), desk, view)
    try:
        school = desk.school(school_id, view)
    except (ViewError, DisclosureError) as error:
        return _nothing(str(error), desk, view)
    return sheet_of(desk, view, school)


def _nothing(what: str, desk: Desk, view: View) -> Component:
    ways = [
        (tr("Choose one in the list"), page.address("/prioritise", view.with_screen(school=""))),
        (tr("Choose one on the map"), page.address(page.EXPLORE, view.with_screen(school=""))),
    ]
    empty = c.empty_state(
        what,
        ways,
        kept=tr(
            "{name} has {schools}; the search above finds them by name or id",
            name=desk.atlas.name,
            schools=words.count(len(desk.schools), "school"),
        ),
        way="Or:",
    )
    return html.Article([html.H1(tr("A school’s sheet")), empty], className="fm-sheet")


def sheet_of(desk: Desk, view: View, school: dict[str, Any]) -> Component:
    """The whole sheet of one school."""
    name = school.get("school_name") or tr("School {school_id}", school_id=school["school_id"])
    return html.Article(
        [
            html.Div([html.Div([_crumbs(desk, view, school), html.H1(name), *_head(desk, school)]), _where(desk, view, school)], className="fm-top"),
            c.ladder(lacks.rungs(school)),
            html.Ul([html.Li(html.A(tr(title), href=f"#{key}")) for key, title in PARTS], className="fm-contents"),
            _gaps(desk, view, school),
            speeds.section(desk, school),
            placed.section(desk, view, school),
            ways.section(desk, school),
            overrides.section(desk, view, school),
            dispute.section(desk, view, school),
            c.section(tr("Every value"), c.wide(sheet.record(school, desk.place, about.fed(desk, school), view.policy_over(desk.policy), as_of(desk.atlas.manifest)), tr("Every value of the school")), id_="record"),
            _around(desk, view, school),
            _doubts(desk, school),
            html.P([desk.disclaimer, tr(" Synthetic demonstration data.") if desk.atlas.synthetic else ""], className="fm-source"),
        ],
        className="fm-sheet",
    )  # fmt: skip


def _crumbs(desk: Desk, view: View, school: dict[str, Any]) -> Component:
    parts: list[Any] = [
        dcc.Link(
            desk.atlas.name,
            href=page.address(page.EXPLORE, View(policy=view.policy, screen=view.with_screen(school="", at="").screen)),
        )
    ]
    for level in range(1, len(desk.place.get("levels", ())) + 1):
        area, name = school.get(f"admin{level}_id"), school.get(f"admin{level}")
        if area and name:
            inside = View(area=area, policy=view.policy, screen=view.with_screen(school="", at="").screen)
            parts += [f" {tongue.onwards()} ", dcc.Link(name, href=page.address(page.EXPLORE, inside))]
    return html.Nav(parts, className="fm-crumbs", **{"aria-label": tr("Where the school is")})


def _head(desk: Desk, school: dict[str, Any]) -> list[Component]:
    ids = " · ".join(
        f"{words.title(k)} {school[k]}" for k in ("school_id_govt", "school_id_giga") if school.get(k)
    ) or tr("School id {school_id}", school_id=school["school_id"])
    learners = words.said("num_students", school.get("num_students"))
    lead = (
        tr("{num_students} learners", num_students=words.exact(school["num_students"]))
        if school.get("num_students") is not None
        else tr("Learners {learners}", learners=learners)
    )
    other = linked.other_names(desk, school)
    said = [
        html.P(sheet.place_line(school, desk.place), className="fm-lead"),
        html.P(f"{lead} · {ids}", className="fm-soft"),
        html.P(tr("Also known as {other}", other=words.listed(other)), className="fm-soft") if other else None,
        sheet.status_note(school),
    ]
    return [part for part in said if part is not None]


def _where(desk: Desk, view: View, school: dict[str, Any]) -> Component:
    drawn = locator(desk, school)
    located = school.get("latitude") is not None
    coarse = not desk.locations.exact
    place = words.NOT_REPORTED if not located else f"{float(school['latitude']):.5f}, {float(school['longitude']):.5f}"
    if located and coarse:
        place = tr(
            "about {latitude}, {longitude} (exact places are not shown at this level of access)",
            latitude=written(float(school["latitude"]), 2, grouped=False),
            longitude=written(float(school["longitude"]), 2, grouped=False),
        )
    repair = school.get("location_repair")
    said = [tr("Location: {place}. ", place=place)]
    said += [tr("Repaired: {repair}. ", repair=words.repair(repair))] if repair else []
    said += (
        [tr("The point lies outside the area that the register names. ")]
        if school.get("location_in_declared_area") is False
        else []
    )
    at = f"{float(school['latitude']):.4f},{float(school['longitude']):.4f},11" if located else ""
    areas = [school[f"admin{n}_id"] for n in (4, 3, 2, 1) if school.get(f"admin{n}_id")]
    seen = (
        view.with_screen(school=school["school_id"], at=at)
        if located
        else View(area=str(areas[0]) if areas else "", policy=view.policy, screen=view.with_screen(school="").screen)
    )
    link = dcc.Link(
        tr("See it on the map") if located else tr("See its area on the map"), href=page.address(page.EXPLORE, seen)
    )
    alt = tr(
        "{value} in {school}, {name}",
        value=school.get("school_name") or tr("The school"),
        school=words.place_of(school),
        name=desk.atlas.name,
    )
    picture = html.Img(src=drawn, alt=alt, className="fm-mini") if drawn else None
    caption = html.Figcaption([*said, link], className="fm-mini-caption")
    return html.Figure([caption] if picture is None else [picture, caption], style={"margin": 0})


def _gaps(desk: Desk, view: View, school: dict[str, Any]) -> Component:
    policy = view.policy_over(desk.policy)
    note = tr("By the standards in force on this screen; they can be changed on the page Prioritise.")
    titles = tuple(f"{tr(found.title)}:" for found in criteria() if found.pillar == NEED)
    lower = [text for text in standing(desk, policy).words if text.startswith(titles)]
    said = (
        [
            html.P(tr("Where the full standard has no data, the list stands on a lower one:")),
            html.Ul([html.Li(text) for text in lower]),
        ]
        if lower
        else []
    )
    return c.section(
        tr("What it lacks"), *threegaps.together(school, policy), *predicted.note(school), *said, id_="gaps", note=note
    )


def _around(desk: Desk, view: View, school: dict[str, Any]) -> Component:
    near = about.neighbours(desk, school, view)
    if not near:
        why = (
            tr("exact places are not shown at this level of access")
            if not desk.locations.exact
            else tr("the location is not reported")
        )
        return c.section("Neighbours", html.P(tr("The nearest schools cannot be named: {why}.", why=why)), id_="around")
    rows = [
        (
            dcc.Link(
                n.get("school_name") or n["school_id"], href=page.address(PATH, view.with_screen(school=n["school_id"]))
            ),
            f"{words.exact(n['distance_m'] / 1000, 1)}",
            c.flag(n.get("has_internet_for_learners")),
            words.exact(n.get("num_students")),
            words.NOT_REPORTED
            if n.get("tier") is None and n.get("priority_rank") is None
            else words.ordinal(n.get("priority_rank")),
        )
        for n in near
    ]
    head = (tr("School"), tr("Distance, km"), tr("Internet for learners"), tr("Learners"), tr("Rank"))
    return c.section(
        "Neighbours",
        c.wide(
            c.table(head, rows, caption=tr("The nearest schools, in a straight line"), numeric=(1, 3, 4)), "Neighbours"
        ),
        id_="around",
    )


def _doubts(desk: Desk, school: dict[str, Any]) -> Component:
    conflicts, findings = about.conflicts(desk, school["school_id"]), about.findings(desk, school["school_id"])
    parts: list[Component] = []
    if conflicts:
        rows = [
            (words.title(x["column"], desk.place), words.said(x["column"], _typed(x["column"], x["kept"])), x["kept_source"], words.said(x["column"], _typed(x["column"], x["other"])), x["other_source"], words.sentence(str(x["rule"])))
            for x in conflicts
        ]  # fmt: skip
        head = (tr("What"), tr("Kept"), "from", tr("The other"), "from", tr("Why the first was kept"))
        parts.append(
            c.wide(
                c.table(head, rows, caption=tr("Sources that disagree: both values are kept")),
                tr("Sources that disagree"),
            )
        )
    if findings:
        kinds = {"blank": tr("the value was left out"), "warn": tr("said only"), "reject": tr("left out")}
        rows = [(x["reason"], kinds.get(str(x["severity"]), str(x["severity"]))) for x in findings]
        parts.append(
            c.table(
                (tr("What the checks say"), tr("What was done")),
                rows,
                caption=tr("Checks that this school does not pass"),
            )
        )
    if not parts:
        parts.append(html.P(tr("No source disagrees about this school, and it passes every check.")))
    return c.section(tr("Doubts about the data"), *parts, id_="doubts")


def _typed(column: str, value: Any) -> Any:
    return (
        {"true": True, "yes": True, "false": False, "no": False}.get(str(value).lower(), value)
        if value is not None
        else None
    )


def register(app: Dash) -> None:
    """Callbacks of the page: another school in the address, another sheet."""
    overrides.register(app)
    dispute.register(app)
    ways.register(app)

    @app.callback(
        Output("school-sheet", "children"),
        Input(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _follow(search: str, path: str) -> Any:
        return content(*page.here(search)) if path == PATH else no_update

    @app.callback(
        Output(placed.BAND, "children"),
        Output(placed.WHAT_IF, "children"),
        Input(placed.WHAT_IF, "data-school"),
        State(page.URL, "search"),
        State(page.URL, "pathname"),
    )
    def _bring(school_id: str, search: str, path: str) -> tuple[Any, Any]:
        if path != PATH or not school_id:
            return no_update, no_update
        desk, view = page.here(search)
        return placed.brought(desk, view, school_id)


SCHOOL = Page("school", PATH, "School", 90, layout, register, tab=False)
