"""From answers to what is recorded: each with what the register said when it was proposed, so that a later register can contradict it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from geodata import disclosure, small
from geodata.errors import StoreError
from geodata.fieldwork.asking import Asked, asked_questions, current
from geodata.fieldwork.comparing import Compared
from geodata.fieldwork.questions import QUESTIONS
from geodata.fieldwork.values import same
from geodata.query import Desk
from geodata.say import tr
from geodata.store.corrections import Item

LAYER = "corrections"  # of the built data: what became of each accepted correction


def outcomes(desk: Desk, school_id: str = "") -> list[dict[str, Any]]:
    """What the build did with the accepted corrections (of one school): correction, school_id, what, value, before, now,
    outcome, date, source. Rows of facts that this tier does not see as they are are left out."""
    if not desk.atlas.has(LAYER):
        return []
    table = desk.atlas.read(LAYER)
    table = table[table["school_id"] == school_id] if school_id else table
    seen = {q.name for q in asked_questions(desk)}
    rows = table.astype(object).where(table.notna(), "").to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in rows if row["what"] in seen and _told(desk, row)]


def _told(desk: Desk, row: dict[Any, Any]) -> bool:
    """Whether none of a correction's values is one that this tier is not told of a single school (see `geodata.small`)."""
    if desk.risk == "low" or desk.tier == disclosure.Tier.GOVERNMENT:
        return True
    seen = disclosure.thresholds(desk.tier, desk.policy)
    return all(small.may_tell(str(row["what"]), str(row[c]), desk.tier, seen) for c in ("value", "before", "now"))


def item(desk: Desk, school_id: str, what: str, value: str, now: Asked | None = None) -> Item:
    """One fact to dispute on the screen. Raises StoreError where this view may not ask for it, or nothing would change."""
    stands = now or current(desk, [school_id]).get((school_id, what))
    if stands is None:
        raise StoreError(tr("This view does not show that fact as it is, so it cannot be disputed here."))
    if same(QUESTIONS[what], value, stands.value):
        raise StoreError(tr("That is what stands already."))
    return Item(school_id, what, value, _register(desk, school_id).get(what, stands.value), stands.source, stands.date)


def items(desk: Desk, compared: Compared, *, plain: bool = True) -> list[Item]:
    """What returned files propose; without `plain` only changes of what was unknown or in doubt."""
    own: dict[str, dict[str, str]] = {}
    for row in outcomes(desk):
        if row["outcome"] == "applied":
            own.setdefault(str(row["school_id"]), {})[str(row["what"])] = str(row["now"])
    return [
        Item(
            p.school_id, p.question, p.value, own.get(p.school_id, {}).get(p.question, p.now.value), p.now.source,
            p.now.date, p.answers[0].file, p.answers[0].cell, p.answers[0].day,
        )
        for p in compared.proposals
        if plain or not p.plain
    ]  # fmt: skip


def _register(desk: Desk, school_id: str) -> dict[str, str]:
    """What the register itself says where a correction stands in its place now."""
    return {str(r["what"]): str(r["now"]) for r in outcomes(desk, school_id) if r["outcome"] == "applied"}


def schools_of(found: Iterable[Item] | Sequence[Item]) -> int:
    """How many schools these are about."""
    return len({one.school_id for one in found})
