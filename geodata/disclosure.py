"""What may leave the building: who may see which column, which licences an export keeps, how exactly places show.

Three tiers see an atlas: `public`, `partner` (under an agreement) and `government`. Personal columns are seen by no
one; they do not get into an atlas. The table of locations is section 6.2 of the method:

| risk of the place | public | partner | government |
|---|---|---|---|
| low | the school's point | the point | the point |
| medium | centre of an H3 cell of resolution 6 with 5 or more schools | rounded to 0.01° | the point |
| high | no school one by one: areas, and H3 cells of resolution 5, with 10 or more schools | H3 resolution 6 | the point |

Cells with fewer schools give no location at all. An unset risk counts as medium. Points are never moved at random:
repeated releases would undo it.

What a tier may not see, its numbers do not rest on either: such columns are unknown before anything is computed
(`withheld`), so a hidden item leaves the index with its weight openly shared out, whatever weight a visitor gives it,
and no score, rank, reason, filter or order carries it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from geodata.errors import DisclosureError
from geodata.fields import EVIDENCE_SUFFIXES, FIELDS
from geodata.hexagons import cells, centre
from geodata.policy import POLICY, Policy
from geodata.say import tr
from geodata.small import blanked
from geodata.tables import JOIN_COLUMNS, PREDICTED_COLUMNS
from geodata.view import View
from geodata.vocabulary import Sensitivity


class Tier(StrEnum):
    """Who is looking."""

    PUBLIC = "public"
    PARTNER = "partner"
    GOVERNMENT = "government"


class LicenceProfile(StrEnum):
    """`open` leaves out columns whose licence forbids commercial use; `noncommercial` keeps them."""

    OPEN = "open"
    NONCOMMERCIAL = "noncommercial"


@dataclass(frozen=True)
class Coarseness:
    """How exactly a tier sees locations: `cell` an H3 resolution, `least` schools in a cell, `decimals` of a degree.

    `rows` says whether schools are shown one by one at all; without it there are areas and cells of `least` schools.
    """

    cell: int | None = None
    least: int = 1
    decimals: int | None = None
    rows: bool = True

    @property
    def exact(self) -> bool:
        """Whether points stand where they are."""
        return self.cell is None and self.decimals is None


@dataclass(frozen=True)
class Thresholds:
    """The smallest counts that a tier is shown: `learners`, `schools`, `special` (with a disability, displaced).

    `percent_from`: of fewer than so many no percentage is told, only a band. `steps`: two answers of one server differ by no
    schools or by so many. `staff`: the smallest count of a school's teachers. All 0 for the government.
    """

    learners: int = 0
    schools: int = 0
    special: int = 0
    percent_from: int = 0
    steps: int = 0
    staff: int = 0

    @property
    def any(self) -> bool:
        """Whether anything is hidden from this tier for being small."""
        return self.learners > 0 or self.schools > 0


def thresholds(tier: str, policy: Policy = POLICY) -> Thresholds:
    """What counts as small for a tier (methods 6.3). `policy` is the country's own, never a visitor's."""
    if check_tier(tier) == Tier.GOVERNMENT:
        return Thresholds()
    own = "suppress_learners_below" if tier == Tier.PUBLIC else "suppress_learners_below_partner"
    names = (own, "suppress_schools_below", "suppress_special_below", "percent_from", "differencing_min_step")
    learners, schools, special, percent, steps = (round(policy.number(name)) for name in names)
    staff = round(policy.number("staff_shown_from")) if tier == Tier.PUBLIC else 0
    return Thresholds(learners, schools, special, percent, steps, staff)


EXACT = Coarseness()
_LOCATIONS: dict[tuple[str, str], Coarseness] = {
    ("medium", Tier.PUBLIC): Coarseness(cell=6, least=5),
    ("medium", Tier.PARTNER): Coarseness(decimals=2),
    ("high", Tier.PUBLIC): Coarseness(cell=5, least=10, rows=False),
    ("high", Tier.PARTNER): Coarseness(cell=6),
}

# Columns that say which school a row is, or where it lies to the metre: left out where names may not be shown.
_NAMING = ("school_name", "school_id_govt", "school_id_giga")
# Columns that would undo a coarsened location: two exact distances to known towers give the point back, and the speed
# of a published tile says which tile it is.
_LOCATING = (
    "location_repair",
    "location_in_declared_area",
    "location_shared_by",
    *(c for c in JOIN_COLUMNS if c.endswith(("distance_m", "km")) or c.startswith("ookla_")),
    *PREDICTED_COLUMNS,  # they rest on the joins, and the order of a survey on where schools lie
)
# Checks whose findings speak of what a tier may not see; a test holds them against what the checks read.
_SENSITIVE_CHECKS = frozenset(("part_over_learners",))
_LOCATING_CHECKS = frozenset(
    (
        "outside_declared_area",
        "shared_location",
        "second_position_differs",
        "dense",
        "same_name_nearby",
        "similar_name_nearby",
    )
)


def check_tier(tier: str) -> str:
    """The tier; raises DisclosureError where there is no such tier."""
    if tier not in list(Tier):
        raise DisclosureError(tr("There is no tier {tier!r}; it is one of {tiers}.", tier=tier, tiers=", ".join(Tier)))
    return str(tier)


def check_profile(profile: str) -> str:
    """The licence profile; raises DisclosureError where there is none of that name."""
    if profile not in list(LicenceProfile):
        raise DisclosureError(
            tr(
                "There is no licence profile {profile!r}; it is one of {profiles}.",
                profile=profile,
                profiles=", ".join(LicenceProfile),
            )
        )
    return str(profile)


def locations(risk: str, tier: str) -> Coarseness:
    """How exactly this tier sees locations in a place of this risk; an unset risk counts as medium."""
    return _LOCATIONS.get((risk if risk in ("low", "high") else "medium", check_tier(tier)), EXACT)


def base_column(column: str) -> str:
    """The column that an evidence, source or date column stands beside; the column itself otherwise."""
    for suffix in EVIDENCE_SUFFIXES:
        if column.endswith(suffix) and column not in FIELDS:
            return column.removesuffix(suffix)
    return column


def may_see(column: str, tier: str, risk: str = "low") -> bool:
    """Whether this tier may see a column at all, in a place of this risk."""
    name = base_column(column)
    field = FIELDS.get(name)
    if field is None:  # nobody has declared how sensitive it is
        return tier == Tier.GOVERNMENT
    if field.sensitivity == Sensitivity.PERSONAL:
        return False
    if field.sensitivity == Sensitivity.SENSITIVE and tier == Tier.PUBLIC:
        return False
    seen = locations(risk, tier)
    return not (not seen.rows and name in _NAMING) and not (not seen.exact and name in _LOCATING)


def visible_columns(columns: Iterable[str], tier: str, risk: str = "low") -> list[str]:
    """Those columns that this tier may see, in their order."""
    check_tier(tier)
    return [column for column in columns if may_see(column, tier, risk)]


def withheld(frame: pd.DataFrame, tier: str, risk: str = "low", policy: Policy = POLICY) -> pd.DataFrame:
    """The same rows with every column that the tier may not see wholly unknown: what its numbers may rest on.

    Except in places of low risk, small counts of a school's learners and staff are unknown too (`small.blanked`). Ids stay, for
    they only hold rows together; so do exact locations, which leave through cells and `coarsen` alone.
    """
    hidden = [c for c in frame.columns if not may_see(c, tier, risk) and frame[c].notna().any()]
    out = frame.assign(**{c: pd.Series(None, index=frame.index, dtype=frame[c].dtype) for c in hidden})
    return out if risk == "low" or tier == Tier.GOVERNMENT else blanked(out, tier, thresholds(tier, policy))


def may_tell(check: str, tier: str, risk: str = "low") -> bool:
    """Whether this tier may read what a check found at one school."""
    return not (tier == Tier.PUBLIC and check in _SENSITIVE_CHECKS) and (
        locations(risk, tier).exact or check not in _LOCATING_CHECKS
    )


def check_agreement(tier: str, risk: str, name: str, agreement: str) -> bool:
    """Whether this tier sees a place of this risk under an agreement alone (methods 6.2: "on request").

    Raises DisclosureError where it does and none is named.
    """
    needed = check_tier(tier) == Tier.PARTNER and risk == "high"
    if needed and not agreement.strip():
        raise DisclosureError(
            tr(
                'Places in {name} are at high risk, so partners see its schools under an agreement alone. Name it: --agreement "with whom, of what date, for what" (with an export: --purpose). The trail records it.',
                name=name,
            )
        )
    return needed


def one_by_one(tier: str, risk: str, name: str) -> None:
    """Raise DisclosureError where this tier sees no school by itself in a place of this risk."""
    if not locations(risk, tier).rows:
        raise DisclosureError(
            tr(
                "Schools of {name} are not shown one by one to the {tier} tier, because places here are at high risk. The map and the counts by area tell of them together.",
                name=name,
                tier=tier,
            )
        )


def non_commercial(licence: str) -> bool:
    """Whether a licence forbids commercial use: an `NC` among its parts (CC-BY-NC-SA-4.0, CC BY-NC 3.0 IGO …)."""
    parts = licence.upper().replace("-", " ").replace("_", " ").split()
    return "NC" in parts or "NONCOMMERCIAL" in parts


def licensed_columns(columns: Iterable[str], licences: Mapping[str, Sequence[str]], profile: str) -> list[str]:
    """Those columns that the licence profile keeps; `licences` gives the licences that feed each column."""
    if check_profile(profile) == LicenceProfile.NONCOMMERCIAL:
        return list(columns)
    return [c for c in columns if not any(map(non_commercial, licences.get(base_column(c), ())))]


def check_view(view: View, tier: str, risk: str = "low") -> None:
    """Raise DisclosureError where a view filters or sorts by a column that the tier may not see."""
    used = [*(name for pairs in (view.among, view.at_least, view.at_most) for name, _ in pairs), view.sort]
    hidden = [name for name in used if not may_see(name, tier, risk)]
    if hidden:
        title = tr(FIELDS[hidden[0]].title)
        raise DisclosureError(
            tr(
                "{title} ({column}) may not be shown to the {tier} tier, so nothing can be chosen or sorted by it. Take it out of the address.",
                title=title,
                column=hidden[0],
                tier=tier,
            )
        )
    seen = locations(risk, tier)
    if not seen.rows and (view.ids or view.text or view.at_least or view.at_most):
        raise DisclosureError(
            tr(
                "Schools are not shown one by one to the {tier} tier here, so none can be picked by name, id or number. Choose by area, or by what schools have and lack.",
                tier=tier,
            )
        )
    place = [name for name, _ in (*view.at_least, *view.at_most) if name in ("latitude", "longitude")]
    if place and not seen.exact:
        raise DisclosureError(
            tr(
                "Exact locations may not be shown to the {tier} tier here, so {place} cannot bound the schools. Choose an area instead.",
                tier=tier,
                place=place[0],
            )
        )


def coarsen(latitude: pd.Series, longitude: pd.Series, how: Coarseness) -> tuple[pd.Series, pd.Series]:
    """Latitude and longitude (degrees, NaN where unknown) as a tier may see them, on the same index."""
    if how.exact:
        return latitude, longitude
    if how.cell is None:
        return latitude.round(how.decimals or 0), longitude.round(how.decimals or 0)
    where = cells(latitude, longitude, how.cell)
    known = where.dropna()
    enough = known[known.groupby(known).transform("size") >= how.least]
    centres: dict[Any, tuple[float, float]] = {cell: centre(cell) for cell in enough.unique()}
    out = pd.DataFrame(np.nan, index=latitude.index, columns=["latitude", "longitude"])
    out.loc[enough.index] = np.array([centres[cell] for cell in enough], dtype="float64").reshape(-1, 2)
    return out["latitude"], out["longitude"]
