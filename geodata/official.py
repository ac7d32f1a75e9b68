"""Tables for official reporting: SDG 4.a.1 by level and sector, and what UIS asks in A12 and A13 (connectors 26.1).

Numerator: schools with the service. Denominator: schools that answered. Both are given, and how many did not answer. Only
what is measured or reported counts: predicted, imputed and inferred answers are not reported here. A school counts once
at each ISCED level that it offers, so the levels add up to more than all schools.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata import gaps
from geodata.aggregate import indicators
from geodata.arrays import Floats, any_known, number
from geodata.groupings import GROUPINGS, NOT_REPORTED, level_keys, one_level
from geodata.policy import POLICY, Policy
from geodata.priority import operating
from geodata.suppress import protect
from geodata.tables import REGISTER
from geodata.vocabulary import Evidence, FacilityType

Bools = npt.NDArray[np.bool_]
COUNTED_EVIDENCE = (Evidence.MEASURED.value, Evidence.REPORTED.value)
SCHOOLS = (FacilityType.SCHOOL.value, FacilityType.TVET.value, FacilityType.TEMPORARY.value)
# Level as `level_keys` names it → ISCED code and words; the order of the rows.
LEVELS = {
    "pre_primary": ("02", "Pre-primary"),
    "primary": ("1", "Primary"),
    "lower_secondary": ("2", "Lower secondary"),
    "upper_secondary": ("3", "Upper secondary"),
    "secondary": ("2-3", "Secondary, lower and upper not told apart"),
    "post_secondary": ("4+", "Post-secondary"),
    "combined": ("", "Several levels, not told apart"),
    NOT_REPORTED: ("", "Level not reported"),
    "all": ("all", "All schools, each once"),
}
SECTORS = {"all": "Total", "public": "Public", "private": "Private", NOT_REPORTED: "Sector not reported"}
ANSWERS = ("with", "without", "not_reported")


@dataclass(frozen=True)
class Service:
    """One row block: the indicator that it counts and its code in the questionnaire or the indicator list."""

    code: str
    indicator: str


SDG = (
    Service("4.a.1 (a)", "electricity"),
    Service("4.a.1 (b)", "internet_for_learners"),
    Service("4.a.1 (c)", "computers"),
    Service("4.a.1 (d)", "accessible"),
    Service("4.a.1 (d) infrastructure", "accessible_buildings"),
    Service("4.a.1 (d) materials", "accessible_materials"),
    Service("4.a.1 (e)", "water"),
    Service("4.a.1 (f)", "sanitation"),
    Service("4.a.1 (g)", "handwashing"),
)
ICT = (
    Service("ED1", "radio"),
    Service("ED2", "television"),
    Service("ED3", "telephone"),
    Service("ED5", "internet"),
    Service("ED5 narrowband only", "narrowband_only"),
    Service("ED5 broadband only", "broadband_only"),
    Service("ED5 both", "both_bands"),
    Service("ED22", "taught_with_computers"),
    Service("ED23", "used_by_teachers"),
)


# --- what counts --------------------------------------------------------------------------------------------------


def reported_only(schools: pd.DataFrame, policy: Policy = POLICY) -> pd.DataFrame:
    """The schools that operate and are schools, with every value that is neither measured nor reported made unknown.

    Schools, technical and vocational schools and temporary learning spaces count, and places whose kind is not reported;
    teacher training, non-formal and community centres are no schools of ISCED 02 to 3.
    """
    kind = schools["facility_type"]
    here = operating(schools["school_status"]) & (kind.isna() | kind.isin(SCHOOLS)).to_numpy(dtype=bool)
    out = schools[here].reset_index(drop=True)
    for name in REGISTER.columns:
        evidence = f"{name}_evidence"
        if evidence in out and name in out:
            weak = out[evidence].notna() & ~out[evidence].isin([*COUNTED_EVIDENCE, Evidence.UNKNOWN.value])
            if weak.any():
                out[name] = out[name].mask(weak)
    devices = gaps.num_devices(out["num_computers"], out["num_tablets"], out["has_computers"], policy=policy)
    return out.assign(num_devices=devices)


def left_out(schools: pd.DataFrame) -> dict[str, int]:
    """How many places operate and are not counted, by kind of place."""
    kind = schools.loc[operating(schools["school_status"]), "facility_type"].dropna()
    return {str(k): int(n) for k, n in kind[~kind.isin(SCHOOLS)].value_counts().sort_index().items()}


def _sectors(schools: pd.DataFrame, policy: Policy) -> dict[str, Bools]:
    keys = GROUPINGS["sector"].of(schools, policy).astype("str").fillna(NOT_REPORTED)
    named = {s: (keys == s).to_numpy(dtype=bool) for s in SECTORS if s != "all"}
    return {"all": np.ones(len(schools), dtype=bool), **named}


def _levels(schools: pd.DataFrame) -> dict[str, npt.NDArray[np.int64]]:
    rows = {key: positions for positions, key in level_keys(schools) if key in LEVELS}
    return {**rows, "all": np.arange(len(schools))}


# --- the tables ---------------------------------------------------------------------------------------------------


def service_counts(
    schools: pd.DataFrame, services: tuple[Service, ...] = SDG, policy: Policy = POLICY, *, least: int = 0
) -> pd.DataFrame:
    """One row a service, level and sector: `institutions`, `with`, `without`, `answered`, `not_reported`, and from them `share`,
    `lower` and `upper` (0 to 1; NaN where nobody answered, or nobody is there).
    `one_sided`: something that only schools with the service can answer is reported for no school at all, so those that are
    known are all without it: no share then, the bounds alone (as `geodata.aggregate`).

    `schools`: as `reported_only` gives them. `least`: smaller counts are hidden (NaN, `hidden` True), with those beside
    them that would give them away; 0 hides nothing.
    """
    sectors, levels, declared = _sectors(schools, policy), _levels(schools), indicators()
    rows = []
    for service in services:
        values = number(declared[service.indicator].of(schools, policy))
        one_sided = any(not any_known(schools[name]) for name in declared[service.indicator].needs)
        for level, positions in levels.items():
            table = _answers(values[positions], {s: mask[positions] for s, mask in sectors.items()})
            hidden = hidden_answers(table, least)
            shown = table.mask(hidden)
            for sector in SECTORS:
                head = {
                    "code": service.code,
                    "indicator": service.indicator,
                    "level": level,
                    "sector": sector,
                    "one_sided": one_sided,
                }
                few = bool(hidden.loc[sector].any())
                rows.append({**head, "hidden": few, **dict(zip(shown.columns, shown.loc[sector], strict=True))})
    return _shares(pd.DataFrame(rows))


def _answers(values: Floats, sectors: dict[str, Bools]) -> pd.DataFrame:
    """Schools by sector (rows) and answer (columns), with the number of them all."""
    marks = {"with": values == 1, "without": values == 0, "not_reported": np.isnan(values)}
    table = pd.DataFrame({a: {s: float((m & here).sum()) for s, here in sectors.items()} for a, m in marks.items()})
    return table.assign(institutions=table[list(ANSWERS)].sum(axis=1))


def hidden_answers(table: pd.DataFrame, least: int) -> pd.DataFrame:
    """Which counts of one service and level stay hidden, so that nothing below `least` can be had from what is shown.

    How many institutions a sector has is the same in every service's table, so it is shown in all of them or in none:
    in none where any sector is too small. Where its answers cannot be hidden without it, a table shows none by sector.
    """
    out = pd.DataFrame(False, index=table.index, columns=table.columns)
    if least <= 0:
        return out
    parts, answers = [s for s in SECTORS if s != "all"], list(ANSWERS)
    by_sector = not _small(table.loc[parts, "institutions"], least)
    if by_sector and _small(table[answers], least):
        found = protect(table.loc[parts, answers], least=least)
        found = found.rename(index={"total": "all"}, columns={"total": "institutions"})
        if not found["institutions"].any():
            return found.loc[table.index, table.columns]
        out.loc[parts, answers] = True
    elif not by_sector:
        out.loc[parts] = True
    out.loc["all", answers] = _small(table.loc["all", answers], least)
    out.loc["all", "institutions"] = _small(table.loc[["all"], "institutions"], least)
    return out


def _small(counts: pd.DataFrame | pd.Series, least: int) -> bool:
    """Whether any count is above 0 and below the least."""
    values = counts.to_numpy(dtype=np.float64)
    return bool(((values > 0) & (values < least)).any())


def _shares(table: pd.DataFrame) -> pd.DataFrame:
    answered = table["with"] + table["without"]
    told, every = answered.where(answered > 0), table["institutions"].where(table["institutions"] > 0)
    return table.assign(
        answered=answered,
        share=(table["with"] / told).mask(table["one_sided"].astype(bool)),
        lower=table["with"] / every,
        upper=(table["with"] + table["not_reported"]) / every,
    )


def institutions(schools: pd.DataFrame, policy: Policy = POLICY, *, least: int = 0) -> pd.DataFrame:
    """A12: institutions by level (rows, keys of LEVELS) and sector (columns, keys of SECTORS); NaN where hidden."""
    sectors, levels = _sectors(schools, policy), _levels(schools)
    parts = [s for s in SECTORS if s != "all"]
    counts = pd.DataFrame(
        {s: {level: float(sectors[s][p].sum()) for level, p in levels.items()} for s in SECTORS}, dtype="float64"
    )
    if least > 0:
        few = (counts[parts] > 0) & (counts[parts] < least)
        counts.loc[few.any(axis=1), parts] = np.nan
        counts["all"] = counts["all"].mask((counts["all"] > 0) & (counts["all"] < least))
    return counts[list(SECTORS)]


TEACHING = {
    "teachers": ("num_teachers", "num_teachers_trained_ict"),
    "computers": ("num_students", "num_computers"),
    "taught_with_ict": ("num_students", "num_students_ict"),
    "taught_computing": ("num_students", "num_students_computing"),
}


def teaching(schools: pd.DataFrame, policy: Policy = POLICY, *, least: int = 0, least_schools: int = 0) -> pd.DataFrame:
    """Teachers, computers and learners taught with ICT, by level and sector: sums over the schools that report both sides.

    One row a level and sector: for each pair of TEACHING `<pair>_of`, `<pair>_part` (sums of the two columns),
    `<pair>_schools` (that report both) and `<pair>_not_reported`. Learners and teachers are not reported level by level, so
    a school of several levels stands once, under several levels. `least` (people, computers) and `least_schools`: where
    smaller ones are hidden there are no sectors, and a level too small is NaN, with those that would give it away.
    """
    keys = one_level(schools, policy).fillna(NOT_REPORTED)
    guarded = least > 0 or least_schools > 0
    sectors = {s: m for s, m in _sectors(schools, policy).items() if s == "all" or not guarded}
    rows = []
    for level in LEVELS:
        here = np.ones(len(schools), dtype=bool) if level == "all" else (keys == level).to_numpy(dtype=bool)
        for sector, mask in sectors.items():
            rows.append({"level": level, "sector": sector, **_sums(schools, here & mask)})
    table = pd.DataFrame(rows)
    for pair in TEACHING if guarded else ():
        columns = [f"{pair}_{part}" for part in ("of", "part", "schools", "not_reported")]
        table[columns] = table[columns].astype("float64").mask(_hidden_levels(table, columns, least, least_schools))
    return table


def _sums(schools: pd.DataFrame, here: Bools) -> dict[str, float]:
    out: dict[str, float] = {}
    for pair, (whole, part) in TEACHING.items():
        of, has = number(schools[whole])[here], number(schools[part])[here]
        both = ~np.isnan(of) & ~np.isnan(has)
        out[f"{pair}_of"] = float(of[both].sum()) if both.any() else np.nan
        out[f"{pair}_part"] = float(has[both].sum()) if both.any() else np.nan
        out[f"{pair}_schools"], out[f"{pair}_not_reported"] = int(both.sum()), int((~both).sum())
    return out


def _hidden_levels(table: pd.DataFrame, columns: list[str], least: int, least_schools: int) -> Bools:
    """Rows of one pair that stay hidden: levels add up to all here, so as many as it takes that none can be computed."""
    wide = table.set_index("level")[columns].fillna(0)
    inner = wide.drop(index="all")
    hidden = pd.Series(False, index=wide.index)
    for column in columns:
        limit = least_schools if column.endswith(("schools", "not_reported")) else least
        flags = pd.DataFrame({column: hidden[inner.index]})
        found = protect(inner[[column]], least=max(limit, 1), primary=flags).rename(index={"total": "all"})[column]
        hidden |= found.reindex(wide.index).fillna(value=False).astype(bool)
    return np.repeat(hidden.to_numpy(dtype=bool)[:, None], len(columns), axis=1)
