"""Tables of people by five-year age group: wide or long, of areas named by id or by name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from etl.areas import suggestions
from etl.aside import set_aside, without_broken
from etl.boundaries import key_of, keys_of, other_spellings
from etl.feeds import require_columns
from etl.manifest import passport
from etl.recipe import Ages, Recipe
from etl.source import Raw, read_raw
from etl.values import clean, key, numbers
from geodata.errors import RecipeError, SchemaError
from geodata.people.sprague import WIDTH
from geodata.tables import OUT_OF_SCOPE

_GROUP = re.compile(r"^\D*(\d{1,3})\D+(\d{1,3})\D*$")
_OPEN = re.compile(r"^\D*(\d{1,3})\s*(\+|and|or|plus|ans et|y m|e m).*$", re.IGNORECASE)


@dataclass
class AgeTable:
    """People by area (index `area_id`) in columns (sex, first age) with sexes girls, boys or total; empty without one."""

    groups: pd.DataFrame
    level: int = 0
    notes: list[str] = field(default_factory=list)
    source: dict[str, Any] | None = None
    out_of_scope: pd.DataFrame | None = None


def no_ages() -> AgeTable:
    """What stands for a table that was not given."""
    return AgeTable(pd.DataFrame(columns=pd.MultiIndex.from_tuples([], names=["sex", "age"])))


def read_ages(recipe: Recipe, data: Path, areas: gpd.GeoDataFrame) -> AgeTable:
    """The recipe's table of ages, its rows brought to the areas; `no_ages()` where there is none.

    Raises SchemaError (a column that is not there, an age group that is not of five years), RecipeError (a key of
    `columns` that names no group).
    """
    if not recipe.ages:
        return no_ages()
    given = recipe.ages[0]
    raw = read_raw(given, data)
    wanted = [given.key, *given.columns.values(), *filter(None, (given.age, given.people, given.sex))]
    require_columns(raw, {"ages": wanted}, given.name)
    raw, broken = without_broken(raw, given.name)
    layer = areas[areas["level"] == given.level]
    area = _areas(raw, given, layer)
    long = _from_columns(raw, given, area) if given.columns else _from_rows(raw, given, area)
    groups = long.pivot_table(index="area_id", columns=["sex", "age"], values="people", aggfunc=_sum, sort=True)
    out = set_aside(
        OUT_OF_SCOPE,
        raw,
        given.name,
        area.isna(),
        reason="about another place",
        shown=[str(c) for c in raw.frame.columns],
    )
    out = pd.concat([out, broken[out.columns]], ignore_index=True) if len(broken) else out
    read = len(raw) + len(broken)
    return AgeTable(
        groups, given.level, [*raw.notes, *_said(given, groups, layer, raw, area)],
        passport(given, given.name, "ages", raw.sha256, (read, read - len(out), len(out), 0)), out,
    )  # fmt: skip


def _sum(values: pd.Series) -> float:
    return float(values.sum(skipna=False))


def _areas(raw: Raw, given: Ages, layer: gpd.GeoDataFrame) -> pd.Series:
    """The area id of each row; missing where it is about another place."""
    keys = clean(raw.frame[given.key])
    if given.key_pattern:
        keys = keys.str.extract(given.key_pattern, expand=True)[0].str.strip()
    if given.join == "code":
        return keys.where(keys.isin(layer["area_id"]))
    ids = {key_of(name): area for name, area in zip(layer["name"], layer["area_id"], strict=True)}
    return keys_of(keys).replace(other_spellings(given.aliases)).map(ids).astype("str")


def _from_columns(raw: Raw, given: Ages, area: pd.Series) -> pd.DataFrame:
    parts = []
    for name, column in given.columns.items():
        text, _, sex = name.strip().rpartition(" ") if name.strip().endswith(("girls", "boys")) else (name, "", "total")
        first = first_age(text)
        if first is None:
            raise RecipeError(
                f'ages {given.name!r}: {name!r} names no age group; write "5-9", "5-9 girls" or "5-9 boys".'
            )
        parts.append(_long(area, sex, first, _people(raw.frame[column], given)))
    return pd.concat(parts)


def _from_rows(raw: Raw, given: Ages, area: pd.Series) -> pd.DataFrame:
    texts = clean(raw.frame[str(given.age)])
    ages = {text: first_age(text) for text in texts.dropna().unique()}
    first = texts.map(ages)
    if given.sex is None:
        sex: Any = "total"
    else:
        words = {**{key(w): "girls" for w in given.girls}, **{key(w): "boys" for w in given.boys}}
        sex = clean(raw.frame[given.sex]).fillna("").map(lambda word: words.get(key(word), "total"))
    table = _long(area, sex, first, _people(raw.frame[str(given.people)], given))
    return table[table["age"].notna()].astype({"age": "int64"})


def _long(area: pd.Series, sex: Any, age: Any, people: pd.Series) -> pd.DataFrame:
    table = pd.DataFrame({"area_id": area, "sex": sex, "age": age, "people": people})
    return table[table["area_id"].notna()]


def _people(column: pd.Series, given: Ages) -> pd.Series:
    people = numbers(clean(column), given.decimal).values.astype("float64")
    if (people < 0).any():
        raise SchemaError(f"{given.path}: {int((people < 0).sum())} age groups have a negative number of people.")
    return people


def first_age(text: str) -> int | None:
    """First age of a group such as `5-9` or `aged 05 to 09`; None for an open group (80+) or a word such as Total.

    Raises SchemaError for a group that is not of five years.
    """
    if _OPEN.match(text):
        return None
    found = _GROUP.match(text)
    if found is None:
        return None
    first, last = int(found[1]), int(found[2])
    if last - first != WIDTH - 1 or first % WIDTH:
        raise SchemaError(f"The age group {text!r} is not one of five years (0-4, 5-9, 10-14 …).")
    return first


def _said(given: Ages, groups: pd.DataFrame, layer: gpd.GeoDataFrame, raw: Raw, area: pd.Series) -> list[str]:
    without = layer.loc[~layer["area_id"].isin(groups.index), "name"]
    notes = [f"{given.name}: {len(groups):,} of {len(layer):,} areas of level {given.level} have ages" + (f"; without: {', '.join(without.head(8))}" if len(without) else "") + "."]  # fmt: skip
    lost = sorted(set(clean(raw.frame[given.key])[area.isna()].dropna()))
    if lost and given.join == "name":
        notes.append(f"{given.name}: {suggestions(lost, list(layer['name']))}")
    return notes
