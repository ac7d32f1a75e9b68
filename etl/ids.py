"""School ids: text as the register has them, made where it has none, and what to do with those that stand twice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pandas as pd

from etl.recipe import Source
from etl.source import Raw
from etl.values import clean, key, per_value
from geodata.errors import RecipeError

MADE_BY = "/"
TELLING = ("school_name", "latitude", "longitude", "education_level")
# What stands in the row that adds up the others, in the words of spreadsheets; folded.
TOTALS = frozenset(
    [
        "total",
        "totals",
        "totais",
        "totales",
        "totaux",
        "grand total",
        "sub total",
        "sub-total",
        "subtotal",
        "sous total",
        "sous-total",
        "total general",
        "total geral",
        "общий итог",
        "итого",
        "المجموع",
        "الإجمالي",
        "الاجمالي",
        "إجمالي",
        "合计",
        "总计",
    ]
)


@dataclass(frozen=True)
class Ids:
    """`school_id`, and for each row whether it is `accepted`; otherwise the `check` it failed and the `reason`."""

    school_id: pd.Series
    accepted: pd.Series
    check: pd.Series
    reason: pd.Series
    notes: tuple[str, ...] = ()


def give_ids(raw: Raw, source: Source, fed: pd.DataFrame) -> Ids:
    """The register's id, else Giga's, else one made from the recipe's `make_id_from` columns.

    A row without an id is rejected; of rows with one id, all after the first (unless the recipe allows and numbers
    them, or it is a table with several rows a school).
    """
    ids, notes = _ids(raw, source, fed)
    index = raw.frame.index
    check = pd.Series(None, index=index, dtype="str")
    reason = pd.Series(None, index=index, dtype="str")
    totals = _totals(raw, fed)
    check[totals], reason[totals] = "total_row", "The row adds up other rows (a total); it is no school."
    ids = ids.mask(totals)
    missing = ids.isna() & ~totals
    check[missing], reason[missing] = (
        "missing_id",
        "The row has no id that can be used, so that it cannot be told from other schools.",
    )
    if source.kind == "schools" or source.aggregate == "none":
        again = ids.duplicated() & ids.notna()
        if source.allow_repeated_ids:
            ids = _numbered(ids, again)
            notes += [f"{source.name}: {int(again.sum()):,} ids that stand again were numbered."] if again.any() else []
        elif again.any():
            check[again], reason[again] = _faults(raw, ids, again)
    return Ids(ids, check.isna(), check, reason, tuple(notes))


def _totals(raw: Raw, fed: pd.DataFrame) -> pd.Series:
    """Rows whose id, name or first cell says that they add others up."""
    told = [fed[c] for c in ("school_id_govt", "school_name") if c in fed]
    told += [clean(raw.frame.iloc[:, 0])] if raw.frame.shape[1] else []
    out = pd.Series(False, index=raw.frame.index)
    for column in told:
        out |= per_value(column, lambda v: key(v).strip(" .:-*=") in TOTALS, "boolean").fillna(False).astype(bool)
    return out


def _ids(raw: Raw, source: Source, fed: pd.DataFrame) -> tuple[pd.Series, list[str]]:
    ids = pd.Series(None, index=raw.frame.index, dtype="str")
    for name in ("school_id_govt", "school_id_giga"):
        if name in fed:
            ids = ids.fillna(fed[name])
    if source.make_id_from:
        lacking = ids.isna()
        parts = [clean(raw.frame[c]).str.replace(r"\s+", " ", regex=True) for c in source.make_id_from]
        made = parts[0]
        for part in parts[1:]:
            made = made.fillna("").str.cat(part.fillna(""), sep=MADE_BY)
        made = made.mask(made.fillna("").str.strip(MADE_BY) == "")
        ids = ids.fillna(made)
        times = int((lacking & ids.notna()).sum())
        return ids, [f"{source.name}: {times:,} ids made from {', '.join(source.make_id_from)}."] if times else []
    if source.link is not None:
        made = _from_content(raw, source)
        times = int(ids.isna().sum())
        return ids.fillna(made), [
            f"{source.name}: {times:,} rows without an id, told apart by what they say of name and place."
        ] if times else []
    if not {"school_id_govt", "school_id_giga"} & set(fed):
        raise RecipeError(
            f"source {source.name!r} has no id: feed columns.school_id_govt, or name raw columns that tell schools apart in make_id_from."
        )
    return ids, []


def _from_content(raw: Raw, source: Source) -> pd.Series:
    """Ids of a linked source's rows made of their name, place and area, so that a person's decision finds them in a later
    file whatever the order of its rows; rows that say just the same are numbered."""
    columns = [c for n, f in source.columns.items() if n in TELLING or n.startswith("admin") for c in f.raw]
    text = pd.Series("", index=raw.frame.index, dtype="str")
    for column in dict.fromkeys(columns):
        text = text + "\n" + clean(raw.frame[column]).fillna("")
    if raw.geometry is not None:
        text = text + "\n" + pd.Series(raw.geometry).map(lambda g: "" if g is None else g.wkt).astype("str")
    made = text.map(lambda t: f"{source.name}-{hashlib.sha256(t.encode()).hexdigest()[:10]}")
    return _numbered(made, made.duplicated())


def _numbered(ids: pd.Series, again: pd.Series) -> pd.Series:
    """A-1, A-1#2, A-1#3 …; never an id that the register itself uses."""
    place = ids.groupby(ids).cumcount() + 1
    new = ids.where(~again, ids + "#" + place.astype("str"))
    taken = again & new.isin(set(ids))
    return new.where(~taken, new + "#" + pd.Series(ids.index, index=ids.index).astype("str"))


def _faults(raw: Raw, ids: pd.Series, again: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Check and sentence for each row whose id stood before: a whole copy, or another record under the same id."""
    firsts = pd.Series(ids.index, index=ids.index).groupby(ids).transform("first")[again].astype("int64")
    here = raw.frame.loc[again]
    before = raw.frame.loc[firsts.to_numpy()].set_axis(here.index)
    same = (here.fillna("") == before.fillna("")).all(axis=1)
    if raw.geometry is not None:
        pairs = zip(raw.geometry[again], raw.geometry.loc[firsts.to_numpy()], strict=True)
        same &= pd.Series([a == b for a, b in pairs], index=here.index)
    copy = "The row is a copy of row " + firsts.astype("str") + "."
    other = (
        "The id "
        + ids[again]
        + " stands in row "
        + firsts.astype("str")
        + " already, with other values; the first row was kept."
    )
    check = pd.Series("duplicate_row", index=here.index, dtype="str").where(same, "duplicate_id")
    return check, copy.where(same, other)
