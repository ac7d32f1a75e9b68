"""HDX HAPI: how many events of conflict there were in a country, by kind, in the last year that the data reach.

The counts are ACLED's by district and month, gathered by OCHA; raw events may not be passed on. Kinds overlap (civilians
are targeted within political violence), so they are never added up. Asked only where a recipe names it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from etl.connect import Ask, Block, Connector, Key, Taken
from etl.sources import tidy
from etl.sources.rows import counted
from geodata.errors import KeyNeededError, NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client

NAME, BASE = "hapi", "https://hapi.humdata.org"
PATH, PAGE = "/api/v2/coordination-context/conflict-events", 10_000
MONTHS = 12
WHERE = "Make an application identifier free of charge at https://hapi.humdata.org/docs (encode_app_identifier)."


def take(client: Client, ask: Ask) -> Taken:
    """Events and deaths of the last twelve months that the data reach; raises NothingFoundError where there are none."""
    notes: tuple[str, ...] = ()
    if ask.dropped:
        given = _dropped(ask)
    else:
        given, notes = _asked(client, ask)
    here = [r for r in given if str(r.get("location_code") or "") == ask.iso3]
    finest = max((_level(r) for r in here), default=0)
    rows = [r for r in here if _level(r) == finest and _month(r)]
    if not rows:
        raise NothingFoundError(f"HAPI has no conflict events of {ask.iso3}.")
    last = max(_month(r) for r in rows)
    first = str(pd.Period(last) - (MONTHS - 1))
    frame = tidy.table(_benchmarks([r for r in rows if _month(r) >= first], last))
    return Taken(
        frame,
        title="Conflict events, by district and month",
        date=last,
        attribution="HDX HAPI, OCHA; Armed Conflict Location & Event Data (ACLED)",
        address="https://hapi.humdata.org",
        rows_read=len(given),
        rows_kept=len(frame),
        notes=(*notes, f"{counted(len(rows), 'row')} of level {finest} read; months {first} to {last} counted."),
    )


def _benchmarks(rows: Sequence[Mapping[str, Any]], last: str) -> list[dict[str, Any]]:
    """A row a kind of event, and one for its deaths; a count with a part that is not known is none."""
    out = []
    for kind in sorted({str(r.get("event_type") or "other") for r in rows}):
        some = [r for r in rows if str(r.get("event_type") or "other") == kind]
        words = kind.replace("_", " ")
        for key, title in (("events", f"Conflict: {words}"), ("fatalities", f"Deaths in conflict: {words}")):
            found = [tidy.number(r.get(key)) for r in some]
            known = [f for f in found if f is not None and f >= 0]
            if not known:
                continue
            whole = len(known) == len(found)
            note = (
                ""
                if whole
                else f"at least {sum(known):,.0f}; {len(found) - len(known)} of {len(found)} counts are not known"
            )
            said = "; ".join(filter(None, (f"in {MONTHS} months up to {last}", note)))
            value = sum(known) if whole else None
            out.append(
                tidy.row(
                    f"conflict_{key}_{kind}", title, unit=key, year=int(last[:4]), value=value, note=said, code=kind
                )
            )
    return out


def _month(row: Mapping[str, Any]) -> str:
    """The month of a row as YYYY-MM, empty where it has none."""
    text = str(row.get("reference_period_start") or "")[:7]
    try:
        return str(pd.Period(text, freq="M")) if len(text) == len("2026-01") else ""
    except ValueError:
        return ""


def _level(row: Mapping[str, Any]) -> int:
    return int(tidy.number(row.get("admin_level")) or 0)


def _asked(client: Client, ask: Ask) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    key = client.settings.key(NAME)
    if not key and not client.offline:
        raise KeyNeededError(f"HAPI wants an application identifier (FIRSTMILE_HAPI_KEY). {WHERE}")

    header = ("X-HDX-HAPI-APP-IDENTIFIER", key) if key else None

    def page(offset: int) -> list[dict[str, Any]]:
        params = {"location_code": ask.iso3, "output_format": "json", "limit": PAGE, "offset": offset * PAGE}
        found = client.json(NAME, PATH, params=params, key_header=header, allow=())
        if not isinstance(found, dict) or not isinstance(found.get("data"), list):
            raise SourceError("HAPI answered without data; its answer has changed or is damaged.")
        return tidy.mappings(found["data"])

    got = client.pages(NAME, page, first=0, size=PAGE, id_of=_id)
    return got.rows, got.notes


def _id(row: dict[str, Any]) -> str:
    return "|".join(str(row.get(k)) for k in ("admin1_code", "admin2_code", "event_type", "reference_period_start"))


def _dropped(ask: Ask) -> list[dict[str, Any]]:
    if ask.dropped is None:
        return []
    try:
        found = json.loads(ask.dropped.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        raise SourceError(f"{ask.dropped.name} cannot be read as a saved answer of HAPI (JSON).") from None
    if not isinstance(found, dict) or not isinstance(found.get("data"), list):
        raise SourceError(f"{ask.dropped.name} holds no data of HAPI.")
    return tidy.mappings(found["data"])


HAPI = Connector(
    name=NAME,
    title="Conflict events (HDX HAPI)",
    publisher="OCHA Centre for Humanitarian Data",
    gives="risk",
    base=BASE,
    licence="",  # ACLED's own terms: counts may be shown, raw events not passed on
    take=take,
    blocks=(Block("benchmark", "HAPI", "hapi.csv"),),
    attribution="HDX HAPI, OCHA; Armed Conflict Location & Event Data (ACLED)",
    address="https://hapi.humdata.org",
    order=50,
    key=Key("key", WHERE),
    by_hand="a saved answer (JSON) of coordination-context/conflict-events",
    open_country=False,
)
