"""What a model is fitted and tested on: rows in the order of their ids, so that the order of a file decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from geodata.arrays import Codes, Floats, codes_of, number
from geodata.policy import POLICY, Policy
from geodata.predict.conformal import groups
from geodata.predict.drawing import lots
from geodata.predict.features import Features, features, neighbours, sphere
from geodata.predict.metrics import Bools
from geodata.predict.targets import Target, answers, asked, taught

BLOCK_DEGREES = 0.25


@dataclass(frozen=True)
class Material:
    """One target in one place, a row a school in the order of ids.

    `taught` are the schools to learn from, `asked` those to predict for. `district`, `block` and `alone` number the
    areas, squares of a quarter degree and schools that stay together when the test leaves some out.
    """

    schools: pd.DataFrame
    target: Target
    features: Features
    stratum: Codes
    group: Codes
    place: Floats
    answer: Floats
    taught: Bools
    asked: Bools
    district: Codes
    block: Codes
    alone: Codes
    area_column: str


def by_id(schools: pd.DataFrame) -> pd.DataFrame:
    """The schools in the order of their ids, numbered from 0."""
    return schools.sort_values("school_id", kind="stable").reset_index(drop=True)


def prepare(schools: pd.DataFrame, target: Target, policy: Policy = POLICY) -> Material:
    """The material of one target; `schools` as `by_id` gives them. A larger country's schools to learn from are drawn by id."""
    answer, learn = answers(target, schools), taught(target, schools)
    learn &= _drawn(schools["school_id"], learn, int(policy.number("prediction_train_max")))
    column = area_column(schools, learn, policy)
    kind = schools["settlement"] if schools["settlement"].notna().any() else schools["school_area_type"]
    district = codes_of(schools[column])[0]
    return Material(
        schools=schools, target=target, features=features(schools), stratum=codes_of(kind, schools["education_level"])[0],
        group=groups(schools["settlement"], schools["school_area_type"], learn, policy),
        place=sphere(schools["latitude"], schools["longitude"]), answer=answer, taught=learn, asked=asked(target, schools),
        district=district, block=_blocks(schools, district),
        alone=np.arange(len(schools), dtype=np.int64), area_column=column,
    )  # fmt: skip


def area_column(schools: pd.DataFrame, learn: Bools, policy: Policy = POLICY) -> str:
    """The second level of areas, or the first where the second has too few areas with reported schools."""
    least = policy.number("prediction_districts_min")
    seconds = schools.loc[learn, "admin2_id"].nunique()
    return "admin2_id" if seconds >= least else "admin1_id"


def _drawn(ids: pd.Series, among: Bools, most: int) -> Bools:
    """At most so many of the schools, drawn by a hash of their ids: the same whatever the order of rows."""
    here = np.flatnonzero(among)
    out = np.zeros(len(ids), dtype=bool)
    if len(here) <= most:
        out[here] = True
        return out
    out[here[np.argsort(lots(ids.iloc[here], "learn"), kind="stable")[:most]]] = True
    return out


def _blocks(schools: pd.DataFrame, district: Codes) -> Codes:
    """Squares of a quarter degree; schools without a location stay with others of their district."""
    lat, lon = number(schools["latitude"]), number(schools["longitude"])
    here = ~(np.isnan(lat) | np.isnan(lon))
    row, col = (np.floor(np.where(here, v, 0) / BLOCK_DEGREES).astype(np.int64) for v in (lat, lon))
    codes, squares = pd.factorize(np.where(here, row * 10_000 + col, 0))
    return np.where(here, codes, len(squares) + district).astype(np.int64)


def parts(group: Codes, learn: Bools, folds: int) -> Codes:
    """The part of the test of every school: whole groups together, parts of near equal size; unseen groups spread out."""
    known, names = np.flatnonzero(learn), group[learn]
    out = np.asarray(group % folds, dtype=np.int64)
    of_group: dict[int, int] = {}
    for part, (_, held) in enumerate(GroupKFold(min(folds, len(np.unique(names)))).split(known, groups=names)):
        of_group |= dict.fromkeys(names[held].tolist(), part)
    told = np.array([of_group.get(int(g), -1) for g in group], dtype=np.int64)
    return np.where(told >= 0, told, out)


def with_neighbours(material: Material, part: Codes, rows: Codes, *, leave: tuple[int, ...] = ()) -> Floats:
    """The features of some schools and the answers of near ones of other parts; without these where none has a location."""
    near = neighbours(material.place, np.nan_to_num(material.answer), part, material.taught, leave=leave, rows=rows)
    x = material.features.values[rows]
    return x if np.isnan(material.place).all() else np.column_stack([x, near])
