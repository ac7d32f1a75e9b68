"""Bids read back: what a bidder wrote is checked cell by cell, and nothing is mended silently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geodata.costing.sheetcells import letters, opened
from geodata.errors import SourceError
from geodata.lots.bidfaults import TOTAL, Fault, price_fault, sum_faults
from geodata.lots.editions import NOT_REPORTED, SITES, TOTALS, Tender
from geodata.say import in_english, tr

BID, PRICES = "Bid", "Prices"
BID_ROWS = ("Tender", "Bidder", "Currency")
TOTAL_HEAD = 2  # the row of the header of Totals and Prices, from 1
LARGEST = 200_000_000  # bytes unpacked
GUARD = "'"  # stands before a text that a spreadsheet would take for a formula


@dataclass(frozen=True)
class Bid:
    """One bidder's prices: `prices` has lot, school_id, setup, yearly, remarks, one row a school of the lots offered
    without a fault. `lots`: those, in order. `faults`: everything that is wrong; a fault without a lot spoils the bid."""

    bidder: str
    currency: str
    prices: pd.DataFrame
    lots: tuple[str, ...]
    faults: tuple[Fault, ...]


@in_english
def read(data: bytes, tender: Tender) -> Bid:
    """A bid from the bytes of a bidder's workbook, against the tender that was sent out.

    A lot with a fault is not offered; the others are. Raises SourceError where the file is no workbook, or not this one.
    """
    sheets = _sheets(data)
    head = {_text(row[0]): _text(row[1]) for row in sheets[BID] if len(row) > 1}
    faults = list(_head_faults(head, tender))
    found = _prices(sheets[PRICES], faults)
    faults += _site_faults(found, tender)
    offered = _offered(found)
    faults += _price_faults(found, offered)
    faults += _total_faults(sheets[TOTAL], found, offered, tender, head.get("Currency", ""))
    spoiled = {f.lot for f in faults}
    good = () if "" in spoiled else tuple(lot for lot in tender.totals["lot"] if lot in offered and lot not in spoiled)
    rows = [
        (r["lot"], r["school_id"], float(r["setup"]), float(r["yearly"]), str(r["remarks"]))
        for r in found
        if r["lot"] in good
    ]
    prices = pd.DataFrame(rows, columns=["lot", "school_id", "setup", "yearly", "remarks"])
    return Bid(head.get("Bidder", ""), head.get("Currency", ""), prices, good, tuple(faults))


def _sheets(data: bytes) -> dict[str, list[list[Any]]]:
    try:
        sheets = opened(data, largest=LARGEST)
    except SourceError as error:
        raise SourceError(
            tr("The bid cannot be read: {error} Send the XLSX file that was filled.", error=error)
        ) from None
    missing = [name for name in (BID, TOTAL, PRICES) if name not in sheets]
    if missing:
        raise SourceError(
            tr(
                "The bid has no sheet {missing}. Fill the file that was sent out, and keep its sheets.",
                missing=", ".join(missing),
            )
        )
    return sheets


def _head_faults(head: dict[str, str], tender: Tender) -> Iterator[Fault]:
    said = head.get("Tender", "")
    if said != tender.key:
        raise SourceError(
            tr(
                "The bid is for the tender {value}, not for {key}. Fill the file of this tender.",
                value=said or "without a number",
                key=tender.key,
            )
        )
    if not head.get("Bidder"):
        yield Fault(BID, "B2", "", tr("The bidder's name is missing."), tr("Write it there."))
    if not head.get("Currency"):
        yield Fault(
            BID, "B3", "", tr("The currency is missing."), tr("Write {currency} there.", currency=tender.currency)
        )
    elif head["Currency"] != tender.currency:
        yield Fault(
            BID,
            "B3",
            "",
            tr(
                "The currency is {Currency}, and the tender asks for {currency}.",
                Currency=head["Currency"],
                currency=tender.currency,
            ),
            tr("Offer in {currency}.", currency=tender.currency),
        )


def _prices(rows: list[list[Any]], faults: list[Fault]) -> list[dict[str, Any]]:
    """The rows of the price schedule as they stand, each with the number of its row in the sheet."""
    names = list(SITES)
    found = []
    for at, row in enumerate(rows[TOTAL_HEAD:], start=TOTAL_HEAD + 1):
        held = dict(zip(names, [*row, *[""] * len(names)], strict=False))
        if any(str(v).strip() for v in held.values()):
            held = {**held, "row": at, "lot": _text(held["lot"]), "school_id": _text(held["school_id"])}
            found.append(held)
    if not found:
        faults.append(
            Fault(
                PRICES,
                "A3",
                "",
                tr("There are no schools in the price schedule."),
                tr("Fill the file that was sent out."),
            )
        )
    return found


def _text(value: Any) -> str:
    """A cell as text; a number that was a text stays whole."""
    text = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value).strip()
    return text.removeprefix(GUARD)


def _site_faults(found: list[dict[str, Any]], tender: Tender) -> Iterator[Fault]:
    """Schools added, left out, moved to another lot, given twice; Mbps that are not those asked for."""
    ids = tender.sites["school_id"].tolist()
    home = dict(zip(ids, tender.sites["lot"].tolist(), strict=True))
    asked = dict(zip(ids, tender.sites["mbps"].tolist(), strict=True))
    seen: set[str] = set()
    for row in found:
        school, lot, at = row["school_id"], row["lot"], row["row"]
        cell = _cell("school_id", at)
        if school not in home:
            yield Fault(
                PRICES,
                cell,
                lot,
                tr("The school {value} is not in the tender.", value=school or "without an id"),
                tr("Take the row out."),
            )
        elif school in seen:
            yield Fault(PRICES, cell, lot, tr("The school {school} stands twice.", school=school), tr("Keep one row."))
        elif lot != home[school]:
            for spoiled in dict.fromkeys((lot, home[school])):
                yield Fault(
                    PRICES,
                    _cell("lot", at),
                    spoiled,
                    tr(
                        "The school {school} is in lot {home}, not {value}.",
                        school=school,
                        home=home[school],
                        value=lot or "none",
                    ),
                    tr("Write the lot as it was sent out."),
                )
        elif not _same_mbps(row["mbps"], asked[school]):
            yield Fault(
                PRICES,
                _cell("mbps", at),
                lot,
                tr("The Mbps needed at {school} were changed to {mbps}.", school=school, mbps=row["mbps"]),
                tr("Write {asked}, and offer that.", asked=_asked(asked[school])),
            )
        seen.add(school)
    for school in [s for s in ids if s not in seen]:
        yield Fault(
            PRICES,
            "A1",
            home[school],
            tr("The school {school} was left out of lot {home}.", school=school, home=home[school]),
            tr("Put its row back; a lot is offered whole."),
        )


def _asked(mbps: Any) -> str:
    return NOT_REPORTED if pd.isna(mbps) else f"{float(mbps):g}"


def _same_mbps(said: Any, sent: Any) -> bool:
    if pd.isna(sent):
        return str(said).strip() == NOT_REPORTED
    try:
        return not isinstance(said, bool) and float(str(said)) == float(
            sent
        )  # a number that was made a text is the same
    except ValueError:
        return False


def _offered(found: Iterable[dict[str, Any]]) -> set[str]:
    """Lots in which any price is written."""
    return {r["lot"] for r in found if any(str(r[c]).strip() for c in ("setup", "yearly"))}


def _price_faults(found: list[dict[str, Any]], offered: set[str]) -> Iterator[Fault]:
    for row in found:
        for column in ("setup", "yearly") if row["lot"] in offered else ():
            what = price_fault(row[column])
            if what:
                name = SITES[column].lower()
                yield Fault(
                    PRICES,
                    _cell(column, row["row"]),
                    row["lot"],
                    tr("The {name} of {school_id} {what}.", name=name, school_id=row["school_id"], what=what),
                    tr("Write a number, 0 or more."),
                )


def _total_faults(
    rows: list[list[Any]], found: list[dict[str, Any]], offered: set[str], tender: Tender, currency: str
) -> Iterator[Fault]:
    """Sums that are not those of the prices, lots without a sum, and a second currency."""
    names = list(TOTALS)
    told: dict[str, tuple[int, dict[str, Any]]] = {}
    for at, row in enumerate(rows[TOTAL_HEAD:], start=TOTAL_HEAD + 1):
        held = dict(zip(names, [*row, *[""] * len(names)], strict=False))
        told[_text(held["lot"])] = (at, held)
    for lot in [lot for lot in tender.totals["lot"] if lot in offered]:
        if lot not in told:
            yield Fault(TOTAL, "A1", lot, tr("Lot {lot} has no row.", lot=lot), tr("Put its row back."))
            continue
        at, held = told[lot]
        said = str(held["currency"]).strip()
        if said != currency:
            yield Fault(
                TOTAL,
                f"{letters(names.index('currency'))}{at}",
                lot,
                tr(
                    "Lot {lot} is in {value}, the bid in {value_2}.",
                    lot=lot,
                    value=said or "no currency",
                    value_2=currency or "none",
                ),
                tr("Offer all lots in one currency."),
            )
        yield from sum_faults(lot, at, held, [r for r in found if r["lot"] == lot])


def _cell(column: str, row: int) -> str:
    return f"{letters(list(SITES).index(column))}{row}"
