"""The words of a pack in one language: what the page says, titles and meanings of columns, coded values, reasons, notices."""

from __future__ import annotations

from typing import Any

import pandas as pd
from babel import Locale

from dashboard import filters, lists, shows, words
from dashboard.packing import sheets
from dashboard.packing.interface import interface, plurals
from dashboard.packing.listed import SHOWN, Listed
from geodata.exports.passport import SYNTHETIC
from geodata.fields import FIELDS
from geodata.freshness import as_of
from geodata.query import Desk
from geodata.reasons import reasons
from geodata.say import date, language, later, per_cent, tr
from geodata.say.numbers import separators

EVIDENCE = (later("measured"), later("reported"), later("inferred"), later("predicted"), later("imputed"), later("unknown"), later("computed"))  # fmt: skip


def spoken(desk: Desk, listed: Listed | None) -> dict[str, Any]:
    """`data/words-<language>.js`, in the language spoken now. Without a list there are no schools one by one."""
    here = language()
    return {
        "code": here.code,
        "direction": here.direction,
        "reviewed": here.reviewed,
        "separators": separators(),
        "percent": per_cent("{n}"),
        "ui": interface(),
        "plurals": plurals(Locale.parse(here.code)),
        "levels": {str(n): words.level(desk.place, n, many=True) for n in sorted({*desk.places.levels.values()} - {0})},
        "level": {str(n): words.level(desk.place, n) for n in sorted({*desk.places.levels.values()} - {0})},
        "notices": notices(desk),
        "facts": facts(desk),
        "shown": {name: _shown(desk, name) for name in _indicators(desk, listed)},
        **({} if listed is None else _of_schools(listed)),
    }


def _indicators(desk: Desk, listed: Listed | None) -> list[str]:
    return (
        [name for name in SHOWN if name in desk.indicators] if listed is None else [i.name for i in listed.indicators]
    )


def notices(desk: Desk) -> list[str]:
    """What stands on every screen of the pack."""
    synthetic = [tr(SYNTHETIC) + "."] if desk.atlas.synthetic else []
    said = (desk.kept_back_note, desk.location_note, desk.disclaimer)
    return [*synthetic, *filter(None, said)]


def facts(desk: Desk) -> list[tuple[str, str]]:
    """What these data are: for the page About and the foot."""
    day = as_of(desk.atlas.manifest)
    tiers = {"public": tr("public"), "partner": tr("partners under an agreement"), "government": tr("government alone")}
    view = str(desk.place.get("worldview") or "")
    rows = [
        (tr("Country"), desk.atlas.name),
        (tr("The data reach to"), date(day) if day else tr("not reported")),
        (tr("Build of the data"), desk.atlas.version),
        (tr("May be seen by"), tiers[desk.tier]),
    ]
    return [*rows, *([(tr("Boundaries"), view)] if view else [])]


def _shown(desk: Desk, name: str) -> dict[str, Any]:
    indicator = desk.indicators[name]
    marks = shows.marks(desk, indicator)
    return {
        "title": tr(indicator.title),
        "definition": tr(indicator.definition),
        "marks": [[m.label, m.colour, m.shape] for m in marks],
        "steps": shows.short_steps(shows.SHARE_BREAKS, share=True),
    }


def _of_schools(listed: Listed) -> dict[str, Any]:
    desk = listed.desk
    themes = sheets.themes(listed)
    named = dict.fromkeys([*(c for _, columns in themes for c in columns), *listed.filters, *listed.file.columns])
    return {
        "fields": {c: [words.title(c, desk.place), tr(FIELDS[c].unit), tr(FIELDS[c].definition)] for c in named},
        "themes": [[tr(title), columns] for title, columns in themes],
        "codes": {c: _codes(c) for c in named if FIELDS[c].kind == "code"},
        "lacks": {
            c.item: [tr(lists.short(c)), *(tr(text) for text in (c.title, c.lacks, c.has, c.unknown))]
            for c in listed.criteria
        },
        "evidence": {e: tr(e) for e in EVIDENCE},
    }


def _codes(column: str) -> dict[str, str]:
    said = {value: str(words.said(column, value)) for value in FIELDS[column].allowed}
    return {v: filters.name_of(column, v) for v in said} if column == "tier" else said


def reasons_of(listed: Listed) -> dict[str, Any]:
    """`data/reasons-<language>.js`: why each school stands where it stands, said in the language spoken now."""
    desk = listed.desk
    said = reasons(desk.scoring(), desk.whole["school_status"], desk.policy.number("power_mean_p"))
    codes, texts = pd.factorize(said.iloc[listed.frame.index], use_na_sentinel=True)
    return {"code": language().code, "texts": [str(t) for t in texts], "of": codes.tolist()}


def default_language(desk: Desk) -> str:
    """The language that the pack opens in where the browser asks for none that it has: the country's own."""
    return str(desk.place.get("language") or "en")
