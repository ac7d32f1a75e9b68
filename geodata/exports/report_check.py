"""A report verified: everything in it worked out again from what is asked in it, and compared number by number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from geodata.costing.unit import PriceBook
from geodata.errors import ExportError
from geodata.exports.report import FORM, Report, canonical, digest, held_in, report_of
from geodata.exports.report_page import page
from geodata.layers import Atlas
from geodata.plan import scenariofile
from geodata.plan.basis import basis
from geodata.plan.make import make_plan
from geodata.plan.result import Plan
from geodata.plan.sure import selected_share
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.say import speaking, tr
from geodata.store.code import code_version
from geodata.view import View

MOST = 40  # differences that are told one by one
NEAR = 1e-6


@dataclass(frozen=True)
class Verified:
    """What differs between a report and what the data give, in sentences; empty where every number and word is the same.
    `notes` say what may explain it: other data, another version of the program."""

    differences: tuple[str, ...]
    notes: tuple[str, ...] = ()


def verify(content: bytes, atlas: Atlas, allow: Callable[[Desk], None] = lambda _: None) -> Verified:
    """A report worked out again from the data, and compared.

    `allow` is given the desk of the report's tier before anything is worked out, to refuse it. Raises ExportError for what
    is no report.
    """
    text, printed = held_in(content)
    said: list[str] = []
    notes: list[str] = []
    if digest(text) != printed:
        said.append(tr("The hash that is printed is not that of the data in the file: {printed} and {real}.", printed=printed, real=digest(text)))  # fmt: skip
    try:
        held = json.loads(text)
        asked, numbers = dict(held["asked"]), dict(held["numbers"])
    except (ValueError, KeyError, TypeError):
        raise ExportError(tr("The data in this report cannot be read.")) from None
    if asked.get("form") != FORM:
        raise ExportError(tr("This report is of another form than this version of First Mile reads."))
    if asked["data_version"] != atlas.version:
        notes.append(tr("The report was made on other data: {held}, and these are {here}.", held=asked["data_version"], here=atlas.version))  # fmt: skip
    fresh = again(asked, atlas, allow)
    if asked["code"] != code_version():
        notes.append(tr("It was made by another version of the program: {held}, and this is {here}.", held=asked["code"], here=code_version()))  # fmt: skip
    differences = [*_differences("", numbers, json.loads(canonical(fresh.numbers)))]
    said += differences[:MOST]
    if len(differences) > MOST:
        said.append(tr("… and {more} more differences.", more=len(differences) - MOST))
    return Verified(tuple(said or _words(content, replace(fresh, given=numbers))), tuple(notes))


def again(asked: dict[str, Any], atlas: Atlas, allow: Callable[[Desk], None] = lambda _: None) -> Report:
    """The report that answers the same question from these data."""
    desk = Desk(atlas, tier=str(asked["tier"]))
    allow(desk)
    with speaking(str(asked["language"])):
        plan, draws = None, int(asked.get("draws") or 0)
        if "scenario" in asked:
            found = scenariofile.read(json.dumps(asked["scenario"]).encode(), desk.policy)
            plan = planned(desk, found.terms, found.book, draws)
        return report_of(
            desk,
            View.parse(str(asked["view"])),
            plan,
            profile=str(asked["licence_profile"]),
            draws=draws,
            code=str(asked["code"]),
        )


def planned(desk: Desk, terms: Terms, book: PriceBook | None, draws: int = 0) -> Plan:
    """A plan, and how sure it is where draws are asked for."""
    made = make_plan(desk, terms, book)
    if not draws or not made.choice.chosen.any():
        return made
    return selected_share(basis(desk, terms, book), terms, draws=draws).on(made)


def _differences(path: str, held: Any, here: Any) -> Iterator[str]:
    """Every value that is not the same, with where it stands."""
    if isinstance(held, dict) and isinstance(here, dict):
        for key in sorted({*held, *here}):
            yield from _differences(f"{path}.{key}" if path else str(key), held.get(key), here.get(key))
    elif isinstance(held, list) and isinstance(here, list):
        if len(held) != len(here):
            yield tr("{path}: {held} rows in the report, {here} worked out", path=path, held=len(held), here=len(here))
        for n, (a, b) in enumerate(zip(held, here, strict=False), start=1):
            yield from _differences(f"{path}[{n}]", a, b)
    elif not _same(held, here):
        yield tr(
            "{path}: {held} in the report, {here} worked out", path=path, held=repr(held)[:80], here=repr(here)[:80]
        )


def _same(a: Any, b: Any) -> bool:
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (a, b))
    return abs(a - b) <= NEAR * max(1.0, abs(a), abs(b)) if numbers else a == b and type(a) is type(b)


def _words(content: bytes, fresh: Report) -> list[str]:
    """Whether what a person reads was changed around the data, which are as they should be."""
    with speaking(fresh.language):
        made = page(fresh)
    if made == content:
        return []
    lines = zip(content.decode("utf-8", "replace").splitlines(), made.decode().splitlines(), strict=False)
    where = next((n for n, (a, b) in enumerate(lines, start=1) if a != b), 0)
    return [tr("The numbers are right, but what is printed around them was changed (line {where}).", where=where)]
