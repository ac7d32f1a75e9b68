"""The second step: the place, the columns, the words, and every other choice; the recipe as text is always beneath."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import page, words
from dashboard.bringing import choices, columnstep, door, filestep
from dashboard.bringing.state import Seen
from geodata.disclosure import Tier
from geodata.policy import NUMBERS
from geodata.say import later, tr

REPAIRS = {
    "swapped": later("Latitude and longitude were swapped"),
    "lost_sign": later("A minus sign was lost"),
    "lost_decimal_point": later("The decimal point was lost"),
    "decimal_comma": later("Some places have a decimal comma in a file with points"),
    "degrees_minutes": later("Places are written in degrees and minutes"),
    "zero_is_missing": later("0, 0 means that no place was given"),
}
RISKS = {
    "low": later("Low: schools may be shown on a public map"),
    "medium": later("Medium: the public sees places roughly"),
    "high": later("High: the public sees no single school"),
}
KINDS = {
    "boundary": later("boundaries"),
    "schools": later("another register of schools"),
    "cells": later("cell sites"),
    "nodes": later("transmission nodes"),
    "coverage": later("coverage areas"),
    "tiles": later("speed tiles"),
}
CHECKS = {
    "max_rejected_share": later("Rejected rows, at most this share"),
    "max_not_located_share": later("Schools without a usable location, at most this share"),
    "max_outside_declared_share": later("Schools outside the area that they name, at most this share"),
    "max_unmapped_share": later("Words that nobody understands, at most this share"),
    "min_rows": later("Rows in scope, at least this many"),
}
DEFAULTS = {"max_rejected_share": 0.05, "max_not_located_share": 1, "max_outside_declared_share": 0.2, "max_unmapped_share": 0.05, "min_rows": 1}  # fmt: skip


def body(seen: Seen) -> list[Component]:
    """The whole step."""
    if not seen.text:
        return [html.P(tr("The file was not looked at yet.")), html.P(html.A(tr("Go to the file"), href=door.at(seen.upload, "file")))]  # fmt: skip
    if not seen.source:
        return [
            html.P(tr("This file holds no schools. A place needs a register of schools first: bring that one, and this file beside it.")),
            html.P(html.A(tr("Bring another file"), href=f"{door.PATH}#")),
        ]  # fmt: skip
    return [
        html.P(tr("What was found is a suggestion. Set right what is wrong; what you are not sure of is better left out, for it is then not reported, which is honest.")),
        html.Div(id="bring-said", role="status", className="bring-said"),
        c.section(tr("The place"), *_place(seen)),
        c.section(tr("What the columns mean"), html.Div(columnstep.columns(seen), id="bring-columns")),
        c.section(tr("What the words mean"), html.Div(columnstep.values(seen), id="bring-words")),
        c.section(tr("Where this file comes from"), *_passport(seen)),
        c.section(tr("Everything else"), *_rest(seen)),
        c.section(tr("The recipe as text"), *_text(seen)),
        html.P(html.A(tr("Next: try it"), href=door.at(seen.upload, "check"), className="fm-button fm-primary")),
    ]  # fmt: skip


def setting(key: str, control: Any, label: str, value: Any, **more: Any) -> Component:
    """A control of one key of the recipe."""
    late = {} if control in (dmc.Select, dmc.CheckboxGroup) else {"debounce": 600}
    return control(id={"type": "bring-set", "key": key}, label=label, value=value, **late, **more)


def _place(seen: Seen) -> list[Component]:
    place = seen.recipe.get("place") or {}
    return [
        *_target(seen),
        html.Div(
            [
                setting("place.name", dmc.TextInput, tr("Name of the country or province"), place.get("name", "")),
                setting("place.iso3", dmc.TextInput, tr("Country code of three letters (ISO 3166)"), "" if place.get("iso3") == "XXX" else place.get("iso3", ""), description=tr("Please set it, such as KEN") if place.get("iso3") in (None, "XXX") else None),
                setting("place.levels", dmc.TextInput, tr("Your words for the levels, from the top"), ", ".join(place.get("levels") or []), description=tr("With commas between, such as province, district")),
                setting("place.language", dmc.TextInput, tr("Main language of the names"), place.get("language", "en"), description=tr("Two letters, such as pt")),
                setting("place.risk", dmc.Select, tr("Risk that published school locations bring"), place.get("risk", "medium"), data=[{"value": v, "label": tr(t)} for v, t in RISKS.items()], allowDeselect=False),
            ],
            className="bring-fields",
        ),
    ]  # fmt: skip


def _target(seen: Seen) -> list[Component]:
    """Whether this is a new place, or the next register of one that is shown already (the government's alone to decide)."""
    served = page.served()
    if served.tier != Tier.GOVERNMENT:
        return []
    data = [{"value": "new", "label": tr("A new place")}, *({"value": slug, "label": tr("The new register of {place}", place=desk.atlas.name)} for slug, desk in served.desks.items())]  # fmt: skip
    choice = dmc.Select(
        id="bring-target",
        label=tr("This is"),
        data=data,
        value=seen.target or "new",
        allowDeselect=False,
        className="bring-target",
    )
    if not seen.target:
        return [choice]
    says = tr("Its meanings, words, boundaries and other files are then the same as now, with this file in the old one’s place; what is chosen below is replaced.")  # fmt: skip
    button = html.Button(tr("Take over the choices and files of {place}", place=served.desks[seen.target].atlas.name), id="bring-alike", className="fm-button", type="button")  # fmt: skip
    failed = c.message(tr("They could not be taken over."), mend=seen.job.said, kind="error") if (seen.job.step, seen.job.over) == ("alike", "failed") else None  # fmt: skip
    return [choice, html.P([button]), html.P(says, className="fm-soft fm-small"), failed]


def _passport(seen: Seen) -> list[Component]:
    source = seen.source
    names = (
        ("name", tr("Short name, shown beside each value")), ("publisher", tr("Who published it")), ("licence", tr("Licence")),
        ("date", tr("Date or year that it describes")), ("attribution", tr("Sentence that the licence asks for")), ("address", tr("Its page on the web")),
    )  # fmt: skip
    shown = [setting(f"source.{key}", dmc.TextInput, label, source.get(key, "")) for key, label in names]
    return [html.Div(shown, className="bring-fields")]


def _rest(seen: Seen) -> list[Component]:
    return [
        _folded(tr("Words that mean “not reported” everywhere"), setting("source.sentinels.*", dmc.TextInput, tr("With commas between, such as 88888, N/A"), ", ".join(map(str, (seen.source.get("sentinels") or {}).get("*", []))))),
        _folded(tr("Only some of the rows are schools of this place"), *_scope(seen)),
        _folded(tr("The places on the map are wrong"), *_repairs(seen)),
        _folded(tr("Boundaries and other files"), *_files(seen)),
        _folded(tr("Standards and weights of this country"), *_policy(seen)),
        _folded(tr("When the build should warn"), *_checks(seen)),
    ]  # fmt: skip


def _folded(title: str, *parts: Any) -> Component:
    return html.Details([html.Summary(title), *parts], className="fm-meaning")


def _scope(seen: Seen) -> list[Component]:
    """A column and the values that stay; shown for the columns with few values."""
    scope = seen.source.get("scope") or {}
    few = {one["column"]: [str(v) for v, _ in one["values"]] for one in seen.columns if len(one["values"]) > 1}
    column = scope.get("column") or seen.about.get("scope_column")
    keep = [str(v) for v in scope.get("keep", [])]
    return [
        html.P(tr("Rows with another value leave, each with the reason, and are counted as out of scope. Schools that are closed for a time stay."), className="fm-small"),
        html.Div(
            [
                dmc.Select(id="bring-scope-column", label=tr("Column that decides"), data=sorted(few), value=column if column in few else None, clearable=True, searchable=True),
                dmc.MultiSelect(id="bring-scope-keep", label=tr("Rows with these values stay"), data=sorted({*few.get(str(column), []), *keep}), value=keep),
                dmc.TextInput(id="bring-scope-reason", label=tr("Why the others leave"), value=scope.get("reason", ""), placeholder=tr("not operating"), debounce=600),
            ],
            className="bring-fields",
        ),
    ]  # fmt: skip


def _repairs(seen: Seen) -> list[Component]:
    repair = seen.source.get("repair") or {}
    on = [name for name in REPAIRS if repair.get(name, name == "zero_is_missing")]
    boxes = [dmc.Checkbox(label=tr(text), value=name, mb=6) for name, text in REPAIRS.items()]
    return [
        setting("repairs", dmc.CheckboxGroup, tr("Repairs; each repaired row says which one made it usable"), on, children=html.Div(boxes)),
        html.Div(
            [
                setting("source.repair.bounds", dmc.TextInput, tr("Bounds: west, south, east, north"), ", ".join(f"{v:g}" for v in repair.get("bounds") or []), description=tr("Every place must lie within; the repairs are decided by them")),
                setting("source.repair.projected", dmc.TextInput, tr("Columns in metres: their reference system"), repair.get("projected", ""), placeholder="EPSG:32737"),
            ],
            className="bring-fields",
        ),
    ]  # fmt: skip


def _files(seen: Seen) -> list[Component]:
    """Boundaries and further files: brought, looked at, and added to the recipe as what they seem to be."""
    used = {str(one.get("path")) for part in choices.SEVERAL for one in seen.recipe.get(part, [])}
    rows = [(name, tr("in the recipe") if name in used else tr("not in the recipe")) for name in seen.upload.names()]
    added = seen.about.get("added") or {}
    told = (
        [
            c.message(
                tr(
                    "{file} was added as {kind}. What it needs is in the recipe’s text below: look at its level and its columns.",
                    file=str(added["file"]),
                    kind=tr(KINDS.get(added["kind"], added["kind"])),
                )
            )
        ]
        if added
        else []
    )
    parts: list[Component] = [
        *told,
        html.P(tr("Without boundaries the map draws hexagons, and areas are those that the register names. Boundaries come as GeoJSON, GeoPackage, Parquet or a ZIP with a shapefile; coverage, cell sites and other tables of schools come the same way."), className="fm-small"),
        c.table((tr("File"), tr("Used")), rows, caption=tr("Files of this upload")),
        filestep.drop(seen.upload.id, tr("Choose boundaries or another file")),
    ]  # fmt: skip
    return parts


def _policy(seen: Seen) -> list[Component]:
    now = seen.recipe.get("policy") or {}
    data = [{"value": name, "label": f"{tr(number.title)} ({name})"} for name, number in NUMBERS.items()]
    rows = [
        (
            tr(NUMBERS[n].title) if n in NUMBERS else n,
            words.policy_value(v),
            words.policy_value(NUMBERS[n].value) if n in NUMBERS else "",
        )
        for n, v in now.items()
    ]
    table = (
        [
            c.table(
                (tr("Number"), tr("Here"), tr("Default")),
                rows,
                caption=tr("What this country sets otherwise"),
                numeric=(1, 2),
            )
        ]
        if rows
        else []
    )
    return [
        html.P(tr("Value judgements, to be discussed in the country before they decide over money."), className="fm-small"),
        *table,
        html.Div(
            [
                dmc.Select(id="bring-policy-name", label=tr("Number"), data=data, searchable=True, limit=100),
                dmc.TextInput(id="bring-policy-value", label=tr("Its value here"), description=tr("Empty takes the default again")),
            ],
            className="bring-fields",
        ),
        html.P(html.Button(tr("Set it"), id="bring-policy-do", className="fm-button", type="button")),
    ]  # fmt: skip


def _checks(seen: Seen) -> list[Component]:
    now = {**DEFAULTS, **(seen.recipe.get("check") or {})}
    return [html.Div([setting(f"check.{k}", dmc.NumberInput, tr(text), now[k], min=0, **({} if k == "min_rows" else {"max": 1, "step": 0.05, "decimalScale": 3})) for k, text in CHECKS.items()], className="bring-fields")]  # fmt: skip


def _text(seen: Seen) -> list[Component]:
    return [
        html.P([tr("All choices stand here, and those that have no control above are made here: other sources, rules, bands, links, prices. "), html.A(tr("Download it"), href=f"/bring/{seen.upload.id}/recipe.toml", download="")]),
        html.Label(tr("The recipe as text"), htmlFor="bring-text", className="fm-hidden"),
        dcc.Textarea(id="bring-text", value=seen.text, className="bring-text", spellCheck=False),
        html.P([html.Button(tr("Take over this text"), id="bring-text-do", className="fm-button", type="button"), " ", html.Span(tr("Remarks behind # go when something above is changed."), className="fm-soft fm-small")]),
        html.Div(right(seen) if seen.result("check") else None, id="bring-right", role="status"),
    ]  # fmt: skip


def right(seen: Seen) -> Any:
    """Whether the recipe is right, or what is wrong with it and where."""
    if seen.result("check"):
        return html.P([html.Span("● ", **{"aria-hidden": "true"}), tr("The recipe is right.")], className="fm-small")
    lines = [line.strip(" -") for line in seen.job.said.split("\n") if line.strip(" -")]
    return c.message(tr("The recipe needs mending."), mend=" · ".join(lines[1:] or lines).replace("recipe.toml needs mending:", ""), kind="error")  # fmt: skip
