"""What a build says of its links, and the list that a person decides on: her words are never overwritten."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from etl.linking.kept import REVIEW_FILE
from etl.linking.review import COLUMNS, Decision, Decisions, read_decisions, review_table
from geodata.errors import LinkError
from geodata.exports.formula import spreadsheet_csv
from geodata.layers import Atlas, open_atlas

LATER = {"leave": "left out", "add": "added as schools", "review": "kept for a person"}


def lines(atlas_path: Path) -> list[str]:
    """How the schools of each linked source ended; raises LinkError where nothing was linked."""
    atlas = open_atlas(atlas_path)
    told = atlas.manifest.get("links") or []
    if not told:
        raise LinkError(f"{atlas_path} has no linked source. Links are asked for with [source.link] in the recipe.")
    return [line for one in told for line in _source(one)]


def _source(one: dict[str, Any]) -> Iterable[str]:
    ends = one["outcomes"]
    yield f"{one['source']}: {one['schools']:,} schools, of which"
    for way, count in one["how"].items():
        yield f"  {count:,} linked by {way}"
    yield f"  {ends.get('to review', 0):,} to review, in {one['pairs_to_review']:,} pairs"
    if ends.get("repeated"):
        yield f"  {ends['repeated']:,} stand twice in the source"
    yield f"  {ends.get('not linked', 0):,} found in no register, {LATER[one['unmatched']]}"


def write_review(atlas_path: Path, out: Path) -> tuple[int, int]:
    """Writes the list of pairs for a person; returns pairs to decide and all pairs of the list.

    Decisions of a list that is there already are kept, and win over those that the build knew.
    """
    atlas = open_atlas(atlas_path)
    file = atlas.folder / REVIEW_FILE
    if not file.is_file():
        raise LinkError(f"{atlas_path} has no list of links. Links are asked for with [source.link] in the recipe.")
    known, hers = read_decisions(file), read_decisions(out)
    table = review_table(_links(atlas), together(known, hers).by_pair.values())
    part = out.with_name(f"{out.name}.part")
    part.write_bytes(spreadsheet_csv(table))
    os.replace(part, out)
    return int(((table["outcome"] == "to review") & (table["decision"] == "")).sum()), len(table)


def _links(atlas: Atlas) -> pd.DataFrame:
    table: pd.DataFrame = atlas.read("links")
    return table


def together(known: Decisions, hers: Decisions) -> Decisions:
    """Decisions of two lists: hers where she said or noted anything, else what the build knew."""
    found = dict(known.by_pair)
    for pair, one in hers.by_pair.items():
        if pair not in found or one.said or one.note or one.by:
            found[pair] = _filled(one, found.get(pair))
    return Decisions(found, (*known.warnings, *hers.warnings))


def _filled(one: Decision, before: Decision | None) -> Decision:
    row = {c: one.row.get(c) or (before.row.get(c, "") if before else "") for c in COLUMNS}
    return Decision(one.pair, one.said, one.note, one.by, row)
