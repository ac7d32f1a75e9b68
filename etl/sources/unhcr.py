"""UNHCR: refugees and displaced people whom a country hosts, and how many of them are of school age.

`cf_type=ISO` makes country codes ISO codes: without it they are UNHCR's own. A hyphen is a number that is hidden or not
known, never zero; "0" is a true zero. These are counts of a whole country: they are shown beside it, and never spread
over its schools.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl.connect import Ask, Block, Connector, Taken
from etl.sources import tidy
from etl.sources.rows import counted
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client

NAME, BASE = "unhcr", "https://api.unhcr.org"
PAGE, MOST_PAGES, YEARS = 1000, 100, 6
GROUPS = {
    "refugees": ("refugees", "Refugees"),
    "asylum_seekers": ("asylum_seekers", "Asylum-seekers"),
    "idps": ("internally_displaced", "People displaced inside the country"),
    "returned_refugees": ("returned_refugees", "Refugees who returned"),
    "returned_idps": ("returned_internally_displaced", "Displaced people who returned"),
    "stateless": ("stateless", "Stateless people"),
}
SCHOOL_AGE = ("f_5_11", "f_12_17", "m_5_11", "m_12_17")
HIDDEN = "hidden or not known"


def take(client: Client, ask: Ask) -> Taken:
    """The latest year's counts; raises NothingFoundError where UNHCR counts nobody and hides nothing."""
    notes: list[str] = []
    if ask.dropped:
        population = demographics = _dropped(ask, notes)
    else:
        population = _asked(client, ask, "population", notes)
        demographics = _asked(client, ask, "demographics", notes)
    of_groups = [r for r in population if "refugees" in r]
    of_ages = [r for r in demographics if SCHOOL_AGE[0] in r or SCHOOL_AGE[2] in r]
    rows = [*_groups(of_groups), *_school_age(of_ages)]
    if not rows:
        raise NothingFoundError(f"UNHCR counts no displaced people in {ask.iso3}.")
    frame = tidy.table(rows)
    read = len(of_groups) + len(of_ages)
    return Taken(
        frame,
        title="Refugee Population Statistics Database",
        date=max(frame["year"].dropna(), default=""),
        version=str(ask.options.get("version", "")),
        attribution=ATTRIBUTION,
        address="https://www.unhcr.org/refugee-statistics",
        rows_read=read,
        rows_kept=len(frame),
        notes=tuple(dict.fromkeys(notes)),
    )


def _groups(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row a group of people, of the newest year that is given."""
    year = _newest(items)
    some = [r for r in items if tidy.year_of(r.get("year")) == year]
    rows = []
    for key, (name, title) in GROUPS.items():
        value, note = _total([r.get(key) for r in some])
        if some:
            rows.append(tidy.row(name, title, unit="people", year=year, value=value, note=note, code=key))
    return rows


def _school_age(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Refugees and other displaced people of 5 to 17 years, of the newest year that is given."""
    year = _newest(items)
    some = [r for r in items if tidy.year_of(r.get("year")) == year]
    if not some:
        return []
    value, note = _total([r.get(key) for r in some for key in SCHOOL_AGE])
    everyone, _ = _total([r.get("total") for r in some])
    ageless, _ = _total([r.get(k) for r in some for k in ("f_other", "m_other") if k in r])
    if everyone and ageless:
        note = "; ".join(filter(None, (note, f"the age of {ageless:,.0f} of {everyone:,.0f} people is not known")))
    return [
        tidy.row(
            "displaced_school_age", "Displaced children of school age, 5 to 17", unit="children", year=year, value=value,
            note=note, code="+".join(SCHOOL_AGE),
        )
    ]  # fmt: skip


def _newest(items: Sequence[Mapping[str, Any]]) -> int | None:
    return max((y for r in items if (y := tidy.year_of(r.get("year")))), default=None)


def _total(cells: Sequence[Any]) -> tuple[float | None, str]:
    """The sum of counts, or none where a part is hidden: then what is known is said as the least that it can be."""
    found = [tidy.number(c) for c in cells]
    known = [f for f in found if f is not None and f >= 0]
    if len(known) == len(found):
        return (sum(known), "") if found else (None, HIDDEN)
    if not sum(known):
        return None, HIDDEN
    return None, f"at least {sum(known):,.0f}; {len(found) - len(known)} of {len(found)} counts are {HIDDEN}"


# --- asking -------------------------------------------------------------------------------------------------------


def _asked(client: Client, ask: Ask, what: str, notes: list[str]) -> list[dict[str, Any]]:
    """Every item of one table, page by page as `maxPages` says."""
    address = f"/population/v1/{what}/"
    items: list[dict[str, Any]] = []
    previous: list[dict[str, Any]] = []
    for page in range(1, MOST_PAGES + 1):
        params = {
            "limit": PAGE, "page": page, "yearFrom": ask.today.year - YEARS, "yearTo": ask.today.year,
            "coa": ask.iso3, "cf_type": "ISO",
        }  # fmt: skip
        found = client.json(NAME, address, params=params)
        if not isinstance(found, dict) or not isinstance(found.get("items"), list):
            raise SourceError(
                f"UNHCR answered without a list of items for {what}; its answer has changed or is damaged."
            )
        some = tidy.mappings(found["items"])
        if some and some == previous:
            notes.append(f"UNHCR gave page {page - 1} of {what} twice; asking stopped there.")
            break
        previous = some
        here = [r for r in some if str(r.get("coa_iso") or ask.iso3) == ask.iso3]
        if len(here) < len(some):
            notes.append(f"UNHCR gave {counted(len(some) - len(here), 'row')} of other countries, left out.")
        items += here
        pages = int(tidy.number(found.get("maxPages")) or 0)
        if page >= pages or not some:
            break
    else:
        notes.append(f"UNHCR has more than {MOST_PAGES} pages of {what}; the rest was not read.")
    return items


def _dropped(ask: Ask, notes: list[str]) -> list[dict[str, Any]]:
    """Items of a saved answer, or of several in one list; rows of other countries leave."""
    if ask.dropped is None:
        return []
    try:
        found = json.loads(ask.dropped.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        raise SourceError(f"{ask.dropped.name} cannot be read as a saved answer of UNHCR (JSON).") from None
    answers = found if isinstance(found, list) else [found]
    items = [i for a in tidy.mappings(answers) for i in tidy.mappings(a.get("items"))]
    if not items:
        raise SourceError(f"{ask.dropped.name} holds no items of UNHCR.")
    here = [i for i in items if str(i.get("coa_iso") or "") == ask.iso3]
    if len(here) < len(items):
        notes.append(f"{ask.dropped.name}: {counted(len(items) - len(here), 'row')} of other countries left out.")
    return here


ATTRIBUTION = "UNHCR Refugee Population Statistics Database"
UNHCR = Connector(
    name=NAME,
    title="Refugee Population Statistics Database",
    publisher="UNHCR",
    gives="displacement",
    base=BASE,
    licence="CC-BY-4.0",
    take=take,
    blocks=(Block("benchmark", "UNHCR", "unhcr.csv"),),
    attribution=ATTRIBUTION,
    address="https://www.unhcr.org/refugee-statistics",
    order=10,
    by_hand="a saved answer (JSON) of population or demographics, or a list of both",
)
