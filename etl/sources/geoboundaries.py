"""geoBoundaries: boundaries of every country, each under a licence of its own; where OCHA has none.

Its `shapeID` changes with each edition and its names stand more than once: ids are made here of the names, and of their
order from north to south where a name repeats. The hash in the file's address is the version.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from etl.connect import Ask, Block, Connector, Taken
from etl.fetching.replies import LFS
from etl.sources.polygons import read_shapes
from etl.sources.rows import counted, refuse_impostor, text
from geodata.errors import NothingFoundError, SourceError
from geodata.text import fold

if TYPE_CHECKING:
    from etl.fetching.client import Client, Reply

BASE = "https://www.geoboundaries.org/api/current"
MEDIA = "https://media.githubusercontent.com/media/wmgeolab/geoBoundaries"
NOTHING = ("", "nan", "none", "null", "n/a")
MOST_BYTES = 512 << 20
# How geoBoundaries writes a licence → its SPDX identifier; the longest beginning that fits counts.
LICENCES = {
    "creative commons attribution 4.0": "CC-BY-4.0", "creative commons attribution 3.0 intergovernmental": "CC-BY-3.0-IGO",
    "creative commons attribution 3.0": "CC-BY-3.0", "creative commons attribution 2.5": "CC-BY-2.5",
    "creative commons attribution 2.0": "CC-BY-2.0", "creative commons attribution-sharealike 4.0": "CC-BY-SA-4.0",
    "creative commons attribution-sharealike 3.0": "CC-BY-SA-3.0", "creative commons attribution-sharealike 2.0": "CC-BY-SA-2.0",
    "open data commons open database license": "ODbL-1.0", "open data commons open database licence": "ODbL-1.0",
    "open data commons attribution": "ODC-By-1.0", "open data commons public domain": "PDDL-1.0", "odbl": "ODbL-1.0",
    "creative commons 1.0 universal": "CC0-1.0", "cc0": "CC0-1.0", "public domain": "Public domain",
    "creative commons attribution for intergovernmental": "CC-BY-3.0-IGO",
    "creative commons attribution international": "CC-BY-4.0",
    "creative commons attribution-noncommercial-sharealike 4.0": "CC-BY-NC-SA-4.0",
    "creative commons attribution-noncommercial 4.0": "CC-BY-NC-4.0",
}  # fmt: skip


def take(client: Client, ask: Ask) -> Taken:
    """The areas of option `level`, simplified unless option `geometry` is "full"."""
    level = int(ask.options.get("level", 1))
    if ask.dropped is not None:
        about: dict[str, str] = {}
        content = ask.dropped.read_bytes()
        refuse_impostor(content, ask.dropped.name, "GeoJSON")
        version = ""
    else:
        about = _about(client, ask, level)
        content, version = _shapes(client, ask, about)
    notes: list[str] = []
    frame = areas(content, level, ask.iso3, about.get("boundaryCanonical", ""), notes)
    return Taken(
        frame, f"{about.get('boundaryName') or ask.name or ask.iso3}: geoBoundaries, level {level}",
        (re.search(r"\d{4}", about.get("boundaryYearRepresented", "")) or [""])[0], version,
        licence=licence_of(about), attribution=_credit(about), address=about.get("boundarySourceURL", ""),
        rows_read=len(frame), rows_kept=len(frame), notes=tuple(notes),
    )  # fmt: skip


def _about(client: Client, ask: Ask, level: int) -> dict[str, str]:
    """The record of a level, texts only; "nan" and the like are left out. Raises NothingFoundError where there is none."""
    kind = str(ask.options.get("release", "gbOpen"))
    address = f"{client.base(CONNECTOR)}/{kind}/{ask.iso3}/ADM{level}/"
    answer = client.json(CONNECTOR.name, address)  # None: the page of a level that is not there (404)
    records = [r for r in (answer if isinstance(answer, list) else [answer]) if isinstance(r, dict)]
    fitting = [r for r in records if str(r.get("boundaryType") or f"ADM{level}").upper() == f"ADM{level}"]
    if not fitting:
        raise NothingFoundError(f"geoBoundaries has no level {level} of {ask.name or ask.iso3}.")
    cells = {str(k): text(v) or "" for k, v in fitting[0].items()}
    return {k: v for k, v in cells.items() if v.lower() not in NOTHING}


def _shapes(client: Client, ask: Ask, about: Mapping[str, str]) -> tuple[bytes, str]:
    """The GeoJSON and the hash that is its version; a pointer of Git LFS leads to where the file really lies."""
    first, second = "simplifiedGeometryGeoJSON", "gjDownloadURL"
    if ask.options.get("geometry") == "full":
        first, second = second, first
    address = about.get(first) or about.get(second)
    if not address or not address.lower().startswith(("http://", "https://")):
        raise SourceError(f"geoBoundaries names no file for {about.get('boundaryID', ask.iso3)}. Try again later.")
    found = re.search(r"/raw/([0-9A-Za-z]+)/(.+)$", address)
    reply = client.get(CONNECTOR.name, address, most=MOST_BYTES, check=_check)
    if reply.status == 200 and reply.content.startswith(LFS) and found:
        media = client.settings.base("geoboundaries_media", MEDIA)
        reply = client.get(CONNECTOR.name, f"{media}/{found[1]}/{found[2]}", most=MOST_BYTES, check=_check)
    if reply.status == 404:
        raise NothingFoundError(f"geoBoundaries has no file at {reply.address}.")
    refuse_impostor(reply.content, "geoBoundaries", "GeoJSON")
    return reply.content, found[1] if found else ""


def _check(reply: Reply) -> None:
    """Before it is kept: a pointer may be, for it leads to the file; a web page and half a file may not."""
    if reply.status == 404 or reply.content.startswith(LFS):
        return
    refuse_impostor(reply.content, "geoBoundaries", "GeoJSON")
    if not reply.content.rstrip().endswith(b"}"):
        raise SourceError("geoBoundaries answered with GeoJSON that is cut off. Try again later.")


def areas(content: bytes, level: int, iso3: str, word: str, notes: list[str]) -> gpd.GeoDataFrame:
    """Columns area_id, name, shape_iso, iso3, level, level_word and the polygons.

    Raises SourceError where the content is no GeoJSON of areas.
    """
    try:
        features = json.loads(content.decode("utf-8-sig", "replace")).get("features")
    except (ValueError, AttributeError, RecursionError):
        features = None
    if not isinstance(features, list):
        raise SourceError("geoBoundaries answered with something that is no GeoJSON of areas. Try again later.")
    frame = read_shapes(io.BytesIO(content), "geoBoundaries", notes)
    if frame.empty or frame.geometry.isna().all():
        raise NothingFoundError(f"geoBoundaries has no shapes of level {level} of {iso3}.")
    groups = {str(v).upper() for v in frame.get("shapeGroup", []) if _known(v)}
    if groups and iso3 not in groups:
        notes.append(f"The file says that it is of {', '.join(sorted(groups)[:3])}, not of {iso3}.")
    names = pd.Series([_known(v) for v in frame.get("shapeName", [None] * len(frame))], index=frame.index, dtype="str")
    unnamed = names.isna()
    if unnamed.any():
        notes.append(f"{counted(int(unnamed.sum()), 'area')} without a name, called by a number.")
    edges = frame.geometry.bounds.clip(-1000, 1000).round(3)
    frame = frame.assign(name=names, y=-edges["maxy"], x=edges["minx"])
    frame = frame.sort_values(["name", "y", "x"], kind="stable", na_position="last", ignore_index=True)
    names = frame["name"].fillna("Area")
    keys = names.map(lambda n: " ".join(re.findall(r"\w+", fold(n))) or "area")
    number = keys.groupby(keys).cumcount() + 1
    again = keys.duplicated(keep=False)
    if again.any():
        notes.append(f"{counted(int(again.sum()), 'area')} share a name with another: their ids number them from north to south, and may change with an edition.")  # fmt: skip
    ids = f"{iso3}-{level}/" + keys + ("#" + number.astype("str")).where(number > 1, "")
    names = names.where(frame["name"].notna(), names + " " + number.astype("str"))
    isos = pd.Series([_known(v) for v in frame.get("shapeISO", [None] * len(frame))], dtype="str")
    table = {"area_id": ids, "name": names, "shape_iso": isos, "iso3": iso3, "level": str(level), "level_word": word}
    return gpd.GeoDataFrame(table, geometry=frame.geometry.to_numpy(), crs="EPSG:4326")


def _known(value: Any) -> str | None:
    written = text(value)
    return None if written is None or written.lower() in NOTHING else written


def licence_of(about: Mapping[str, str]) -> str:
    """The boundary's own licence as an SPDX identifier where it is known, else its words; empty where it says nothing."""
    said = about.get("boundaryLicense") or about.get("licenseDetail") or ""
    plain = re.sub(r"[()]", "", re.sub(r"\s+", " ", said.lower())).replace("share alike", "sharealike").strip()
    plain = plain.replace("attribution sharealike", "attribution-sharealike")
    fits = [start for start in LICENCES if plain.startswith(start)]
    return LICENCES[max(fits, key=len)] if fits else said[:200]


def _credit(about: Mapping[str, str]) -> str:
    source = about.get("boundarySource", "")
    return f"{f'{source}, through ' if source else ''}geoBoundaries (Runfola et al. 2020, PLoS ONE 15(4): e0231866)"


def _block(level: int) -> Block:
    keys = {"level": level, "id_column": "area_id", "name_column": "name"}
    path = f"geoboundaries-{level}.geoparquet"
    return Block("boundary", f"geoBoundaries, level {level}", path, keys, {"level": level}, level == 1)


CONNECTOR = Connector(
    "geoboundaries", "geoBoundaries", "William & Mary geoLab", "boundaries", BASE, "CC-BY-4.0", take,
    tuple(_block(n) for n in (1, 2, 3)), "geoBoundaries (Runfola et al. 2020, PLoS ONE 15(4): e0231866)",
    "https://www.geoboundaries.org", order=20, licence_of_record=True,
    by_hand="A file geoBoundaries-<ISO3>-ADM<level>.geojson (or its simplified form).",
    options={
        "level": "level of the areas: 1 the first below the country", "geometry": "simplified, or full",
        "release": "gbOpen, gbHumanitarian or gbAuthoritative",
    },
)  # fmt: skip
