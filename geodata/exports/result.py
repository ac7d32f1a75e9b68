"""What goes into an export: the rows of a view with their licences, the dictionary, the sources and the notice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd

from geodata import disclosure
from geodata.answers import nearest
from geodata.errors import DisclosureError, ExportError
from geodata.exports.passport import SYNTHETIC, column_licences, column_sources, sources_of, under
from geodata.fields import FIELDS
from geodata.layers import points
from geodata.licences import KEY, MAIN, MIXED, Part, parts
from geodata.query import Desk
from geodata.view import View

# Columns that every export carries beside the schools' own, with what they mean.
PASSPORT = {
    "data_licence": "Licences of the sources that feed the columns of this file. Where several stand, all apply.",
    "attribution": "Sentences that the licences ask to be shown.",
    "notice": "Whether the data are synthetic, how exactly locations are shown, and the disclaimer on boundaries and names.",
    "data_version": "Build of this country's data that the file comes from: the same inputs, recipe and code give the same.",
    "view": "Query part of the dashboard's address: which schools these are, and how they are ranked.",
}
DECISION = "What a person decided about the school, with the reason, beside its computed rank; empty where nobody did."
_COMPANION_WORDS = {
    "_evidence": ("how it is known", "Measured, reported, inferred, predicted or imputed."),
    "_source": ("where it comes from", "Name of the source in the recipe."),
    "_date": ("what date it describes", "Date or year, as the source gives it."),
}


@dataclass(frozen=True)
class Result:
    """The current selection and ranking, ready to write. `columns` are the schools' columns, in order."""

    desk: Desk
    view: View
    columns: tuple[str, ...]
    profile: str
    decisions: tuple[tuple[str, str], ...] = ()  # school id and what a person decided, beside the computed rank
    part: Part = MAIN  # which licences' columns these are
    apart: tuple[Part, ...] = ()  # the parts that cannot stand in one table with this one
    left_out: tuple[str, ...] = ()  # columns that no licence covers, which do not leave
    closed: tuple[str, ...] = ()  # columns that the open profile leaves out

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows in the view's order (index from 0): the columns, then those of the passport, the same in each row."""
        frame = self.desk.frame(self.view, self.columns).reset_index(drop=True)
        if self.decisions:
            ids = self.desk.frame(self.view, ["school_id"])["school_id"].reset_index(drop=True)
            frame["decision"] = ids.map(dict(self.decisions)).astype("str").where(ids.isin(dict(self.decisions)), None)
        return frame.assign(
            **{name: pd.Series(text, index=frame.index, dtype="str") for name, text in self.passport.items()}
        )

    @cached_property
    def points(self) -> gpd.GeoDataFrame:
        """The rows with point geometry (EPSG:4326), as exactly as the tier may see it; null where it is unknown.

        Where the licence of the locations keeps them back, or holds in another part alone, there is no geometry either.
        """
        place = ["latitude", "longitude"]
        where = self.desk.frame(self.view, place).reset_index(drop=True)
        licences = {c: column_licences(self.desk, c) for c in place}
        if self.part.name or disclosure.licensed_columns(place, licences, self.profile) != place:
            where = where.assign(latitude=float("nan"), longitude=float("nan"))
        return gpd.GeoDataFrame(self.frame, geometry=points(where).geometry, crs="EPSG:4326")

    @cached_property
    def passport(self) -> dict[str, str]:
        """The constant columns: licence, attribution, notice, version and view."""
        return {
            **under(self.sources),
            "notice": " ".join(self.notices),
            "data_version": self.desk.atlas.version,
            "view": self.view.query(),
        }

    @property
    def notices(self) -> list[str]:
        """Sentences that stand in every export."""
        synthetic = [f"{SYNTHETIC}."] if self.desk.atlas.synthetic else []
        said = [self.desk.kept_back_note, self.desk.location_note, self.licence_note, self.desk.disclaimer]  # fmt: skip
        return [*synthetic, *filter(None, said)]

    @property
    def licence_note(self) -> str:
        """Why columns stand apart, where some do."""
        here = ", ".join(self.part.licences)
        if self.part.name == MIXED:
            return f"Made from data whose licences cannot stand together ({here}): for use inside your organisation, not for publication."  # fmt: skip
        if self.part.name:
            return f"These columns stand under {here}, which cannot be combined with the licences of the others; join them by school_id."  # fmt: skip
        said = []
        if self.apart:
            others = "; ".join(f"{p.name}: {', '.join(c for c in p.columns if c != KEY)}" for p in self.apart)
            said.append(f"Columns whose licences cannot be combined with those of this table are handed out apart ({others}).")  # fmt: skip
        if self.closed:
            said.append(f"Left out, because their licence forbids commercial use: {', '.join(self.closed)}.")
        if self.left_out:
            said.append(f"Not here, being made from data whose licences cannot stand together: {', '.join(self.left_out)}.")  # fmt: skip
        return " ".join(said)

    @property
    def companions(self) -> list[Result]:
        """The parts that stand apart, as results of their own: the same schools in the same order."""
        return [replace(self, columns=p.columns, part=p, apart=(), decisions=()) for p in self.apart]

    @cached_property
    def sources(self) -> list[dict[str, Any]]:
        """The sources of the manifest, each with `used_here`: whether it feeds a column of this file."""
        return sources_of(self.desk, self.columns)

    @property
    def about(self) -> dict[str, str]:
        """What the file is, in pairs: for the sheet of sources, and for metadata."""
        words = {"title": f"{self.desk.atlas.name}: schools and their ranking", "made_with": "First Mile"}
        chosen = {
            "tier": self.desk.tier,
            "licence_profile": self.profile,
            "schools": f"{len(self.frame):,} of {len(self.desk.schools):,}",
        }
        policy = self.view.policy_over(self.desk.policy).changes()
        changed = {"policy_changes": "; ".join(f"{name} = {value}" for name, value in policy.items())} if policy else {}
        gaps = "; ".join(f"{m['what']}: {m['reason']}" for m in self.desk.atlas.manifest.get("missing") or [])
        return {**words, **self.passport, **chosen, **changed, **({"could_not_be_had": gaps} if gaps else {})}

    @cached_property
    def dictionary(self) -> list[dict[str, str]]:
        """What each column means: one row a column, in their order, those that stand apart last."""
        names = [*self.columns, *(c for p in self.apart for c in p.columns if c not in self.columns)]
        rows = [_meaning(self.desk, column) for column in names]
        rows += [_row("decision", "Decision", DECISION)] if self.decisions else []
        return rows + [_row(name, name.replace("_", " ").capitalize(), text) for name, text in PASSPORT.items()]


def result(
    desk: Desk,
    view: View,
    columns: Sequence[str] | None,
    profile: str,
    decisions: Mapping[str, str] | None = None,
    *,
    part: str = "",
) -> Result:
    """The export of a view: all columns that tier and licence profile allow, or the chosen ones.

    `decisions` (by school id) stand in a column of their own where there are some. `part`: the columns that stand apart
    under other licences (`apart`), in place of the main ones.

    Raises ExportError for an unknown column or part, DisclosureError for one that tier or licence keeps back.
    """
    licences = {c: column_licences(desk, c) for c in desk.columns}
    allowed = disclosure.licensed_columns(desk.columns, licences, profile)
    for column in columns or ():
        if column not in desk.columns:
            _refuse(desk, column)
        if column not in allowed:
            raise DisclosureError(
                f"The licence of {column} ({', '.join(licences[column])}) forbids commercial use, and the open licence profile leaves it out."
            )
    wanted = tuple(dict.fromkeys(columns or allowed))
    torn, found = _parted(desk, wanted, licences)
    mine = next((p for p in found if p.name == part), None)
    if mine is None:
        raise ExportError(f"There is no part {part!r} of these columns; there are {', '.join(p.name or 'the main one' for p in found)}.")  # fmt: skip
    if part:
        return Result(desk, view, mine.columns, profile, part=mine)
    rest = tuple(p for p in found if p.name)
    closed = () if columns else tuple(c for c in desk.columns if c not in allowed and disclosure.base_column(c) == c)
    decided = tuple(sorted((decisions or {}).items()))
    return Result(desk, view, mine.columns, profile, decided, mine, rest, torn, closed)


def _parted(
    desk: Desk, columns: Sequence[str], licences: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, ...], list[Part]]:
    """The columns parted by the licences that can stand together. What is made from licences that cannot does not go to the
    public tier, whose files are published by being fetched: those columns come first."""
    found = parts(columns, licences)
    if desk.tier != disclosure.Tier.PUBLIC:
        return (), found
    torn = tuple(c for p in found if not p.publishable for c in p.columns if c != KEY)
    return torn, [p for p in found if p.publishable]


def _refuse(desk: Desk, column: str) -> None:
    if disclosure.base_column(column) in FIELDS and not disclosure.may_see(column, desk.tier, desk.risk):
        raise DisclosureError(
            f"{column} may not be shown to the {desk.tier} tier. Leave it out, or ask for a tier that may see it."
        )
    raise ExportError(
        f"There is no column {column!r}.{nearest(column, desk.columns)} `docs/dictionary.md` lists them all."
    )


def _row(column: str, title: str, definition: str, **rest: str) -> dict[str, str]:
    blank = dict.fromkeys(("unit", "kind", "allowed", "reference", "sources", "licences"), "")
    return {"column": column, "title": title, "definition": definition, **blank, **rest}


def _meaning(desk: Desk, column: str) -> dict[str, str]:
    origin = {"sources": "; ".join(column_sources(desk, column)), "licences": "; ".join(column_licences(desk, column))}
    base = disclosure.base_column(column)
    field = FIELDS.get(base)
    if field is None:
        return _row(column, column.replace("_", " ").capitalize(), "A column of this country's own register.", **origin)
    if base != column:
        words, meaning = _COMPANION_WORDS[column.removeprefix(base)]
        return _row(column, f"{field.title}: {words}", meaning, kind="text", **origin)
    allowed = ", ".join(field.allowed) or ("yes, no" if field.kind == "yesno" else "")
    if not allowed and (field.minimum is not None or field.maximum is not None):
        allowed = f"{'' if field.minimum is None else f'{field.minimum:g}'} to {'' if field.maximum is None else f'{field.maximum:g}'}".strip()
    return _row(
        column,
        field.title,
        field.definition,
        unit=field.unit,
        kind=field.kind,
        allowed=allowed,
        reference=field.reference,
        **origin,
    )


def file_name(desk: Desk, view: View, suffix: str) -> str:
    """A name for the file: the country, what was chosen, the build; `norland-schools-1204-3f2a9c.csv`."""
    place = re.sub(r"[^a-z0-9]+", "-", desk.atlas.slug.lower()).strip("-") or "schools"
    return f"{place}-schools-{desk.select(view).total}-{desk.atlas.version[:8]}.{suffix}"
