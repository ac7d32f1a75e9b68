"""The quality report of an atlas: what was found, in sentences, and whether the recipe's thresholds are kept."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.exports.formula import safe
from geodata.layers import Atlas, open_atlas

RASTERS = ("population", "settlement", "terrain")
WORDS = {"reject": "rejected", "blank": "made unknown", "warn": "to look at"}
LIMITS = {
    "max_rejected_share": ("rejected_share", "rejected rows, of rows in scope"),
    "max_not_located_share": ("not_located_share", "schools without a usable location"),
    "max_outside_declared_share": (
        "outside_declared_share",
        "located schools outside the area that the register names",
    ),
    "max_unmapped_share": ("unmapped_share", "values that no alias knows, of those given"),
}


def metrics(manifest: dict[str, Any], schools: pd.DataFrame, abouts: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The shares that the recipe's thresholds speak of; a share of nothing is 0."""
    registers = [s for s in manifest["sources"] if s["kind"] in ("schools", "attributes")]
    rejected = sum(s["rows_quarantined"] for s in registers)
    in_scope = sum(s["rows_read"] - s["rows_out_of_scope"] for s in registers)
    agree = schools["location_in_declared_area"].dropna().astype(bool)
    lost = sum(n for a in abouts for words in a.get("unmapped", {}).values() for n in words.values())
    given = lost + sum(n for a in abouts for n in a.get("given", {}).values())
    return {
        "rows_in_scope": float(
            sum(s["rows_read"] - s["rows_out_of_scope"] for s in registers if s["kind"] == "schools")
        ),
        "rejected_share": rejected / in_scope if in_scope else 0.0,
        "not_located_share": float(schools["latitude"].isna().mean()) if len(schools) else 0.0,
        "outside_declared_share": float((~agree).mean()) if len(agree) else 0.0,
        "unmapped_share": lost / given if given else 0.0,
    }


def check_atlas(path: Path, csv_path: Path | None = None) -> tuple[list[str], bool]:
    """The report's lines, and whether every threshold of the recipe is kept; `csv_path` gets every finding.

    Raises LayerError where there is no atlas.
    """
    atlas = open_atlas(path)
    manifest = atlas.manifest
    lines = [f"{manifest['name']}, build {manifest['version']}"]
    for source in manifest["sources"]:
        if not source["rows_read"] and source["kind"] in RASTERS:
            lines.append(f"  {source['name']}: a raster, which has no rows")
            continue
        lines.append(
            f"  {source['name']}: {source['rows_read']:,} rows read = {source['rows_accepted']:,} accepted "
            f"+ {source['rows_out_of_scope']:,} out of scope + {source['rows_quarantined']:,} rejected"
        )
    for row in manifest.get("report", []):
        if row["count"]:
            lines.append(f"  {row['count']:,} of {row['of']:,} {WORDS[row['severity']]}: {row['sentence']}")
    judged = list(_thresholds(manifest))
    lines += [f"  {'kept' if kept else 'NOT KEPT'}: {said}" for kept, said in judged]
    if csv_path is not None:
        write_findings(atlas, csv_path)
        lines.append(f"  every finding is in {csv_path}")
    return lines, all(kept for kept, _ in judged)


def _thresholds(manifest: dict[str, Any]) -> list[tuple[bool, str]]:
    limits, found = manifest.get("thresholds", {}), manifest.get("metrics", {})
    out = []
    for limit, (metric, words) in LIMITS.items():
        if limit in limits and metric in found:
            kept = found[metric] <= limits[limit]
            out.append((kept, f"{found[metric]:.1%} {words} (at most {limits[limit]:.1%})"))
    if "min_rows" in limits and "rows_in_scope" in found:
        rows = int(found["rows_in_scope"])
        out.append((rows >= limits["min_rows"], f"{rows:,} rows in scope (at least {limits['min_rows']:,})"))
    return out


def write_findings(atlas: Atlas, path: Path) -> None:
    """Every finding about a school, with its name, as CSV; no cell can start a formula."""
    names = atlas.read("schools", ["school_id", "school_name", "admin1", "admin2"])
    table = atlas.read("findings").merge(
        pd.DataFrame(names).drop(columns="geometry", errors="ignore"), on="school_id", how="left"
    )
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(table.columns)
        for row in table.itertuples(index=False):
            writer.writerow([safe(str(value)) if pd.notna(value) else "" for value in row])
    os.replace(part, path)
