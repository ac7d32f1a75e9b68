"""What to ask of which school: what nobody reported or what is in doubt, one sheet an area, with what is known beside it.

A school is asked where it is on the list to verify first, where a check or two sources doubt a value, or where it has no
usable location; `which` widens or narrows that. Of such a school everything unknown is asked too, since somebody looks anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from geodata import disclosure
from geodata.errors import DisclosureError, ExportError
from geodata.fieldwork.questions import DOUBTS, QUESTIONS, Question, question_of
from geodata.fieldwork.values import same, value_of
from geodata.query import Desk
from geodata.say import in_order, joined, tr
from geodata.view import View

Which = Literal["doubtful", "verify", "unknown"]
WHICH: tuple[Which, ...] = ("doubtful", "verify", "unknown")
UNKNOWN, DOUBTFUL, KNOWN = "unknown", "doubtful", "known"
MOST = 20_000  # schools in one set of forms
_STAFF = ("num_teachers",)
_PASSING = ("temporarily_closed", "damaged", "occupied", "used_as_shelter")  # states that pass: asked again


@dataclass(frozen=True)
class Asked:
    """One question about one school: whether it is unknown, doubtful or known, and what stands now, with source and date."""

    question: str
    state: str
    value: str = ""
    source: str = ""
    date: str = ""
    why: str = ""


@dataclass(frozen=True)
class AskedSchool:
    """One school and all that may be asked of it; `why` says why somebody asks at all."""

    school_id: str
    name: str
    places: tuple[str, ...]
    area_id: str
    why: str
    asked: tuple[Asked, ...]

    @property
    def open(self) -> tuple[str, ...]:
        """The questions that want an answer."""
        return tuple(a.question for a in self.asked if a.state != KNOWN)


@dataclass(frozen=True)
class Sheet:
    """What one area is asked. `levels`: the words for the areas in which a school lies, from the top."""

    area_id: str
    area: str
    place: str
    atlas: str
    version: str
    synthetic: bool
    disclaimer: str
    levels: tuple[str, ...]
    sources: tuple[str, ...]
    schools: tuple[AskedSchool, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions that any of its schools is asked, in their order."""
        wanted = {name for school in self.schools for name in school.open}
        return tuple(q for name, q in QUESTIONS.items() if name in wanted)


def sheets(desk: Desk, view: View | None = None, *, level: int | None = None, which: Which = "doubtful") -> list[Sheet]:
    """One sheet an area of a level (the lowest but one of the place's own, at least the first) that has schools to ask.

    `view` chooses the schools. Raises DisclosureError where this tier sees no exact places and so cannot ask for them, or
    no schools one by one; ExportError for a level that is not here, or for more schools than one set of forms holds.
    """
    if desk.tier == disclosure.Tier.PUBLIC and not desk.locations.exact:
        raise DisclosureError(
            tr(
                "Forms to fill in name schools and places, which the public view of {place} does not show.",
                place=desk.atlas.name,
            )
        )
    levels = tuple(desk.place.get("levels") or ())
    at = min(2, len(levels)) if level is None else level
    if not 0 <= at <= len(levels):
        raise ExportError(
            tr("There is no level {level} of areas here; the last is {last}.", level=at, last=len(levels))
        )
    found = schools(desk, view or View(), which=which, level=at)
    if len(found) > MOST:
        raise ExportError(tr("These are more schools than one set of forms holds. Choose an area."))
    about = Sheet("", desk.atlas.name, desk.atlas.name, desk.atlas.slug, desk.atlas.version, desk.atlas.synthetic, desk.disclaimer, levels, _sources(desk), ())  # fmt: skip
    areas: dict[str, list[AskedSchool]] = {}
    for school in found:
        areas.setdefault(school.area_id, []).append(school)
    names = {a: desk.places.names.get(a, "") or tr("no area") for a in areas}
    if at == 0:
        names = dict.fromkeys(areas, desk.atlas.name)
    order = in_order(set(names.values()))
    return [
        replace(about, area_id=a, area=names[a], schools=tuple(areas[a]))
        for a in sorted(areas, key=lambda a: (order.index(names[a]), a))
    ]


def asked_questions(desk: Desk) -> tuple[Question, ...]:
    """The questions that this tier may ask: those whose columns it sees as they are."""
    exact, seen = desk.locations.exact, set(desk.columns)
    hidden = _STAFF if desk.tier == disclosure.Tier.PUBLIC else ()
    return tuple(
        q for q in QUESTIONS.values()
        if set(q.fields) <= seen and q.name not in hidden and (exact or q.kind != "place")
    )  # fmt: skip


def schools(desk: Desk, view: View, *, which: Which = "doubtful", level: int = 0) -> list[AskedSchool]:
    """The schools of a view that are asked anything, in the order of their names within their area."""
    questions = asked_questions(desk)
    columns = _columns(desk, questions, level)
    frame = desk.frame(view, [c for c in columns if c in desk.columns])
    doubts, passports = doubts_of(desk), _passports(desk)
    found = []
    for row in frame[_perhaps(frame, doubts, which)].to_dict("records"):
        one = _school(
            row, questions, doubts=doubts.get(str(row["school_id"]), {}), passports=passports, which=which, level=level
        )
        if one is not None:
            found.append(one)
    return sorted(found, key=lambda s: (s.places, s.name.casefold(), s.school_id))


def _perhaps(frame: pd.DataFrame, doubts: Mapping[str, object], which: Which) -> pd.Series:
    """The rows that may be asked; the others are not looked at one by one."""
    verify = frame["list"].eq("verify_first").fillna(False) if "list" in frame else pd.Series(False, index=frame.index)
    if which == "verify":
        return verify
    lost = frame["latitude"].isna() if "latitude" in frame else pd.Series(False, index=frame.index)
    doubtful = verify | frame["school_id"].isin(list(doubts)) | lost
    return doubtful if which == "doubtful" else pd.Series(True, index=frame.index)


def _columns(desk: Desk, questions: Sequence[Question], level: int) -> list[str]:
    levels = len(desk.place.get("levels") or ())
    areas = [c for n in range(1, levels + 1) for c in (f"admin{n}", f"admin{n}_id")]
    fields = [f for q in questions for f in q.fields]
    beside = [f"{f}_{k}" for f in fields for k in ("source", "date", "evidence")]
    return list(dict.fromkeys(["school_id", "school_name", "source_name", "list", *areas, *fields, *beside]))


def _school(
    row: Mapping[Any, Any], questions: Sequence[Question], *, doubts: Mapping[str, str],
    passports: Mapping[str, str], which: Which, level: int,
) -> AskedSchool | None:  # fmt: skip
    verify = row.get("list") == "verify_first"
    if verify and str(row.get("school_status")) in _PASSING:
        doubts = {"school_status": tr("it may have changed since"), **doubts}
    asked = tuple(_asked(row, q, doubts.get(q.name, ""), passports) for q in _sensible(row, questions))
    doubtful = any(a.state == DOUBTFUL for a in asked) or any(
        a.question == "location" and a.state == UNKNOWN for a in asked
    )
    anything = any(a.state != KNOWN for a in asked)
    wanted = {"verify": verify, "doubtful": verify or doubtful, "unknown": anything}[which]
    if not wanted or not anything:
        return None
    why = _why(verify, asked)
    places = tuple(str(row[f"admin{n}"]) for n in range(1, 5) if _there(row.get(f"admin{n}")))
    area = str(row[f"admin{level}_id"]) if level and _there(row.get(f"admin{level}_id")) else ""
    name = str(row["school_name"]) if _there(row.get("school_name")) else ""
    return AskedSchool(str(row["school_id"]), name, places, area, why, asked)


def _sensible(row: Mapping[Any, Any], questions: Sequence[Question]) -> list[Question]:
    """Without what follows a plain no: who has no internet is not asked how it comes."""
    return [q for q in questions if not (q.only_if and _there(row.get(q.only_if)) and not bool(row[q.only_if]))]


def _asked(row: Mapping[Any, Any], question: Question, doubt: str, passports: Mapping[str, str]) -> Asked:
    value = value_of(question, *(row.get(f) for f in question.fields))
    first = question.fields[0]
    own = str(row.get("source_name") or "")
    source = str(row[f"{first}_source"]) if _there(row.get(f"{first}_source")) else own
    date = str(row[f"{first}_date"]) if _there(row.get(f"{first}_date")) else passports.get(source, "")
    if not value:
        return Asked(question.name, UNKNOWN, why=doubt or tr("nobody has reported it"))
    return Asked(question.name, DOUBTFUL if doubt else KNOWN, value, source, date, doubt)


def _why(verify: bool, asked: Sequence[Asked]) -> str:
    said = [tr("to verify first: too little is known of it")] if verify else []
    doubtful = [tr(QUESTIONS[a.question].short) for a in asked if a.state == DOUBTFUL]
    unknown = [tr(QUESTIONS[a.question].short) for a in asked if a.state == UNKNOWN]
    said += [tr("in doubt: {what}", what=joined(doubtful))] if doubtful else []
    said += [tr("not reported: {what}", what=joined(unknown))] if unknown else []
    return "; ".join(said)


def doubts_of(desk: Desk) -> dict[str, dict[str, str]]:
    """School → question → why it is in doubt, from the build's checks and from sources that disagree, as the tier may know."""
    found: dict[str, dict[str, str]] = {}
    if desk.atlas.has("findings"):
        table = desk.atlas.read("findings")
        table = table.assign(column=table.get("column"))[["school_id", "check", "reason", "column"]]
        table = table[table["check"].isin(DOUBTS) | table["column"].notna()]
        for school, check, reason, column in table.itertuples(index=False):
            if not disclosure.may_tell(str(check), desk.tier, desk.risk):
                continue
            own = question_of(str(column)) if _there(column) else None
            for name in DOUBTS.get(str(check), (own.name,) if own else ()):
                if desk.locations.exact or QUESTIONS[name].kind != "place":
                    found.setdefault(str(school), {}).setdefault(name, str(reason))
    if desk.atlas.has("conflicts"):
        for row in desk.atlas.read("conflicts").to_dict("records"):
            asked = question_of(str(row["column"]))
            if asked is not None and (desk.locations.exact or asked.kind != "place"):
                text = tr("{one} and {other} disagree", one=str(row["kept_source"]), other=str(row["other_source"]))
                found.setdefault(str(row["school_id"]), {}).setdefault(asked.name, text)
    return found


def current(desk: Desk, school_ids: Sequence[str]) -> dict[tuple[str, str], Asked]:
    """What stands now, by school and question, of these schools; states as in the forms."""
    questions = asked_questions(desk)
    view = View(ids=tuple(sorted(set(school_ids)))) if len(school_ids) <= 500 else View()
    frame = desk.frame(view, [c for c in _columns(desk, questions, 0) if c in desk.columns])
    frame = frame[frame["school_id"].isin(set(school_ids))]
    doubts, passports = doubts_of(desk), _passports(desk)
    return {
        (str(row["school_id"]), q.name): _asked(
            row, q, doubts.get(str(row["school_id"]), {}).get(q.name, ""), passports
        )
        for row in frame.to_dict("records")
        for q in questions
    }


def changed(question: Question, before: str, now: str) -> bool:
    """Whether a value is no longer what it was."""
    return not same(question, before, now)


def _passports(desk: Desk) -> dict[str, str]:
    return {str(s.get("name")): str(s.get("date") or "") for s in desk.atlas.manifest.get("sources") or []}


def _sources(desk: Desk) -> tuple[str, ...]:
    parts = [(s.get("publisher") or s.get("name"), s.get("date"), s.get("licence")) for s in desk.atlas.manifest.get("sources") or [] if s.get("kind") in ("schools", "attributes")]  # fmt: skip
    return tuple(", ".join(str(p) for p in part if p) for part in dict.fromkeys(parts))


def _there(value: Any) -> bool:
    return value is not None and not pd.isna(value) and str(value) != ""
