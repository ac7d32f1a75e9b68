"""Named lists of schools: ids under a name, kept in the trail, each edition for good.

A list's `key` is the hash of its ids, so an address with `kept=<key>` shows the same schools for ever, whoever opens it;
when schools are added or taken out, the name leads to another key and the old address still shows what it showed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from geodata.errors import StoreError
from geodata.say import tr, written
from geodata.store.acts import may_read
from geodata.store.chain import DOCUMENT, Entry
from geodata.store.documents import digest_of
from geodata.store.trail import Store
from geodata.store.views import MOST_NAME, MOST_NOTE, tidy

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
    name, there = tidy(name, MOST_NAME), named(store, atlas, tier)
    if not name:
        raise StoreError(tr("Give the list a name, so that it can be found again."))
    if any(one.name == name for one in there):
        raise StoreError(tr("There is a list “{name}” already. Add to it, or choose another name.", name=name))
    if len(there) >= MOST:
        raise StoreError(tr("So many lists are kept already; remove some first."))
    text, count = _text(ids)
    data = {"of": 0, "name": name, "note": tidy(note, MOST_NOTE), "schools": count}
    return _as_named(store.record(KIND, data, atlas=atlas, version=version, who=who, role=tier, document=text))


def change(
    store: Store, one: Named, *, tier: str, add: Iterable[str] = (), take_out: Iterable[str] = (), who: str = ""
) -> Named:
    """Another edition of a list. Raises StoreError where none would be left, and OvertakenError where another was faster."""
    _own(one, tier)
    before = set(store.document(one.entry).split("\n"))
    text, count = _text((before | set(add)) - set(take_out))
    data = {**_plain(one), "schools": count}
    return _as_named(store.record(KIND, data, atlas=one.entry.atlas, version=one.entry.version, who=who, role=tier, document=text))  # fmt: skip


def rename(store: Store, one: Named, name: str, *, tier: str, who: str = "") -> Named:
    """Give a list another name; empty removes it. Its old addresses still show its schools."""
    _own(one, tier)
    name = tidy(name, MOST_NAME)
    if name and any(other.name == name and other.number != one.number for other in named(store, one.entry.atlas, tier)):
        raise StoreError(tr("There is a list “{name}” already. Choose another name.", name=name))
    data = {**_plain(one), "name": name}
    text = store.document(one.entry)
    return _as_named(store.record(KIND, data, atlas=one.entry.atlas, version=one.entry.version, who=who, role=tier, document=text))  # fmt: skip


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


def _plain(one: Named) -> dict[str, object]:
    return {"of": one.number, "name": one.name, "note": one.note, "schools": one.schools}


def _key(entry: Entry) -> str:
    return str(entry.data.get(DOCUMENT, ""))[:_LETTERS]


def _as_named(entry: Entry) -> Named:
    data = entry.data
    return Named(int(data["of"]) or entry.number, str(data["name"]), str(data["note"]), int(data["schools"]), _key(entry), entry)  # fmt: skip


def key_of(ids: Iterable[str]) -> str:
    """The key that a list of these ids has."""
    return digest_of(_text(ids)[0])[:_LETTERS]
