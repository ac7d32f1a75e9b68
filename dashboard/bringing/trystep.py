"""The third step: rows as they would be read, what is rejected and why, what would change; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import page, words
from dashboard.bringing import door
from dashboard.bringing.state import Seen
from geodata.fields import FIELDS
from geodata.say import tr, trn, written

MOST_COLUMNS = 14


def body(seen: Seen) -> list[Component]:
    """The step: what came of the try, or the way to it."""
    found = seen.result("try")
    again = html.Button(
        tr("Try it again") if found else tr("Try it"), id="bring-try", className="fm-button", type="button"
    )
    if not found:
        why = _fault(seen)
        return [*why, html.P([again, " ", html.A(tr("Back to what it says"), href=door.at(seen.upload, "what"))])]
    place = seen.recipe.get("place") or {}
    ways = [
        html.A(tr("Next: build it"), href=door.at(seen.upload, "build"), className="fm-button fm-primary"), " ",
        html.A(tr("Set something right first"), href=door.at(seen.upload, "what"), className="fm-button"), " ", again,
    ]  # fmt: skip
    parts: list[Component] = [html.P(_lead(found), className="fm-lead"), html.P(ways)]
    parts += _changes(seen, found) if found["changes"] else []
    for source in found["sources"]:
        parts.append(c.section(str(source["name"]), *_source(source)))
    parts.append(c.section(tr("The first schools as they would be read"), *_rows(found["rows"], place)))
    return parts


def _fault(seen: Seen) -> list[Component]:
    if seen.job.step in ("try", "check") and seen.job.over == "failed":
        return [c.message(tr("The recipe cannot be tried as it stands."), mend=seen.job.said, kept=tr("Nothing was changed."), kind="error")]  # fmt: skip
    return [html.P(tr("The register is read as the recipe says, and nothing is written."))]


def _lead(found: Mapping[str, Any]) -> str:
    schools = trn("{n} school", "{n} schools", found["schools"])
    return tr("{schools} would come of this, {located} of them with a place on the map.", schools=schools, located=written(found["located"]))  # fmt: skip


def _source(source: Mapping[str, Any]) -> list[Component]:
    out, rejected = (sum(n for _, n in source[part]) for part in ("out_of_scope", "rejected"))
    said = tr("{read} rows read = {accepted} accepted + {out} out of scope + {rejected} rejected.", read=written(source["read"]), accepted=written(source["accepted"]), out=written(out), rejected=written(rejected))  # fmt: skip
    parts: list[Component] = [html.P(html.Strong(said))]
    head = (tr("Why"), tr("Rows"))
    for part, caption in (("rejected", tr("Rejected rows")), ("out_of_scope", tr("Out of scope"))):
        if source[part]:
            parts.append(c.table(head, [(why, written(n)) for why, n in source[part]], caption=caption, numeric=(1,)))
    lost = [
        (words.title(field), word, written(n)) for field, several in source["unmapped"].items() for word, n in several
    ]
    if lost:
        parts.append(c.wide(c.table((tr("Field"), tr("Word"), tr("Rows")), lost, caption=tr("Words that nobody understands: not reported"), numeric=(2,)), tr("Words that nobody understands")))  # fmt: skip
    unknown = [(words.title(field), why, written(n)) for field, why, n in source["unknown"] if not str(why).startswith("No alias")]  # fmt: skip
    if unknown:
        parts.append(c.wide(c.table((tr("Field"), tr("Why"), tr("Rows")), unknown, caption=tr("Values that cannot be used: not reported"), numeric=(2,)), tr("Values that cannot be used")))  # fmt: skip
    given = [(words.title(f), written(n), words.percent(n / source["accepted"]) if source["accepted"] else "") for f, n in source["given"].items() if f in FIELDS]  # fmt: skip
    table = c.table((tr("Field"), tr("Schools that report it"), tr("Share")), given, caption=tr("How much is reported"), numeric=(1, 2))  # fmt: skip
    notes = html.Ul([html.Li(str(note)) for note in source["notes"]], className="fm-small")
    return [
        *parts,
        html.Details(
            [html.Summary(tr("How much each field says, and what was noticed")), table, notes], className="fm-meaning"
        ),
    ]


def _rows(found: Mapping[str, Any], place: Mapping[str, Any]) -> list[Component]:
    fields: Sequence[str] = found["fields"][:MOST_COLUMNS]
    head = [words.title(f, place) for f in fields]
    rows = [[tr("not reported") if v is None else words.said(f, v) if FIELDS[f].kind == "code" else v for f, v in zip(fields, row, strict=False)] for row in found["rows"]]  # fmt: skip
    numeric = [n for n, f in enumerate(fields) if FIELDS[f].kind in ("count", "number", "degrees", "share")]
    table = c.table(head, rows, caption=trn("The first school", "The first {n} schools", len(rows)), numeric=numeric)
    parts: list[Component] = [c.wide(table, tr("The first schools as they would be read"))]
    if len(found["fields"]) > MOST_COLUMNS:
        left = len(found["fields"]) - MOST_COLUMNS
        parts.append(
            html.P(
                trn("{n} more field is read and not shown here.", "{n} more fields are read and not shown here.", left),
                className="fm-soft fm-small",
            )
        )
    return parts


# --- against the country as it stands -----------------------------------------------------------------------------


def _changes(seen: Seen, found: Mapping[str, Any]) -> list[Component]:
    now = found["changes"]
    counts = [
        (tr("New schools"), written(now["new"])), (tr("Schools that are gone"), written(now["gone"])),
        (tr("Schools that moved"), written(now["moved"])), (tr("Schools with another status"), written(now["status"])),
        (tr("Schools that say something else"), written(now["schools_told_otherwise"])),
    ]  # fmt: skip
    values = [(words.title(f), *(written(n[k]) for k in ("reported", "no_longer", "changed"))) for f, n in now["values"].items()]  # fmt: skip
    parts: list[Component] = [c.key_values(counts)]
    for title, some in (
        (tr("The first new ones"), now["first_new"]),
        (tr("The first that are gone"), now["first_gone"]),
    ):
        if some:
            parts.append(
                html.P(
                    [html.Strong(title + ": "), ", ".join(f"{name or id_} ({id_})" for id_, name in some)],
                    className="fm-small",
                )
            )
    if values:
        head = (tr("Field"), tr("Reported now"), tr("No longer reported"), tr("Changed"))
        parts.append(c.wide(c.table(head, values, caption=tr("What schools say otherwise than before"), numeric=(1, 2, 3)), tr("Changes")))  # fmt: skip
    return [c.section(tr("What would change in {place}", place=str(now["name"])), *_lost_sources(seen), *parts)]


def _lost_sources(seen: Seen) -> list[Component]:
    """Sources of the country as it stands that this recipe does not name: their values would leave with the new build."""
    desk = page.served().desks.get(seen.target)
    if desk is None:
        return []
    named = {
        str(one.get("name"))
        for part in ("source", "boundary", "context", "ages", "benchmark")
        for one in seen.recipe.get(part, [])
    }
    lost = [str(s["name"]) for s in desk.atlas.manifest.get("sources", []) if s["name"] not in named]
    if not lost:
        return []
    said = trn("One source of the present data is not in this recipe, and what it says would leave: {names}.", "{n} sources of the present data are not in this recipe, and what they say would leave: {names}.", len(lost), names=", ".join(lost))  # fmt: skip
    return [c.message(said, mend=tr("Bring these files too where they should stay, under “Boundaries and other files”."), kind="note")]  # fmt: skip
