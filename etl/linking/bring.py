"""A linked source brought to its schools: values as of any attribute source, ids filled, every row accounted for.

A linked row is accepted and feeds its school. One that waits for a person is among the rejected rows, one that repeats
another is out of scope; what stands in no register goes where the recipe's `unmatched` says. What tells a school apart (name,
place, areas) is only filled where the register does not say it: that two sources spell it otherwise is no conflict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from etl.link import LINKED, NOT_LINKED, REPEATED, REVIEW, Links, link
from etl.linking.ids import plain
from etl.linking.review import Decisions
from etl.recipe import Link
from geodata.tables import OUT_OF_SCOPE

KEYS = ("school_id_govt", "school_id_giga")
TELLING = ("school_name", *(f"admin{n}{s}" for n in (1, 2, 3, 4) for s in ("", "_id")))
PLACE = ("latitude", "longitude", "location_repair", "coordinate_decimals")
CHECKS = {REVIEW: "link_undecided", NOT_LINKED: "not_linked"}
REASONS = {
    REVIEW: "Perhaps a school that stands in the register already: a person decides in the list of links.",
    REPEATED: "The source has this school twice; the other row was linked.",
    NOT_LINKED: "Found in no register: no school near enough has a like name.",
}


@dataclass(frozen=True)
class Brought:
    """What became of a source's rows: `frame` is the rows that are linked, with `_at`, the position of their school; `added`
    the rows that are schools of their own; `rejected` (rows, check, reason) and `out_of_scope` (rows, reason)."""

    links: pd.DataFrame
    frame: pd.DataFrame
    added: pd.DataFrame
    rejected: Sequence[tuple[pd.Series, str, str]] = ()
    out_of_scope: Sequence[tuple[pd.Series, str]] = ()
    notes: list[str] = field(default_factory=list)


def bring(schools: pd.DataFrame, rows: pd.DataFrame, source: str, how: Link, decisions: Decisions | None) -> Brought:
    """Link the rows of a source (`school_id`, `source_row`) to the schools; neither frame is changed."""
    register = schools if how.to is None else schools[schools["source_name"] == how.to]
    other = rows.drop_duplicates("school_id")
    found = link(register, other, how, decisions, source=source)
    position = pd.Series(schools.index, index=schools["school_id"])
    at = rows["school_id"].map(found.pairs).map(position)
    outcome = rows["school_id"].map(dict(zip(found.table["other_id"], found.table["outcome"], strict=True)))
    linked = rows[at.notna()].assign(_at=at.dropna().astype("int64"))
    leaves, lost = [(REPEATED, REASONS[REPEATED])], [REVIEW]
    if how.unmatched == "leave":
        leaves.append((NOT_LINKED, REASONS[NOT_LINKED]))
    elif how.unmatched == "review":
        lost.append(NOT_LINKED)
    added = rows[outcome == NOT_LINKED] if how.unmatched == "add" else rows.iloc[:0]
    return Brought(
        links=_with_places(found.table, register, other, source),
        frame=linked,
        added=_apart(added, schools, source),
        rejected=[(rows.loc[outcome == o, "source_row"], CHECKS[o], REASONS[o]) for o in lost],
        out_of_scope=[(rows.loc[outcome == o, "source_row"], reason) for o, reason in leaves],
        notes=[*found.notes, _said(found, source, how)],
    )


def _said(found: Links, source: str, how: Link) -> str:
    ends = found.table.drop_duplicates("other_id")["outcome"].value_counts()
    then = {"leave": "left out of scope", "add": "added as schools", "review": "kept for a person"}[how.unmatched]
    return (
        f"{source}: {int(ends.get(LINKED, 0)):,} of {int(ends.sum()):,} schools linked with the register, {int(ends.get(REVIEW, 0)):,} to review, "
        f"{int(ends.get(REPEATED, 0)):,} repeated, {int(ends.get(NOT_LINKED, 0)):,} in no register ({then})."
    )


def _with_places(table: pd.DataFrame, register: pd.DataFrame, other: pd.DataFrame, source: str) -> pd.DataFrame:
    """The links with the source, its row, and the places of both schools."""
    blank = pd.Series(dtype="float64")
    out = table.assign(source=source, row=table["other_id"].map(other.set_index("school_id")["source_row"]))
    for column in ("latitude", "longitude"):
        for side, ids, name in ((register, "school_id", column), (other, "other_id", f"other_{column}")):
            known = side.set_index("school_id")[column] if column in side else blank
            out[name] = out[ids].map(known).astype("float64")
    return out.astype({"source": "str", "row": "Int64"})


def _apart(added: pd.DataFrame, schools: pd.DataFrame, source: str) -> pd.DataFrame:
    """New schools; an id that stands for another school already gets the source's name before it."""
    taken = added["school_id"].isin(set(schools["school_id"]))
    return added.assign(school_id=added["school_id"].where(~taken, source + "-" + added["school_id"]))


def out_of_scope_rows(source: str, rows: pd.Series, reason: str, raw: Sequence[str]) -> pd.DataFrame:
    """Rows in the shape of those out of scope, their original values as JSON."""
    return pd.DataFrame(
        {"source": source, "row": rows.to_numpy(), "reason": reason, "raw": list(raw)},
        columns=list(OUT_OF_SCOPE.columns),
    )


def filled_ids(schools: pd.DataFrame, linked: pd.DataFrame, source: str) -> tuple[dict[str, pd.Series], list[tuple[str, ...]]]:  # fmt: skip
    """Ids of the other source for schools without one of the kind, and the conflicts where both have one and they differ."""
    columns: dict[str, pd.Series] = {}
    conflicts: list[tuple[str, ...]] = []
    first = linked.drop_duplicates("_at").set_index("_at")
    for key in (k for k in KEYS if k in first):
        new = first[key].reindex(schools.index)
        old = schools[key] if key in schools else pd.Series(None, index=schools.index, dtype="str")
        columns[key] = old.where(old.notna(), new).astype("str")
        for at in schools.index[old.notna() & new.notna()]:
            if plain(str(old[at])) != plain(str(new[at])):
                owner = str(schools.at[at, "source_name"])
                conflicts.append((str(schools.at[at, "school_id"]), key, str(old[at]), owner, str(new[at]), source, "the register's own id"))  # fmt: skip
    return columns, conflicts


def only_unknown(schools: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """The values of a linked source without names and areas that the register says itself, and without places."""
    out = values.drop(columns=[c for c in PLACE if c in values])
    for column in (c for c in TELLING if c in out and c in schools):
        out[column] = out[column].mask(schools[column].reindex(out.index).notna())
    return out


def filled_places(schools: pd.DataFrame, linked: pd.DataFrame) -> Mapping[str, pd.Series]:
    """Locations for schools that have none, latitude and longitude together."""
    if not {"latitude", "longitude"} <= set(linked):
        return {}
    first = linked.drop_duplicates("_at").set_index("_at")
    needs = schools["latitude"].isna() | schools["longitude"].isna()
    here = needs & first["latitude"].reindex(schools.index).notna() & first["longitude"].reindex(schools.index).notna()
    return {c: schools[c].mask(here, first[c].reindex(schools.index)) for c in PLACE if c in first and c in schools}
