"""Context tables: what is known of areas (poverty, risk, people), brought to the areas and to the schools in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from etl.areas import suggestions
from etl.boundaries import Areas, key_of, keys_of, other_spellings
from etl.harmonise import Harmonised, harmonise_context
from etl.manifest import passport
from etl.recipe import Context, Recipe
from etl.source import read_raw
from geodata.errors import SchemaError
from geodata.fields import FIELDS
from geodata.tables import CONTEXT_COLUMNS
from geodata.vocabulary import Evidence


def add_context(schools: pd.DataFrame, areas: Areas, recipe: Recipe, data: Path) -> pd.DataFrame:
    """The schools with the context columns of the areas they lie in; `areas.frame` gains the same columns.

    Evidence, source and date stand beside each value. Where only the share in poverty is known, the wealth percentile
    is derived from it (`wealth_percentile`), with the evidence `inferred`. Rows are neither lost nor multiplied.
    """
    out = schools.copy()
    for name in CONTEXT_COLUMNS:
        areas.frame[name] = np.nan
    for context in recipe.context:
        raw = read_raw(context, data)
        read = harmonise_context(raw, context)
        values = _values(context, read, areas)
        left = len(read.out_of_scope)
        areas.sources.append(
            passport(context, context.name, "context", raw.sha256, (len(raw), len(raw) - left, left, 0))
        )
        areas.out_of_scope.append(read.out_of_scope)
        areas.notes.extend(read.notes)
        table = values[values["area_id"].notna()].drop_duplicates("area_id").set_index("area_id")
        columns = [c for c in CONTEXT_COLUMNS if c in table]
        derived = _add_percentile(table, recipe) if "poverty_share" in columns else ""
        if derived:
            areas.notes.append(f"{context.name}: {derived}")
            columns.append("wealth_percentile")
        for column in columns:
            _into_areas(areas, table[column])
            inferred = bool(derived) and column == "wealth_percentile"
            out = _into_schools(out, table[column], context, Evidence.INFERRED if inferred else context.evidence)
    _roll_people_up(areas)
    return out


def _values(context: Context, read: Harmonised, areas: Areas) -> pd.DataFrame:
    """One row a row of the table: the id of the area it is about (missing where none) and the fed columns."""
    keys = read.frame["area_key"]
    layer = areas.of_level(context.level)
    if context.join == "code":
        area = keys.where(keys.isin(layer["area_id"]))
    else:
        ids = dict(zip(layer["name"].map(key_of), layer["area_id"], strict=True))
        area = keys_of(keys).replace(other_spellings(context.aliases)).map(ids)
    out = read.frame[[*context.columns]].assign(area_id=area.astype("str"))
    _refuse_wrong_unit(context, read)
    _say_matches(context, out, keys, areas)
    return out


def _refuse_wrong_unit(context: Context, read: Harmonised) -> None:
    wrong = read.findings[read.findings["check"] == "out_of_range"]
    if len(wrong) > len(read.frame) / 2:
        raise SchemaError(
            f"{context.path}: {wrong['reason'].iloc[0]} ({len(wrong):,} of {len(read.frame):,} rows). "
            "If they are percentages, add scale = 0.01 to the column in the recipe."
        )


def _say_matches(context: Context, values: pd.DataFrame, keys: pd.Series, areas: Areas) -> None:
    layer = areas.of_level(context.level)
    found = values["area_id"].dropna()
    without = layer[~layer["area_id"].isin(found)]
    areas.notes.append(
        f"{context.name}: {found.nunique():,} of {len(layer):,} areas of level {context.level} have a row"
        + (f"; without: {', '.join(without['name'].head(8))}" if len(without) else "")
        + "."
    )
    lost = sorted(set(keys[values["area_id"].isna()].dropna()))
    if lost and context.join == "name":
        areas.notes.append(f"{context.name}: {suggestions(lost, list(layer['name']))}")


def _add_percentile(table: pd.DataFrame, recipe: Recipe) -> str:
    """Adds the wealth percentile to a table with poverty, unless some source gives it; says how, or is empty."""
    if any("wealth_percentile" in context.columns for context in recipe.context):
        return ""
    people = table["population"] if "population" in table else pd.Series(1.0, index=table.index)
    table["wealth_percentile"] = wealth_percentile(table["poverty_share"], people)
    weight = "weighted by people" if "population" in table else "each area counted once, as no population is given"
    return f"the wealth percentile is inferred from the share in poverty ({weight}; the poorest area is near 0)."


def wealth_percentile(poverty_share: pd.Series, population: pd.Series) -> pd.Series:
    """Population-weighted percentile of wealth, 0 to 1, the poorest near 0; unknown where either input is unknown.

    Share of people who live in a poorer area, and half of those in areas as poor (mid-rank), so that the weighted mean
    is one half. Methods, section 3.3.
    """
    known = poverty_share.notna() & population.notna() & (population > 0)
    people = population[known].groupby(-poverty_share[known]).sum().sort_index()
    below = people.cumsum() - people / 2
    percentile = below / people.sum() if len(people) else below
    return (-poverty_share).map(percentile).where(known).astype("float64")


def _into_areas(areas: Areas, values: pd.Series) -> None:
    name = str(values.name)
    got = areas.frame["area_id"].map(values).astype("float64")
    areas.frame[name] = areas.frame[name].fillna(got)


def _into_schools(schools: pd.DataFrame, values: pd.Series, context: Context, evidence: str) -> pd.DataFrame:
    """Fills what is unknown for the schools of each area, with evidence, source and date where the field has them."""
    name = str(values.name)
    got = schools[f"admin{context.level}_id"].map(values).astype("float64") if context.level else None
    got = pd.Series(float(values.iloc[0]), index=schools.index) if got is None else got
    before = schools[name].astype("float64") if name in schools else pd.Series(np.nan, index=schools.index)
    fill = before.isna() & got.notna()
    columns: dict[str, Any] = {name: before.fillna(got)}
    if FIELDS[name].evidence:
        for suffix, text in (("_evidence", str(evidence)), ("_source", context.name), ("_date", context.date)):
            old = schools[name + suffix] if name + suffix in schools else pd.Series(pd.NA, index=schools.index)
            columns[name + suffix] = old.astype("str").mask(fill, text or None)
    return schools.assign(**columns)


def _roll_people_up(areas: Areas) -> None:
    """People of the areas above: the sum where every part is known; the share in poverty weighted by people."""
    frame = areas.frame
    for level in sorted(set(frame["level"].dropna()), reverse=True)[:-1]:
        parts = frame[frame["level"] == level]
        for parent, group in parts.groupby("parent_id"):
            here = frame["area_id"] == parent
            if group["population"].isna().any() or not here.any():
                continue
            if frame.loc[here, "population"].isna().all():
                frame.loc[here, "population"] = group["population"].sum()
            known = group["poverty_share"].notna().all() and group["population"].sum() > 0
            if known and frame.loc[here, "poverty_share"].isna().all():
                share = np.average(group["poverty_share"], weights=group["population"])
                frame.loc[here, "poverty_share"] = share
