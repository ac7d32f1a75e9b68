"""The form of an area on paper (A4, PDF through Typst): a page a school, or one school below the other, with large boxes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from geodata.exports import typeset
from geodata.exports.fieldforms import heading, marks, stands
from geodata.fieldwork.asking import KNOWN, Asked, AskedSchool, Sheet
from geodata.fieldwork.questions import NOT_KNOWN, QUESTIONS, Question
from geodata.fieldwork.titles import CHECKED, SCHOOL, title
from geodata.fieldwork.values import words_of
from geodata.say import language, tr, trn

TEMPLATE = Path(__file__).with_name("field_form.typ")


def paper(sheet: Sheet, *, pages: bool = True) -> bytes:
    """The PDF of an area, tagged; `pages`: each school begins a page of its own. The same sheet gives the same bytes."""
    return typeset.pdf(_template(), paper_data(sheet, pages=pages))


@cache
def _template() -> str:
    return TEMPLATE.read_text("utf-8")


def paper_data(sheet: Sheet, *, pages: bool) -> dict[str, Any]:
    """What the template shows; every text said in the language that is spoken now."""
    intro = [
        trn("{n} school of which something is not reported or in doubt.", "{n} schools of which something is not reported or in doubt.", len(sheet.schools)),
        tr("Tick one box, or write one figure in each square. Leave it empty where you did not ask. Never write 0 or no for what is not known."),
        tr("Write no names, telephone numbers or anything else about any person."),
    ]  # fmt: skip
    foot = " ".join(filter(None, (tr("Sources: {sources}.", sources="; ".join(sheet.sources)) if sheet.sources else "", sheet.disclaimer)))  # fmt: skip
    return {
        "title": heading(sheet),
        "marks": marks(sheet),
        "language": language().code,
        "direction": language().direction,
        "synthetic": tr("Synthetic demonstration data: these schools do not exist.") if sheet.synthetic else "",
        "intro": intro,
        "foot": foot if len(foot) < 400 else foot[:399] + "…",
        "pages": pages,
        "words": {
            "paper": tr("Form for schools"),
            "id": title(SCHOOL),
            "day": title(CHECKED),
            "heads": [tr("Done"), title(SCHOOL), tr("School"), tr("Why we ask")],
        },
        "schools": [_school(school) for school in sheet.schools],
    }


def _school(school: AskedSchool) -> dict[str, Any]:
    return {
        "name": school.name or tr("name not reported"),
        "id": school.school_id,
        "places": ", ".join(reversed(school.places)),
        "why": f"{school.why[:1].upper()}{school.why[1:]}.",
        "questions": [_question(QUESTIONS[a.question], a) for a in school.asked if a.state != KNOWN],
    }


def _question(question: Question, asked: Asked) -> dict[str, Any]:
    return {
        "kind": question.kind,
        "text": tr(question.text),
        "hint": tr(question.hint) if question.hint else "",
        "known": tr("Known now: {value}", value=stands(asked)),
        "words": [*words_of(question).values(), tr(NOT_KNOWN)],
        "parts": [title(field) for field in question.fields],
    }
