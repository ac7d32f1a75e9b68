"""One file of a plan at a time, as bytes: what the page Plan hands out, the same as `write_programme` puts in its folder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geodata.disclosure import Tier
from geodata.errors import DisclosureError
from geodata.exports.lotpdf import lot_sheets
from geodata.exports.lotsheets import bidder_workbook, internal_workbook
from geodata.exports.masterplan import master_plan_csv
from geodata.exports.plan_gpkg import write_gpkg
from geodata.exports.plan_seen import Handed, check_profile
from geodata.exports.programme import about, programme_workbook, scenario
from geodata.lots.cut import Lots, lots
from geodata.lots.editions import tender
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import in_english


@dataclass(frozen=True)
class PlanFile:
    """One kind of file: its name, what it is in words, whether it needs the lots, whether the public may have it."""

    name: str
    title: str
    make: Callable[[Handed], bytes]
    public: bool = True
    by_lot: bool = False


def _gpkg(of: Handed) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "programme.gpkg"
        write_gpkg(of, path, about(of))
        return path.read_bytes()


FILES = {
    file.name: file
    for file in (
        PlanFile("programme.xlsx", "Programme workbook: schools, money by year, prices, assumptions, what is not known", programme_workbook),
        PlanFile("master-plan.csv", "Master plan: year, activity, responsible body, cost, funding, risk", master_plan_csv),
        PlanFile("programme.gpkg", "Map layers of the plan (GeoPackage)", _gpkg),
        PlanFile("scenario.json", "Scenario file: the terms and prices, to make the same plan again", scenario),
        PlanFile("lots-for-bidders.pdf", "Lot sheets for bidders: sites, Mbps, service asked for; no estimate", lambda of: lot_sheets(of.plan, of.lots, of.desk), public=False, by_lot=True),
        PlanFile("lots-for-bidders.xlsx", "Price schedule for bidders, to fill in", lambda of: bidder_workbook(tender(of.plan, of.lots, of.desk)), public=False, by_lot=True),
        PlanFile("lots-internal.pdf", "Lot sheets, internal: cost range, risk and reasons", lambda of: lot_sheets(of.plan, of.lots, of.desk, internal=True), public=False, by_lot=True),
        PlanFile("lots-internal.xlsx", "Lots, internal workbook", lambda of: internal_workbook(of.plan, of.lots, of.desk), public=False, by_lot=True),
    )
}  # fmt: skip


def offered(desk: Desk, plan: Plan) -> list[PlanFile]:
    """The files that this tier may have of a plan."""
    some = plan.schools["decision"].eq("chosen").any()  # where nothing is chosen there are no lots
    rows = Handed(desk, plan).rows and bool(some)
    return [f for f in FILES.values() if (f.public or desk.tier != Tier.PUBLIC) and (rows or not f.by_lot)]


@in_english
def file_of(desk: Desk, plan: Plan, name: str, curve: pd.DataFrame | None = None) -> bytes:
    """One file of a plan. Raises DisclosureError where this tier may not have it, KeyError where there is none of that name."""
    kind = FILES[name]
    if kind not in offered(desk, plan):
        raise DisclosureError(f"{kind.title.split(':', maxsplit=1)[0]} may not be handed to the {desk.tier} view.")
    of = Handed(desk, plan, "noncommercial", _lots(desk, plan), curve)
    check_profile(of)
    return kind.make(of)


def _lots(desk: Desk, plan: Plan) -> Lots | None:
    """The lots of a plan; none where schools are not shown one by one, or nothing is chosen."""
    if not desk.one_by_one or plan.chosen.empty:
        return None
    return lots(plan, desk)
