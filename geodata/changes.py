"""What changed between two builds of a place: schools new, gone and moved, status, values, and why ranks moved.

Pure and deterministic: two builds as one tier sees them, in; a table with one row a change and a summary, out. What
the tier may not see is not in its frames, so it is in no change either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from geodata.changerows import KINDS, NOT_REPORTED, PLACE, changed, rows_of, said_of, values
from geodata.policy import Policy
from geodata.priority import Scoring
from geodata.rankmoves import Listed, moves, own_changes, why
from geodata.say import in_english, later, tr, trn, written
from geodata.spatial import distance, floats, located
from geodata.stability import compare as compare_ranks
from geodata.text import fold

VERIFY = later("verify first")


@dataclass(frozen=True)
class Side:
    """One of two builds as a tier sees it.

    `schools`: the columns it may see, its ranks among them; `scoring`: the place scored by this program under the policy of
    the later build. `aside`: school id → why its row did not become a school. `exact`: places are seen as they are, so
    that a move can be told.
    """

    version: str
    code: str
    schools: pd.DataFrame
    policy: Policy
    scoring: Scoring
    aside: Mapping[str, str] = field(default_factory=dict)
    exact: bool = True


@dataclass(frozen=True)
class Changes:
    """`table`: one row a change, as COLUMNS; `summary`: counts, sentences and more, fit for JSON."""

    table: pd.DataFrame
    summary: dict[str, Any]


@in_english
def compare(before: Side, after: Side) -> Changes:
    """Two builds of one place compared; the policy of `after` says what counts as moved and how much is told."""
    old, new = (_by_id(s.schools) for s in (before, after))
    parts = [_came(old, new, before.aside), _went(old, new, after.aside), _moved(old, new, before, after)]
    told, counts = values(old, new)
    ranks, about = _ranks(before, after, new)
    table = pd.concat([p for p in (*parts, told, ranks) if len(p)] or [rows_of([])], ignore_index=True)
    table = _renumbered(table, old, new, after)
    table = table.sort_values(["kind", "school_id", "column"], key=_order, kind="stable", ignore_index=True)
    found = {kind: int(table.loc[table["kind"] == kind, "school_id"].nunique()) for kind in KINDS}
    summary: dict[str, Any] = {
        "from": before.version, "to": after.version, "schools": [len(old), len(new)], "counts": found,
        "values": counts, "areas": _areas(table), "ranks": about, "method": _method(before, after),
    }  # fmt: skip
    return Changes(table, {**summary, "sentences": sentences(summary)})


def _by_id(schools: pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame(schools).drop(columns="geometry", errors="ignore")
    return frame.set_index(frame["school_id"].astype(str)).sort_index()


def _order(column: pd.Series) -> pd.Series:
    return column.map({k: n for n, k in enumerate(KINDS)}) if column.name == "kind" else column


# --- schools that came, went and moved ----------------------------------------------------------------------------


def _came(old: pd.DataFrame, new: pd.DataFrame, aside: Mapping[str, str]) -> pd.DataFrame:
    fresh = said_of(new)[old.index.get_indexer(new.index) < 0]
    return changed(
        "new",
        fresh,
        why=[tr("Its row was set aside before: {aside}", aside=aside[i]) if i in aside else "" for i in fresh.index],
    )


def _went(old: pd.DataFrame, new: pd.DataFrame, aside: Mapping[str, str]) -> pd.DataFrame:
    gone = said_of(old)[new.index.get_indexer(old.index) < 0]
    return changed("gone", gone, why=[aside.get(i, tr("It is no longer in the files.")) for i in gone.index])


def _moved(old: pd.DataFrame, new: pd.DataFrame, before: Side, after: Side) -> pd.DataFrame:
    """A row for each school that `moved`, where places are seen as they are."""
    if not (before.exact and after.exact):
        return rows_of([])
    found = moved(old.reset_index(drop=True), new.reset_index(drop=True), after.policy)
    here = found["metres"].notna()
    told = np.where(here, [f"{m:,.0f} m" for m in found["metres"].fillna(0)], np.where(found["after"] == NOT_REPORTED, tr("its location is gone"), tr("located now")))  # fmt: skip
    return changed(
        "moved",
        said_of(new).loc[found.index],
        before=found["before"],
        after=found["after"],
        why=told,
        amount=found["metres"],
    )


def moved(old: pd.DataFrame, new: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Schools whose location differs by more than the policy allows, or is known only before or only now.

    Index: school id; `before` and `after` are places as text, `metres` between them, NaN where one is not known.
    """
    if not {"school_id", *PLACE} <= {*old.columns} & {*new.columns}:
        return pd.DataFrame({"before": [], "after": [], "metres": []})
    a, b = (pd.DataFrame(f[["school_id", *PLACE]]).set_index("school_id").sort_index() for f in (old, new))
    both = a.index.intersection(b.index)
    here = [floats(f.loc[both, c]) for f in (a, b) for c in PLACE]
    known = [located(*here[:2]), located(*here[2:])]
    metres = np.full(len(both), np.nan)
    two = known[0] & known[1]
    metres[two] = distance(*(x[two] for x in here))
    texts = [np.where(k, _pairs(x, y), NOT_REPORTED) for k, x, y in zip(known, here[::2], here[1::2], strict=True)]
    chosen = (known[0] != known[1]) | (metres > policy.number("changed_location_m"))
    found = pd.DataFrame({"before": texts[0], "after": texts[1], "metres": metres}, index=both)
    return pd.DataFrame(found[chosen])


def _pairs(lat: Any, lon: Any) -> list[str]:
    return [f"{x:.6g}, {y:.6g}" for x, y in zip(lat, lon, strict=True)]


def _renumbered(table: pd.DataFrame, old: pd.DataFrame, new: pd.DataFrame, after: Side) -> pd.DataFrame:
    """A school that is gone and a new one of the same name at the same place are perhaps one, under another id."""
    gone, came = (table.loc[table["kind"] == k] for k in ("gone", "new"))
    if not after.exact or gone.empty or came.empty or "latitude" not in new:
        return table
    by_name: dict[str, list[str]] = {}
    for i, name in zip(gone["school_id"], gone["school_name"], strict=True):
        by_name.setdefault(fold(name), []).append(i)
    words = table["why"].copy()
    for row, i, name in zip(came.index, came["school_id"], came["school_name"], strict=True):
        for other in by_name.get(fold(name), []) if name else []:
            metres = _apart(old, other, new, i)
            if metres <= after.policy.number("changed_location_m"):
                words[row] = tr(
                    "Perhaps the school {other} under a new id: the same name at the same place.", other=other
                )
                words[gone.index[gone["school_id"] == other]] = tr(
                    "Perhaps now {i}: the same name at the same place.", i=i
                )
    return table.assign(why=words)


def _apart(old: pd.DataFrame, gone: str, new: pd.DataFrame, came: str) -> float:
    """Metres between two schools; NaN where one is not located."""
    places = [floats(frame.loc[[i], c]) for frame, i in ((old, gone), (new, came)) for c in PLACE]
    return float("nan") if any(np.isnan(p[0]) for p in places) else float(distance(*places)[0])


# --- ranks --------------------------------------------------------------------------------------------------------


def _ranks(before: Side, after: Side, new: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Why the first schools and the greatest moves stand elsewhere, and how the two lists compare."""
    if "priority_rank" not in before.schools or "priority_rank" not in new:
        return rows_of([]), {}
    was, now = Listed.of(before.schools), Listed.of(after.schools)
    top = int(after.policy.number("top_k"))
    stable = compare_ranks(was.rank, now.rank, top=top, policy=after.policy)
    about = {"top": stable.top, "compared": stable.schools, "entered": list(stable.entered), "left": list(stable.left),
             "tau": _number(stable.tau), "mean_shift": _number(stable.mean_shift), "churn": _number(stable.churn), "flagged": stable.flagged}  # fmt: skip
    between = Listed.scored(before.scoring, before.schools["school_id"]) if _method(before, after) else None
    table = moves(was, now, between)
    shift = (table["after"] - table["before"]).abs()
    first = table[["before", "after"]].min(axis=1) <= top
    most = shift.sort_values(ascending=False, kind="stable").head(int(after.policy.number("rank_moves_told"))).index
    told = table[(shift > 0) & (first | table.index.isin(most))]
    at = [{i: n for n, i in enumerate(side.schools["school_id"].astype(str))} for side in (before, after)]
    method = " and ".join(_method(before, after))
    said = [
        why(move, own_changes(before.scoring, at[0][i], after.scoring, at[1][i]), method)
        for i, move in zip(told.index, told.to_dict("records"), strict=True)
    ]
    frame = changed("rank", said_of(new).loc[told.index], column="priority_rank", before=_ranks_of(told["before"]), after=_ranks_of(told["after"]), why=said, amount=(told["after"] - told["before"]).to_numpy())  # fmt: skip
    return pd.concat([frame, _crossed(was, now, new, top)], ignore_index=True), about


def _crossed(was: Listed, now: Listed, new: pd.DataFrame, top: int) -> pd.DataFrame:
    """Schools of both builds that left the ranked list from among the first, or entered it there."""
    both = was.rank.index.intersection(now.rank.index)
    a, b = was.rank.loc[both], now.rank.loc[both]
    chosen = (a.isna() != b.isna()) & (a.fillna(b) <= top)
    ids = both[chosen.to_numpy()]
    words = [tr("Too little of what counts is reported to rank it now, or it does not operate.") if pd.isna(b[i]) else tr("Enough of what counts is reported to rank it now.") for i in ids]  # fmt: skip
    return changed(
        "rank",
        said_of(new).loc[ids],
        column="priority_rank",
        before=_ranks_of(a[ids]),
        after=_ranks_of(b[ids]),
        why=words,
    )


def _ranks_of(ranks: pd.Series) -> list[str]:
    return [VERIFY if pd.isna(r) else f"{r:.0f}" for r in ranks]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)


def _method(before: Side, after: Side) -> list[str]:
    """What changed of the way to count, in words: standards and weights, the program."""
    said = []
    if before.policy != after.policy:
        said.append(tr("standards or weights set otherwise"))
    if before.code != after.code:
        said.append(tr("a newer version of the program"))
    return said


# --- counted and said ---------------------------------------------------------------------------------------------


def _areas(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Changes by the area of their schools: schools new, gone, moved, with another status, with other values."""
    some = table[(table["kind"] != "rank") & (table["area_id"] != "")]
    counts = some.drop_duplicates(["kind", "school_id"]).groupby(["area_id", "kind"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=[k for k in KINDS if k != "rank"], fill_value=0)
    return [{"area_id": str(a), **{str(k): int(n) for k, n in row.items()}} for a, row in counts.iterrows()]


@in_english
def sentences(summary: Mapping[str, Any]) -> list[str]:
    """The summary in a few sentences, the most telling first; a count of None is too small to be told.

    Says so where nothing changed.
    """
    n, said = summary["counts"], []
    if n["new"] != 0 or n["gone"] != 0:
        was, now = summary["schools"]
        few = None in (n["new"], n["gone"])  # the sums would tell what is too small to be told
        new, gone = _schools(n["new"]), _schools(n["gone"])
        said.append(
            tr("{new} new, {gone} gone.", new=new, gone=gone)
            if few
            else tr(
                "{new} new, {gone} gone: {was} before, {now} now.",
                new=new,
                gone=gone,
                was=written(was),
                now=written(now),
            )
        )
    if n["moved"] != 0:
        said.append(tr("{moved} moved, or were located or lost their location.", moved=_schools(n["moved"])))
    if n["status"] != 0:
        said.append(tr("{status} with another status.", status=_schools(n["status"])))
    if n["value"] != 0:
        said.append(tr("{value} with other facts than before.", value=_schools(n["value"])))
    if summary["method"]:
        said.append(tr("The list is made with {method}.", method=tr(" and ").join(summary["method"])))
    about = summary["ranks"]
    if about and (about["churn"] or about["mean_shift"]):
        out = round((about["churn"] or 0) * about["top"])
        said.append(tr("{out} of the first {top} of the list were not among them before; ranks moved by {value} places on average.", out=written(out), top=written(about['top']), value=written(about['mean_shift'] or 0, 1)))  # fmt: skip
    return said or [tr("No school, value or rank changed.")]


def _schools(count: int | None) -> str:
    return tr("A few schools") if count is None else trn("{n} school", "{n} schools", count)
