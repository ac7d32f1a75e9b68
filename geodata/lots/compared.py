"""Bids beside each other and beside the estimate, per Mbps and over the whole life; and the prices of the best ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.arrays import Floats, number
from geodata.costing.parts import Money, annuity
from geodata.costing.unit import PriceBook, Quote
from geodata.errors import PlanError
from geodata.lots.bids import Bid
from geodata.lots.cut import Lots
from geodata.lots.quotes import whole_life
from geodata.plan.result import Plan
from geodata.say import in_english, later, tr

# One row a lot and bidder, by lot, cheapest first; a lot that nobody offers has one row without a bidder.
COMPARED = (
    "lot",
    "title",
    "bidder",
    "setup",
    "yearly",
    "whole_life",  # present value over the plan's horizon, taxes in it, no contingency
    "per_mbps_year",  # even yearly payment of the same worth, for one Mbps that is needed; unknown where a need is
    "estimate_low",  # of the same: the line and its fees
    "estimate",
    "estimate_high",
    "against",  # share of the estimate's middle that the offer lies above (+) or below (-)
    "mark",  # a key of MARKS
    "best",  # the cheapest offer of the lot without a fault
    "say",  # sentence
)
MARKS = {
    "within": later("within the range of the estimate"),
    "below": later("below the range of the estimate"),
    "above": later("above the range of the estimate"),
    "abnormally_low": later("abnormally low: ask the bidder to explain it before it is accepted"),
    "abnormally_high": later("abnormally high: consider tendering the lot again"),
    "no_estimate": later("the estimate is not known in full"),
    "no_bid": later("nobody offers this lot"),
}


@in_english
def compare(bids: Sequence[Bid], lots: Lots, plan: Plan) -> pd.DataFrame:
    """COMPARED. Marks follow the policy's `lot_bid_low_share` and `lot_bid_high_share`. Of two equal offers the bidder
    first in the alphabet is best. An abnormally low offer stays the best one, marked: to refuse it is for people. Raises
    PlanError where two bids are of one bidder."""
    names = [bid.bidder for bid in bids]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise PlanError(tr("There are several bids of {twice}. Keep the one that counts.", twice=", ".join(twice)))
    rows = [row for bid in sorted(bids, key=lambda b: b.bidder) for row in _rows(bid, lots, plan)]
    offered = {row["lot"] for row in rows}
    rows += [{"lot": lot, "bidder": ""} for lot in lots.lots["lot"] if lot not in offered]
    table = pd.DataFrame(rows, columns=["lot", "bidder", "setup", "yearly", "whole_life", "per_mbps_year"])
    own = lots.lots.set_index("lot")
    for column, source in (("title", "title"), ("estimate_low", "line_low"), ("estimate", "line"), ("estimate_high", "line_high")):  # fmt: skip
        table[column] = own[source].reindex(table["lot"]).to_numpy()
    for column in ("setup", "yearly", "whole_life", "per_mbps_year", "estimate_low", "estimate", "estimate_high"):
        table[column] = number(table[column].astype("float64"))
    if Money.of(plan.terms.policy).perspective != "payer":  # an offer is what a payer pays: nothing to hold it against
        table[["estimate_low", "estimate", "estimate_high"]] = np.nan
    table["against"] = table["whole_life"] / table["estimate"] - 1
    table["mark"] = _marks(table, plan)
    table = table.sort_values(["lot", "whole_life", "bidder"], kind="stable").reset_index(drop=True)
    table["best"] = ~table["lot"].duplicated() & table["whole_life"].notna()
    table["say"] = [_say({str(k): v for k, v in row.items()}) for row in table.to_dict("records")]
    return table[list(COMPARED)]


def _rows(bid: Bid, lots: Lots, plan: Plan) -> list[dict[str, object]]:
    money = Money.of(plan.terms.policy)
    needed = lots.schools.groupby("lot")["required_mbps"].agg(lambda v: float(v.sum()) if v.notna().all() else np.nan)
    sums = bid.prices.groupby("lot")[["setup", "yearly"]].sum()
    out: list[dict[str, object]] = []
    for lot in bid.lots:
        setup, yearly = (float(sums[c].loc[lot]) for c in ("setup", "yearly"))
        value = float(whole_life(np.array(setup), np.array(yearly), money))
        mbps = float(needed.get(lot, np.nan))
        each = value / annuity(money.discount, money.horizon) / mbps if mbps > 0 else np.nan
        out.append(
            {
                "lot": lot,
                "bidder": bid.bidder,
                "setup": setup,
                "yearly": yearly,
                "whole_life": value,
                "per_mbps_year": each,
            }
        )
    return out


def _marks(table: pd.DataFrame, plan: Plan) -> list[str]:
    low, high = table["estimate_low"].to_numpy(), table["estimate_high"].to_numpy()
    value: Floats = table["whole_life"].to_numpy()
    too_low = value < low * (1 - plan.terms.number("lot_bid_low_share"))
    too_high = value > high * (1 + plan.terms.number("lot_bid_high_share"))
    cases = [np.isnan(value), np.isnan(low) | np.isnan(high), too_low, too_high, value < low, value > high]
    names = ["no_bid", "no_estimate", "abnormally_low", "abnormally_high", "below", "above"]
    return [str(name) for name in np.select(cases, names, "within")]


def _say(row: dict[str, object]) -> str:
    if row["mark"] == "no_bid":
        return f"{row['lot']}: {MARKS['no_bid']}."
    of = {"bidder": row["bidder"], "lot": row["lot"], "mark": MARKS[str(row["mark"])]}
    if row["mark"] == "no_estimate":
        return tr("{bidder} offers {lot}: {mark}.", **of)
    return tr(
        "{bidder} offers {lot}: {mark}, {against:+.0%} against its middle.", against=float(str(row["against"])), **of
    )


@in_english
def with_bids(plan: Plan, lots: Lots, bids: Sequence[Bid]) -> PriceBook:
    """The plan's price book with the best offer of each lot as quotes: `make_plan(desk, plan.terms, with_bids(…))` makes
    the plan again at what the market asks. Schools that no one offered keep their estimates."""
    table = compare(bids, lots, plan)
    winner = table[table["best"]].set_index("lot")["bidder"].to_dict()
    ways = dict(zip(lots.schools["school_id"], lots.schools["way"], strict=True))
    offers = [(bid.bidder, {str(k): v for k, v in r.items()}) for bid in bids for r in bid.prices.to_dict("records")]
    quotes = [
        Quote(str(r["school_id"]), str(ways[r["school_id"]]), r["setup"], r["yearly"], f"{r['lot']}, {bidder}")
        for bidder, r in offers
        if winner.get(r["lot"]) == bidder
    ]
    return replace(plan.book, quotes=tuple(sorted(quotes, key=lambda q: (q.school_id, q.way))))
