"""Giga Meter: speed tests made on school computers, as medians a day. Nothing of a person or device is kept anywhere.

Reference: Giga Meter back end, /api/v1/measurements (page from 0, Kbps, ISO2 in records), 60 requests a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from etl.connect import Ask, Block, Connector, Key, Taken
from etl.emis.meter import Days, Test, hours_of, statuses, stripped
from etl.emis.plain import entry, items, message_of, text
from etl.fetching.client import Client
from etl.fetching.replies import Reply
from geodata.errors import KeyNeededError, NothingFoundError, SourceError
from geodata.policy import POLICY

SERVICE = "giga_meter"
SIZES = {"v2": 1000, "v1": 100}
PATHS = {"v2": "/api/v1/measurements/v2", "v1": "/api/v1/measurements"}
REFUSED = (400, 404)
WHERE = "Ask Giga (giga.global) for a key that covers the country, and set FIRSTMILE_GIGA_METER_KEY."


def take(client: Client, ask: Ask) -> Taken:
    """Medians a school, local day and way of testing, in school hours; speeds in Mbps, latency in ms."""
    key = client.settings.key(SERVICE)
    if not key and not client.offline:
        raise KeyNeededError(f"Giga Meter needs a key. {WHERE}")
    start, end = _window(ask)
    hours, notes = hours_of(ask.options, ask.bounds)
    days = Days(hours, ask.iso2)
    version = text(ask.options.get("api")) or "v2"
    if version not in PATHS:
        raise SourceError(
            f"Giga Meter has no api {version!r}; allowed: v2 (1,000 tests a page), v1 (tells time zones)."
        )
    said: list[str] = []
    for since, until in _months(start, end):
        version = _read(client, ask.iso3, (since, until), version=version, days=days, notes=said)
    table = days.table()
    if table.empty:
        raise NothingFoundError(f"Giga Meter has no test in school hours of {ask.iso3} from {start} to {end}.")
    live, at_risk = (int(POLICY.number(n)) for n in ("meter_live_days", "meter_at_risk_days"))
    last = str(table["measured_on"].max())
    return Taken(
        table, title="Giga Meter measurements", date=last, rows_read=days.count["read"], rows_kept=len(table),
        notes=(*notes, *dict.fromkeys(said), *days.notes(), *statuses(table, live, at_risk)),
        address=f"{client.settings.base(SERVICE, BASE)}{PATHS[version]}",
    )  # fmt: skip


def _window(ask: Ask) -> tuple[date, date]:
    """From and until which day: as the options say, else the year that ends today."""
    told = {n: text(ask.options.get(n)) for n in ("from", "until")}
    try:
        end = date.fromisoformat(told["until"]) if told["until"] else ask.today
        start = date.fromisoformat(told["from"]) if told["from"] else end - timedelta(days=365)
    except (ValueError, OverflowError):
        raise SourceError(
            f"from and until are days such as 2026-01-31; they say {told['from']!r} and {told['until']!r}."
        ) from None
    if start > end:
        raise SourceError(f"from ({start}) lies after until ({end}).")
    return start, end


def _months(start: date, end: date) -> list[tuple[date, date]]:
    """The window month by month: no list of pages grows long, and what fails is asked for again in small parts."""
    out = []
    while start <= end:
        after = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        out.append((start, min(after, end + timedelta(days=1))))
        start = after
    return out


def _read(client: Client, iso3: str, window: tuple[date, date], *, version: str, days: Days, notes: list[str]) -> str:
    """One window in the order of the service's clock; the version that answered (an older service knows only v1)."""
    since, until = (d.isoformat() for d in window)
    params = {
        "size": str(SIZES[version]), "orderBy": "created_at", "country_iso3_code": iso3,
        "filterBy": "created_at", "filterCondition": "gte", "filterValue": f"{since}T00:00:00.000Z",
    }  # fmt: skip
    ended: list[int] = []
    missing: list[int] = []

    def page(number: int) -> list[dict[str, Any]]:
        if ended:
            return []
        answer = _ask(client, PATHS[version], {**params, "page": str(number)})
        if answer is None:
            missing.append(number)
            return []
        rows = _rows(answer)
        times = [text(r.get("created_at")) for r in rows]
        if times and times == sorted(times) and times[-1] >= until:
            ended.append(number)  # what follows is of a later window
        return [_marked(r) for r in rows]

    pages = client.pages(SERVICE, page, first=0, size=None, id_of=lambda row: text(row.get("mark")))
    if missing == [0] and version == "v2":
        return _read(client, iso3, window, version="v1", days=days, notes=notes)
    tests: list[Test] = [row["test"] for row in pages.rows]
    for test in tests:
        if test.made is None or since <= test.made.date().isoformat() < until:
            days.add(test)
    notes += pages.notes
    return version


def _ask(client: Client, path: str, params: Mapping[str, str]) -> Any:
    """One page as JSON, never kept in the cache (it holds addresses and devices of people); None for 404."""
    key = client.settings.key(SERVICE)
    reply: Reply = client.get(
        SERVICE, path, params=dict(params), key_header=("Authorization", f"Bearer {key}") if key else None,
        allow=REFUSED, keep=False, check=_look_at,
    )  # fmt: skip
    return None if reply.status == 404 else reply.json()


def _look_at(reply: Reply) -> None:
    if reply.status == 404:
        return
    answer = reply.json()
    if reply.status == 400:
        said = message_of(answer) or "status 400"
        error = KeyNeededError if "authori" in said.lower() else SourceError
        raise error(f"Giga Meter refused: {said}. {WHERE if error is KeyNeededError else ''}".rstrip())
    if entry(answer).get("success") is False:
        raise SourceError(f"Giga Meter answered with an error: {message_of(answer) or 'success is false'}.")


def _rows(answer: Any) -> list[dict[str, Any]]:
    """v2 answers a bare list, v1 an envelope."""
    rows = answer if isinstance(answer, list) else entry(answer).get("data")
    if not isinstance(rows, list):
        raise SourceError(
            f"Giga Meter answered without a list of tests: {message_of(answer) or 'its answers may have changed'}."
        )
    return items(rows)


def _marked(record: dict[str, Any]) -> dict[str, Any]:
    """The test alone, and what tells it from others: its id, or (v2 has none) all of it; nothing else goes on."""
    own = text(record.get("id"))
    mark = own or str(hash(repr(sorted((k, repr(v)) for k, v in record.items()))))
    return {"mark": mark, "test": stripped(record)}


BASE = "https://uni-ooi-giga-meter-backend.azurewebsites.net"
GIGA_METER = Connector(
    name=SERVICE,
    title="Giga Meter",
    publisher="Giga (UNICEF and ITU)",
    gives="measurements",
    base=BASE,
    licence="CC-BY-4.0",
    attribution="Giga Meter measurements © Giga (UNICEF and ITU), CC BY 4.0",
    address="https://meter.giga.global",
    take=take,
    blocks=(
        Block(
            "source", "Giga Meter", "giga_meter.csv",
            {
                "kind": "measurements", "evidence": "measured",
                "columns": {
                    "school_id_giga": "school_id_giga", "measured_on": "measured_on", "test_method": "test_method",
                    "test_download_mbps": "download_mbps", "tests": "tests", "tests_failed": "tests_failed",
                },
            }, needed=False,
        ),
    ),
    order=10,
    key=Key("key", WHERE),
    by_hand="a CSV of tests or daily medians with the school's Giga id and a day, read by an ordinary recipe (kind = \"measurements\")",
    options={
        "from": "first day, such as 2026-01-01; a year before the last where it is not given",
        "until": "last day; today where it is not given",
        "timezone": "time zone of the country, such as Africa/Nairobi, for tests that tell none",
        "utc_offset": "hours from UTC, in place of timezone",
        "first_hour": "hour at which school begins on the local clock (7)",
        "last_hour": "hour before which school ends on the local clock (17)",
        "api": "v2 (usual) or v1, which has smaller pages and tells time zones",
    },
)  # fmt: skip
