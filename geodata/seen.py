"""What a tier's numbers may rest on: the schools of a build with everything hidden made unknown, and ranked anew."""

from __future__ import annotations

import inspect

import pandas as pd
import pyarrow.parquet as pq

from geodata import disclosure
from geodata.declare import Criterion, found
from geodata.derive import columns_of, derive
from geodata.layers import Atlas
from geodata.policy import Policy
from geodata.say import tr
from geodata.tables import BAND_COLUMNS, GAP_COLUMNS, PRIORITY_COLUMNS, SCHOOLS, empty_columns

DERIVED = (*GAP_COLUMNS, *PRIORITY_COLUMNS)
KEPT_ROWS = 600_000  # rows of derived columns that a desk keeps, over all the policies that visitors try


def everything(atlas: Atlas, *, exact: bool) -> pd.DataFrame:
    """Every column of every school, before disclosure; index from 0 in the layer's order, or by id where not `exact`.

    The layer is ordered by place, so its order would tell where a school with a coarse location lies.
    """
    frame = pd.DataFrame(atlas.read("schools")).drop(columns="geometry", errors="ignore")
    if not exact:
        frame = frame.sort_values("school_id", kind="stable")
    return empty_columns(frame.reset_index(drop=True), SCHOOLS)


def basis(every: pd.DataFrame, tier: str, risk: str, policy: Policy) -> pd.DataFrame:
    """The same schools as a tier's numbers may know them; gaps, scores and ranks are computed anew where they rested on more."""
    out = disclosure.withheld(every, tier, risk, policy)
    if not _changed(every, out) or every["list"].isna().all():
        return out
    fresh = derive(out.drop(columns=list(DERIVED)), policy)[list(DERIVED)]
    bands = {name: pd.Series(None, index=out.index, dtype=out[name].dtype) for name in BAND_COLUMNS}
    return out.assign(**{str(name): values for name, values in fresh.items()}, **bands)  # drawn anew when asked for


def kept_back(every: pd.DataFrame, seen: pd.DataFrame) -> tuple[Criterion, ...]:
    """Criteria that something is known of and that count for nothing in what a tier sees."""
    gone = _gone(every, seen)
    criteria = found(Criterion, "geodata.criteria").values()
    return tuple(c for c in criteria if gone & set(inspect.signature(c.compute).parameters))


def kept_back_words(criteria: tuple[Criterion, ...], tier: str) -> str:
    """A sentence on what a tier's ranking leaves out; empty where it leaves out nothing."""
    if not criteria:
        return ""
    titles = (tr(c.title) for c in criteria)
    names = tr(", ").join(title[:1].lower() + title[1:] for title in titles)
    return tr(
        "Not counted in the ranking, because it may not be shown to the {tier} tier: {names}. Its weight is shared among the others.",
        tier=tr(tier),
        names=names,
    )


def _changed(every: pd.DataFrame, seen: pd.DataFrame) -> bool:
    """Whether anything that gaps and ranks rest on is known otherwise to a tier."""
    return any(c in every and not every[c].equals(seen[c]) for c in columns_of(every.iloc[:0]))


def _gone(every: pd.DataFrame, seen: pd.DataFrame) -> set[str]:
    names = columns_of(every.iloc[:0])
    return {c for c in names if c in every and every[c].notna().any() and seen[c].isna().all()}


def kept_policies(atlas: Atlas) -> int:
    """How many policies' rankings a desk keeps: fewer in a large country, so that memory stays bounded."""
    file = atlas.file("schools")
    rows = pq.read_metadata(file).num_rows if file.is_file() else 0
    return max(2, min(16, KEPT_ROWS // max(rows, 1)))
