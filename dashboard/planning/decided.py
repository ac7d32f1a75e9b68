"""What officers decided about single schools of plans, as the trail has it now, for the terms of a plan."""

from __future__ import annotations

from dashboard import page
from dashboard.planning.asked import NONE, Decisions
from geodata.errors import StoreError
from geodata.query import Desk
from geodata.store import Entry, planned


def entries(desk: Desk) -> dict[str, Entry]:
    """The decision that stands about each school, by id; none where no trail is kept or it cannot be read."""
    store = page.served().store
    try:
        return {} if store is None else planned.standing(store, desk.atlas.slug, desk.tier)
    except StoreError:
        return {}


def standing(desk: Desk) -> Decisions:
    """The schools that must be in the plan and those that may not, each with its reason."""
    found = entries(desk)
    if not found:
        return NONE
    kinds = [tuple((s, e.reason) for s, e in found.items() if e.data["decision"] == kind) for kind in ("must", "never")]
    return kinds[0], kinds[1]
