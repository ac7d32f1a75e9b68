"""ITU's Connectivity Planning Platform: its files of transmission nodes and cell sites, put there by hand.

Ministries and regulators hand these tables to each other (CSV, XLSX, GeoPackage). Nodes that are planned alone are left
out: a line that is not built carries nothing to a school.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from etl.connect import Ask, Block, Connector, Taken
from etl.recipe import Source
from etl.source import read_raw
from etl.sources.rows import counted
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client

NAME, BASE = "itu_planning", "https://www.itu.int"
# What is told of each file: the option `what` → columns kept, of which all must be there.
COLUMNS = {
    "nodes": ("source_ict_id", "country_code", "lat", "lon", "transmission_medium"),
    "cells": ("source_ict_id", "country_code", "lat", "lon", "radio_type"),
}
NOT_BUILT = ("false", "0", "no")


def take(_: Client, ask: Ask) -> Taken:
    """The country's nodes or cell sites (option `what`), a row each, as text; rows that name no country are kept."""
    what = str(ask.options.get("what", "nodes"))
    if what not in COLUMNS:
        raise SourceError(f"itu_planning knows nodes and cells, not {what!r}. Correct service.options.what.")
    if not ask.dropped:
        raise NothingFoundError(
            "ITU's planning files are not to be had from a service: put one into the folder of the data and name it in the recipe, as `file` of the service."
        )
    reading = Source.model_validate({"name": NAME, "kind": "nodes", "path": ask.dropped.name})
    raw = read_raw(reading, ask.dropped.parent).frame
    if lacking := [c for c in COLUMNS[what] if c not in raw]:
        raise SourceError(
            f"{ask.dropped.name} has no column {', '.join(lacking)}. Is it ITU's planning file of {what}?"
        )
    frame, notes = _here(raw, ask)
    if frame.empty:
        raise NothingFoundError(f"{ask.dropped.name} has no {what} of {ask.name or ask.iso3} that are there now. {' '.join(notes)}".strip())  # fmt: skip
    return Taken(
        frame[list(COLUMNS[what])].reset_index(drop=True), title=f"ITU planning file, {what}", address=BASE,
        rows_read=len(raw), rows_kept=len(frame), notes=tuple(notes),
    )  # fmt: skip


def _here(raw: pd.DataFrame, ask: Ask) -> tuple[pd.DataFrame, list[str]]:
    """Rows of the country that stand for what is there now, and what became of the others."""
    elsewhere = raw["country_code"].notna() & ~raw["country_code"].str.strip().str.upper().isin((ask.iso3, ask.iso2))
    actual = (
        raw["is_actual"].fillna("").str.strip().str.lower() if "is_actual" in raw else pd.Series("", index=raw.index)
    )
    planned = actual.isin(NOT_BUILT) & ~elsewhere
    said = ((elsewhere, "of other countries, left out"), (planned, "planned alone, left out"))
    notes = [f"{counted(int(rows.sum()), 'row')} {words}." for rows, words in said if rows.any()]
    return raw[~elsewhere & ~planned], notes


def _block(what: str, title: str, columns: dict[str, str]) -> Block:
    keys = {"kind": what, "evidence": "reported", "columns": {**columns, "latitude": "lat", "longitude": "lon"}}
    return Block("source", title, f"itu-planning-{what}.csv", keys, {"what": what}, needed=False)


ITU_PLANNING = Connector(
    name=NAME,
    title="ITU planning files (Connectivity Planning Platform)",
    publisher="International Telecommunication Union",
    gives="nodes",
    base=BASE,
    licence="",
    take=take,
    blocks=(
        _block(
            "nodes", "ITU planning nodes", {"node_id": "source_ict_id", "transmission_medium": "transmission_medium"}
        ),
        _block("cells", "ITU planning cell sites", {"cell_id": "source_ict_id", "radio": "radio_type"}),
    ),
    attribution="ITU Connectivity Planning Platform",
    address=BASE,
    order=90,
    by_hand="a file of transmission nodes or cell sites in the columns of ITU's Connectivity Planning Platform (CSV, XLSX, GeoPackage)",
    options={"what": "nodes or cells"},
    open_country=False,
)
