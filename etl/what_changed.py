"""What a build changed against the one before it: compared as each tier sees the two, and kept beside the atlas.

Kept in `ATLAS.d/.changes/<build id>/`, outside the build's own folder: the layers and the manifest are a function of
their inputs alone, and this rests on the build before as well. Readers find it with `geodata.layers.read_changes`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from etl.recipe import Recipe
from geodata.changerows import COMPARED, KINDS
from geodata.changes import Changes, Side, compare, moved, sentences
from geodata.disclosure import Tier, thresholds
from geodata.errors import FirstMileError
from geodata.layers import CHANGES, Atlas, open_atlas
from geodata.policy import Policy
from geodata.query import Desk

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
    said = ""
    for tier in Tier:
        found = _seen(before, after, str(tier), recipe)
        found.table.to_parquet(fresh / f"{tier}.parquet", index=False, compression="zstd")
        text = json.dumps(found.summary, ensure_ascii=False, indent=1, sort_keys=True)
        (fresh / f"{tier}.json").write_text(f"{text}\n", "utf-8")
        said = " ".join(found.summary["sentences"])  # of the last tier, which sees everything
    for old in kept.iterdir():
        if old.name not in (fresh.name, before.version):
            shutil.rmtree(old, ignore_errors=True)
    os.replace(fresh, kept / after.version)
    return said


def _seen(before: Atlas, after: Atlas, tier: str, recipe: Recipe) -> Changes:
    """The changes as a tier may be told of them; a build before that cannot be read any more is said, and no fault."""
    now, then = Desk(after, tier=tier), Desk(before, tier=tier)
    then.place = now.place  # the risk of today decides how exactly the places of then may be told
    try:
        found = compare(_side(then, now.policy, recipe), _side(now, now.policy, recipe))
    except (FirstMileError, KeyError, TypeError, ValueError) as error:
        why = (
            f"The build before could not be compared ({type(error).__name__}): it is of another version of the program."
        )
        empty = {"from": before.version, "to": after.version, "counts": dict.fromkeys(KINDS, 0), "sentences": [why]}
        return Changes(pd.DataFrame(), empty)
    return found if tier == Tier.GOVERNMENT else _told(found, now, before, after)


def _side(desk: Desk, policy: Policy, recipe: Recipe) -> Side:
    own = desk.schools
    schools = pd.concat([own[[c for c in COMPARED if c in own]], desk.derived()[[*LISTED]]], axis=1)
    return Side(
        version=desk.atlas.version, code=str(desk.atlas.manifest.get("code_version", "")), schools=schools,
        policy=desk.policy, scoring=desk.scoring(policy), aside=_aside(desk, recipe), exact=desk.locations.exact,
    )  # fmt: skip


def _aside(desk: Desk, recipe: Recipe) -> dict[str, str]:
    """School id → why its row did not become a school; other tiers than the government hear no more than that."""
    raw = {s.name: [c for f in ("school_id_govt", "school_id_giga") if f in s.columns for c in s.columns[f].raw] for s in recipe.source if s.kind == "schools"}  # fmt: skip
    found: dict[str, str] = {}
    for layer in ASIDE:
        table = desk.atlas.read(layer, columns=["source", "reason", "raw"]) if desk.atlas.has(layer) else pd.DataFrame()
        for source, reason, text in table.itertuples(index=False):
            values = _values(text)
            word = f"{reason}." if str(reason)[-1:] not in ".!?" else str(reason)
            said = f"{SHORT[layer]} {word}" if desk.tier == Tier.GOVERNMENT else SHORT[layer]
            for column in raw.get(str(source), []):
                if values.get(column) is not None:
                    found.setdefault(str(values[column]).strip(), said)
    return found


def _values(text: Any) -> Mapping[str, Any]:
    try:
        values = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


# --- who may be told what -----------------------------------------------------------------------------------------


def _told(found: Changes, desk: Desk, before: Atlas, after: Atlas) -> Changes:
    """What a tier that does not see everything is told: how many moved, never where; without single schools, counts alone."""
    summary = dict(found.summary)
    if not desk.locations.exact:
        summary["counts"] = {**summary["counts"], "moved": _moved_between(before, after, desk)}
    if desk.one_by_one:
        return Changes(found.table, {**summary, "sentences": sentences(summary)})
    least = thresholds(desk.tier, desk.policy).schools
    counts = {kind: _count(n, least) for kind, n in summary["counts"].items() if kind != "rank"}
    values = {c: {k: _count(n, least) for k, n in parts.items()} for c, parts in summary["values"].items()}
    summary |= {"counts": {**counts, "rank": 0}, "values": values, "areas": [], "ranks": {}}
    return Changes(found.table.iloc[:0], {**summary, "sentences": sentences(summary)})


def _count(number: int | None, least: int) -> int | None:
    """A count; None where it is so small that it would speak of single schools."""
    return None if number is None or 0 < number < least else number


def _moved_between(before: Atlas, after: Atlas, desk: Desk) -> int | None:
    """How many schools moved, from their exact places; not told where they are few."""
    old, new = (a.read("schools", columns=["school_id", "latitude", "longitude"]) for a in (before, after))
    return _count(len(moved(old, new, desk.policy)), max(desk.locations.least, desk.thresholds.schools))
