"""Saved views: an address of the dashboard under a name with a note, kept in the trail.

entry = views.save(store, "tocantins", "1.2", "Rural", path="/explore", query="min.num_students=90", tier="government")
views.saved(store, "tocantins", "government")        # what stands now, newest first
views.rename(…), views.remove(…)                     # newer entries; what was before stays in the trail
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geodata.errors import StoreError
from geodata.say import tr
from geodata.store.acts import may_read
from geodata.store.chain import Entry
from geodata.store.trail import Store
from geodata.text import legible
from geodata.view import View

KIND = "view"
MOST = 500  # saved views of one place that one tier keeps
MOST_NAME, MOST_NOTE, MOST_QUERY = 80, 500, 8000
PATH = re.compile(r"/[a-z]{0,20}")  # a page of this server and nothing else


@dataclass(frozen=True)
class Saved:
    """A saved view as it stands: `number` is that of its first entry, `entry` the newest."""

    number: int
    name: str
    note: str
    path: str
    query: str
    entry: Entry


def tidy(text: str, most: int) -> str:
    """Typed text on one line, cut to so many letters, without characters that no file can hold."""
    return " ".join(legible(text).split())[:most]


def saved(store: Store, atlas: str, tier: str) -> list[Saved]:
    """The saved views of a place that a tier may read, newest first; removed ones are left out."""
    found: dict[int, Saved] = {}
    for entry in store.entries(KIND, atlas):
        number = int(entry.data.get("of") or entry.number)
        if number not in found and may_read(entry, tier):
            data = entry.data
            found[number] = Saved(number, str(data["name"]), str(data["note"]), str(data["path"]), str(data["query"]), entry)  # fmt: skip
    return [one for one in found.values() if one.name]


def save(
    store: Store,
    atlas: str,
    version: str,
    name: str,
    *,
    path: str,
    query: str,
    tier: str,
    note: str = "",
    who: str = "",
) -> Entry:
    """Keep an address under a name. Raises StoreError without a name, for what is no page here, and past the most there
    may be; ViewError where the query is none."""
    name = tidy(name, MOST_NAME)
    if not name:
        raise StoreError(tr("Give the view a name, so that it can be found again."))
    query = View.parse(query).query()
    if not PATH.fullmatch(path) or len(query) > MOST_QUERY:
        raise StoreError(tr("This address cannot be kept: choose by area or filter instead of many ids."))
    if len(saved(store, atlas, tier)) >= MOST:
        raise StoreError(tr("So many views are saved already; remove some first."))
    data = {"of": 0, "name": name, "note": tidy(note, MOST_NOTE), "path": path, "query": query}
    return store.record(KIND, data, atlas=atlas, version=version, who=who, role=tier)


def rename(store: Store, one: Saved, name: str, *, tier: str, who: str = "") -> Entry:
    """Give a saved view another name. Raises StoreError without one."""
    name = tidy(name, MOST_NAME)
    if not name:
        raise StoreError(tr("Give the view a name, so that it can be found again."))
    return _again(store, one, name, tier, who)


def remove(store: Store, one: Saved, *, tier: str, who: str = "") -> Entry:
    """Take a saved view from the list; the trail keeps that it was there."""
    return _again(store, one, "", tier, who)


def by_number(store: Store, atlas: str, tier: str, number: int) -> Saved:
    """A saved view by its number. Raises StoreError where there is none that this tier may read."""
    found = next((one for one in saved(store, atlas, tier) if one.number == number), None)
    if found is None:
        raise StoreError(tr("This saved view is no longer there."))
    return found


def _again(store: Store, one: Saved, name: str, tier: str, who: str) -> Entry:
    if one.entry.role != tier:
        raise StoreError(tr("This was saved in another view of the data; change it there."))
    data = {**one.entry.data, "of": one.number, "name": name}
    return store.record(KIND, data, atlas=one.entry.atlas, version=one.entry.version, who=who, role=tier)
