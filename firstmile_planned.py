"""What becomes of a plan that the console command was asked for: made, said, written, recorded; bids compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from firstmile_say import FAILED, columns, say, steps, stop, unheard, warn

if TYPE_CHECKING:
    import pandas as pd

    from geodata.costing.unit import PriceBook
    from geodata.lots.bids import Bid
    from geodata.lots.cut import Lots
    from geodata.lots.editions import Tender
    from geodata.plan.result import Plan
    from geodata.plan.terms import Terms
    from geodata.query import Desk
    from geodata.store import Store


@dataclass(frozen=True)
class Kept:
    """How files that leave are recorded: where, under which licence profile, what for, by whom."""

    trail: Store | None
    profile: str
    purpose: str
    who: str

    def record(self, desk: Desk, folder: str, rows: int, files: Mapping[str, Path]) -> None:
        """Record every file before it stands at its place. Raises StoreError where it must be recorded and cannot be."""
        from geodata.errors import StoreError
        from geodata.store import acts
        from geodata.view import View

        if self.trail is None:
            return
        try:
            for name, path in files.items():
                acts.record_export(
                    self.trail, desk.atlas, view=View(), columns=None, tier=desk.tier, licence_profile=self.profile,
                    purpose=self.purpose, rows=rows, sha256=acts.file_hash(path), file=f"{folder}/{name}", who=self.who,
                )  # fmt: skip
        except StoreError as error:
            if desk.tier != "public":
                raise
            warn(f"Not recorded: {error}")
        finally:
            self.trail.close()


def write_plan(
    desk: Desk, terms: Terms, book: PriceBook, out: Path, kept: Kept, *, draws: int = 0, quick: bool
) -> None:
    """Make a plan, say what it buys, write its files. Ends with 1 where no plan keeps all limits."""
    from geodata.exports.programme import write_programme

    made = _made(desk, terms, book)
    if draws:
        made = _drawn(desk, made, draws)
    _said(desk, made)
    lots = lots_of(desk, made)
    record = partial(kept.record, desk, out.name, len(made.schools))
    with steps() as progress:
        solved = None if quick else _curve(desk, made)
        files = write_programme(made, lots, out, desk=desk, profile=kept.profile, curve=solved, progress=progress, keep=record)  # fmt: skip
    say(f"Wrote {', '.join(files)} to {out}.")


def _made(desk: Desk, terms: Terms, book: PriceBook | None) -> Plan:
    from geodata.plan.make import make_plan

    with steps(), unheard():
        made = make_plan(desk, terms, book)
    if made.choice.status == "infeasible":
        for clash in made.clashes or made.choice.clashes:
            warn(f"  {clash.limit}{_by(clash.by, clash.unit, made.book.currency)}")
        many = (
            "All of them together would"
            if any(c.together for c in made.clashes or made.choice.clashes)
            else "Any one of them would"
        )
        stop(f"No plan keeps all of these limits. {many} have to give way, by as much as its line says.", FAILED)
    return made


def _by(amount: float, unit: str, currency: str) -> str:
    """ ": by 11,314,700 USD", ": by 3 schools", or nothing: by how much a limit would have to give way, never less."""
    if not amount:
        return ""
    if unit == "points":
        return f": by {ceil(round(amount * 10, 4)) / 10:,.1f} percentage points"
    return f": by {ceil(round(amount, 6)):,} {unit.replace('money', currency)}"


def lots_of(desk: Desk, made: Plan) -> Lots | None:
    """The lots of a plan; none where schools are not shown one by one."""
    from geodata.lots.cut import lots

    return lots(made, desk) if desk.one_by_one and made.choice.chosen.any() else None


def _drawn(desk: Desk, made: Plan, draws: int) -> Plan:
    """The plan with how often each school stays in it when prices and unknown data are drawn at random."""
    from geodata.plan.basis import basis
    from geodata.plan.sure import selected_share

    with steps() as progress, unheard():
        progress(f"Made anew with prices and unknown data drawn at random, {draws} times")
        return selected_share(basis(desk, made.terms, made.book), made.terms, draws=draws).on(made)


def _curve(desk: Desk, made: Plan) -> pd.DataFrame:
    """What other budgets would buy, spent in one year, at the plan's own weight of marginalisation and at none."""
    from geodata.plan.sweep import in_one_year, sweep

    weights = sorted({0.0, made.terms.number("plan_equity_weight")})
    with unheard():
        return sweep(desk, in_one_year(made.terms), made.book, weights=weights)


def _said(desk: Desk, made: Plan) -> None:
    from geodata.exports import plan_said

    say(plan_said.title(desk, made))
    columns(*plan_said.table(desk, made))
    for line in plan_said.lines(desk, made):
        say(line)


# --- bids ---------------------------------------------------------------------------------------------------------


def compare_bids(  # noqa: PLR0917
    desk: Desk, terms: Terms, book: PriceBook | None, files: Sequence[Path], out: Path | None, kept: Kept
) -> None:
    """Read bids, say every fault and how they compare, and make the plan again at the best offers where a folder is named."""
    from geodata.disclosure import one_by_one
    from geodata.lots.compared import compare, with_bids
    from geodata.lots.editions import tender

    one_by_one(desk.tier, desk.risk, desk.atlas.name)
    for path in files:
        if not path.is_file():
            stop(f"There is no bid {path}.")
    made = _made(desk, terms, book)
    lots = lots_of(desk, made)
    if lots is None:
        stop("The plan in this folder chooses no school, so there is nothing to bid for.")
    read = [_bid(path, tender(made, lots, desk)) for path in files]
    table = compare(read, lots, made)
    _compared(table, made.book.currency)
    if out is not None:
        write_plan(desk, terms, with_bids(made, lots, read), out, kept, quick=True)
    if any(bid.faults for bid in read):
        stop("Bids with faults are not taken for the lots named. Ask the bidders to mend the cells above.", FAILED)


def _bid(path: Path, asked: Tender) -> Bid:
    from geodata.lots.bids import read

    bid = read(path.read_bytes(), asked)
    for fault in bid.faults:
        warn(f"{path.name}: {fault}")
    say(f"{path.name}: {bid.bidder or 'no name'} offers {len(bid.lots)} of {len(asked.totals)} lots.")
    return bid


def _compared(table: pd.DataFrame, currency: str) -> None:
    """The offers beside the estimate, the best of each lot marked."""

    def amount(value: float) -> str:
        return f"{value:,.0f}" if value == value else "not known"  # noqa: PLR0124 - NaN

    rows = [
        (str(r["lot"]), str(r["bidder"] or "nobody"), amount(r["whole_life"]), amount(r["per_mbps_year"]), f"{amount(r['estimate_low'])} to {amount(r['estimate_high'])}", "best" if r["best"] else "", str(r["mark"]).replace("_", " "))
        for r in table.to_dict("records")
    ]  # fmt: skip
    columns(("lot", "bidder", f"whole life ({currency})", "a Mbps a year", "estimate", "", ""), rows)
