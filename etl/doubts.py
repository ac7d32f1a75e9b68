"""Values that could not be used: they became unknown, and stand as findings with what the source said."""

from __future__ import annotations

import json

import pandas as pd

from etl.merge import KEYS
from etl.quality import FINDING, finding_columns
from etl.recipe import Source
from etl.work import Work

LONGEST = 80  # characters of an original value that a sentence repeats


def left_out(work: Work, schools: pd.DataFrame) -> pd.DataFrame:
    """One row a value that a source gave and that could not be used, in the shape of findings.

    `school_id` is missing where the value is of no school of the current register: of an earlier year, or of a layer.
    Rows that were rejected are not repeated here: they stand whole among the rejected rows.
    """
    gone = work.take("merged.rejected")
    tables = [finding_columns(pd.DataFrame(columns=list(FINDING)))]
    for number, source in enumerate(work.recipe.source):
        if not work.has(f"{number}.findings"):
            continue
        found = work.take(f"{number}.findings")
        frame = work.take(f"{number}.frame")
        late = gone.loc[gone["source"] == source.name, "row"]
        found = found[found["row"].isin(frame["source_row"]) & ~found["row"].isin(late)]
        if len(found):
            ids = school_of(frame, source, schools, _linked(work, source, schools))
            reasons = [in_words(why, raw) for why, raw in zip(found["reason"], found["raw"], strict=True)]
            tables.append(finding_columns(found.assign(school_id=found["row"].map(ids), reason=reasons)))
    return pd.concat(tables, ignore_index=True)


def school_of(frame: pd.DataFrame, source: Source, schools: pd.DataFrame, linked: pd.Series | None = None) -> pd.Series:
    """The id of the school that each row of a source is about (index: its row); `linked`: those found by place and name."""
    rows = frame["source_row"].to_numpy()
    if source.link is not None:
        return pd.Series(rows, index=rows).map(linked if linked is not None else {}).astype("str")
    if source.series or source.kind not in ("schools", "attributes"):
        return pd.Series(None, index=rows, dtype="str")
    if source.kind == "schools":
        own = schools[schools["source_name"] == source.name].drop_duplicates("source_row")
        return pd.Series(rows, index=rows).map(own.set_index("source_row")["school_id"]).astype("str")
    key = next(k for k in KEYS if k in source.columns)
    known = schools.dropna(subset=[key]).drop_duplicates(key).set_index(key)["school_id"]
    return pd.Series(frame[key].map(known).to_numpy(), index=rows).astype("str")


def _linked(work: Work, source: Source, schools: pd.DataFrame) -> pd.Series | None:
    """Row → school of a linked source: of those that it was linked with, and of those that it added itself."""
    if source.link is None:
        return None
    links = work.take("links")
    mine = links[(links["source"] == source.name) & (links["outcome"] == "linked")]
    own = schools.loc[schools["source_name"] == source.name, ["source_row", "school_id"]]
    both = pd.concat([mine.rename(columns={"row": "source_row"})[["source_row", "school_id"]], own])
    found: pd.Series = both.drop_duplicates("source_row").set_index("source_row")["school_id"]
    return found


def in_words(reason: str, raw: str) -> str:
    """The reason, and the original values: `Learners: below 0. The source says: LEARNERS = -5.`"""
    try:
        values = json.loads(raw)
    except (TypeError, ValueError):
        return reason
    said = ", ".join(f"{name} = {_short(str(value))}" for name, value in values.items())
    return f"{reason.rstrip('.')}. The source says: {said}." if said else reason


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
