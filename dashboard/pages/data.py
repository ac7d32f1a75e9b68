"""Data: where each number came from, how old it is, what was rejected and why; as a clerk would want it."""

from __future__ import annotations

from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard import (
    cardview,
    changed,
    figures,
    freshness,
    ledger,
    linked,
    methodbook,
    national,
    rejected,
    unfound,
    words,
)
from dashboard import components as c
from dashboard.bringing import door
from dashboard.page import Page, address
from dashboard.turned import turned
from geodata.disclosure import Tier
from geodata.query import Desk
from geodata.say import later, told, tr
from geodata.view import View

PATH = "/data"
PARTS = (
    ("sources", later("Sources")),
    ("changed", changed.TITLE),
    ("fresh", later("How old the values are")),
    ("rows", later("What became of the rows")),
    ("quality", later("Quality report")),
    ("rejected", later("Rejected rows")),
    ("meanings", later("What the numbers mean")),
    ("columns", later("Columns")),
    ("policy", later("Standards and weights")),
)


def layout(desk: Desk, view: View) -> Component:
    """The page; it shows the whole country, whatever the selection."""
    return html.Article(
        [
            html.H1(tr("Where these data come from")),
            html.P(_lead(desk), className="fm-lead"),
            *_lacking(desk),
            html.P([methodbook.link(view, "ways", tr("How every number is worked out")), " · ", methodbook.link(view, "trail", tr("Who built and exported what: the trail")), " · ", dcc.Link(tr("Collect from schools, and correct"), href=address("/fieldwork", view)), *([" · ", dcc.Link(tr("Bring your own data"), href=address(door.PATH, view))] if desk.tier != Tier.PUBLIC else [])], className="fm-noprint"),
            html.Ul([html.Li(html.A(tr(title), href=f"#{key}")) for key, title in _parts(desk)], className="fm-contents"),
            _sources(desk),
            *unfound.section(desk),
            *national.section(desk),
            changed.section(desk),
            freshness.section(desk),
            _rows(desk),
            *linked.section(desk),
            _quality(desk),
            rejected.section(desk),
            _meanings(desk),
            _columns(desk),
            _policy(desk),
            html.P([tr("Build {version}. ", version=desk.atlas.version), desk.disclaimer], className="fm-source"),
        ],
        className="fm-sheet",
    )  # fmt: skip


def _parts(desk: Desk) -> list[tuple[str, str]]:
    """The contents: what could not be had, and what others report, stand in them only where there is any."""
    gaps = [("unfound", unfound.TITLE)] if unfound.rows(desk) else []
    others = [("others", national.TITLE)] if national.known(desk) else []
    links = [("linked", linked.TITLE)] if linked.told(desk) else []
    at = [key for key, _ in PARTS].index("quality")
    return [PARTS[0], *gaps, *others, *PARTS[1:at], *links, *PARTS[at:]]


def _lead(desk: Desk) -> str:
    rows = ledger.conserved(desk)
    said = tr("Synthetic demonstration data: invented, with the faults of real ones. ") if desk.atlas.synthetic else ""
    schools = words.count(len(desk.schools), "school")
    if not rows["rows_read"]:
        return tr("{said}{name} has {schools}.", said=said, name=desk.atlas.name, schools=schools)
    return tr("{said}{rows_read} of the registers were read; {schools} of {name} came of them, and every other row is accounted for below.", said=said, rows_read=words.count(rows['rows_read'], 'row'), schools=schools, name=desk.atlas.name)  # fmt: skip


def _lacking(desk: Desk) -> list[Component]:
    """What no school reports at all, and what would change that; nothing where every key fact has an answer."""
    nowhere = [s.name for s in ledger.reported(desk) if s.total and not s.yes]
    if not nowhere:
        return []
    names = words.listed([name[:1].lower() + name[1:] for name in nowhere])
    return [html.P(tr("Reported for no school: {names}. A file that has this (a ministry's register, a survey, a coverage map), added to the recipe as another source, fills it.", names=names))]  # fmt: skip


def _sources(desk: Desk) -> Component:
    head = (
        tr("Source"),
        tr("What it holds"),
        tr("Publisher"),
        tr("Licence"),
        tr("Date"),
        tr("Rows read"),
        tr("Accepted"),
        tr("Out of scope"),
        tr("Rejected"),
    )
    rows = ledger.source_rows(desk)
    if not rows:
        return c.section("Sources", html.P(tr("No source is named for these data.")), id_="sources")
    table = c.table(head, rows, caption=tr("Each file that this country's data were built from"), numeric=(5, 6, 7, 8))
    said = desk.atlas.manifest.get("attributions") or []
    attributions = [html.H3(tr("Attributions")), html.Ul([html.Li(text) for text in said])] if said else []
    sheets = [cardview.card(sheet) for sheet in cardview.sheets(desk)]
    folded = html.Details([html.Summary(words.count(len(sheets), "datasheet")), *sheets], className="fm-meaning")
    return c.section("Sources", c.wide(table, "Sources"), *attributions, folded, id_="sources")


def _rows(desk: Desk) -> Component:
    sums = ledger.conserved(desk)
    read, accepted, out, rejected = (
        words.exact(sums[k]) for k in ("rows_read", "rows_accepted", "rows_out_of_scope", "rows_quarantined")
    )
    parts: list[Component] = [
        html.P(
            [
                html.Strong(
                    tr(
                        "{read} rows read = {accepted} accepted + {out} out of scope + {rejected} rejected.",
                        read=read,
                        accepted=accepted,
                        out=out,
                        rejected=rejected,
                    )
                ),
                tr(" No row is lost, no row is counted twice."),
            ]
        )
    ]
    scope = ledger.counted(desk, "out_of_scope")
    if scope:
        head = (tr("Source"), tr("Why the row is out of scope"), tr("Rows"))
        parts.append(
            c.table(head, scope, caption=tr("Rows that the scope of this country's data leaves out"), numeric=(2,))
        )
    notes = desk.atlas.manifest.get("notes") or []
    if notes:
        parts.append(
            html.Details(
                [
                    html.Summary(tr("What each step of the build said")),
                    html.Ul([html.Li(told(str(text))) for text in notes]),
                ],
                className="fm-meaning",
            )
        )
    return c.section(tr("What became of the rows"), *parts, id_="rows")


def _quality(desk: Desk) -> Component:
    shares = ledger.reported(desk)
    chart = dcc.Graph(figure=turned(figures.reported(shares)), config=figures.CONFIG, className="fm-chart")
    table = c.table(
        (tr("Fact"), tr("Schools that report it"), tr("Not reported"), tr("Share")),
        [(s.name, words.exact(s.yes), words.exact(s.unknown), words.percent(s.reported_share)) for s in shares],
        caption=tr("Of {schools}", schools=words.count(len(desk.schools), "school")),
        numeric=(1, 2, 3),
    )
    parts: list[Component] = [
        html.Div(chart, role="img", **{"aria-label": figures.reported_title(shares)}),
        html.Details([html.Summary(tr("The same as a table")), table], className="fm-meaning"),
    ]
    found, clean = ledger.report_rows(desk, found=True), ledger.report_rows(desk, found=False)
    head = (tr("What was looked at"), tr("Found"), "Of", tr("What was done"))
    if found:
        parts.append(
            c.wide(
                c.table(head, found, caption=tr("What the checks found"), numeric=(1, 2)), tr("What the checks found")
            )
        )
    if clean:
        rest = c.table(head, clean, caption=tr("Checks that found nothing"), numeric=(1, 2))
        parts.append(
            html.Details(
                [html.Summary(tr("{clean} found nothing", clean=words.count(len(clean), "check"))), rest],
                className="fm-meaning",
            )
        )
    warnings = desk.atlas.manifest.get("warnings") or []
    if warnings:
        parts += [html.H3(tr("Warnings")), html.Ul([html.Li(str(text)) for text in warnings])]
    return c.section(tr("Quality report"), *parts, id_="quality")


def _meanings(desk: Desk) -> Component:
    head = (tr("Number"), tr("What it means"), tr("Unit"), tr("Reference"))
    return c.section(
        tr("What the numbers mean"),
        c.wide(
            c.table(head, ledger.indicators(desk), caption=tr("Every number that maps and cards show")),
            tr("What the numbers mean"),
        ),
        id_="meanings",
    )


def _columns(desk: Desk) -> Component:
    rows = ledger.fields(desk)
    head = (tr("Column"), tr("What it means"), tr("Unit or values"), tr("From"), tr("Licences"), tr("Reference"))
    table = c.wide(
        c.table(head, rows, caption=tr("The {rows} columns of the schools that may be seen here", rows=len(rows))),
        "Columns",
    )
    return c.section(
        "Columns",
        html.Details([html.Summary(tr("All {rows} columns", rows=len(rows))), table], className="fm-meaning"),
        id_="columns",
    )


def _policy(desk: Desk) -> Component:
    changed, rows = ledger.policy(desk)
    head = (tr("Number"), tr("In force"), tr("Default"), tr("What it means"), tr("Reference"))
    said = (
        c.wide(
            c.table(head, changed, caption=tr("What this country has set otherwise"), numeric=(1, 2)),
            tr("Set otherwise"),
        )
        if changed
        else html.P(tr("This country has set none of them otherwise: the defaults are in force."))
    )
    every = c.wide(
        c.table(head, rows, caption=tr("Every standard, weight and limit in force"), numeric=(1, 2)),
        tr("All standards and weights"),
    )
    note = tr(
        "Value judgements, to be discussed in the country before they decide over money. They can be tried out on the page Prioritise."
    )
    return c.section(
        tr("Standards and weights"),
        said,
        html.Details([html.Summary(tr("All {rows} numbers in force", rows=len(rows))), every], className="fm-meaning"),
        id_="policy",
        note=note,
    )


def _register(app: Dash) -> None:
    national.register(app)
    changed.register(app)


DATA = Page("data", PATH, "Data", 80, layout, _register)
