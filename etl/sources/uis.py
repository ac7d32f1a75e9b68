"""UNESCO Institute for Statistics: the share of schools with each service that the country reported (SDG 4.a.1).

Indicators are matched by `SCHBSP.` in the definitions that the service gives, never by a closed list; the release is
pinned and recorded. The older SDMX service no longer answers and is not used. Without network: a file of the bulk
download (SDG.zip), of the data browser (zip with data.csv) or a saved answer (JSON).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from etl.connect import Ask, Block, Connector, Taken
from etl.sources import tidy
from etl.sources.rows import counted
from etl.sources.uis_files import Bulk, read_bulk
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client, Reply

NAME, BASE, API = "uis", "https://api.uis.unesco.org", "/api/public"
PATTERN = r"^SCHBSP\."  # schools by service
TOO_MUCH, TOO_LONG = 400, 414  # "Too much data requested", and an address that is too long
AT_ONCE = 40  # indicators in one address
LEVELS = {"02": "pre_primary", "1": "primary", "2": "lower_secondary", "3": "upper_secondary", "2T3": "secondary"}
# The end of a code → the project's own indicator. Codes that are not here keep their own name and title.
SERVICES = {
    "WELEC": "electricity", "WINTERN": "internet_for_learners", "WCOMPUT": "computers", "WINFSTUDIS": "accessible",
    "WWATA": "water", "WTOILA": "sanitation", "WWASH": "handwashing",
}  # fmt: skip
QUALIFIERS = {"UIS_EST": "estimate of UNESCO", "NAT_EST": "national estimate"}
MAGNITUDES = {"NIL": "nil or negligible", "NA": "not applicable", "INCLUDED": "included elsewhere"}
Record = Mapping[str, Any]


def take(client: Client, ask: Ask) -> Taken:
    """The latest figure of every indicator of schools by service; raises NothingFoundError where UIS has none."""
    wanted = tidy.pattern(ask.options.get("pattern", PATTERN))
    found = read_bulk(ask.dropped, ask.iso3, wanted) if ask.dropped else _asked(client, ask, wanted)
    if not found.records:
        said = f" It said: {' '.join(found.notes)}" if found.notes else ""
        raise NothingFoundError(f"UIS has no figures of schools by service (SDG 4.a.1) for {ask.iso3}.{said}")
    frame = tidy.table(rows(found.records, found.names, wanted))
    years = list(frame["year"].dropna())
    earlier = len(found.records) - len(frame)
    return Taken(
        frame,
        title="SDG 4.a.1, schools by service",
        date=max(years, default=""),
        version=found.version,
        attribution=f"Source: UNESCO Institute for Statistics (UIS), {found.version or ask.today.isoformat()}, https://databrowser.uis.unesco.org",
        address="https://databrowser.uis.unesco.org",
        rows_read=len(found.records),
        rows_kept=len(frame),
        notes=(*found.notes, *([f"{counted(earlier, 'record')} of earlier years not kept."] if earlier else [])),
    )


def rows(records: list[Record], names: Mapping[str, str], pattern: str = PATTERN) -> list[dict[str, Any]]:
    """A row an indicator: its latest year with a value; where no year has one, its latest year, with the reason."""
    by: dict[str, list[Record]] = {}
    for record in records:
        code = str(record.get("indicatorId") or "")
        if re.search(pattern, code):
            by.setdefault(code, []).append(record)
    out = []
    for code, some in sorted(by.items()):
        last = tidy.latest(some, year="year", value="value")
        if last is not None:
            title, unit = tidy.unit_of(names.get(code, code))
            name, level = _meaning(code)
            value, year = tidy.number(last.get("value")), tidy.year_of(last.get("year"))
            note = "; ".join(filter(None, (_note(last), _since(some, year))))
            out.append(tidy.row(name, title, level=level, unit=unit or "%", year=year, value=value, note=note, code=code))  # fmt: skip
    return out


def _meaning(code: str) -> tuple[str, str]:
    """The project's indicator and level of a code; the code itself where its end is not known."""
    parts = code.split(".")
    level = LEVELS.get(parts[1], "") if len(parts) == 3 else ""
    known = SERVICES.get(parts[-1].upper()) if level else None
    return known or code.lower().replace(".", "_"), level


def _since(records: list[Record], year: int | None) -> str:
    """What is said in place of a number for the newest year after `year`: it is newer, and may be why there is none."""
    later = [
        (y, said) for r in records if (y := tidy.year_of(r.get("year"))) and y > (year or 0) and (said := _note(r))
    ]
    return f"{max(later)[0]}: {max(later)[1]}" if later else ""


def _note(record: Record) -> str:
    """The record's magnitude and qualifier in words, with the service's own code."""
    said = []
    for key, words in (("magnitude", MAGNITUDES), ("qualifier", QUALIFIERS)):
        code = str(record.get(key) or "").strip()
        if code:
            said.append(f"{words[code]} ({code})" if code in words else code)
    return "; ".join(said)


# --- asking -------------------------------------------------------------------------------------------------------


def _asked(client: Client, ask: Ask, pattern: str) -> Bulk:
    version, notes = _version(client, ask)
    names = _definitions(client, version, pattern)
    if not names:
        raise NothingFoundError(f"UIS names no indicator that matches {pattern!r}.")
    end = tidy.whole(ask.options.get("end", ask.today.year), "end")
    start = tidy.whole(ask.options.get("start", end - tidy.LAST_YEARS), "start")

    def answer(codes: list[str], first: int, last: int) -> list[Record] | None:
        """Records of some indicators and years; None where the service says that this is too much at once."""
        pinned = {"version": version} if version else {}
        params = {"indicator": codes, "geoUnit": ask.iso3, "start": first, "end": last, **pinned}
        reply = client.get(NAME, f"{API}/data/indicators", params=params, allow=(TOO_MUCH, TOO_LONG), check=_refuse)
        if _too_much(reply):
            return None
        found = reply.json()
        notes.extend(_hints(found))
        return [r for r in tidy.mappings(found["records"]) if str(r.get("geoUnit")) == ask.iso3]

    codes, records = sorted(names), []
    for at in range(0, len(codes), AT_ONCE):
        records += _split(answer, codes[at : at + AT_ONCE], start, end)
    return Bulk(records, names, version, tuple(dict.fromkeys(notes)))


def _split(
    answer: Callable[[list[str], int, int], list[Record] | None], codes: list[str], start: int, end: int
) -> list[Record]:
    """All records, asked for in halves where it is too much at once: indicators first, then years."""
    got = answer(codes, start, end)
    if got is not None:
        return got
    if len(codes) > 1:
        middle = len(codes) // 2
        return _split(answer, codes[:middle], start, end) + _split(answer, codes[middle:], start, end)
    if start < end:
        year = (start + end) // 2
        return _split(answer, codes, start, year) + _split(answer, codes, year + 1, end)
    raise SourceError(f"UIS says that one indicator ({codes[0]}) of one year ({start}) is too much data.")


def _too_much(reply: Reply) -> bool:
    return reply.status == TOO_LONG or (reply.status == TOO_MUCH and b"too much" in reply.content.lower())


def _refuse(reply: Reply) -> None:
    """Raises SourceError for an answer that is neither records nor "too much": it is not to be kept."""
    if _too_much(reply):
        return
    if reply.status != 200:
        said = " ".join(reply.text[:200].split())
        raise SourceError(f"UIS answered {reply.address} with status {reply.status}: {said}")
    found = reply.json()
    if not isinstance(found, dict) or not isinstance(found.get("records"), list):
        raise SourceError(f"UIS answered {reply.address} without records; its answer has changed or is damaged.")


def _version(client: Client, ask: Ask) -> tuple[str, list[str]]:
    """The release to ask for: the recipe's, else the service's default; none where it names none."""
    if ask.options.get("version"):
        return str(ask.options["version"]), []
    reply = client.get(NAME, f"{API}/versions/default", allow=(404,))
    found = reply.json() if reply.status == 200 else None
    version = str(found.get("version") or "") if isinstance(found, dict) else ""
    return version, [] if version else [
        "UIS did not name its release; the figures are of the day on which it was asked."
    ]


def _definitions(client: Client, version: str, pattern: str) -> dict[str, str]:
    """Code → title of the indicators that match."""
    found = client.json(NAME, f"{API}/definitions/indicators", params={"version": version} if version else None)
    items = tidy.mappings(found if isinstance(found, list) else found.get("records") if isinstance(found, dict) else [])
    named = {str(i.get("indicatorCode") or ""): str(i.get("name") or "") for i in items}
    return {code: name or code for code, name in named.items() if re.search(pattern, code)}


def _hints(found: Mapping[str, Any]) -> list[str]:
    """What the service hints at, such as an indicator that it does not know."""
    return [f"UIS: {h.get('message') or h.get('code')}" for h in tidy.mappings(found.get("hints"))]


UIS = Connector(
    name=NAME,
    title="UIS data, SDG 4.a.1",
    publisher="UNESCO Institute for Statistics",
    gives="benchmarks",
    base=BASE,
    licence="CC-BY-SA-3.0-IGO",
    take=take,
    blocks=(Block("benchmark", "UIS", "uis.csv"),),
    attribution="Source: UNESCO Institute for Statistics (UIS), https://databrowser.uis.unesco.org",
    address="https://databrowser.uis.unesco.org",
    order=10,
    by_hand="SDG.zip of the bulk download (https://databrowser.uis.unesco.org/resources/bulk), or the zip of an export of the data browser",
    options={
        "pattern": "regular expression of the indicator codes",
        "version": "release, where it is not to be the newest",
        "start": "first year",
        "end": "last year",
    },
)
