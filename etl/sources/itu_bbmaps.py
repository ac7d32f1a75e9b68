"""ITU's interactive transmission map: lines of fibre and microwave links, operational and planned.

Lines have gaps, and a school near a line is not near a place where one can join it: the distance to a line is a weaker
guess than the distance to a node, and both are kept apart. Planned lines are marked, and never counted as there.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from etl.connect import Ask, Block, Bounds, Connector, Taken
from etl.sources import lines
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client, Reply

NAME, BASE = "itu_bbmaps", "https://bbmaps.itu.int"
LAYER, PAGE, MOST_PAGES = "itu-geocatalogue:trx_geocatalogue", 5000, 100
AROUND_DEGREES = 0.5  # a school at the border may be nearest to a line beyond it
VINTAGE = "2022-12-31"


def take(client: Client, ask: Ask) -> Taken:
    """The lines in and around a country; raises NothingFoundError where the map shows none."""
    if ask.dropped:
        features, notes = lines.saved(ask.dropped), list[str]()
    elif ask.bounds is None:
        raise SourceError(
            "ITU's map is asked by a box: give boundaries first, or put a file there by hand (`file` of the service in the recipe)."
        )
    else:
        features, notes = _asked(client, lines.widened(ask.bounds, AROUND_DEGREES))
    around = lines.widened(ask.bounds, AROUND_DEGREES) if ask.bounds else None
    table = lines.table(features, NAME, around, only_here=ask.dropped is not None)
    if not len(table.frame):
        raise NothingFoundError(
            f"ITU's transmission map shows no line in {ask.name or ask.iso3}. {' '.join(table.notes)}".strip()
        )
    return Taken(
        table.frame,
        title="Interactive Transmission Map",
        date=str(ask.options.get("vintage", VINTAGE)),
        attribution="ITU Interactive Transmission Map",
        address="https://bbmaps.itu.int",
        rows_read=len(features),
        rows_kept=len(table.frame),
        notes=(*notes, *table.notes),
    )


def _asked(client: Client, boxes: tuple[Bounds, ...]) -> tuple[list[dict[str, Any]], list[str]]:
    features: list[dict[str, Any]] = []
    notes: list[str] = []
    for box in boxes:
        matched: list[int] = []

        def page(number: int, box: Bounds = box, matched: list[int] = matched) -> list[dict[str, Any]]:
            """Features from a start index that counts what came so far: a server may give fewer than it was asked for."""
            start = sum(matched[1:])
            if matched and start >= matched[0] >= 0:
                return []
            found = client.get(
                NAME, "/geoserver/itu-geocatalogue/ows", params=_params(box, start), allow=(400,), check=_refuse
            ).json()
            if not matched:
                total = found.get("numberMatched")
                matched.append(total if isinstance(total, int) and not isinstance(total, bool) else -1)
            some = [f for f in found["features"] if isinstance(f, dict)]
            matched.append(len(some))
            return some

        got = client.pages(NAME, page, first=0, size=None, id_of=lines.id_of, most=MOST_PAGES)
        before = {lines.id_of(f) for f in features} - {""}
        features += [f for f in got.rows if lines.id_of(f) not in before]  # a line over 180° lies in both boxes
        notes += got.notes
        if matched and matched[0] > len(got.rows) + got.repeats:
            notes.append(f"ITU's map says that it has {matched[0]:,} lines here, and gave {len(got.rows):,}.")
    return features, notes


def _params(box: Bounds, start: int) -> dict[str, Any]:
    west, south, east, north = box
    return {
        "service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": LAYER, "count": PAGE,
        "outputFormat": "application/json", "bbox": f"{west},{south},{east},{north},EPSG:4326", "startIndex": start,
    }  # fmt: skip


def _refuse(reply: Reply) -> None:
    """Raises SourceError for an exception report (XML, with status 200 or 400) and for anything without features."""
    if reply.content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and b"xceptionReport" in reply.content:
        said = re.search(r"<(?:\w+:)?ExceptionText>(.*?)</", reply.text, re.DOTALL)
        words = " ".join(said[1].split())[:200] if said else "no reason given"
        raise SourceError(f"ITU's map refused {reply.address}: {words}")
    found = reply.json()
    if reply.status != 200 or not isinstance(found, dict) or not isinstance(found.get("features"), list):
        what = json.dumps(found)[:120]
        raise SourceError(f"ITU's map answered {reply.address} without features (status {reply.status}): {what}")


ITU_BBMAPS = Connector(
    name=NAME,
    title="ITU Interactive Transmission Map",
    publisher="International Telecommunication Union",
    gives="nodes",
    base=BASE,
    licence="",
    take=take,
    blocks=(Block("source", "ITU transmission map", "itu_bbmaps.parquet", keys=lines.RECIPE),),
    attribution="ITU Interactive Transmission Map",
    address="https://bbmaps.itu.int",
    order=10,
    by_hand="a GeoJSON of lines, as the map's WFS gives it",
    options={"vintage": "date that the map describes, where it is not 2022-12-31"},
)
