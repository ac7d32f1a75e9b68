"""Signed lists: what a plan chose, lot by lot with its reserves and its rule, frozen; and who took whose place since.

    signed.sign(store, desk, plan, lots=lots, stands=stands, name="First tender", who="B. Director", reason="Board of 3 March")
    list_ = signed.load(store, atlas, number, tier)
    proposal = list_.propose("0412")                            # looks, records nothing
    signed.substitute(store, desk, list_, "0412", who=…, reason=…)
    list_.table                                                 # as it stands: what was signed and every change since

A signed list never changes. A replacement is an entry of its own, and is written only where no other was written since
the list was loaded: two officers cannot give the same reserve away.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import pandas as pd

from geodata.disclosure import Tier
from geodata.errors import StoreError
from geodata.lots.cut import Lots
from geodata.plan.frozen import freeze, packed, thaw, unpacked
from geodata.plan.result import Plan
from geodata.plan.substitute import RULE, Proposal, Standing, after, faults, listed, propose
from geodata.query import Desk
from geodata.store.acts import may_read
from geodata.store.chain import Entry, canonical
from geodata.store.scenarios import MOST_NAME, totals_of
from geodata.store.trail import Store

KIND, CHANGE = "plan_signed", "substitution"


@dataclass(frozen=True)
class Signed:
    """A signed list. `plan` and `lots` as they were signed; `stands` is what it was checked by then; `changes` the entries
    of replacements, oldest first; `seen` the newest replacement of the place that was known when it was loaded."""

    entry: Entry
    plan: Plan
    lots: Lots
    signed: Standing
    changes: tuple[Entry, ...]
    seen: int

    @property
    def number(self) -> int:
        """Its number in the trail."""
        return self.entry.number

    @property
    def name(self) -> str:
        """The name it was signed under."""
        return str(self.entry.data["name"])

    @property
    def rule(self) -> str:
        """The rule of substitution, in the words that were signed."""
        return str(self.entry.data["rule"])

    @cached_property
    def swaps(self) -> dict[str, str]:
        """School that left the list → school that took its place, oldest first."""
        return {str(e.data["out"]): str(e.data["in"]) for e in self.changes}

    @cached_property
    def stands(self) -> Standing:
        """The list as it stands, to be checked by."""
        return after(self.signed, self.swaps)

    @cached_property
    def schools(self) -> tuple[str, ...]:
        """The schools on the list as it stands, by id."""
        return tuple(listed(self.stands))

    @cached_property
    def broken(self) -> tuple[str, ...]:
        """What the list as it stands breaks: nothing, unless someone wrote past this module."""
        return faults(self.stands)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a school that is or was on the list, and one a reserve: school_id, lot, order, state (signed, replaced,
        from_reserve, reserve), instead_of, replaced_by, entry (of the replacement; 0 where none)."""
        return _table(self)

    def propose(self, school_id: str, *, built: Collection[str] = (), taken: Mapping[str, str] | None = None) -> Proposal:  # fmt: skip
        """Who would take the place of a school; see `geodata.plan.substitute.propose`."""
        return propose(self.stands, school_id, built=built, taken=taken)


def sign(
    store: Store,
    desk: Desk,
    plan: Plan,
    *,
    lots: Lots,
    stands: Standing,
    name: str,
    who: str,
    reason: str,
) -> Entry:
    """Freeze the chosen list with its lots, reserves and rule. Raises StoreError without a name of the list, the person's
    name or a reason, for a plan that chooses nothing, and for a list that breaks a limit of its plan."""
    name = " ".join(name.split())[:MOST_NAME]
    _signable(desk, plan, name, who, reason)
    ids = sorted(plan.chosen["school_id"].astype(str))
    if ids != listed(stands) or ids != sorted(lots.schools["school_id"].astype(str)):
        raise StoreError("The lots do not hold exactly the schools of the plan: cut the lots again, then sign.")
    wrong = (*plan.broken, *faults(stands))
    if wrong:
        raise StoreError(f"The list breaks a limit of its plan and cannot be signed: {wrong[0]}")
    held = {"plan": freeze(plan), "lots": _lots_data(lots), "stands": _standing_data(stands)}
    data = {
        "name": name,
        "schools": len(ids),
        "lots": len(lots.lots),
        "reserves": len(lots.reserve),
        "ids_sha256": hashlib.sha256("\n".join(ids).encode()).hexdigest(),
        "totals": totals_of(plan),
        "terms_sha256": plan.terms.key,
        "prices_sha256": plan.book.key,
        "rule": RULE,
    }
    return store.record(KIND, data, atlas=desk.atlas.slug, version=desk.atlas.version, who=who, role=desk.tier, reason=reason, document=canonical(held))  # fmt: skip


def _signable(desk: Desk, plan: Plan, name: str, who: str, reason: str) -> None:
    if desk.tier == Tier.PUBLIC:
        raise StoreError("Visitors of the public view cannot sign a list.")
    if not name:
        raise StoreError("Give the list a name, such as “First tender, north”, so that it can be found again.")
    if not who.strip():
        raise StoreError("Write your name: a list is signed by a person.")
    if not reason.strip():
        raise StoreError("Write the reason, such as the meeting that decided it.")
    if plan.version != desk.atlas.version:
        raise StoreError("This plan was made on other data than those shown now. Make it again, then sign.")
    if plan.clashes or plan.choice.status == "infeasible":
        raise StoreError("This plan cannot keep all its limits, so there is no list to sign.")
    if plan.chosen.empty:
        raise StoreError("This plan chooses no school, so there is no list to sign.")


def substitute(
    store: Store,
    desk: Desk,
    list_: Signed,
    school_id: str,
    *,
    who: str,
    reason: str,
    built: Collection[str] = (),
    taken: Mapping[str, str] | None = None,
) -> Entry:
    """Put the first reserve that keeps every limit in the place of a school, and record why each candidate passed or failed.

    Raises StoreError without a name or reason, where the school is not on the list or is built, and where no reserve of
    its lot keeps every limit; OvertakenError where another replacement was recorded since the list was loaded.
    """
    if not who.strip():
        raise StoreError("Write your name: a school is replaced by a person's decision.")
    if not reason.strip():
        raise StoreError(f"Write the reason why school {school_id} cannot be built.")
    found = list_.propose(school_id, built=built, taken=taken)
    if not found.into:
        raise StoreError(" ".join([found.said, *(t.said for t in found.tried)]))
    data = {
        "signed": list_.number,
        "name": list_.name,
        "out": found.out,
        "in": found.into,
        "lot": found.lot,
        "extra": found.extra,
        "tried": [
            {"school_id": t.school_id, "order": t.order, "passed": t.passed, "said": t.said} for t in found.tried
        ],
    }
    return store.record(CHANGE, data, atlas=desk.atlas.slug, version=desk.atlas.version, who=who, role=desk.tier, reason=reason, if_last=list_.seen)  # fmt: skip


def entries(store: Store, atlas: str, tier: str) -> list[Entry]:
    """The signed lists of a place that a tier may read, newest first."""
    return [e for e in store.entries(KIND, atlas) if may_read(e, tier)]


def load(store: Store, atlas: str, number: int, tier: str) -> Signed:
    """A signed list with every replacement since. Raises StoreError where there is none that this tier may read, or where
    what was signed was changed."""
    entry = next((e for e in entries(store, atlas, tier) if e.number == number), None)
    if entry is None:
        raise StoreError(f"There is no signed list {number} here. Choose one from the list.")
    changes = store.entries(CHANGE, atlas)
    data: dict[str, Any] = json.loads(store.document(entry))
    ours = tuple(e for e in reversed(changes) if e.data["signed"] == number)
    stands = Standing(**unpacked(data["stands"]))
    return Signed(entry, thaw(data["plan"]), Lots(**unpacked(data["lots"])), stands, ours, changes[0].number if changes else 0)  # fmt: skip


def _standing_data(stands: Standing) -> dict[str, Any]:
    return {f.name: packed(getattr(stands, f.name)) for f in fields(stands)}


def _lots_data(lots: Lots) -> dict[str, Any]:
    return {f.name: packed(getattr(lots, f.name)) for f in fields(lots)}


def _table(list_: Signed) -> pd.DataFrame:
    rows = list_.signed.rows.sort_values(["lot", "reserve", "order", "school_id"], kind="stable")
    ids = rows["school_id"].astype(str)
    came = {into: out for out, into in list_.swaps.items()}
    entry = {s: e.number for e in list_.changes for s in (str(e.data["out"]), str(e.data["in"]))}
    state = [
        "replaced" if s in list_.swaps else "from_reserve" if s in came else "reserve" if reserve else "signed"
        for s, reserve in zip(ids, rows["reserve"], strict=True)
    ]
    values = {
        "school_id": ids,
        "lot": rows["lot"],
        "order": rows["order"],
        "state": state,
        "instead_of": [came.get(s, "") for s in ids],
        "replaced_by": [list_.swaps.get(s, "") for s in ids],
        "entry": [entry.get(s, 0) for s in ids],
    }
    return pd.DataFrame(values).reset_index(drop=True)
