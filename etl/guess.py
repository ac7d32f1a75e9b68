"""Which raw column may feed which field: by its name (`aliases/field_names.csv`) and by what stands in it.

A guess is a guess: it carries its confidence and its reason into the draft recipe, and a person decides.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from etl.guess_values import ONE_TWO, is_one_two, is_point, is_question
from etl.personal import words_of
from etl.values import numbers, per_value, without_unit, words
from geodata.fields import FIELDS
from geodata.tables import REGISTER

NAMES = Path(__file__).parent / "aliases" / "field_names.csv"
# Shared alias file of each coded field.
SHARED = {
    "education_level": "levels",
    "school_area_type": "urban_rural",
    "school_funding_type": "funding",
    "facility_type": "facility_type",
    "school_status": "school_status",
    "electricity_type": "electricity",
    "connectivity_type": "connectivity_type",
    "radio": "generation",
    "transmission_medium": "medium",
}
SURE, LIKELY, PERHAPS = 0.85, 0.6, 0.4
OTHERS = 2  # less likely columns shown for each field
ALIKE = 86  # least likeness of names, of 100
SAMPLE = 20_000
# Names that many things have: a clearer one goes first. Weak: toilets are not yet single-sex toilets.
WEAK = frozenset(
    ("toilets", "has toilets", "latrines", "banos", "servicios higienicos", "in banheiro", "banheiros", "toilettes")
)
LOOSE = frozenset(
    (
        "id",
        "objectid",
        "osm id",
        "code",
        "codigo",
        "name",
        "label",
        "status",
        "x",
        "y",
        "area",
        "zona",
        "amenity",
        "estado",
    )
)


@dataclass(frozen=True)
class Guess:
    """One column as a candidate for one field; `rule` as in field_names.csv (sum, invert, kbps or nothing), or
    point_latitude and point_longitude where one text holds both."""

    column: str
    field: str
    rule: str
    confidence: float
    why: str


@cache
def _names() -> dict[str, tuple[str, str]]:
    """Comparable column name → (field, rule)."""
    with NAMES.open(encoding="utf-8", newline="") as stream:
        return {" ".join(words_of(r["name"])): (r["field"], r["rule"]) for r in csv.DictReader(stream)}


def guess(frame: pd.DataFrame, personal: Iterable[str] = ()) -> tuple[list[Guess], list[Guess]]:
    """The chosen guesses (each field fed once, or by several columns that add up) and the less likely others."""
    candidates = []
    for name in (str(c) for c in frame.columns if c not in set(personal)):
        column = _sample(frame[name])
        by_name = _by_name(name)
        candidates += [_weighed(g, column, float(frame[name].notna().mean())) for g in by_name]
        if not any(g.confidence >= LIKELY for g in candidates[-len(by_name) or len(candidates) :]):
            candidates += _by_value(name, column)
    candidates += _places_by_value(frame, candidates)
    order = {str(c): i for i, c in enumerate(frame.columns)}
    candidates.sort(key=lambda g: (-round(g.confidence, 2), order[g.column], g.field))
    return _choose(candidates)


def _choose(candidates: Sequence[Guess]) -> tuple[list[Guess], list[Guess]]:
    chosen: list[Guess] = []
    others: list[Guess] = []
    for one in candidates:
        fed = [g for g in chosen if g.field == one.field]
        adds_up = bool(fed) and all(g.rule == one.rule == "sum" and g.confidence >= SURE for g in (*fed, one))
        free = one.column not in {g.column for g in chosen if not (one.rule and one.rule.startswith("point") and g.rule.startswith("point"))}  # fmt: skip
        if free and one.confidence >= LIKELY and (not fed or adds_up):
            chosen.append(one)
        elif one.confidence >= PERHAPS and free and sum(g.field == one.field for g in others) < OTHERS:
            others.append(one)
    taken = {g.column for g in chosen}
    return chosen, [g for g in others if g.column not in taken]


def _sample(column: pd.Series) -> pd.Series:
    given = column.dropna()
    return given if len(given) <= SAMPLE else given.iloc[:: len(given) // SAMPLE + 1]


def _by_name(name: str) -> list[Guess]:
    table, plain = _names(), " ".join(words_of(name))
    if plain not in table and "/" in name.strip("/"):  # a group's name stands before it, as in KoboToolbox
        return [replace(g, column=name) for g in _by_name(name.rpartition("/")[2])]
    if plain in table:
        return [Guess(name, *table[plain], 0.5 if plain in WEAK else 0.87 if plain in LOOSE else 0.95, "by its name")]
    found = (
        process.extractOne(plain, table.keys(), scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
        if len(plain) > 4
        else None
    )
    if found:
        return [Guess(name, *table[found[0]], 0.75 * found[1] / 100, f"its name is like {found[0]!r}")]
    inner = [known for known in table if len(known) > 4 and f" {known} " in f" {plain} "]
    if inner:
        longest = max(inner, key=len)
        asked = 0.72 if is_question(name) else 0.87 if plain.endswith((" latitude", " longitude")) else 0.45
        return [Guess(name, *table[longest], asked, f"its name holds {longest!r}")]
    return []


def _weighed(one: Guess, column: pd.Series, known: float) -> Guess:
    """The guess by name, held against the values."""
    if column.empty:
        return Guess(one.column, one.field, one.rule, one.confidence * 0.7, f"{one.why}; it is empty in this file")
    fit, said = fitness(one.field, column)
    fit *= 0.85 + 0.15 * known
    return Guess(one.column, one.field, one.rule, one.confidence * fit, one.why + (f"; {said}" if said else ""))


def fitness(field: str, column: pd.Series) -> tuple[float, str]:
    """How well values suit a field, 0 to 1, and why in words."""
    kind = FIELDS[field].kind if field in FIELDS else "id" if field.endswith("_id") else "text"
    if field in ("latitude", "longitude"):
        return _coordinate_fitness(field, column)
    if kind in ("count", "number", "share"):
        plain = per_value(column, without_unit, "str") if FIELDS[field].unit == "Mbps" else column
        values = numbers(plain, _decimal(column)).values
        share = float(values.notna().mean())
        return share, "" if share == 1 else f"{share:.0%} of the values are numbers"
    if kind == "yesno" or field in SHARED:
        shared = ONE_TWO if kind == "yesno" and is_one_two(column) else SHARED.get(field)
        share = 1 - sum(words(column, field, shared).unmapped.values()) / len(column)
        return (
            0.3 + 0.7 * share if kind == "yesno" else 0.7 + 0.3 * share
        ), f"{share:.0%} of the values are understood"
    if field in ("school_id_govt", "school_id_giga", "cell_id", "node_id", "quadkey"):
        unique = column.nunique() / len(column)
        return (
            1.0 if unique > 0.98 else 0.9 if unique > 0.9 else 0.5
        ), "" if unique == 1 else f"{unique:.1%} of the values are different"
    if field == "school_name" and numbers(column).values.notna().mean() > 0.9:
        return 0.3, "but the values are numbers"
    return 1.0, ""


def _coordinate_fitness(field: str, column: pd.Series) -> tuple[float, str]:
    most = 90 if field == "latitude" else 180
    values = numbers(column, _decimal(column, degrees=True), grouped=False).values
    if values.notna().mean() < 0.5:
        share = float(column.str.contains(r"\d\s*[°º]|^\d+[ :]\d+[ :]", regex=True).mean())
        return (0.9, "written in degrees and minutes") if share > 0.5 else (0.2, "but the values are no numbers")
    inside = float((values.abs() <= most).mean())
    return (1.0, "") if inside > 0.9 else (0.95, f"only {inside:.0%} of the values are degrees")


def _by_value(name: str, column: pd.Series) -> list[Guess]:
    """Coded columns whose words are known, whatever the column is called."""
    if column.empty or column.nunique() > 60 or column.nunique() < 2 or column.str.fullmatch(r"[\d.,]*").mean() > 0.2:
        return []
    out = []
    for field in (
        "education_level",
        "school_area_type",
        "school_funding_type",
        "electricity_type",
        "connectivity_type",
    ):
        share = 1 - sum(words(column, field, SHARED[field]).unmapped.values()) / len(column)
        if share >= 0.8:
            out.append(Guess(name, field, "", 0.62 * share, f"{share:.0%} of its words are of this kind"))
    return out


def _places_by_value(frame: pd.DataFrame, known: Sequence[Guess]) -> list[Guess]:
    """Two columns of numbers with many decimals, where no name tells the coordinates."""
    if {"latitude", "longitude"} & {g.field for g in known if g.confidence >= LIKELY}:
        return []
    for name in map(str, frame.columns):
        if is_point(_sample(frame[name])):
            why = "latitude and longitude in one text, as KoboToolbox and ODK write a place"
            return [Guess(name, f, f"point_{f}", 0.9, why) for f in ("latitude", "longitude")]
    found = []
    for name in map(str, frame.columns):
        column = _sample(frame[name])
        if len(column) and column.str.fullmatch(r"-?\d{1,3}[.,]\d{4,}").mean() > 0.8:
            values = numbers(column, _decimal(column, degrees=True)).values
            if (values.abs() <= 180).all():
                found.append((name, float(np.nanmax(values.abs()))))
    if len(found) != 2:
        return []
    latitude, longitude = sorted(found, key=lambda item: item[1]) if max(f[1] for f in found) > 90 else found
    why = "two columns of degrees with many decimals; check which is which"
    return [Guess(latitude[0], "latitude", "", 0.62, why), Guess(longitude[0], "longitude", "", 0.62, why)]


def _decimal(column: pd.Series, *, degrees: bool = False) -> str:
    """The column's decimal mark. A comma before three digits says nothing (it may part thousands), but in degrees."""
    commas = column.str.fullmatch(r"-?\d+,\d+")
    thousands = column.str.fullmatch(r"[1-9]\d{0,2},\d{3}") & (not degrees)
    points = column.str.contains(".", regex=False)
    return "," if commas.mean() > 0.2 and (commas & ~thousands).any() and not points.any() else "."


def decimal_mark(frame: pd.DataFrame, columns: Iterable[str]) -> str:
    """The decimal mark that the number columns use."""
    return "," if any(_decimal(_sample(frame[c])) == "," for c in columns if frame[c].notna().any()) else "."


def levels_of(frame: pd.DataFrame, chosen: Sequence[Guess]) -> tuple[list[Guess], list[str]]:
    """Guesses for area1, area2 … renumbered to admin1, admin2 … in order, those that are the same in every row left out
    (the whole place); and a word for each level, from the columns' names."""
    ranks: dict[int, list[Guess]] = {}
    for one in chosen:
        if one.field.startswith("area") and frame[one.column].nunique() > 1:
            ranks.setdefault(int(one.field[4]), []).append(one)
    out, level_words = [], []
    for level, rank in enumerate(sorted(ranks), start=1):
        for one in ranks[rank]:
            field = f"admin{level}" + ("_id" if one.field.endswith("_id") else "")
            out.append(Guess(one.column, field, one.rule, one.confidence, one.why))
        names = [g.column for g in ranks[rank] if not g.field.endswith("_id")] or [ranks[rank][0].column]
        level_words.append(_level_word(names[0], level))
    rest = [g for g in chosen if not g.field.startswith("area")]
    return rest + out, level_words


def _level_word(column: str, level: int) -> str:
    spoken = [
        w
        for w in words_of(column)
        if w not in ("no", "co", "name", "nome", "nombre", "nom", "code", "id", "pcode", "en", "fr", "es", "pt")
    ]
    word = " ".join(spoken)
    return word if word and not any(c.isdigit() for c in word) else f"level {level}"


def kind_of(chosen: Sequence[Guess], shapes: str) -> str:
    """The kind of source that the fields speak of; `shapes` is "point", "polygon" or ""."""
    fields = {g.field for g in chosen}
    if "quadkey" in fields and "avg_download_mbps" in fields:
        return "tiles"
    if "transmission_medium" in fields:
        return "nodes"
    if "radio" in fields:
        return "coverage" if shapes == "polygon" else "cells"
    told = fields & set(REGISTER.columns) - {"school_id_govt", "school_name", "latitude", "longitude"}
    return "boundary" if shapes == "polygon" and len(told) < 3 else "schools"
