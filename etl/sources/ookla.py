"""Ookla's open data: mean speeds of tiles at zoom 16, of a quarter, for the fixed and the mobile network.

The world's file is streamed by pieces of its row groups, of the columns that are needed; the text of the polygons is
never read. What is kept is chosen by quadkey: first by the prefixes of the tiles that cover the country, then by the
areas themselves. So memory is bounded by the country. Fixed means phones on Wi-Fi, not lines of schools; a tile
without tests is unknown, never without coverage.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from etl.connect import Ask, Block, Connector, Taken
from etl.nearby import near
from etl.sources.ookla_files import Tiles, read_tiles
from etl.sources.rows import counted
from geodata.errors import NothingFoundError, OfflineError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client

NAME = "ookla"
QUARTERS_BACK = 4  # how many quarters before the newest possible one are asked for
MARGIN_KM = 5.0  # tiles across the border that may still be the nearest to a school
PATH = "/parquet/performance/type={network}/year={year}/quarter={quarter}/{year}-{month:02d}-01_performance_{network}_tiles.parquet"
ATTRIBUTION = (
    "Speedtest® by Ookla® Global Fixed and Mobile Network Performance Maps was accessed on {accessed} from AWS. Based on "
    "{licensee}'s analysis of Speedtest® by Ookla® Global Fixed and Mobile Network Performance Maps for {period}. Ookla "
    "trademarks used under license and reprinted with permission."
)
ABSENT = (403, 404)  # S3 answers either for a quarter that is not published


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a year; `number` is 1 to 4."""

    year: int
    number: int

    def before(self) -> Quarter:
        """The quarter before it."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    @property
    def month(self) -> int:
        """Its first month."""
        return 3 * self.number - 2

    def __str__(self) -> str:
        return f"Q{self.number} {self.year}"


def quarter_of(day: date) -> Quarter:
    """The quarter that a day lies in."""
    return Quarter(day.year, (day.month + 2) // 3)


# More tests than this no tile has; such a figure is damage.
MOST_TESTS = 1e9


def take(client: Client, ask: Ask) -> Taken:
    """Tiles of the country of one network (option `type`, fixed or mobile).

    Raises NothingFoundError where the quarter has no tile of the country or nothing was published in the last quarters,
    SourceError where a file lacks a column.
    """
    network = str(ask.options.get("type", "fixed"))
    if network not in ("fixed", "mobile"):
        raise SourceError(f"ookla knows the types fixed and mobile, not {network!r}. Correct service.options.type.")
    _refuse_other_network(ask.dropped, network)
    here = near(ask, float(ask.options.get("margin_km", MARGIN_KM)))
    path, quarter, notes = (ask.dropped, _named(ask), []) if ask.dropped else _newest(client, ask, network)
    read = read_tiles(path, here)
    period = str(quarter) if quarter else "a period that the file's name does not say"
    if not len(read.frame):
        raise NothingFoundError(
            f"Ookla's tiles ({network}, {period}) have none of {ask.name or ask.iso3} among {read.rows:,}. No tests are no sign that there is no network; some places were removed from the open data in April 2026."
        )
    frame = _tidy(read, network)
    return Taken(
        frame,
        title=f"Speedtest open data, {network}, {period}",
        date=f"{quarter.year}-{quarter.month:02d}" if quarter else "",
        version=str(quarter) if quarter else "",
        attribution=ATTRIBUTION.format(accessed=_long(_came(client, ask)), licensee=ask.options.get("licensee", "First Mile"), period=period),
        address="https://registry.opendata.aws/speedtest-global-performance/",
        rows_read=read.rows,
        rows_kept=len(frame),
        notes=(*notes, *_said(read, frame, ask), f"SHA-256 of the file read: {_sha256(path)}; Ookla makes its files anew under the same name."),
    )  # fmt: skip


def _came(client: Client, ask: Ask) -> date:
    """The day on which the file came: a refresh that finds the same file again changes no word of the attribution."""
    return ask.today if ask.dropped or not client.met else client.met[-1].retrieved.date()


def _newest(client: Client, ask: Ask, network: str) -> tuple[Path, Quarter, list[str]]:
    """The newest published quarter, or the one that the option `quarter` names."""
    wanted = _quarter(str(ask.options.get("quarter", "")))
    newest = wanted or quarter_of(ask.today).before()
    tried, offline, quarter = [], "", newest
    for _ in range(1 if wanted else 1 + QUARTERS_BACK):
        address = PATH.format(network=network, year=quarter.year, quarter=quarter.number, month=quarter.month)
        try:
            path = client.download(NAME, address, magic=(b"PAR1",), name=address.rpartition("/")[2], absent=ABSENT)
        except NothingFoundError:
            tried.append(quarter)
        except OfflineError as error:
            offline = offline or str(error)
        else:
            return path, quarter, _missed(tried, quarter)
        quarter = quarter.before()
    if offline:
        raise OfflineError(offline)
    raise NothingFoundError(f"Ookla has published no {network} tiles for {tried[0]}{f' nor the {len(tried) - 1} quarters before it' if len(tried) > 1 else ''}.")  # fmt: skip


def _missed(tried: list[Quarter], taken: Quarter) -> list[str]:
    """What was not published yet, where anything was."""
    if not tried:
        return []
    return [f"{tried[0]}{f' to {tried[-1]}' if len(tried) > 1 else ''} not published yet; {taken} taken."]


def _refuse_other_network(path: Path | None, network: str) -> None:
    """A file dropped by hand whose name says the other network."""
    other = "mobile" if network == "fixed" else "fixed"
    if path is not None and other in path.name.lower() and network not in path.name.lower():
        raise SourceError(
            f"{path.name} is, by its name, of the {other} network, but service.options.type is {network!r}. Correct one of them."
        )


def _named(ask: Ask) -> Quarter | None:
    """The quarter of a file dropped by hand: as the options or its name say."""
    return _quarter(str(ask.options.get("quarter", ""))) or _quarter(ask.dropped.name if ask.dropped else "")


def _quarter(text: str) -> Quarter | None:
    """The quarter that a text names, as 2025-07-01_performance, 2025Q3 or Q3 2025."""
    if found := re.search(r"(20\d\d)-(01|04|07|10)-01", text):
        return Quarter(int(found[1]), (int(found[2]) + 2) // 3)
    found = re.search(r"(?P<y>20\d\d)[ _-]?[qQ](?P<q>[1-4])|[qQ](?P<q2>[1-4])[ _-]?(?P<y2>20\d\d)", text)
    return Quarter(int(found["y"] or found["y2"]), int(found["q"] or found["q2"])) if found else None


def _tidy(read: Tiles, network: str) -> pd.DataFrame:
    """Mbps from kbps; a speed of a tile that has none stays unknown, tests are the weights."""
    raw = read.frame
    return pd.DataFrame(
        {
            "quadkey": raw["quadkey"].astype("str"),
            "network": pd.Series(network, index=raw.index, dtype="str"),
            "avg_download_mbps": np.round(raw["avg_d_kbps"] / 1000, 3),
            "avg_upload_mbps": np.round(raw["avg_u_kbps"] / 1000, 3),
            "avg_latency_ms": raw["avg_lat_ms"],
            "tests": _counts(raw["tests"]),
            "devices": _counts(raw["devices"]),
        }
    )


def _counts(values: pd.Series) -> pd.Series:
    """Whole numbers; what can be no count (below 0, beyond all tests ever made) is unknown."""
    return values.where(values.between(0, MOST_TESTS)).round().astype("Int64")


def _said(read: Tiles, frame: pd.DataFrame, ask: Ask) -> list[str]:
    notes = [f"{len(frame):,} of {read.rows:,} tiles lie in {ask.name or ask.iso3} or near its border."]
    if read.repeats:
        notes.append(f"{counted(read.repeats, 'row')} left out for repeating another exactly.")
    if read.unreadable:
        notes.append(f"{counted(read.unreadable, 'row')} left out for want of a readable quadkey.")
    without = int((frame["avg_download_mbps"].isna()).sum())
    return [*notes, f"{counted(without, 'tile')} without a download speed."] if without else notes


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:16]


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _block(network: str) -> Block:
    """A source of tiles of one network, as it stands in a recipe."""
    keys = {
        "kind": "tiles", "network": network, "evidence": "measured",
        "columns": {"quadkey": "quadkey", "avg_download_mbps": "avg_download_mbps", "tests": "tests"},
    }  # fmt: skip
    return Block("source", f"speed tiles, {network}", f"ookla_{network}.parquet", keys, {"type": network}, needed=False)  # fmt: skip


CONNECTOR = Connector(
    name=NAME,
    title="Speed tiles (Ookla open data)",
    publisher="Ookla",
    gives="speeds",
    base="https://ookla-open-data.s3.amazonaws.com",
    licence="CC-BY-NC-SA-4.0",
    take=take,
    blocks=(_block("fixed"), _block("mobile")),
    attribution="Speedtest® by Ookla® Global Fixed and Mobile Network Performance Maps. Ookla trademarks used under license and reprinted with permission.",
    address="https://registry.opendata.aws/speedtest-global-performance/",
    by_hand="a performance tiles file as Parquet, shapefile zip, GeoJSON or CSV, whole or of the country",
    options={
        "type": "fixed or mobile",
        "quarter": "a quarter in place of the newest, such as 2026Q1",
        "margin_km": "how far beyond the border tiles are kept, in km",
        "licensee": "whose analysis the attribution names",
    },
)
