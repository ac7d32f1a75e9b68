"""The files of a plan that a funder gets: one folder, whole or not at all.

`write_programme(plan, lots, folder, desk=desk)` writes the files of `geodata.exports.plan_files` that the desk's tier may have,
and plan.json: what went in and what came out, with the SHA-256 of every file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.errors import ExportError
from geodata.exports.masterplan import master_plan
from geodata.exports.plan_fair import audit
from geodata.exports.plan_money import cash_flow, curve, regions, totals, without_weights
from geodata.exports.plan_seen import Handed, check_profile
from geodata.exports.plan_sheet import Sheet
from geodata.exports.plan_tables import assumptions, columns, not_eligible, options, schools, sources, unit_costs
from geodata.exports.plan_tables import lots as lots_sheet
from geodata.exports.plan_words import PERSPECTIVES, solved
from geodata.exports.plan_workbook import workbook
from geodata.plan import scenariofile
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import in_english

Progress = Callable[[str], None]


@in_english
def write_programme(
    plan: Plan,
    lots: Any,
    folder: Path,
    *,
    desk: Desk,
    profile: str = "noncommercial",
    curve: pd.DataFrame | None = None,
    said: Mapping[str, str] | None = None,
    progress: Progress = lambda _: None,
    keep: Callable[[Mapping[str, Path]], None] = lambda _: None,
) -> dict[str, Path]:
    """Write all files of a plan into a new folder; returns them by name. `desk` is the desk that the plan was made at: its
    tier decides what is in them. `said`: further pairs for the first sheet, such as the command. `keep` is given the files
    before they stand at `folder`, to record them; where it raises, none is left. Nothing half-written ever stands there.

    Raises ExportError where the folder is there already or cannot be written, DisclosureError where the licence profile
    does not allow the plan.
    """
    handed = Handed(desk, plan, profile, lots, curve, dict(said or {}))
    check_profile(handed)
    if folder.exists() and any(folder.iterdir()):
        raise ExportError(f"{folder} is there already, and a plan is not written over another. Choose another --out, or move it away.")  # fmt: skip
    if not folder.absolute().parent.is_dir():
        raise ExportError(f"There is no folder {folder.parent} to write {folder.name} in. Make it first.")
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir()
        _fill(handed, part, progress)
        keep({path.name: path for path in sorted(part.iterdir())})
        if folder.exists():
            folder.rmdir()
        os.replace(part, folder)
    except OSError as error:
        raise ExportError(f"{folder} could not be written ({error.strerror or error}).") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return {path.name: path for path in sorted(folder.iterdir())}


def _fill(of: Handed, part: Path, progress: Progress) -> None:
    """Every file that this tier may have, then plan.json with their hashes."""
    from geodata.exports.plan_files import offered  # noqa: PLC0415 - it knows this module

    for kind in offered(of.desk, of.plan):
        if kind.by_lot and of.lots is None:
            continue
        progress(kind.name)
        try:
            (part / kind.name).write_bytes(kind.make(of))
        except ExportError as error:
            if not kind.by_lot:
                raise
            progress(f"Left out: {kind.name}. {error}")
    hashes = {path.name: _sha256(path) for path in sorted(part.iterdir())}
    (part / "plan.json").write_bytes(plan_json(of, hashes))


@in_english
def programme_workbook(of: Handed) -> bytes:
    """The programme workbook."""
    rows, flow = schools(of), cash_flow(of)
    found: list[Sheet | None] = [
        totals(of, rows, flow),
        master_plan(of),
        rows,
        not_eligible(of),
        options(of),
        flow,
        regions(of),
        audit(of),
        without_weights(of),
        curve(of),
        lots_sheet(of),
        unit_costs(of),
        assumptions(of),
        not_known(of),
    ]
    sheets = [s for s in found if s is not None and (len(s.frame) or s.name not in ("Schools", "Options"))]
    return workbook(about(of), [*sheets, columns(of, sheets), sources(of)])


def about(of: Handed) -> dict[str, str]:
    """The first sheet: what this is, in the order in which a reader must know it."""
    plan, desk, passport = of.plan, of.desk, of.passport
    money = plan.book.currency
    provisional = plan.book.provisional
    chosen = plan.chosen
    first = {"Title": f"{desk.atlas.name}: what a budget of {plan.terms.total:,.0f} {money} buys"}
    if provisional:
        first["Prices"] = f"PROVISIONAL: {len(provisional)} of {len(plan.book.costs)} prices have no national quote. What follows is indicative until they have (sheet Unit costs)."  # fmt: skip
    first |= {
        "Notice": passport["notice"],
        "Chosen": _chosen(of, chosen),
        "Solved": f"{solved(plan.choice.status, plan.choice.gap).capitalize()}; solver {plan.choice.solver}.",
        "Price of equity": f"{plan.price_of_equity:.2%}: what the fairness limits cost, at most, of what could be reached without them.",
        "Perspective": PERSPECTIVES.get(str(plan.terms.policy["plan_perspective"]), ""),
        **{f"Note {i}": text for i, text in enumerate(plan.notes, start=1)},
        "Data version": plan.version or desk.atlas.version,
        "Prices of": f"{plan.book.name}, in {money}",
        "Terms": f"SHA-256 {plan.terms.key}",
        "Made again by": "firstmile plan ATLAS --scenario scenario.json --out FOLDER, with the same data: the same plan.",
        **of.said,
        "Licence": passport["data_licence"],
        "Attribution": passport["attribution"],
        "Shown to": f"the {desk.tier} tier",
        "Live sums": "Totals and sums are formulas over the other sheets; beside them stands what the plan computed. They follow when a cell is changed, the plan does not.",
        "Made with": "First Mile",
    }  # fmt: skip
    return {key: text for key, text in first.items() if text}


def _chosen(of: Handed, chosen: pd.DataFrame) -> str:
    if not of.learners:
        return f"{len(chosen):,} schools (learners are known for no school, so schools are counted)"
    return f"{len(chosen):,} schools with {chosen['learners'].astype('float64').sum():,.0f} learners"


def not_known(of: Handed) -> Sheet:
    """What is not known and would change the plan."""
    from geodata.exports.plan_unknown import unknown  # noqa: PLC0415

    return unknown(of)


def scenario(of: Handed) -> bytes:
    """Terms and prices as a file that makes the same plan again."""
    return scenariofile.write(of.terms, of.plan.book, version=of.plan.version or of.desk.atlas.version)


@in_english
def plan_json(of: Handed, files: Mapping[str, str]) -> bytes:
    """What went in and what came out, with the hashes of the files."""
    plan = of.plan
    chosen = plan.chosen
    data = {
        "place": of.desk.atlas.name,
        "synthetic": of.desk.atlas.synthetic,
        "data_version": plan.version or of.desk.atlas.version,
        "code": plan.code,
        "tier": of.desk.tier,
        "licence_profile": of.profile,
        "terms": of.terms,
        "terms_sha256": plan.terms.key,
        "prices": {"name": plan.book.name, "currency": plan.book.currency, "sha256": plan.book.key, "provisional": list(plan.book.provisional)},
        "unit": plan.unit,
        "schools_chosen": len(chosen),
        "people_reached": float(chosen["learners"].astype("float64").sum()),
        "cost": float(of.sums(pd.DataFrame({"amount": [chosen["cost"].astype("float64").sum()]}))["amount"].iloc[0]),
        "objective": plan.choice.objective,
        "bound": plan.choice.bound,
        "status": plan.choice.status,
        "solver": plan.choice.solver,
        "price_of_equity": plan.price_of_equity,
        "notes": [*of.notices, *plan.notes],
        **of.passport,
        "files": dict(files),
    }  # fmt: skip
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sha256(path: Path) -> str:
    return _digest(path.read_bytes())
