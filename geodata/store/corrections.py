"""Corrections: what somebody says is wrong, kept in the trail, and what a reviewer made of it.

A correction is proposed (with a reason), then accepted or rejected by a person with a name and a reason; both acts stay.
The newest decision stands. Of several accepted ones about the same fact the one accepted last counts, the others are replaced. What the
next build applies is `accepted(...)`; one that the register has contradicted since waits until a person chooses again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from geodata.disclosure import Tier
from geodata.errors import StoreError
from geodata.fieldwork.accepted import Accepted
from geodata.fieldwork.questions import QUESTIONS
from geodata.fieldwork.values import UnreadableError, read_answer
from geodata.say import tr, written
from geodata.store.acts import may_read
from geodata.store.chain import Entry
from geodata.store.trail import Store

if TYPE_CHECKING:
    from geodata.layers import Atlas

PROPOSED, REVIEWED = "correction", "correction_review"
OPEN, ACCEPTED, REJECTED, REPLACED = "proposed", "accepted", "rejected", "replaced"
MOST_AT_ONCE = 2_000  # corrections in one entry of the trail
MOST_OPEN = 50_000  # corrections of a place that wait for a reviewer


@dataclass(frozen=True)
class Item:
    """One fact that is said to be wrong. `value` and `before` in the one form of answers.

    `source`, `date`: where what stands came from; `file`, `cell`, `day`: where and when the answer was given, if in a file.
    """

    school_id: str
    what: str
    value: str
    before: str = ""
    source: str = ""
    date: str = ""
    file: str = ""
    cell: str = ""
    day: str = ""


@dataclass(frozen=True)
class Correction:
    """A correction as it stands now. `number` is its name, such as C12-1; `review` the decision that stands, if any."""

    number: str
    item: Item
    state: str
    entry: Entry
    review: Entry | None = None

    @property
    def accepted(self) -> Accepted:
        """As the build takes it: when it was accepted and by whose view; typed names stay in the trail."""
        assert self.review is not None
        day, role = self.review.at[:10], self.review.role
        said = f"correction {self.number}, accepted by the {role}"
        return Accepted(self.number, self.item.school_id, self.item.what, self.item.value, self.item.before, day, said)  # fmt: skip


def propose(store: Store, atlas: Atlas, items: Sequence[Item], *, tier: str, who: str, reason: str) -> list[Entry]:
    """Record corrections; returns the entries, one for each two thousand. Nothing changes until a reviewer accepts them.

    Raises StoreError for a visitor of the public view, without a name or reason, for a fact that nobody is asked for, an
    answer that is none, and where too many wait already.
    """
    _signed(tier, who, reason)
    if not items:
        raise StoreError(tr("There is nothing to propose."))
    for item in items:
        if not _readable(item):
            raise StoreError(tr("{value!r} is no answer that can be proposed for {what!r}.", value=item.value, what=item.what))  # fmt: skip
    waiting = sum(c.state == OPEN for c in standing(store, atlas.slug))
    if waiting + len(items) > MOST_OPEN:
        raise StoreError(tr("{n} corrections wait for a reviewer already; review some first.", n=written(waiting)))
    parts = [items[i : i + MOST_AT_ONCE] for i in range(0, len(items), MOST_AT_ONCE)]
    return [
        store.record(PROPOSED, {"items": [_packed(i) for i in part]}, atlas=atlas.slug, version=atlas.version, who=who, role=tier, reason=reason)
        for part in parts
    ]  # fmt: skip


def review(
    store: Store,
    atlas: Atlas,
    numbers: Iterable[str],
    decision: str,
    *,
    tier: str,
    who: str,
    reason: str,
    now: Mapping[str, str] | None = None,
) -> Entry:
    """Accept or reject corrections, all in one entry. `now`: what the register says by now, by number, where a person chose
    between it and the correction: the correction then stands against that.

    Raises StoreError for any view but the government's, without a name or reason, and for numbers that are not there.
    """
    if tier != Tier.GOVERNMENT:
        raise StoreError(tr("Only the government’s view reviews corrections."))
    _signed(tier, who, reason)
    if decision not in (ACCEPTED, REJECTED):
        raise StoreError(tr("Choose whether to accept or to reject."))
    wanted = sorted(set(numbers), key=_place_of)
    there = {c.number for c in standing(store, atlas.slug)}
    if not wanted or (gone := [n for n in wanted if n not in there]):
        raise StoreError(tr("Choose the corrections.") if not wanted else tr("There is no correction {number} here.", number=gone[0]))  # fmt: skip
    data: dict[str, Any] = {"numbers": wanted, "decision": decision}
    if now:
        data["now"] = {n: now[n] for n in wanted if n in now}
    return store.record(REVIEWED, data, atlas=atlas.slug, version=atlas.version, who=who, role=tier, reason=reason)


def standing(store: Store, atlas: str) -> list[Correction]:
    """Every correction of a place as it stands now, newest first."""
    decided: dict[str, Entry] = {}
    rebased: dict[str, str] = {}
    for entry in store.entries(REVIEWED, atlas):  # newest first
        for number in entry.data["numbers"]:
            if number not in decided:
                decided[number] = entry
                if number in (entry.data.get("now") or {}):
                    rebased[number] = str(entry.data["now"][number])
    found, taken = [], set()
    for entry in store.entries(PROPOSED, atlas):
        for place, held in reversed(list(enumerate(entry.data["items"], start=1))):
            number = f"C{entry.number}-{place}"
            item = Item(**held)
            if number in rebased:
                item = replace(item, before=rebased[number])
            by = decided.get(number)
            found.append(Correction(number, item, str(by.data["decision"]) if by else OPEN, entry, by))
    for one in sorted(found, key=lambda c: (-(c.review.number if c.review else 0), *(-n for n in _place_of(c.number)))):
        if one.state == ACCEPTED:
            key = (one.item.school_id, one.item.what)
            if key in taken:
                found[found.index(one)] = replace(one, state=REPLACED)
            taken.add(key)
    return found


def accepted(store: Store, atlas: str) -> list[Accepted]:
    """What the next build applies: at most one correction a fact."""
    return [c.accepted for c in standing(store, atlas) if c.state == ACCEPTED]


def same_name(one: Correction, who: str) -> bool:
    """Whether the reviewer typed the proposer's name."""
    return one.entry.who.strip().casefold() == who.strip().casefold()


def readable(found: Iterable[Correction], tier: str) -> list[Correction]:
    """Those whose words and values a tier may read."""
    return [c for c in found if may_read(c.entry, tier)]


def _readable(item: Item) -> bool:
    """Whether the value is an answer to a question, in its one form."""
    question = QUESTIONS.get(item.what)
    try:
        return question is not None and bool(item.value) and read_answer(question, item.value) == item.value
    except UnreadableError:
        return False


def _signed(tier: str, who: str, reason: str) -> None:
    if tier == Tier.PUBLIC:
        raise StoreError(tr("Visitors of the public view cannot propose or review corrections."))
    if not who.strip():
        raise StoreError(tr("Write your name: a correction is a person’s word."))
    if not reason.strip():
        raise StoreError(tr("Write the reason: how this is known, such as a visit or a call."))


def _packed(item: Item) -> dict[str, Any]:
    """Without what is empty: entries are many."""
    return {k: v for k, v in vars(item).items() if v != ""}


def _place_of(number: str) -> tuple[int, int]:
    """ "C12-3" → (12, 3), so that C2-1 stands before C12-1; what is no number of a correction comes first."""
    entry, _, place = number.removeprefix("C").partition("-")
    return (int(entry), int(place)) if entry.isdigit() and place.isdigit() else (0, 0)
