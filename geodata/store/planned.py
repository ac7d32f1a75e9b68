"""What officers decided about single schools of plans: always in, or never, each with its reason, in the trail.

    planned.decide(store, desk, "0412", "must", computed={"decision": "left_out"}, who="A. Clerk", reason="…")
    terms = planned.over(terms, planned.standing(store, desk.atlas.slug, desk.tier))

A decision changes no computed figure: the plan is made again with it, and says so. A newer one about the same school
takes the place of the older, an empty one withdraws it, and both stay in the trail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from geodata.errors import StoreError
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.store.acts import may_read
from geodata.store.chain import Entry
from geodata.store.trail import Store

KIND = "plan_decision"
Decision = Literal["must", "never", ""]


def decide(
    store: Store,
    desk: Desk,
    school_id: str,
    decision: Decision,
    *,
    computed: Mapping[str, Any],
    who: str,
    reason: str,
) -> Entry:
    """A person's decision about one school, beside what was computed; an empty one withdraws the one before.

    Raises StoreError without a reason, for another decision, and for a school that is not here.
    """
    if decision not in ("must", "never", ""):
        raise StoreError(f"There is no decision {decision!r}; a school is always in the plan (must), or never.")
    if not reason.strip():
        raise StoreError("Write the reason: a decision stands beside the plan for everyone to read.")
    if not desk.whole["school_id"].eq(school_id).any():
        raise StoreError(f"There is no school {school_id!r} here.")
    data = {"school_id": school_id, "decision": decision, "computed": dict(computed)}
    return store.record(KIND, data, atlas=desk.atlas.slug, version=desk.atlas.version, who=who, role=desk.tier, reason=reason)  # fmt: skip


def standing(store: Store, atlas: str, tier: str) -> dict[str, Entry]:
    """The decision that stands about each school as far as a tier may read it, by id; withdrawn ones are left out."""
    newest: dict[str, Entry] = {}
    for entry in store.entries(KIND, atlas):
        if may_read(entry, tier):
            newest.setdefault(str(entry.data["school_id"]), entry)
    return {school: newest[school] for school in sorted(newest) if newest[school].data["decision"]}


def over(terms: Terms, decided: Mapping[str, Entry]) -> Terms:
    """Terms with the decisions that stand; those of the terms themselves go before them."""
    own = {school for school, _ in (*terms.must, *terms.never)}
    new = {school: entry for school, entry in decided.items() if school not in own}
    of = {
        kind: tuple((s, e.reason) for s, e in new.items() if e.data["decision"] == kind) for kind in ("must", "never")
    }
    return terms.with_(must=(*terms.must, *of["must"]), never=(*terms.never, *of["never"]))
