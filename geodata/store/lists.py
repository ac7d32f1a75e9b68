"""Named lists of schools: ids under a name, kept in the trail, each edition for good.

A list's `key` is the hash of its ids, so an address with `kept=<key>` shows the same schools for ever, whoever opens it;
when schools are added or taken out, the name leads to another key and the old address still shows what it showed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from geodata.errors import OvertakenError, StoreError, ViewError
from geodata.say import tr, written
from geodata.store.acts import may_read
from geodata.store.chain import DOCUMENT, Entry
from geodata.store.documents import digest_of
from geodata.store.trail import TRIES, Store
from geodata.store.views import MOST_NAME, MOST_NOTE, tidy
from geodata.view import View

KIND = "list"
MOST = 200  # lists of one place that one tier keeps
MOST_SCHOOLS = 20_000
_LETTERS = 20  # of a hash, enough to tell lists apart
_opened: WeakKeyDictionary[Store, dict[tuple[str, str, str], tuple[str, ...]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Named:
    """A named list as it stands: `number` is that of its first entry, `entry` the newest."""

    number: int
    name: str
    note: str
    schools: int
    key: str
    entry: Entry


def named(store: Store, atlas: str, tier: str) -> list[Named]:
    """The lists of a place that a tier may read, the last changed first; removed ones are left out."""
    found: dict[int, Named] = {}
    for entry in store.entries(KIND, atlas):
        number = int(entry.data.get("of") or entry.number)
        if number not in found and may_read(entry, tier):
            data = entry.data
            found[number] = Named(number, str(data["name"]), str(data["note"]), int(data["schools"]), _key(entry), entry)  # fmt: skip
    return [one for one in found.values() if one.name]


def keep(
    store: Store, atlas: str, version: str, name: str, ids: Iterable[str], *, tier: str, note: str = "", who: str = ""
) -> Named:
    """Keep ids under a name. Raises StoreError without a name or school, where the name is taken, and past the most."""
    name = tidy(name, MOST_NAME)
    if not name:
        raise StoreError(tr("Give the list a name, so that it can be found again."))
    text, count = _text(ids)
    data = {"of": 0, "name": name, "note": tidy(note, MOST_NOTE), "schools": count}

    def write(last: int) -> Entry:
        there = named(store, atlas, tier)
        if any(one.name == name for one in there):
            raise StoreError(tr("There is a list “{name}” already. Add to it, or choose another name.", name=name))
        if len(there) >= MOST:
            raise StoreError(tr("So many lists are kept already; remove some first."))
        return store.record(KIND, data, atlas=atlas, version=version, who=who, role=tier, document=text, if_last=last)

    return _written(store, atlas, write)


def change(
    store: Store, one: Named, *, tier: str, add: Iterable[str] = (), take_out: Iterable[str] = (), who: str = ""
) -> Named:
    """Another edition of a list as it stands now, whoever changed it since it was read. Raises StoreError where none would be
    left, or the list is gone."""
    _own(one, tier)
    more, fewer = set(add), set(take_out)

    def edit(now: Named) -> tuple[str, str]:
        return now.name, _text((set(store.document(now.entry).split("\n")) | more) - fewer)[0]

    return _edition(store, one, edit, tier, who)


def rename(store: Store, one: Named, name: str, *, tier: str, who: str = "") -> Named:
    """Give a list another name; empty removes it. Its old addresses still show its schools."""
    _own(one, tier)
    name = tidy(name, MOST_NAME)

    def edit(now: Named) -> tuple[str, str]:
        if name and any(o.name == name and o.number != one.number for o in named(store, one.entry.atlas, tier)):
            raise StoreError(tr("There is a list “{name}” already. Choose another name.", name=name))
        return name, store.document(now.entry)

    return _edition(store, one, edit, tier, who)


def _edition(store: Store, one: Named, edit: Callable[[Named], tuple[str, str]], tier: str, who: str) -> Named:
    """Record the next edition of a list: `edit` gives its name and text from the newest one."""
    at = one.entry.atlas

    def write(last: int) -> Entry:
        now = by_number(store, at, tier, one.number)
        name, text = edit(now)
        data = {"of": now.number, "name": name, "note": now.note, "schools": text.count("\n") + 1}
        return store.record(KIND, data, atlas=at, version=one.entry.version, who=who, role=tier, document=text, if_last=last)  # fmt: skip

    return _written(store, at, write)


def _written(store: Store, atlas: str, write: Callable[[int], Entry]) -> Named:
    """Record what rests on the lists as they stand; where another writer was faster, look again. Two people lose nothing."""
    for tries_left in reversed(range(TRIES)):
        newest = store.entries(KIND, atlas, limit=1)
        try:
            return _as_named(write(newest[0].number if newest else 0))
        except OvertakenError:
            if not tries_left:
                raise
    raise AssertionError("unreachable")


def by_number(store: Store, atlas: str, tier: str, number: int) -> Named:
    """A list by its number. Raises StoreError where there is none that this tier may read."""
    found = next((one for one in named(store, atlas, tier) if one.number == number), None)
    if found is None:
        raise StoreError(tr("This list is no longer there."))
    return found


def ids_of(store: Store, atlas: str, key: str, tier: str) -> tuple[str, ...] | None:
    """The ids of the list of this key, sorted; None where this tier may read no such list of this place."""
    kept = _opened.setdefault(store, {})
    at = (atlas, key, tier)
    if at not in kept:
        entry = next((e for e in store.entries(KIND, atlas) if _key(e) == key and may_read(e, tier)), None)
        if entry is None:
            return None
        if len(kept) > 100:
            kept.clear()
        kept[at] = tuple(store.document(entry).split("\n"))
    return kept[at]


def opened(store: Store | None, atlas: str, view: View, tier: str) -> View:
    """The view with the ids of the named list that it asks for; raises ViewError where this tier has no such list here."""
    if not view.kept:
        return view
    found = None if store is None or tier == "public" else ids_of(store, atlas, view.kept, tier)
    if found is None:
        raise ViewError(tr("The list that this address names is not kept here, or not for this view."))
    return replace(view, ids=found)


def _text(ids: Iterable[str]) -> tuple[str, int]:
    """The ids as the document of a list, and how many; raises StoreError for none, and for too many."""
    unique = sorted({i for i in map(str.strip, ids) if i and len(i.splitlines()) == 1})
    if not unique:
        raise StoreError(tr("No school would be in this list. Remove the list instead."))
    if len(unique) > MOST_SCHOOLS:
        raise StoreError(tr("A list holds {most} schools at most; choose by area or filter instead.", most=written(MOST_SCHOOLS)))  # fmt: skip
    return "\n".join(unique), len(unique)


def _own(one: Named, tier: str) -> None:
    if one.entry.role != tier:
        raise StoreError(tr("This was saved in another view of the data; change it there."))


def _key(entry: Entry) -> str:
    return str(entry.data.get(DOCUMENT, ""))[:_LETTERS]


def _as_named(entry: Entry) -> Named:
    data = entry.data
    return Named(int(data["of"]) or entry.number, str(data["name"]), str(data["note"]), int(data["schools"]), _key(entry), entry)  # fmt: skip


def key_of(ids: Iterable[str]) -> str:
    """The key that a list of these ids has."""
    return digest_of(_text(ids)[0])[:_LETTERS]
