"""Returned forms: read and compared before anything is recorded, then proposed with a name and a reason."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import guard, page, signing
from geodata.disclosure import Tier
from geodata.errors import FirstMileError, SourceError, StoreError
from geodata.fieldwork.comparing import Compared, compare
from geodata.fieldwork.questions import QUESTIONS
from geodata.fieldwork.returned import read_file
from geodata.fieldwork.values import said
from geodata.query import Desk
from geodata.say import tr, trn, written
from geodata.store import corrections
from geodata.store.proposing import items, schools_of
from geodata.view import View

FILES, FOUND, FORM, DONE = "back-files", "back-found", "back", "back-done"
LARGEST = 2_800_000  # bytes of all files together: with what wraps them a request stays under the server's limit
MOST_FILES = 30
SHOWN = 50


def section(desk: Desk) -> Component | None:
    """The place for files, what they say, and the form; nothing for the public."""
    if page.served().tier == Tier.PUBLIC:
        return None
    drop = tr("Choose returned files: workbooks (XLSX), or what a telephone form gave (CSV, XLSX); {most} MB together at most", most=written(LARGEST / 1e6, 1))  # fmt: skip
    says = tr("Every answer above becomes a proposal; conflicts and cells that cannot be read are left out.")
    return c.section(
        tr("Returned forms"),
        html.P(tr("They are read by the schools’ ids. Nothing is recorded before you propose it.")),
        dcc.Upload(html.Button(drop, type="button", className="fm-button"), id=FILES, multiple=True, max_size=LARGEST, className="fm-hand"),
        dcc.Loading(html.Div(id=FOUND, role="status"), delay_show=300),
        signing.form(FORM, tr("Propose what they say"), button=tr("Propose these corrections"), says=says),
        dcc.Store(id=DONE),
        id_="returned",
    )  # fmt: skip


def read(desk: Desk, contents: list[str] | None, names: list[str] | None) -> Compared:
    """The files as the browser sends them, compared. Raises SourceError where one cannot be read, or they are too many."""
    if not contents or not names:
        raise StoreError(tr("Choose the returned files first."))
    if len(contents) > MOST_FILES or sum(map(len, contents)) > LARGEST * 4 // 3 + 10_000:
        raise SourceError(tr("These are too many or too large files at once. Send them in parts."))
    known = set(desk.whole["school_id"].astype("str"))
    files = []
    for name, content in zip(names, contents, strict=True):
        try:
            data = base64.b64decode(content.partition(",")[2], validate=True)
        except (binascii.Error, ValueError):
            raise SourceError(tr("{name} did not arrive whole. Send it again.", name=name[:80])) from None
        files.append(read_file(name, data, known))
    return compare(files, desk)


def shown(found: Compared) -> list[Component]:
    """What the files say, in sentences, then row by row."""
    lines = [
        tr("{file}: {schools}, {answers}, {faults}.", file=f.file, schools=trn("{n} school", "{n} schools", f.rows), answers=trn("{n} answer", "{n} answers", len(f.answers)), faults=trn("{n} cell that cannot be read", "{n} cells that cannot be read", len(f.faults)))
        for f in found.files
    ]  # fmt: skip
    total = tr(
        "{changes} to propose; {agree} answers say what stands already; of {unknown} nobody knows.",
        changes=trn("{n} change", "{n} changes", len(found.proposals)), agree=written(found.agree), unknown=written(found.unknown),
    )  # fmt: skip
    parts: list[Component] = [html.Ul([html.Li(line) for line in lines]), html.P(html.Strong(total))]
    if found.conflicts:
        rows = [(x.school_id, tr(QUESTIONS[x.question].short), x.said) for x in found.conflicts[:SHOWN]]
        parts.append(_table((tr("School"), tr("Fact"), tr("Why a person has to settle it")), rows, tr("Conflicts: neither value is taken"), len(found.conflicts)))  # fmt: skip
    if found.faults:
        faults = [(f.file, f.cell, f.said) for f in found.faults[:SHOWN]]
        parts.append(_table((tr("File"), tr("Cell"), tr("What is wrong")), faults, tr("Cells that cannot be read"), len(found.faults)))  # fmt: skip
    if found.proposals:
        changes = [
            (x.school_id, tr(QUESTIONS[x.question].short), said(QUESTIONS[x.question], x.now.value), said(QUESTIONS[x.question], x.value), tr("nobody doubted it") if x.plain else "", f"{x.answers[0].file} {x.answers[0].cell}")
            for x in found.proposals[:SHOWN]
        ]  # fmt: skip
        head = (tr("School"), tr("Fact"), tr("Known now"), tr("The answer"), tr("Note"), tr("Where"))
        parts.append(_table(head, changes, tr("Changes to propose"), len(found.proposals)))
    return parts


def _table(head: tuple[str, ...], rows: list[Any], caption: str, total: int) -> Component:
    more = tr("{caption} (the first {n} of {total})", caption=caption, n=written(len(rows)), total=written(total)) if total > len(rows) else caption  # fmt: skip
    return c.wide(c.table(head, rows, caption=more), caption)


def propose(desk: Desk, view: View, who: str, reason: str, *given: Any) -> str:
    """Read the files again and record what they propose; returns what to say."""
    store = signing.kept()
    wanted = items(desk, read(desk, *given))
    if not wanted:
        raise StoreError(tr("These files propose nothing."))
    entries = corrections.propose(store, desk.atlas, wanted, tier=desk.tier, who=who, reason=reason)
    number = ", ".join(str(e.number) for e in entries)
    return tr("Proposed {changes} of {schools}, entry {number} of the trail.", changes=trn("{n} correction", "{n} corrections", len(wanted)), schools=trn("{n} school", "{n} schools", schools_of(wanted)), number=number)  # fmt: skip


def register(app: Dash, redraws: str) -> None:
    """What the files say, and the form; `redraws`: what counts up when something was proposed."""
    signing.listens(app, FORM, propose, State(FILES, "contents"), State(FILES, "filename"), redraws=redraws)

    @app.callback(Output(FOUND, "children"), Input(FILES, "contents"), State(FILES, "filename"), State(page.URL, "search"), prevent_initial_call=True)  # fmt: skip
    def _found(contents: list[str] | None, names: list[str] | None, search: str) -> Any:
        desk, _ = page.here(search)
        try:
            if signing.why_not():
                raise StoreError(signing.why_not())
            return shown(read(desk, contents, names))
        except FirstMileError as error:
            return c.message(guard.said(error), kind="error")
