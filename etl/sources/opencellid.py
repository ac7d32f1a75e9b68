"""OpenCelliD: cells of mobile networks as phones have met them, brought to one row a site; archived MLS files as well.

Asked for by the country's own mobile codes first (small files); where the service no longer gives those, the world's
file is streamed and what lies near the country is kept. A cell is no mast: cells of a radio whose rounded positions
agree are one site, of which the newest is kept. Where nobody collects there are no cells, so that none near a school
is no sign of no signal.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from etl.connect import Ask, Block, Connector, Key, Taken
from etl.nearby import near
from etl.sources.cell_files import Cells, read_cells
from etl.sources.rows import counted
from geodata.errors import KeyNeededError, NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client

NAME = "opencellid"
CODES = Path(__file__).parents[1] / "aliases" / "mcc.csv"
GZIP = (b"\x1f\x8b",)
MARGIN_KM = 35.0  # as far as a site of 2G reaches
MAX_AGE_YEARS = 3.0  # a cell that nobody has met for longer than this before the file's newest may be gone
SITE_DECIMALS = 3  # of degrees, about 110 m: cells of a radio nearer than that are one site
YEAR_S = 365.25 * 86_400
FULL = "cell_towers.csv.gz"


@dataclass(frozen=True)
class Rules:
    """What is kept: options of the recipe."""

    max_age_years: float
    decimals: int


def take(client: Client, ask: Ask) -> Taken:
    """Sites near the country: cell_id, radio, mcc, latitude, longitude, range_m, samples, updated, cells.

    Raises KeyNeededError without a token or with a wrong one, NothingFoundError where no cell is near the country.
    """
    rules = Rules(
        float(ask.options.get("max_age_years", MAX_AGE_YEARS)), int(ask.options.get("site_decimals", SITE_DECIMALS))
    )
    here = near(ask, float(ask.options.get("margin_km", MARGIN_KM)))
    paths, notes = ([ask.dropped], []) if ask.dropped else _fetched(client, ask)
    cells = read_cells(paths, here, today=pd.Timestamp(ask.today))
    frame, more = sites(cells, rules)
    if frame.empty:
        raise NothingFoundError(
            f"OpenCelliD has no usable cell in {ask.name or ask.iso3} or near it, among {cells.rows:,}. {' '.join(more)} Nobody collecting there is no sign that there is no signal."
        )
    newest = "" if cells.newest is None else cells.newest.strftime("%Y-%m-%d")
    return Taken(
        frame,
        title="Cells of mobile networks, one row a site",
        date=newest,
        version=newest,
        rows_read=cells.rows,
        rows_kept=len(frame),
        notes=(*notes, *_counted(cells), *more),
    )


def _fetched(client: Client, ask: Ask) -> tuple[list[Path], list[str]]:
    """The files of the country's codes, else the world's."""
    token = client.settings.key(NAME)
    if token is None and not client.offline:
        raise KeyNeededError("OpenCelliD gives its files with a token alone (FIRSTMILE_OPENCELLID_KEY). Ask for one, free of charge, at https://opencellid.org, or put a file there by hand (`file` of the service in the recipe).")  # fmt: skip
    codes = _codes(ask)
    if not codes or str(ask.options.get("file", "")) == "full":
        return [_download(client, token or "", "full", FULL)], [
            "The world's file was read; sites of neighbours near the border are kept."
        ]
    paths, notes = [], []
    for code in codes:
        try:
            paths.append(_download(client, token or "", "mcc", f"{code}.csv.gz"))
        except KeyNeededError:
            raise
        except SourceError as error:
            if "RATE_LIMITED" in str(error):
                raise
            path = _download(client, token or "", "full", FULL)
            return [path], [f"OpenCelliD gave no file for the mobile code {code}; the world's file was read instead."]
    border = (
        ""
        if _listed(ask, "neighbours")
        else " Sites of neighbours across the border are not in them: name those countries in the option neighbours."
    )
    notes.append(f"Files of the mobile codes {', '.join(codes)}.{border}")
    return paths, notes


def _download(client: Client, token: str, kind: str, file: str) -> Path:
    """One file; an error in JSON, which comes with status 200, is told as what it is."""
    try:
        return client.download(
            NAME, "/ocid/downloads", params={"token": token, "type": kind, "file": file}, magic=GZIP, name=file
        )
    except KeyNeededError:
        raise
    except SourceError as error:
        said = str(error)
    if "INVALID_TOKEN" in said:
        raise KeyNeededError("OpenCelliD refuses the token that is set (INVALID_TOKEN). Correct FIRSTMILE_OPENCELLID_KEY; a new one is given at https://opencellid.org.")  # fmt: skip
    if "RATE_LIMITED" in said:
        raise SourceError("OpenCelliD gives each file twice a day and no more, and this token has had it (RATE_LIMITED). Try again tomorrow, or put the file there by hand (`file` of the service in the recipe).")  # fmt: skip
    raise SourceError(said)


def _codes(ask: Ask) -> list[str]:
    """Mobile country codes of the country and of the neighbours that the options name."""
    if named := _listed(ask, "mcc"):
        return named
    wanted = [ask.iso3, *_listed(ask, "neighbours")]
    with CODES.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [row["mcc"] for iso3 in wanted for row in rows if row["iso3"] == iso3]


def _listed(ask: Ask, name: str) -> list[str]:
    given: Any = ask.options.get(name, ())
    parts: Iterable[Any] = given.replace(";", ",").split(",") if isinstance(given, str) else given if isinstance(given, list | tuple) else [given]  # fmt: skip
    return [str(part).strip() for part in parts if str(part).strip()]


def sites(cells: Cells, rules: Rules) -> tuple[pd.DataFrame, list[str]]:
    """One row a radio and rounded place, that of the newest cell; what was left out, in sentences.

    A cell is stale where it was last met more than `max_age_years` before the newest of the whole file; one without a
    date is kept.
    """
    frame = cells.frame
    notes = []
    if cells.newest is not None and rules.max_age_years > 0:
        oldest = cells.newest.timestamp() - rules.max_age_years * YEAR_S
        stale = (frame["updated"] < oldest).fillna(False)
        frame = frame[~stale]
        if stale.any():
            notes.append(f"{counted(int(stale.sum()), 'cell')} left out: last met more than {rules.max_age_years:g} years before the newest of the file.")  # fmt: skip
    place = [frame["radio"], frame["lat"].round(rules.decimals), frame["lon"].round(rules.decimals)]
    ordered = frame.assign(_r=place[0], _y=place[1], _x=place[2]).sort_values(
        ["updated", "samples", "mcc", "net", "area", "cell"], na_position="first", kind="stable"
    )
    grouped = ordered.groupby(["_r", "_y", "_x"], sort=True, dropna=False)
    last = grouped.tail(1).sort_values(["_r", "_y", "_x"], kind="stable")
    out = _tidy(last, grouped.size().to_numpy())
    if len(out) < len(frame):
        notes.append(f"{len(frame):,} cells are {len(out):,} sites (radio and position to {rules.decimals} decimals of a degree).")  # fmt: skip
    return out, notes


def _tidy(last: pd.DataFrame, cells: Any) -> pd.DataFrame:
    number = {name: pd.to_numeric(last[name], errors="coerce").round().astype("Int64") for name in ("mcc", "net", "area", "cell")}  # fmt: skip
    ids = [last["radio"].astype("str"), *(n.astype("str").fillna("") for n in number.values())]
    return pd.DataFrame(
        {
            "cell_id": ["-".join(parts) for parts in zip(*ids, strict=True)], "radio": last["radio"].astype("str"), "mcc": number["mcc"],
            "latitude": last["lat"], "longitude": last["lon"], "range_m": last["range"].where(last["range"] > 0),
            "samples": last["samples"].round().astype("Int64"),
            "updated": pd.to_datetime(last["updated"], unit="s").dt.strftime("%Y-%m-%d").astype("str"),
            "cells": np.asarray(cells),
        }
    ).reset_index(drop=True)  # fmt: skip


def _counted(cells: Cells) -> list[str]:
    """What the stream left out, in sentences."""
    said = (
        (cells.elsewhere, "cell", "elsewhere"),
        (cells.nowhere, "cell", "without a place (0, 0 or none)"),
        (cells.broken, "line", "not readable"),
    )
    return [f"{counted(count, one)} left out: {what}." for count, one, what in said if count]


CONNECTOR = Connector(
    name=NAME,
    title="Cells of mobile networks (OpenCelliD)",
    publisher="OpenCelliD Project",
    gives="cells",
    base="https://opencellid.org",
    licence="CC-BY-SA-4.0",
    take=take,
    blocks=(
        Block(
            "source",
            "cell sites",
            "cells.csv",
            {
                "kind": "cells",
                "evidence": "reported",
                "columns": {
                    "cell_id": "cell_id",
                    "radio": "radio",
                    "latitude": "latitude",
                    "longitude": "longitude",
                },
                "values": {"radio": {"GSM": "2G", "UMTS": "3G", "LTE": "4G", "NR": "5G"}},
                # CDMA was 2G in some networks and 3G in others; narrow-band sites are no use to a school
                "sentinels": {"radio": ("CDMA", "NBIOT")},
            },
        ),
    ),
    attribution="Cell data © OpenCelliD Project, opencellid.org, CC BY-SA 4.0",
    address="https://opencellid.org",
    rest_h=24.0,  # two downloads of a file a day and token
    key=Key("key", "A token is given free of charge at https://opencellid.org (sign up, then Access Tokens)."),
    by_hand="a file of cells as OpenCelliD or the former Mozilla Location Service gives it (.csv or .csv.gz)",
    options={
        "mcc": "mobile country codes in place of the country's own",
        "neighbours": "ISO codes of countries whose sites near the border are wanted too",
        "file": "full: read the world's file, with the neighbours' sites near the border",
        "max_age_years": "how long before the file's newest a cell may last have been met; 0 keeps all",
        "site_decimals": "decimals of degrees to which cells of a radio are one site",
        "margin_km": "how far beyond the border sites are kept, in km",
    },
)
