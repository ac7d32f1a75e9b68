"""What a build changed against the one before it: compared as each tier sees the two, and kept beside the atlas.

Kept in `ATLAS.d/.changes/<build id>/`, outside the build's own folder: the layers and the manifest are a function of
their inputs alone, and this rests on the build before as well. Readers find it with `geodata.layers.read_changes`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from etl.recipe import Recipe
from geodata.changerows import COMPARED, KINDS, PLACE
from geodata.changes import Changes, Side, compare, moved, sentences
from geodata.derive import columns_of, scored
from geodata.disclosure import Tier, locations, thresholds, visible_columns
from geodata.errors import FirstMileError
from geodata.layers import CHANGES, Atlas, open_atlas
from geodata.policy import POLICY, Policy
from geodata.seen import DERIVED, basis
from geodata.tables import BAND_COLUMNS

LISTED = ("tier", "priority_score", "priority_rank")
ASIDE = ("quarantine", "out_of_scope")
SHORT = {"quarantine": "Its row was rejected.", "out_of_scope": "Its row is out of scope."}


def keep_changes(link: Path, folder: Path, recipe: Recipe) -> str:
    """Compares the finished workspace of a build with the atlas that it is about to replace; returns it in a sentence."""
    after = Atlas(link=link, folder=folder)
    try:
        before = open_atlas(link)
    except FirstMileError:
        return "this is the first build."
    if before.version == after.version:
        return "the build is the same."
    kept = link.parent / f"{link.name}.d" / CHANGES
    fresh = kept / f"{after.version}.part"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    said, builds = "", (_Build.of(before, recipe), _Build.of(after, recipe))
    for tier, found in _by_tier(*builds):
        found.table.to_parquet(fresh / f"{tier}.parquet", index=False, compression="zstd")
        text = json.dumps(found.summary, ensure_ascii=False, indent=1, sort_keys=True)
        (fresh / f"{tier}.json").write_text(f"{text}\n", "utf-8")
        said = " ".join(found.summary["sentences"])  # of the last tier, which sees everything
    for old in kept.iterdir():
        if old.name not in (fresh.name, before.version):
            shutil.rmtree(old, ignore_errors=True)
    os.replace(fresh, kept / after.version)
    return said


@dataclass(frozen=True)
class _Build:
    """One build with what a comparison reads of it, read once for all tiers. `aside`: school id → layer, reason."""

    atlas: Atlas
    every: pd.DataFrame
    policy: Policy
    aside: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, atlas: Atlas, recipe: Recipe) -> _Build:
        """Those columns of the schools that are compared, listed, or that scores rest on."""
        file = atlas.file("schools")
        wanted = [*COMPARED, *DERIVED, *BAND_COLUMNS, *columns_of(pd.DataFrame(index=pd.RangeIndex(0)))]
        there = set(pq.read_schema(file).names)
        every = pd.read_parquet(file, columns=[c for c in dict.fromkeys(wanted) if c in there])
        policy = POLICY.with_values(atlas.manifest.get("policy") or {})
        every = every.sort_values("school_id", kind="stable", ignore_index=True)
        return cls(atlas, every, policy, _aside(atlas, recipe))


@dataclass(frozen=True)
class _View:
    """A build as a tier's numbers may know it: `whole` the schools, `names` the columns it may read of each."""

    build: _Build
    whole: pd.DataFrame
    names: tuple[str, ...]
    exact: bool
    aside: Mapping[str, str]

    def same(self, other: _View) -> bool:
        """Whether both see the same, so that one comparison serves both."""
        mine, its = ((v.names, v.exact, v.aside) for v in (self, other))
        return mine == its and self.whole.equals(other.whole)


def _by_tier(before: _Build, after: _Build) -> Iterator[tuple[str, Changes]]:
    """Each tier and the changes as it may be told of them; a build before that cannot be read any more is said, and no fault."""
    risk = str(
        (after.atlas.manifest.get("place") or {}).get("risk") or "medium"
    )  # of both: what counts is the risk today
    ids = [set(b.every["school_id"].astype(str)) for b in (before, after)]
    done: list[tuple[tuple[_View, _View], Changes]] = []
    for tier in map(str, Tier):
        try:
            views = (_view(before, tier, risk, ids[0] ^ ids[1]), _view(after, tier, risk, ids[0] ^ ids[1]))
            found = next((c for v, c in done if all(map(_View.same, v, views))), None)
            found = found or compare(*(_side(view, after.policy) for view in views))
        except (FirstMileError, KeyError, TypeError, ValueError) as error:
            yield tier, _not_compared(before, after, error)
            continue
        done.append((views, found))
        yield tier, found if tier == Tier.GOVERNMENT else _told(found, before, after, tier, risk)


def _not_compared(before: _Build, after: _Build, error: Exception) -> Changes:
    why = f"The build before could not be compared ({type(error).__name__}): it is of another version of the program."
    versions = {"from": before.atlas.version, "to": after.atlas.version}
    return Changes(pd.DataFrame(), {**versions, "counts": dict.fromkeys(KINDS, 0), "sentences": [why]})


def _view(build: _Build, tier: str, risk: str, apart: set[str]) -> _View:
    """What a tier may know of a build; `apart` are the ids of schools that only one of the two has."""
    whole = basis(build.every, tier, risk, build.policy)
    exact = locations(risk, tier).exact
    names = visible_columns([c for c in COMPARED if c in whole and (exact or c not in PLACE)], tier, risk)
    full = tier == Tier.GOVERNMENT  # the others do not hear the reason
    aside = {
        i: f"{SHORT[layer]} {why}" if full else SHORT[layer] for i, (layer, why) in build.aside.items() if i in apart
    }
    return _View(build, whole, tuple(dict.fromkeys(["school_id", *names, *LISTED])), exact, aside)


def _side(view: _View, policy: Policy) -> Side:
    """What is compared of a view, scored anew under the policy of the later build."""
    build = view.build
    return Side(
        version=build.atlas.version, code=str(build.atlas.manifest.get("code_version", "")),
        schools=view.whole[list(view.names)], policy=build.policy,
        scoring=scored(view.whole.drop(columns=[*DERIVED, *BAND_COLUMNS]), policy)[0],
        aside=view.aside, exact=view.exact,
    )  # fmt: skip


def _aside(atlas: Atlas, recipe: Recipe) -> dict[str, tuple[str, str]]:
    """School id → the layer that its row went to instead of the schools, and why, as a sentence."""
    raw = {s.name: [c for f in ("school_id_govt", "school_id_giga") if f in s.columns for c in s.columns[f].raw] for s in recipe.source if s.kind == "schools"}  # fmt: skip
    found: dict[str, tuple[str, str]] = {}
    for layer in ASIDE:
        table = atlas.read(layer, columns=["source", "reason", "raw"]) if atlas.has(layer) else pd.DataFrame()
        for source, reason, text in table.itertuples(index=False):
            values = _values(text)
            word = f"{reason}." if str(reason)[-1:] not in ".!?" else str(reason)
            for column in raw.get(str(source), []):
                if values.get(column) is not None:
                    found.setdefault(str(values[column]).strip(), (layer, word))
    return found


def _values(text: Any) -> Mapping[str, Any]:
    try:
        values = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


# --- who may be told what -----------------------------------------------------------------------------------------


def _told(found: Changes, before: _Build, after: _Build, tier: str, risk: str) -> Changes:
    """What a tier that does not see everything is told: how many moved, never where; without single schools, counts alone."""
    summary, how = dict(found.summary), locations(risk, tier)
    least = thresholds("government" if how.rows else tier, after.policy).schools
    if not how.exact:
        number = len(moved(before.every, after.every, after.policy))
        summary["counts"] = {**summary["counts"], "moved": _count(number, max(how.least, least))}
    if how.rows:
        return Changes(found.table, {**summary, "sentences": sentences(summary)})
    counts = {kind: _count(n, least) for kind, n in summary["counts"].items() if kind != "rank"}
    values = {c: {k: _count(n, least) for k, n in parts.items()} for c, parts in summary["values"].items()}
    summary |= {"counts": {**counts, "rank": 0}, "values": values, "areas": [], "ranks": {}}
    return Changes(found.table.iloc[:0], {**summary, "sentences": sentences(summary)})


def _count(number: int | None, least: int) -> int | None:
    """A count; None where it is so small that it would speak of single schools."""
    return None if number is None or 0 < number < least else number
