"""What every plan must say of its prices: how many are provisional, which spread widely, which are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.costing.items import ITEMS, mid_sentence
from geodata.say import in_english, later, tr, trn, written

if TYPE_CHECKING:
    from geodata.costing.unit import PriceBook

PLANNING = later("Planning value")  # how the source of a price begins that no publication gives
SPREAD = 10  # a price whose published values differ more than so many times is named


# What a plan says of whose money it counts; nothing where it is the payer's.
VIEWS = {
    "operator": later(
        "Money is counted as an operator sees it: building and keeping the connection, less the fees it earns. Where a cost is below 0, fees more than pay for the connection. Devices, power and training are not in it."
    ),
    "social": later(
        "Money is counted as resources used: fees, charges and taxes only change hands, and are not in it."
    ),
}


@in_english
def notes(book: PriceBook) -> tuple[str, ...]:
    """Sentences that every plan made with a price book must carry; none about what a national quote has replaced."""
    said = [
        _offered(book),
        _provisional(book),
        _fees(book),
        *_spreads(book),
        _least(book),
        _planning(book),
        _missing(book),
    ]
    return tuple(sentence for sentence in said if sentence)


def _offered(book: PriceBook) -> str:
    if not book.quotes:
        return ""
    return trn(
        "The links of {n} school cost what bidders offered; other prices are as before.",
        "The links of {n} schools cost what bidders offered; other prices are as before.",
        len(book.quotes),
    )


def _provisional(book: PriceBook) -> str:
    open_, all_ = len(book.provisional), len(book.costs)
    if not open_:
        return ""
    values = {"of": all_, "book": book.title or book.name, "currency": book.currency}
    if open_ == all_:
        return tr(
            "All {of} unit prices are provisional ({book}, in {currency}): enter national quotes in the unit-cost sheet before money is committed.",
            **values,
        )
    return tr(
        "{open} of {of} unit prices are provisional ({book}, in {currency}): enter national quotes in the unit-cost sheet before money is committed.",
        open=open_,
        **values,
    )


def _fees(book: PriceBook) -> str:
    cost = book.costs.get("cellular_fee_per_mbps")
    if cost is None or not cost.provisional:
        return ""
    return tr(
        "Published fees for mobile broadband differ {fold}-fold ({low} to {high} {currency} a year for 20 Mbps): every cost of a mobile link is indicative until a national quote is entered.",
        fold=written(cost.high / cost.low, 0),
        low=written(20 * cost.low, 0),
        high=written(20 * cost.high, 0),
        currency=book.currency,
    )


def _spreads(book: PriceBook) -> list[str]:
    published = [c for c in book.costs.values() if c.provisional and not c.source.startswith(PLANNING)]
    wide = [c for c in published if c.item != "cellular_fee_per_mbps" and c.low > 0 and c.high > SPREAD * c.low]
    if not wide:
        return []
    named = "; ".join(
        tr("{title} {low:,g} to {high:,g}", title=mid_sentence(c.title), low=c.low, high=c.high) for c in wide
    )
    return [tr("Published prices differ more than {fold}-fold for: {named}.", fold=SPREAD, named=named)]


def _least(book: PriceBook) -> str:
    held = {way: book.costs.get(f"{way}_fee_least") for way in ("cellular", "satellite")}
    least = {way: written(c.mid, 0) for way, c in held.items() if c is not None and c.provisional}
    if len(least) > 1:
        return tr(
            "Mobile plans are counted at no less than {cellular} {currency} a year a school, and satellite plans are counted at no less than {satellite} {currency} a year a school: a planning value, because plans are sold whole and not by the Mbps.",
            currency=book.currency,
            **least,
        )
    if "cellular" in least:
        return tr(
            "Mobile plans are counted at no less than {cellular} {currency} a year a school: a planning value, because plans are sold whole and not by the Mbps.",
            currency=book.currency,
            **least,
        )
    if "satellite" in least:
        return tr(
            "Satellite plans are counted at no less than {satellite} {currency} a year a school: a planning value, because plans are sold whole and not by the Mbps.",
            currency=book.currency,
            **least,
        )
    return ""


def _planning(book: PriceBook) -> str:
    own = [
        mid_sentence(c.title)
        for c in book.costs.values()
        if c.provisional and c.source.startswith(PLANNING) and ITEMS[c.item].money
    ]
    return (
        tr("No open source was found for these prices, which are planning values: {own}.", own=", ".join(own))
        if own
        else ""
    )


def _missing(book: PriceBook) -> str:
    lacking = [mid_sentence(ITEMS[item].title) for item in book.missing]
    if not lacking:
        return ""
    return tr(
        "No price in {currency} is known for: {lacking}; what needs them has no known cost.",
        currency=book.currency,
        lacking=", ".join(lacking),
    )
