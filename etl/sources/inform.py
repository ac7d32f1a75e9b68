"""INFORM Risk: the risk of humanitarian crises and disasters of a whole country, 0 to 10.

The newest workflow that has scores of the country counts: in spring the list of the current year is empty. Empty
replies happen and are asked for again (by the client). The index is of the whole country, the same for every school.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from etl.connect import Ask, Block, Connector, Taken
from etl.sources import tidy
from etl.sources.rows import counted
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client

NAME, BASE = "inform", "https://drmkc.jrc.ec.europa.eu/inform-index/API/InformAPI"
YEARS = 4  # how many years back a list of workflows is looked for
MOST_WORKFLOWS = 8
SCORES = {
    "INFORM": ("inform_risk", "INFORM Risk"),
    "HA": ("inform_hazard", "INFORM: hazards and exposure"),
    "VU": ("inform_vulnerability", "INFORM: vulnerability"),
    "CC": ("inform_coping", "INFORM: lack of coping capacity"),
}
UNIT, LEAST, MOST = "of 10", 0.0, 10.0


def take(client: Client, ask: Ask) -> Taken:
    """The scores of the newest workflow that has the country; raises NothingFoundError where none has."""
    notes: list[str] = []
    name, year, scores = _dropped(ask) if ask.dropped else _newest(client, ask, notes)
    here = {
        str(s.get("IndicatorId")): tidy.number(s.get("IndicatorScore")) for s in scores if s.get("Iso3") == ask.iso3
    }
    outside = [i for i, v in here.items() if v is not None and not LEAST <= v <= MOST]
    if outside:
        notes.append(f"INFORM gives {', '.join(outside)} outside {LEAST:g} to {MOST:g}; left out.")
    known = {i: v for i, v in here.items() if v is not None and i not in outside}
    if not known:
        raise NothingFoundError(f"INFORM has no score of {ask.iso3}.")
    frame = _benchmarks(known, year)
    return Taken(
        frame,
        title="INFORM Risk Index",
        date=str(year or ""),
        version=name,
        attribution="INFORM Risk Index, European Commission Joint Research Centre (DRMKC)",
        address="https://drmkc.jrc.ec.europa.eu/inform-index",
        rows_read=len(scores),
        rows_kept=len(frame),
        notes=(
            *notes,
            *(
                [f"{counted(len(scores) - len(here), 'row')} of other countries not kept."]
                if len(scores) > len(here)
                else []
            ),
        ),
    )


def _benchmarks(known: dict[str, float], year: int | None) -> pd.DataFrame:
    named = {i: SCORES.get(i, (i.lower(), i)) for i in known}
    return tidy.table(
        tidy.row(
            named[i][0],
            named[i][1],
            unit=UNIT,
            year=year,
            value=v,
            code=i,
            note="higher is worse",
        )
        for i, v in known.items()
    )


# --- asking -------------------------------------------------------------------------------------------------------


def _newest(client: Client, ask: Ask, notes: list[str]) -> tuple[str, int | None, list[dict[str, Any]]]:
    """Name, year and scores of the newest workflow of INFORM Risk that has the country."""
    for tried, (year, workflow) in enumerate(_workflows(client, ask, notes)):
        if tried >= MOST_WORKFLOWS:
            break
        name, number = str(workflow.get("Name") or ""), workflow.get("WorkflowId")
        params = {"WorkflowId": number, "IndicatorId": ",".join(SCORES)}
        found = client.json(NAME, "/countries/Scores/", params=params)
        scores = tidy.mappings(found)
        if any(s.get("Iso3") == ask.iso3 and tidy.number(s.get("IndicatorScore")) is not None for s in scores):
            return name or f"workflow {number}", year, scores
        notes.append(f"{name or number} has no score of {ask.iso3} yet; an earlier one was asked for.")
    raise NothingFoundError(f"INFORM has no score of {ask.iso3} in the last {YEARS} years.")


def _workflows(client: Client, ask: Ask, notes: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Workflows of INFORM Risk, the newest first; a year whose list is empty is said and passed over."""
    if ask.options.get("workflow"):
        yield ask.today.year, {"WorkflowId": ask.options["workflow"]}
        return
    for year in range(ask.today.year, ask.today.year - YEARS, -1):
        found = client.json(NAME, f"/Workflows/GetByYear/{year}")
        some = [w for w in tidy.mappings(found) if tidy.number(w.get("WorkflowId")) is not None and _is_risk(w)]
        if not some:
            notes.append(f"INFORM lists no Risk Index of {year} yet.")
        for workflow in sorted(some, key=lambda w: -(tidy.number(w["WorkflowId"]) or 0)):
            yield year, workflow


def _is_risk(workflow: dict[str, Any]) -> bool:
    """Whether a workflow is of the Risk Index: Severity, Warning and Climate Change have workflows of their own."""
    name = str(workflow.get("Name") or "").lower()
    return "risk" in name and not any(w in name for w in ("severity", "warning", "climate", "subnational"))


def _dropped(ask: Ask) -> tuple[str, int | None, list[dict[str, Any]]]:
    """A saved answer of Scores."""
    if ask.dropped is None:
        raise SourceError("No file of INFORM was given.")
    try:
        scores = tidy.mappings(json.loads(ask.dropped.read_text("utf-8-sig")))
    except (OSError, ValueError, RecursionError):
        raise SourceError(f"{ask.dropped.name} cannot be read as a saved answer of INFORM (JSON).") from None
    return ask.dropped.stem, tidy.year_of(ask.options.get("year")), scores


INFORM = Connector(
    name=NAME,
    title="INFORM Risk Index",
    publisher="European Commission, Joint Research Centre",
    gives="risk",
    base=BASE,
    licence="CC-BY-4.0",
    take=take,
    blocks=(Block("benchmark", "INFORM", "inform.csv"),),
    attribution="INFORM Risk Index, European Commission Joint Research Centre (DRMKC)",
    address="https://drmkc.jrc.ec.europa.eu/inform-index",
    order=10,
    by_hand="a saved answer (JSON) of countries/Scores",
    options={
        "workflow": "number of the edition, where it is not to be the newest",
        "year": "year of a file put there by hand",
    },
)
