"""The form of an area as a workbook (XLSX): a row a school, ids as texts, drop-downs, only what is unknown or in doubt to fill in.

Read back by `geodata.fieldwork.returned`: by a row of keys under the instructions, so in whatever language it was written and
wherever its columns were moved. Sheets are protected without a password. The same sheet gives the same file.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from geodata.exports.formula import AS_TEXT, safe
from geodata.exports.workbook import fit
from geodata.fieldwork.asking import DOUBTFUL, KNOWN, Asked, AskedSchool, Sheet
from geodata.fieldwork.questions import NOT_KNOWN, QUESTIONS
from geodata.fieldwork.titles import CHECKED, HOW, HOW_WORDS, SCHOOL, title
from geodata.fieldwork.values import said, words_of
from geodata.say import date, language, tr, trn

HEAD = 5  # row of the titles, from 0; above it what it is and the row of keys
KEYS = 4
_WIDE = {SCHOOL: 16, "name": 34, "place": 18, "why": 40, CHECKED: 14, HOW: 20, "known": 26}


def form_bytes(sheet: Sheet) -> bytes:
    """The workbook of one area: the schools, how to fill it in, and what is known of each with source and date."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {**AS_TEXT, "in_memory": True}) as book:
        book.set_properties({"title": heading(sheet), "created": datetime(2000, 1, 1)})
        look = _looks(book)
        main = book.add_worksheet(tr("Schools")[:31])
        known = book.add_worksheet(tr("What is known")[:31])
        how = book.add_worksheet(tr("How to fill it in")[:31])
        lists = book.add_worksheet("lists")
        lists.hide()
        for one in (main, known, how):
            if language().direction == "rtl":
                one.right_to_left()
        _schools(main, sheet, look, _lists(lists, sheet))
        _known(known, sheet, look)
        _how(how, sheet, look)
    return stream.getvalue()


def heading(sheet: Sheet) -> str:
    """What a form is headed with."""
    return tr("Schools to ask: {area}", area=sheet.area)


def marks(sheet: Sheet) -> str:
    """Place, build and, where it is so, that the data are synthetic."""
    said_ = tr("{place}, build {version}", place=sheet.place, version=sheet.version[:8])
    return f"{said_} · {tr('Synthetic demonstration data')}" if sheet.synthetic else said_


# --- the schools --------------------------------------------------------------------------------------------------


def _columns(sheet: Sheet) -> list[tuple[str, str]]:
    """Kinds and names of the columns: ("known", question) stands before ("answer", key)."""
    columns = [
        ("locked", SCHOOL),
        ("locked", "name"),
        *(("place", str(n)) for n in range(len(sheet.levels))),
        ("locked", "why"),
    ]
    for question in sheet.questions:
        columns += [("known", question.name), *(("answer", field) for field in question.fields)]
    return [*columns, ("free", CHECKED), ("free", HOW)]


def _schools(main: Any, sheet: Sheet, look: dict[str, Any], lists: dict[str, str]) -> None:
    main.write_string(0, 0, fit(safe(heading(sheet))), look["title"])
    main.write_string(1, 0, fit(safe(marks(sheet))))
    main.write_string(2, 0, tr("Fill in the white cells. Leave a cell empty where you did not ask. Send the file back as it is."))  # fmt: skip
    columns = _columns(sheet)
    for at, (kind, name) in enumerate(columns):
        _title(main, at, (kind, name), sheet, look)
    for number, school in enumerate(sheet.schools, start=HEAD + 1):
        _row(main, number, school, columns, look)
    main.set_row(KEYS, 11)
    main.set_row(HEAD, 48)
    main.freeze_panes(HEAD + 1, 2)
    main.set_landscape()
    main.set_paper(9)
    main.fit_to_pages(1, 0)
    main.repeat_rows(HEAD)
    main.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True, "select_locked_cells": True})  # fmt: skip
    _checks(main, columns, HEAD + 1, HEAD + len(sheet.schools), lists)


def _title(main: Any, at: int, column: tuple[str, str], sheet: Sheet, look: dict[str, Any]) -> None:
    kind, name = column
    if kind == "place":
        key, text, wide = f"place_{name}", sheet.levels[int(name)].capitalize(), _WIDE["place"]
    elif kind == "known":
        key, text, wide = f"known_{name}", tr("{fact}: known now", fact=tr(QUESTIONS[name].short)), _WIDE["known"]
    elif kind == "answer":
        key, text, wide = name, title(name), 16
    else:
        own = {"name": tr("School"), "why": tr("Why we ask")}
        key, text, wide = name, own.get(name) or title(name), _WIDE.get(name, 14)
    main.set_column(at, at, wide)
    main.write_string(KEYS, at, key, look["key"])
    main.write_string(HEAD, at, fit(safe(text)), look["asked" if kind in ("answer", "free") else "head"])


def _row(main: Any, number: int, school: AskedSchool, columns: Sequence[tuple[str, str]], look: dict[str, Any]) -> None:
    asked = {a.question: a for a in school.asked}
    own = {SCHOOL: school.school_id, "name": school.name or tr("name not reported"), "why": school.why}
    for at, (kind, name) in enumerate(columns):
        if kind == "place":
            _text(main, number, at, school.places[int(name)] if int(name) < len(school.places) else "", look["locked"])
        elif kind == "known":
            _text(main, number, at, stands(asked[name]) if name in asked else tr("not asked"), look["locked"])
        elif kind == "answer":
            open_ = any(name in QUESTIONS[q].fields for q in school.open)
            doubted = any(name in QUESTIONS[a.question].fields and a.state == DOUBTFUL for a in school.asked)
            main.write_blank(number, at, None, look["doubt" if doubted else "free" if open_ else "closed"])
        elif kind == "free":
            main.write_blank(number, at, None, look["free"])
        elif name == SCHOOL:
            main.write_string(number, at, fit(school.school_id), look["id"])
        else:
            _text(main, number, at, own[name], look["locked"])


def stands(asked: Asked) -> str:
    """What is known now, with its source and date; why it is in doubt."""
    if not asked.value:
        return tr("not reported")
    value = said(QUESTIONS[asked.question], asked.value)
    passport = ", ".join(filter(None, (asked.source, date(asked.date) if asked.date else "")))
    text = f"{value} ({passport})" if passport else value
    return tr("{known}. In doubt: {why}", known=text, why=asked.why) if asked.state == DOUBTFUL else text


def _checks(main: Any, columns: Sequence[tuple[str, str]], first: int, last: int, lists: dict[str, str]) -> None:
    """Drop-downs and limits. What is typed otherwise is coloured and told when it comes back; nothing is refused but nonsense."""
    for at, (kind, name) in enumerate(columns):
        rule: dict[str, Any] | None = None
        if name == HOW or (kind == "answer" and name in lists):
            rule = {"validate": "list", "source": lists[name], "error_title": tr("Choose from the list"), "error_message": tr("Choose one of the words of the list, or leave the cell empty.")}  # fmt: skip
        elif kind == "answer" and name in ("latitude", "longitude"):
            most = 90 if name == "latitude" else 180
            rule = {"validate": "decimal", "criteria": "between", "minimum": -most, "maximum": most, "error_title": tr("Not a location"), "error_message": tr("Decimal degrees, such as -10.21243.")}  # fmt: skip
        elif kind == "answer":
            rule = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": QUESTIONS[name].most, "error_title": tr("Not a count"), "error_message": tr("A whole number. 0 only where it is really none.")}  # fmt: skip
        elif name == CHECKED:
            rule = {"validate": "date", "criteria": ">=", "value": datetime(2020, 1, 1), "error_title": tr("Not a date"), "error_message": tr("A date, such as 2026-11-23.")}  # fmt: skip
        if rule is not None:
            rule |= {"error_title": rule["error_title"][:32], "error_message": rule["error_message"][:255], "error_type": "warning" if name == CHECKED else "stop"}  # fmt: skip
            main.data_validation(first, at, last, at, rule)


def _lists(lists: Any, sheet: Sheet) -> dict[str, str]:
    """The words of each drop-down in the hidden sheet; key of a column → its range."""
    found = {}
    wanted: dict[str, list[str]] = {q.name: [*words_of(q).values(), tr(NOT_KNOWN)] for q in sheet.questions if q.codes}
    wanted[HOW] = [tr(word) for word in HOW_WORDS.values()]
    for column, (name, words) in enumerate(wanted.items()):
        for row, word in enumerate(words):
            lists.write_string(row, column, word)
        letter = xl_col_to_name(column, col_abs=True)
        found[name] = f"=lists!{letter}$1:{letter}${len(words)}"
    return found


# --- beside them --------------------------------------------------------------------------------------------------


def _known(known: Any, sheet: Sheet, look: dict[str, Any]) -> None:
    """Everything that is known of each school, row by row, so that the first sheet stays narrow."""
    head = (title(SCHOOL), tr("School"), tr("Fact"), tr("Known now"), tr("Source"), tr("Date"), tr("What we ask"))
    for at, (text, wide) in enumerate(zip(head, (16, 34, 22, 28, 30, 12, 60), strict=True)):
        known.set_column(at, at, wide)
        known.write_string(0, at, fit(safe(text)), look["head"])
    row = 0
    for school in sheet.schools:
        for asked in school.asked:
            row += 1
            question = QUESTIONS[asked.question]
            known.write_string(row, 0, fit(school.school_id), look["id"])
            why = "" if asked.state == KNOWN else f"{tr(question.text)} ({asked.why})"
            for at, text in enumerate((school.name, tr(question.short), said(question, asked.value), asked.source, asked.date, why), start=1):  # fmt: skip
                _text(known, row, at, text, look["locked"])
    known.freeze_panes(1, 2)
    known.autofilter(0, 0, max(row, 1), len(head) - 1)


def instructions(sheet: Sheet) -> list[tuple[str, str]]:
    """How to fill a form in, in plain words; on the sheet and on paper."""
    said_ = [
        (tr("What this is"), trn("{n} school of {area} of which something is not reported or in doubt.", "{n} schools of {area} of which something is not reported or in doubt.", len(sheet.schools), area=sheet.area)),
        (tr("What to fill in"), tr("The white cells, and the yellow ones, where what is known is in doubt. Grey cells are known; nobody has to ask for them.")),
        (tr("Not known"), tr("Leave the cell empty where you did not ask. Choose “{not_known}” where you asked and nobody knows. Never write 0 or no for what is not known.", not_known=tr(NOT_KNOWN))),
        (title(CHECKED), tr("The day on which the school answered, such as 2026-11-23. An answer that is older than what is known changes nothing by itself.")),
        (tr("School ids"), tr("They are texts, zeros in front and all. Do not change, retype or paste them; a row is found by its id alone.")),
        (tr("Columns and rows"), tr("Columns may be moved and rows deleted: take the sheet’s protection off first, it has no password. Keep the small grey row of keys.")),
        (tr("No names of people"), tr("Write no names, telephone numbers or anything else about any person in this file.")),
        (tr("What happens then"), tr("Every answer becomes a proposal. A person at the ministry accepts or rejects it; the next build of the data takes the accepted ones.")),
    ]  # fmt: skip
    said_ += [
        (tr(q.short), " ".join(filter(None, (tr(q.text), tr(q.hint) if q.hint else "")))) for q in sheet.questions
    ]
    said_ += [(tr("Where the data come from"), "; ".join(sheet.sources))] if sheet.sources else []
    return [*said_, (tr("Note"), sheet.disclaimer)] if sheet.disclaimer else said_


def _how(how: Any, sheet: Sheet, look: dict[str, Any]) -> None:
    how.set_column(0, 0, 30, look["wrap"])
    how.set_column(1, 1, 100, look["wrap"])
    for row, (name, text) in enumerate(instructions(sheet)):
        how.write_string(row, 0, fit(safe(name)), look["head"])
        how.write_string(row, 1, fit(safe(text)), look["wrap"])


def _text(sheet: Any, row: int, at: int, text: str, style: Any) -> None:
    sheet.write_string(row, at, fit(safe(text)), style) if text else sheet.write_blank(row, at, None, style)


def _looks(book: Any) -> dict[str, Any]:
    quiet = {"bg_color": "#F1EEE6", "font_color": "#5A5648", "text_wrap": True, "valign": "top", "border": 1, "border_color": "#D9D4C7"}  # fmt: skip
    free = {"locked": False, "text_wrap": True, "valign": "top", "border": 1, "border_color": "#8A8577"}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "key": book.add_format({"font_size": 7, "font_color": "#8A8577"}),
        "head": book.add_format({"bold": True, "bg_color": "#E3DECF", "text_wrap": True, "valign": "top", "border": 1, "border_color": "#D9D4C7"}),
        "asked": book.add_format({"bold": True, "bg_color": "#D3E5E8", "text_wrap": True, "valign": "top", "border": 1, "border_color": "#8A8577"}),
        "id": book.add_format({**quiet, "num_format": "@"}),
        "locked": book.add_format(quiet),
        "closed": book.add_format({**quiet, "locked": True, "pattern": 1}),
        "free": book.add_format(free),
        "doubt": book.add_format({**free, "bg_color": "#FFF3CC"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }  # fmt: skip
