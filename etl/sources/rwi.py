"""Relative Wealth Index (Meta, UC Berkeley), through the Humanitarian Data Exchange: wealth of tiles at zoom 14.

Relative inside one country and never across borders; of 2021, modelled in part from data about connectivity itself, so
that a list without it is always shown beside. India and Pakistan share one file and one scale.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from etl.connect import Ask, Block, Connector, Taken
from etl.nearby import near
from etl.sources import hdx
from etl.sources.rows import counted
from geodata import quadkey
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client

NAME = "rwi"
DATASET = "relative-wealth-index"
SHARED = {"IND": "ind_pak", "PAK": "ind_pak"}  # countries of one file
ZOOM = 14
MARGIN_KM = 2.5  # the tile next to the border may be the nearest to a school
NOT_READ = "CC-BY-NC-4.0"  # older notes say so; where HDX states no licence it is held to
NEEDED = ("latitude", "longitude", "rwi")
CITED = "Chi, Fang, Chatterjee and Blumenstock (2022), Microestimates of wealth for all low- and middle-income countries, PNAS 119(3)"


def take(client: Client, ask: Ask) -> Taken:
    """Tiles of the country: quadkey, latitude, longitude, rwi, error (as the service gives them, numbers as text checked).

    Raises NothingFoundError where there is no file of the country, SourceError for a file of another form.
    """
    content, name, date, licence, notes = _dropped(ask) if ask.dropped else _fetched(client, ask)
    table = _table(content, name)
    frame, more = _near(table, ask) if _shared(name, ask) else (table, [])
    if frame.empty:
        raise NothingFoundError(f"{name} has no tile of {ask.name or ask.iso3} among {len(table):,}.")
    return Taken(
        frame.reset_index(drop=True),
        title="Relative Wealth Index",
        date=date,
        licence=licence,
        attribution=f"Data for Good at Meta; {CITED}",
        address=f"https://data.humdata.org/dataset/{DATASET}",
        rows_read=len(table),
        rows_kept=len(frame),
        notes=(*notes, *more, *_said(frame)),
    )


def _fetched(client: Client, ask: Ask) -> tuple[bytes, str, str, str, list[str]]:
    """The file, its name, date and licence, and what is to be said of them."""
    record = hdx.package(client, CONNECTOR, DATASET)
    stem = SHARED.get(ask.iso3, ask.iso3.lower())
    wanted = [("csv", rf"^{stem}_relative_wealth_index\.csv"), ("csv", rf"(^|[^a-z]){stem}[^a-z].*wealth")]
    found = hdx.resource(record, wanted)
    address = str(found.get("download_url") or found.get("url"))
    reply = client.get(NAME, address)
    if reply.status == 404:
        raise NothingFoundError(f"HDX names {found.get('name')}, but it is not there ({reply.address}).")
    said = hdx.licence_of(record)
    unread = [] if said else ["HDX states no licence for it, so it is treated as not for commercial use."]
    return reply.content, str(found.get("name")), hdx.date_of(record)[:4] or "2021", said or NOT_READ, unread


def _dropped(ask: Ask) -> tuple[bytes, str, str, str, list[str]]:
    assert ask.dropped is not None
    licence = str(ask.options.get("licence", ""))
    notes = [] if licence else ["The licence of a file put there by hand is not known, so it is treated as not for commercial use (option licence)."]  # fmt: skip
    return ask.dropped.read_bytes(), ask.dropped.name, "2021", licence or NOT_READ, notes


def _shared(name: str, ask: Ask) -> bool:
    """Whether a file holds other countries than the one asked for."""
    low = name.lower()
    return not low.startswith(f"{ask.iso3.lower()}_") or low.startswith("ind_pak")


def _table(content: bytes, name: str) -> pd.DataFrame:
    """The file as text, its columns under their usual names, in order; a column that is not needed may lack."""
    try:
        table = pd.read_csv(io.BytesIO(content), dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise SourceError(f"{name} cannot be read as a table ({str(error).splitlines()[0][:120]}). Fetch it again.") from None  # fmt: skip
    table.columns = pd.Index([str(c).strip().lower() for c in table.columns])
    if lacking := [c for c in NEEDED if c not in table]:
        raise SourceError(f"{name} has no column {', '.join(lacking)}; it has {', '.join(map(str, table.columns[:8])) or 'none'}. Is it the file of relative wealth?")  # fmt: skip
    columns = [c for c in ("quadkey", *NEEDED, "error") if c in table]
    clean = pd.DataFrame({c: table[c].str.strip().mask(table[c].str.strip() == "") for c in columns})
    return clean.drop_duplicates(ignore_index=True)


def _near(table: pd.DataFrame, ask: Ask) -> tuple[pd.DataFrame, list[str]]:
    """The rows of a shared file that lie in the country: wealth is ranked within one country alone."""
    lat, lon = (pd.to_numeric(table[c], errors="coerce").to_numpy(float) for c in ("latitude", "longitude"))
    if "quadkey" in table:
        by_key = quadkey.centres(quadkey.from_text(table["quadkey"], ZOOM), ZOOM)
        lat, lon = (np.where(np.isfinite(own), own, key) for own, key in zip((lat, lon), by_key, strict=True))
    known = np.isfinite(lat) & np.isfinite(lon)
    holds = near(ask, MARGIN_KM).holds(np.where(known, lat, 0.0), np.where(known, lon, 0.0)) & known
    return table[holds], [f"{int(holds.sum()):,} of the file's {len(table):,} tiles lie in {ask.name or ask.iso3}."]


def _said(frame: pd.DataFrame) -> list[str]:
    without = int(pd.to_numeric(frame["rwi"], errors="coerce").isna().sum())
    return [f"{counted(without, 'tile')} without an index."] if without else []


CONNECTOR = Connector(
    name=NAME,
    title="Relative Wealth Index (Meta, through HDX)",
    publisher="Data for Good at Meta",
    gives="wealth",
    base=hdx.BASE,
    licence=NOT_READ,
    licence_of_record=True,
    take=take,
    blocks=(
        Block(
            "source", "relative wealth", "wealth.csv",
            {
                "kind": "wealth", "evidence": "inferred",
                "columns": {"latitude": "latitude", "longitude": "longitude", "relative_wealth": "rwi"},
            },
        ),
    ),
    attribution=f"Data for Good at Meta; {CITED}",
    address=f"https://data.humdata.org/dataset/{DATASET}",
    by_hand="{iso3}_relative_wealth_index.csv from HDX (India and Pakistan: ind_pak_relative_wealth_index.csv)",
    options={"licence": "licence of a file put there by hand, as an SPDX identifier"},
)  # fmt: skip
