"""The same questions for a telephone: an XLSForm (survey, choices, settings) for KoboToolbox or ODK, and the list of schools
that goes beside it as `schools.csv`.

The form is in all languages at once; whoever fills it in chooses. It asks a school only what is unknown or in doubt, and shows
what is known. What comes back is read by `geodata.fieldwork.returned`, for the questions have the names of the fields.
Sources: xlsform.org reference; `pulldata` reads the list by the school's id.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

import xlsxwriter

from geodata.exports.fieldforms import heading, stands
from geodata.exports.formula import AS_TEXT, safe
from geodata.exports.workbook import fit
from geodata.fieldwork.asking import Sheet
from geodata.fieldwork.questions import NOT_KNOWN, QUESTIONS, UNKNOWN, Question
from geodata.fieldwork.titles import CHECKED, HOW, HOW_WORDS, title
from geodata.say import LANGUAGES, speaking, tr

SCHOOLS = "schools"  # the file beside the form, without its ending
AREA, SCHOOL = "area", "school"
_TYPES = {"place": "geopoint", "count": "integer"}
Row = dict[str, str]


def form_bytes(sheets: Sequence[Sheet]) -> bytes:
    """The form, for the areas of these sheets; `school_list` goes beside it. The same sheets give the same bytes.

    A school's id stands percent-encoded where it has letters that a choice may not have; it comes back as it was.
    """
    stream = io.BytesIO()
    plain = {"in_memory": True, **AS_TEXT}
    with xlsxwriter.Workbook(stream, plain) as book:
        book.set_properties({"title": "First Mile", "created": datetime(2000, 1, 1)})
        for name, rows in (("survey", survey(sheets)), ("choices", choices(sheets)), ("settings", settings(sheets))):
            _sheet(book.add_worksheet(name), rows)
    return stream.getvalue()


def survey(sheets: Sequence[Sheet]) -> list[Row]:
    """The questions, in their order; asked only where the list says so."""
    rows: list[Row] = [
        {"type": "start", "name": "start"},
        {"type": "end", "name": "end"},
        {"type": "note", "name": "about", **_label(lambda: _about(sheets))},
        {"type": f"select_one {AREA}", "name": AREA, "required": "yes", **_label(lambda: tr("Area"))},
        {
            "type": f"select_one_from_file {SCHOOLS}.csv", "name": SCHOOL, "required": "yes", "appearance": "minimal autocomplete",
            "choice_filter": f"area=${{{AREA}}}", **_label(lambda: tr("School")),
        },
        {"type": "calculate", "name": "school_name", "calculation": _pull("label")},
        {"type": "note", "name": "school_shown", **_label(lambda: tr("School: {name}", name="${school_name}"))},
    ]  # fmt: skip
    for question in _questions(sheets):
        rows += _asked(question)
    rows += [
        {"type": f"select_one {HOW}", "name": HOW, **_label(lambda: title(HOW))},
        {"type": "date", "name": CHECKED, "default": "today()", **_label(lambda: title(CHECKED))},
    ]
    return rows


def _asked(question: Question) -> list[Row]:
    name = question.name
    wanted = f"${{ask_{name}}} = '1'"
    if question.only_if:
        wanted += f" and not(selected(${{{question.only_if}}}, 'no'))"
    kind = _TYPES.get(question.kind) or f"select_one {_list(question)}"
    row = {"type": kind, "name": name, "relevant": wanted, **_label(lambda: tr(question.text)), **_label(lambda: _hint(question), "hint")}  # fmt: skip
    if question.kind == "count":
        row |= {"constraint": f". >= 0 and . <= {question.most}", **_label(lambda: tr("A whole number. 0 only where it is really none."), "constraint_message")}  # fmt: skip
    return [
        {"type": "calculate", "name": f"ask_{name}", "calculation": _pull(f"ask_{name}")},
        {"type": "calculate", "name": f"known_{name}", "calculation": _pull(f"known_{name}")},
        row,
    ]


def _hint(question: Question) -> str:
    known = tr("Known now: {value}", value=f"${{known_{question.name}}}")
    return f"{known} {tr(question.hint)}".strip() if question.hint else known


def choices(sheets: Sequence[Sheet]) -> list[Row]:
    """The areas, the ways of finding out, and the words of every list of answers; schools stand in their own file."""
    rows: list[Row] = []
    for sheet in sheets:
        found = _label(partial(_literal, sheet.area))
        rows.append({"list_name": AREA, "name": key_of(sheet.area_id or "all"), **found})
    rows += [{"list_name": HOW, "name": code, **_label(lambda word=word: tr(word))} for code, word in HOW_WORDS.items()]  # type: ignore[misc]
    seen: set[str] = set()
    for question in _questions(sheets):
        if not question.codes or _list(question) in seen:
            continue
        seen.add(_list(question))
        words = {**question.codes, UNKNOWN: NOT_KNOWN}
        rows += [{"list_name": _list(question), "name": code, **_label(lambda word=word: tr(word))} for code, word in words.items()]  # type: ignore[misc]  # fmt: skip
    return rows


def settings(sheets: Sequence[Sheet]) -> list[Row]:
    """Title, id, version and the language that is shown first."""
    first = sheets[0]
    own = LANGUAGES["en"]
    return [{"form_title": f"First Mile: {_literal(first.place)}", "form_id": f"firstmile_{key_of(first.atlas)}", "version": first.version[:12], "default_language": f"{own.name} ({own.code})"}]  # fmt: skip


def school_list(sheets: Sequence[Sheet]) -> bytes:
    """`schools.csv`: a row a school; what to ask of it (1 or empty) and what is known, in the language spoken now."""
    questions = _questions(sheets)
    head = ["name", "label", "area", *(f"ask_{q.name}" for q in questions), *(f"known_{q.name}" for q in questions)]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(head)
    for sheet in sheets:
        for school in sheet.schools:
            asked = {a.question: a for a in school.asked}
            label = f"{school.name or tr('name not reported')} ({school.school_id})"
            asks = ["1" if q.name in school.open else "" for q in questions]
            known = [safe(stands(asked[q.name])) if q.name in asked else "" for q in questions]
            writer.writerow([key_of(school.school_id), safe(label), key_of(sheet.area_id or "all"), *asks, *known])
    return stream.getvalue().encode("utf-8")


def key_of(text: str) -> str:
    """A text as the name of a choice, which may have no spaces: percent-encoded, so that it can be had back."""
    return quote(text, safe="-_.")


def _questions(sheets: Sequence[Sheet]) -> list[Question]:
    wanted = {q.name for sheet in sheets for q in sheet.questions}
    return [q for name, q in QUESTIONS.items() if name in wanted]


def _list(question: Question) -> str:
    return "yes_no_unknown" if question.kind == "yesno" else question.name


def _pull(column: str) -> str:
    return f"pulldata('{SCHOOLS}', '{column}', 'name', ${{{SCHOOL}}})"


def _about(sheets: Sequence[Sheet]) -> str:
    first = sheets[0]
    said = [heading(first) if len(sheets) == 1 else tr("Schools to ask: {area}", area=first.place)]
    said += [tr("Synthetic demonstration data")] if first.synthetic else []
    said += [tr("Write no names, telephone numbers or anything else about any person."), first.disclaimer]
    return _literal(". ".join(s.rstrip(".") for s in said if s) + ".")


def _literal(text: str) -> str:
    """A text of the country's own, in which a form must not find one of its references."""
    return text.replace("${", "$ {")


def _label(text: Callable[[], str], kind: str = "label") -> Row:
    """A text in every language, each in its column as XLSForm names it."""
    found = {}
    for code, one in LANGUAGES.items():
        with speaking(code):
            found[f"{kind}::{one.name} ({code})"] = text()
    return found


def _sheet(sheet: Any, rows: Sequence[Row]) -> None:
    head = list(dict.fromkeys(key for row in rows for key in row))
    for at, name in enumerate(head):
        sheet.write_string(0, at, name)
        sheet.set_column(at, at, 24)
    for number, row in enumerate(rows, start=1):
        for at, name in enumerate(head):
            if row.get(name):
                sheet.write_string(number, at, fit(row[name]))
    sheet.freeze_panes(1, 0)
