"""What to do next, worked out from the data and the trail: each with why, and a link to where it is done.

Visitors of the public view are told where to look; to those who keep the data, first comes what only a person can mend.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard import changed, ledger, linked, page, unfound
from geodata import freshness
from geodata.disclosure import Tier
from geodata.errors import StoreError
from geodata.query import Desk
from geodata.say import remembered, told, tr, trn, written
from geodata.store import acts, corrections, scenarios
from geodata.view import View

MOST = 7
ENOUGH = 0.8  # from this share of schools on, a fact counts as widely reported


@dataclass(frozen=True)
class Todo:
    """One thing to do: what, why in one sentence, and where (an address without the screen's own keys)."""

    what: str
    why: str
    href: str


def todos(desk: Desk, view: View) -> list[Todo]:
    """The first few things to do here, the most urgent first."""
    keeps = desk.tier != Tier.PUBLIC
    found = [*(_mend(desk, view) if keeps else ()), *_look(desk, view), *(_decide(desk, view) if keeps else ())]
    return found[:MOST]


def _to(view: View, path: str, query: str = "", anchor: str = "") -> str:
    """An address of a page in the same country and language."""
    return page.address(path, View.parse(query).like(view)) + (f"#{anchor}" if anchor else "")


def _mend(desk: Desk, view: View) -> Iterator[Todo]:
    waiting = _corrections(desk)
    if waiting:
        yield Todo(
            trn("Review {n} correction", "Review {n} corrections", waiting),
            tr("Somebody says that a value is wrong; a reviewer accepts or rejects it, and the next build takes it."),
            _to(view, "/fieldwork"),
        )
    rejected = ledger.conserved(desk)["rows_quarantined"]
    if rejected:
        yield Todo(
            trn("Mend {n} rejected row", "Mend {n} rejected rows", rejected),
            tr("They stand in the register and in no list here; each says what is wrong with it."),
            _to(view, "/data", anchor="rejected"),
        )
    pairs = linked.waiting(desk)
    if pairs:
        yield Todo(
            trn("Decide {n} pair of schools", "Decide {n} pairs of schools", pairs),
            tr("Two sources may speak of the same school; only a person can tell."),
            _to(view, "/data", anchor="linked"),
        )


def _look(desk: Desk, view: View) -> Iterator[Todo]:
    verify = _verify(desk) if desk.one_by_one else 0
    if verify:
        yield Todo(
            trn("Verify {n} school first", "Verify {n} schools first", verify),
            tr("Too little is reported of them to be ranked, so they could be passed over."),
            _to(view, "/prioritise", "list=verify_first"),
        )
    for said in _old(desk)[:1]:
        yield Todo(tr("Renew what is out of date"), said, _to(view, "/data", anchor="fresh"))
    open_ = [s for s in ledger.reported(desk) if s.total and s.yes / s.total < ENOUGH]
    if open_:
        worst = min(open_, key=lambda s: s.yes / s.total)
        yield Todo(
            tr("Ask for what is missing: {fact}", fact=worst.name[:1].lower() + worst.name[1:]),
            tr("Reported for {known} of {total} schools.", known=written(worst.yes), total=written(worst.total)),
            _to(view, "/data", anchor="quality"),
        )
    gone = unfound.rows(desk)
    if gone:
        yield Todo(
            trn("See {n} thing that could not be had", "See {n} things that could not be had", len(gone)),
            tr("A file of your own can fill each gap."),
            _to(view, "/data", anchor="unfound"),
        )
    since = changed.known(desk)
    if since is not None and len(since[0]):
        yield Todo(tr("Read what changed since the last build"), told(str(since[1]["sentences"][0])), _to(view, "/data", anchor="changed"))  # fmt: skip


def _decide(desk: Desk, view: View) -> Iterator[Todo]:
    store = page.served().store
    if store is None or not desk.one_by_one:
        return
    try:
        plans = scenarios.listed(store, desk.atlas.slug, desk.tier)
        signed = acts.signed(store, desk.atlas, View(), desk.tier)
    except StoreError:
        return
    if not plans and desk.atlas.has("reach"):
        yield Todo(
            tr("Make a plan"),
            tr("No plan is saved yet: see what a budget buys, and for whom."),
            _to(view, "/plan"),
        )
    if signed is None:
        yield Todo(
            tr("Have the list approved"),
            tr("Nobody has approved the list of this build: it is a proposal."),
            _to(view, "/prioritise"),
        )


def _corrections(desk: Desk) -> int:
    """Corrections that wait for a reviewer, as far as this tier may read them."""
    store = page.served().store
    try:
        found = [] if store is None else corrections.standing(store, desk.atlas.slug)
    except StoreError:
        return 0
    return sum(one.state == corrections.OPEN for one in corrections.readable(found, desk.tier))


@remembered(maxsize=8)
def _old(desk: Desk) -> list[str]:
    day = freshness.as_of(desk.atlas.manifest)
    if day is None:
        return []
    here = desk.places.table.loc[desk.places.table["level"] == 0, "area_id"].astype(str).tolist()
    by = desk.schools["school_id"].map(lambda _: here[0] if here else "")
    shares = freshness.stale_shares(desk.schools, by, day, desk.policy)
    return freshness.words(shares.iloc[0], day, desk.policy) if len(shares) else []


def _verify(desk: Desk) -> int:
    return int((desk.derived()["list"] == "verify_first").sum())
