"""The groups that an audit tells apart: of schools (rural, a kind of land, a fifth by wealth) and of learners (girls).

A dimension gives the members of its groups in one form, whatever it is of: row, group, and how many people the row has
in the group. People whose group nobody reported stand in group −1 and are counted, never dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from geodata.arrays import Codes, Floats, number
from geodata.groupings import wealth, wealth_quintile
from geodata.indicators.marginalisation import rural
from geodata.say import later, tr

__all__ = [
    "DIMENSIONS",
    "FIFTHS",
    "NOT_REPORTED",
    "Dimension",
    "Members",
    "dimension",
    "members",
    "region",
    "wealth",
    "weights",
]
NOT_REPORTED = later("not reported")
FIFTHS = (
    later("poorest fifth"),
    later("second fifth"),
    later("third fifth"),
    later("fourth fifth"),
    later("least poor fifth"),
)


@dataclass(frozen=True)
class Dimension:
    """One way to tell groups apart. `behind` is compared with `ahead`; where `ahead` is empty, each with all the others.

    `kind` says whether schools have a group or learners have one; `columns` are what it needs, `bring` says which fact
    would bring it where it is not known. `index` names the parity index of SDG 4.5.1 that the comparison is;
    `both_ways`: a gap to either side is one (girls and boys).
    """

    name: str
    title: str
    kind: Literal["schools", "learners"]
    columns: tuple[str, ...]
    bring: str
    behind: str = ""
    ahead: str = ""
    index: str = ""
    both_ways: bool = False
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    of: Callable[[pd.DataFrame], pd.Series] | None = field(default=None, hash=False)
    parts: Callable[[pd.DataFrame], Mapping[str, Floats]] | None = field(default=None, hash=False)

    def say(self, group: str) -> str:
        """A group in words."""
        return self.words.get(group, group.replace("_", " "))


@dataclass(frozen=True)
class Members:
    """Who is in which group: `row` of the frame, `group` (−1 not reported), `people` (learners, or 1 a school).

    `people` is NaN where a school's learners are not reported: they weigh nothing and are said apart.
    """

    dimension: Dimension
    groups: tuple[str, ...]
    row: Codes
    group: Codes
    people: Floats

    @property
    def unknown_share(self) -> float:
        """Share of the people whose group nobody reported."""
        people = np.nan_to_num(self.people)
        return float(people[self.group < 0].sum() / people.sum()) if people.sum() else 1.0


def fifths(schools: pd.DataFrame) -> pd.Series:
    """Fifth of the learners of the whole place by the wealth of the place they learn in, from poorest to least poor.

    The column `wealth_quintile` where the frame brings it: fifths are of a whole country, whatever part of it is looked
    at. Otherwise the frame itself is the whole.
    """
    codes = schools["wealth_quintile"] if "wealth_quintile" in schools else wealth_quintile(schools)
    return codes.map({str(k + 1): name for k, name in enumerate(FIFTHS)}).astype("str")


def location(schools: pd.DataFrame) -> pd.Series:
    """Rural or urban: by the degree of urbanisation, else by the national definition."""
    flag = rural(schools["settlement"], schools["school_area_type"])
    return flag.map({True: "rural", False: "urban"}).astype("str")


def column(name: str) -> Callable[[pd.DataFrame], pd.Series]:
    """The groups that a coded column names."""
    return lambda schools: schools[name]


def sexes(schools: pd.DataFrame) -> Mapping[str, Floats]:
    """Girls and boys; where one of the two is not reported, it is the learners less the other."""
    learners = number(schools["num_students"])
    girls, boys = number(schools["num_students_girls"]), number(schools["num_students_boys"])
    girls, boys = (
        np.where(np.isnan(own) & (learners >= other), learners - other, own)
        for own, other in ((girls, boys), (boys, girls))
    )
    return {"girls": girls, "boys": boys}


def within(name: str, inside: str, outside: str) -> Callable[[pd.DataFrame], Mapping[str, Floats]]:
    """The learners that a column counts, against all the other learners."""

    def parts(schools: pd.DataFrame) -> Mapping[str, Floats]:
        learners, some = number(schools["num_students"]), number(schools[name])
        some = np.where(some <= learners, some, np.nan)
        return {inside: some, outside: learners - some}

    return parts


_LAND = {
    "none": later("other land"),
    "indigenous_land": later("Indigenous land"),
    "afro_descendant_community": later("Afro-descendant community (quilombo)"),
    "agrarian_settlement": later("agrarian reform settlement"),
    "traditional_community": later("land of a traditional community"),
}
_LEVELS = {"pre_primary": later("pre-primary"), "lower_secondary": later("lower secondary"), "upper_secondary": later("upper secondary"), "combined": later("several levels")}  # fmt: skip

DIMENSIONS: tuple[Dimension, ...] = (
    Dimension("location", later("Rural and urban"), "schools", ("school_area_type", "settlement"), later("urban or rural, or coordinates and a settlement layer"),
              later("rural"), later("urban"), "LPIA", of=location),
    Dimension("settlement", later("Kind of settlement"), "schools", ("settlement",), later("coordinates and a settlement layer"),
              later("rural"), later("city"), of=column("settlement")),
    Dimension("wealth", later("Fifth by wealth of the place"), "schools", ("wealth_percentile", "poverty_share"), later("poverty or wealth by area"),
              FIFTHS[0], FIFTHS[-1], "WPIA", of=fifths),
    Dimension("land", later("Land of a people or community"), "schools", ("community_land",), later("the kind of land that each school stands on"),
              "", "none", words=_LAND, of=column("community_land")),
    Dimension("sex", later("Girls and boys"), "learners", ("num_students_girls", "num_students_boys"), later("girls and boys of each school"),
              later("girls"), later("boys"), "GPIA", True, parts=sexes),
    Dimension("disability", later("Learners with disabilities"), "learners", ("num_students_disabled",), later("learners with disabilities (or in special education) of each school"),
              later("with disabilities"), later("all others"), parts=within("num_students_disabled", later("with disabilities"), later("all others"))),
    Dimension(later("displaced"), later("Displaced learners"), "learners", ("num_students_displaced",), later("displaced learners of each school"),
              later("displaced"), later("all others"), parts=within("num_students_displaced", later("displaced"), later("all others"))),
    Dimension("sector", later("Who runs the school"), "schools", ("school_funding_type",), later("who runs each school"),
              "public", "private", of=column("school_funding_type")),
    Dimension("level", later("Level of education"), "schools", ("education_level",), later("the level of each school"),
              words=_LEVELS, of=column("education_level")),
)  # fmt: skip


def dimension(name: str) -> Dimension:
    """The dimension of a name; raises KeyError where there is none."""
    known = {d.name: d for d in DIMENSIONS}
    if name not in known:
        raise KeyError(tr("There is no group {name!r}; there are {known}.", name=name, known=", ".join(known)))
    return known[name]


def region(schools: pd.DataFrame, level: int, word: str) -> Dimension:
    """The areas of one level (`word`: province, municipality …) by their ids, each against all the others."""
    ids, named = f"admin{level}_id", f"admin{level}"
    pairs = schools[[ids, named]].dropna(subset=[ids]).drop_duplicates(ids)
    names = dict(zip(pairs[ids].astype(str), pairs[named].fillna(pairs[ids]).astype(str), strict=True))
    title = word[:1].upper() + word[1:]
    return Dimension(
        "region", title, "schools", (ids,), tr("the {word} of each school", word=word), words=names, of=column(ids)
    )


def weights(schools: pd.DataFrame, measure: str) -> Floats:
    """People that each row counts for: its learners (NaN where not reported), or 1 where schools are counted."""
    return number(schools["num_students"]) if measure == "learners" else np.ones(len(schools))


def members(schools: pd.DataFrame, dim: Dimension, measure: str) -> Members | None:
    """Who is in which group of a dimension; None where nobody's group is known, or learners' groups are asked of schools."""
    if dim.parts is not None:
        return _learners(schools, dim, dim.parts(schools)) if measure == "learners" else None
    if dim.of is None:
        return None
    labels = dim.of(schools)
    here = set(labels.dropna())
    names = [w for w in dict.fromkeys((*FIFTHS, *dim.words)) if w in here]
    groups = (*names, *sorted(here - set(names)))
    if not groups:
        return None
    code = pd.Categorical(labels, categories=list(groups)).codes.astype(np.int64)
    return Members(dim, groups, np.arange(len(schools), dtype=np.int64), code, weights(schools, measure))


def _learners(schools: pd.DataFrame, dim: Dimension, parts: Mapping[str, Floats]) -> Members | None:
    learners = number(schools["num_students"])
    if all(np.isnan(p).all() for p in parts.values()):
        return None
    told = np.nansum(np.stack(list(parts.values())), axis=0)
    rest = np.where(np.isnan(learners), np.nan, np.maximum(learners - told, 0))
    rows = np.arange(len(schools), dtype=np.int64)
    columns = [*(np.nan_to_num(p) for p in parts.values()), rest]
    codes = [*range(len(parts)), -1]
    return Members(
        dim,
        tuple(parts),
        np.tile(rows, len(columns)),
        np.repeat(np.array(codes, dtype=np.int64), len(schools)),
        np.concatenate(columns),
    )
