"""World Bank indicators: how many use the internet, have electricity, go to school; each with its latest known year.

An error comes with status 200 as `[{"message": …}]`, an empty answer as `[…, null]`, and sometimes a byte order mark
stands in front. Pages are counted by `[0].pages`. SDG 4.a.1 is not looked for here: UIS has it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from etl.boxes import names_in, read_in
from etl.connect import Ask, Block, Connector, Taken
from etl.sources import tidy
from etl.sources.rows import counted
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client, Reply

NAME, BASE = "world_bank", "https://api.worldbank.org"
PAGE, MOST_PAGES = 1000, 50
NOT_THERE = {"120", "175"}  # invalid value, and an indicator that was not found, deleted or archived
INDICATORS = {
    "IT.NET.USER.ZS": ("internet_users", "People who use the internet", "% of people"),
    "IT.CEL.SETS.P2": ("mobile_subscriptions", "Mobile subscriptions", "per 100 people"),
    "IT.NET.BBND.P2": ("fixed_broadband", "Fixed broadband subscriptions", "per 100 people"),
    "EG.ELC.ACCS.ZS": ("electricity_access", "People with electricity", "% of people"),
    "EG.ELC.ACCS.RU.ZS": ("electricity_access_rural", "Rural people with electricity", "% of rural people"),
    "SE.PRM.ENRL": ("enrolment_primary", "Learners in primary schools", "learners"),
    "SE.SEC.ENRL": ("enrolment_secondary", "Learners in secondary schools", "learners"),
    "SP.POP.0014.TO": ("children_under_15", "Children under 15", "people"),
    "NY.GDP.PCAP.CD": ("gdp_per_person", "Gross domestic product a person", "US dollars"),
}
LEVELS = {"SE.PRM.ENRL": "primary", "SE.SEC.ENRL": "secondary"}


def take(client: Client, ask: Ask) -> Taken:
    """The latest known value of each indicator; raises NothingFoundError where the bank has none of this country."""
    wanted = ask.options.get("indicators") or tuple(INDICATORS)
    codes = [str(c) for c in ([wanted] if isinstance(wanted, str) else wanted)]
    notes: list[str] = []
    if ask.dropped:
        got, updated = _dropped(ask.dropped, ask.iso3), ""
        answers = {code: got.get(code, []) for code in codes}
    else:
        pairs = {code: _asked(client, ask, code, notes) for code in codes}
        answers, updated = {c: r for c, (r, _) in pairs.items()}, max((u for _, u in pairs.values()), default="")
    rows = [row for code in codes if (row := _row(code, answers[code]))]
    read = sum(map(len, answers.values()))
    if not any(r["value"] is not None for r in rows):
        raise NothingFoundError(f"The World Bank has no figures of {ask.iso3}. {' '.join(notes)}".strip())
    if read > len(rows):
        notes.append(f"{counted(read - len(rows), 'record')} of other years not kept.")
    without = [INDICATORS.get(c, (c, c, ""))[1].lower() for c in codes if not answers[c]]
    if without:
        notes.append(f"Nothing is given for: {', '.join(without)}.")
    frame = tidy.table(rows)
    return Taken(
        frame,
        title="World Development Indicators",
        date=max(frame["year"].dropna(), default=""),
        version=updated,
        attribution=_attribution(frame["source_code"].dropna(), updated),
        address="https://data.worldbank.org",
        rows_read=read,
        rows_kept=len(frame),
        notes=tuple(dict.fromkeys(notes)),
    )


def _attribution(codes: Any, updated: str) -> str:
    return ", ".join(filter(None, ("World Bank, World Development Indicators", ", ".join(codes), updated)))


def _row(code: str, records: list[dict[str, Any]]) -> dict[str, Any] | None:
    last = tidy.latest(records, year="date", value="value")
    if last is None:
        return None
    about = last.get("indicator")
    said = str(about.get("value") or code) if isinstance(about, Mapping) else code
    title, unit = tidy.unit_of(said)
    name, title, unit = INDICATORS.get(code, (code.lower().replace(".", "_"), title, unit))
    value, year = tidy.number(last.get("value")), tidy.year_of(last.get("date"))
    note = str(last.get("obs_status") or "") or ("" if value is not None else "no value in any year asked for")
    return tidy.row(name, title, level=LEVELS.get(code, ""), unit=unit, year=year, value=value, note=note, code=code)


# --- asking -------------------------------------------------------------------------------------------------------


def _asked(client: Client, ask: Ask, code: str, notes: list[str]) -> tuple[list[dict[str, Any]], str]:
    """All records of one indicator of the country, and the day on which the bank last changed them."""
    address = f"/v2/country/{ask.iso3}/indicator/{code}"

    def check(reply: Reply) -> None:
        page_of(reply.json(), code)

    years = f"{ask.today.year - tidy.LAST_YEARS}:{ask.today.year}"
    records: list[dict[str, Any]] = []
    pages, updated, first = 1, "", None
    for page in range(1, MOST_PAGES + 1):
        params = {"format": "json", "per_page": PAGE, "page": page, "date": str(ask.options.get("date", years))}
        about, some = page_of(client.get(NAME, address, params=params, allow=(), check=check).json(), code)
        if fault := about.get("fault"):
            notes.append(str(fault))
            return [], ""
        if page > 1 and some and some[0] == first:
            notes.append(f"The World Bank gave page {page - 1} of {code} twice; asking stopped there.")
            break
        first, updated = some[0] if some else None, str(about.get("lastupdated") or updated)
        records += [r for r in some if str(r.get("countryiso3code") or ask.iso3) == ask.iso3]
        pages = int(tidy.number(about.get("pages")) or 0)
        if page >= pages or not some:
            break
    else:
        notes.append(f"The World Bank has {pages:,} pages of {code}; {MOST_PAGES} were read.")
    return records, updated


def page_of(found: Any, code: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """One answer as its head (`pages`, `lastupdated`; `fault` where nothing of this code is there) and its rows.

    Raises SourceError where the answer is an error of another kind, or none that the bank gives.
    """
    if not isinstance(found, list) or not found or not isinstance(found[0], dict):
        raise SourceError(f"The World Bank's answer for {code} has another form than expected.")
    if "message" in found[0]:
        said = tidy.mappings(found[0]["message"])
        words = "; ".join(
            ": ".join(str(m[k]) for k in ("key", "value") if m.get(k)) + f" ({m.get('id')})" for m in said
        )
        fault = f"The World Bank has nothing of {code}: {words or 'no reason given'}."
        if said and all(str(m.get("id")) in NOT_THERE for m in said):
            return {"fault": fault}, []
        raise SourceError(fault)
    return found[0], tidy.mappings(found[1]) if len(found) > 1 else []


# --- files put there by hand --------------------------------------------------------------------------------------


def _dropped(path: Path, iso3: str) -> dict[str, list[dict[str, Any]]]:
    """Records by code, of a saved answer (JSON), or of the CSV or zip that the bank's site gives for a download."""
    try:
        content = path.read_bytes()
        if zipfile.is_zipfile(path):
            data = [n for n in names_in(path) if n.lower().endswith(".csv") and "metadata" not in n.lower()]
            parts = [_wide(read_in(path, n), iso3) for n in data]
        elif path.suffix.lower() == ".json":
            parts = [page_of(json.loads(content.decode("utf-8-sig")), path.name)[1]]
        else:
            parts = [_wide(content, iso3)]
    except (OSError, ValueError, KeyError, RecursionError) as error:
        raise SourceError(f"{path.name} cannot be read as a file of the World Bank ({type(error).__name__}).") from None
    out: dict[str, list[dict[str, Any]]] = {}
    for record in (r for part in parts for r in part):
        about = record.get("indicator")
        if isinstance(about, Mapping) and str(record.get("countryiso3code") or iso3) == iso3:
            out.setdefault(str(about.get("id")), []).append(record)
    return out


def _wide(content: bytes, iso3: str) -> list[dict[str, Any]]:
    """The records of a download with one column a year; some lines about the file stand above its head."""
    lines = content.decode("utf-8-sig").splitlines(keepends=True)
    head = next((i for i, line in enumerate(lines) if "Country Code" in line), None)
    if head is None:
        raise SourceError("The file has no column “Country Code”: it is not the World Bank's CSV.")
    frame = pd.read_csv(io.StringIO("".join(lines[head:])), dtype=str, keep_default_na=False)
    if "Indicator Code" not in frame:
        raise SourceError("The file has no column “Indicator Code”: it is not the World Bank's CSV.")
    frame = frame[frame["Country Code"] == iso3]
    years = [c for c in frame.columns if tidy.year_of(c)]
    return [
        {
            "indicator": {"id": r["Indicator Code"], "value": r.get("Indicator Name", "")},
            "date": y,
            "value": r[y] or None,
        }
        for r in frame.to_dict("records")
        for y in years
    ]


WORLD_BANK = Connector(
    name=NAME,
    title="World Development Indicators",
    publisher="World Bank",
    gives="benchmarks",
    base=BASE,
    licence="CC-BY-4.0",
    take=take,
    blocks=(Block("benchmark", "World Bank", "world_bank.csv"),),
    attribution="World Bank, World Development Indicators",
    address="https://data.worldbank.org",
    order=20,
    by_hand="a CSV or zip that https://data.worldbank.org gives for a download, or a saved answer (JSON)",
    options={"indicators": "codes of the indicators", "date": "years, as first:last"},
)
