"""Licences: what each asks, which of them one table can stand under together, and how columns part where it cannot.

A share-alike licence asks that whatever is made from the data stands under the same licence, so two different ones
cannot both be kept in one table, nor can one of them with terms that forbid what it allows. Such columns are handed
out apart, joined by the school's id. Rules after the licences' own texts: CC BY-SA 4.0 section 3(b), ODbL 1.0
section 4.4; a share-alike licence of Creative Commons accepts its own later versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from geodata.disclosure import base_column

KEY = "school_id"
PLACE = (KEY, "school_name", "latitude", "longitude")
FIRST = "priority_score"
MIXED = "mixed"
_NO_LAW = re.compile(r"(?:^|\s)(?:\d(?:\.\d)?|IGO|INTERNATIONAL|UNPORTED)(?=\s|$)")


@dataclass(frozen=True)
class Terms:
    """What a licence asks: `family` is its name without version, the same for licences that accept one another."""

    text: str
    family: str
    commercial: bool = True
    share_alike: bool = False
    closed: bool = False  # nothing made from the data may be given on: no derivatives, or an agreement

    @property
    def free(self) -> bool:
        """Whether data under it may go into a table under any other terms."""
        return self.commercial and not self.share_alike and not self.closed


def terms(licence: str) -> Terms:
    """The terms of a licence by its name: SPDX, or as publishers write it. A licence not known here counts as free, as
    an unstated one does: what the publisher did not forbid is said beside the file, never assumed away."""
    plain = " ".join(re.sub(r"[-_,()]", " ", licence.upper()).split())
    parts = set(plain.split())
    if "ODBL" in parts or "OPEN DATABASE LICEN" in plain or any(p.startswith("ODBL") for p in parts):
        return Terms(licence, "ODbL", share_alike=True)
    commercial = not (parts & {"NC", "NONCOMMERCIAL"} or "NON COMMERCIAL" in plain)
    alike = bool(parts & {"SA", "SHAREALIKE"}) or "SHARE ALIKE" in plain
    closed = bool(parts & {"ND", "RESTRICTED", "NODERIVATIVES", "NODERIVS"})
    cc = bool(parts & {"CC", "CREATIVE"})
    if cc and (alike or not commercial or closed):
        asked = ["CC", "BY", *([] if commercial else ["NC"]), *(["SA"] if alike else []), *(["ND"] if closed else [])]
        return Terms(licence, "-".join(asked), commercial, alike, closed)
    if closed or alike or not commercial:
        return Terms(licence, _NO_LAW.sub("", plain).title(), commercial, alike, closed)
    return Terms(licence, "", True)


def clash(one: str, other: str) -> bool:
    """Whether data under these two licences cannot be handed out as one table."""
    a, b = terms(one), terms(other)
    return _forbids(a, b) or _forbids(b, a)


def _forbids(a: Terms, b: Terms) -> bool:
    """Whether the terms of `a` cannot hold over a table that data under `b` go into."""
    if b.free or a.family == b.family:
        return False
    if a.closed:
        return True
    # Share-alike without commercial use takes in what merely forbids commercial use: the whole forbids it then.
    return a.share_alike and (a.commercial or b.commercial or b.share_alike or b.closed)


def reconciled(licences: Iterable[str]) -> bool:
    """Whether all of these can stand over one table."""
    return not any(clash(a, b) for a, b in combinations(dict.fromkeys(licences), 2))


@dataclass(frozen=True)
class Part:
    """Columns that are handed out together. `name` is empty for the main part, else the family of licences, or `mixed`
    for columns made from data whose licences cannot stand together: those are not for publication at all."""

    name: str
    columns: tuple[str, ...]
    licences: tuple[str, ...]

    @property
    def publishable(self) -> bool:
        """Whether it may be published under the licences named."""
        return self.name != MIXED


MAIN = Part("", (), ())


def parts(columns: Sequence[str], licences: Mapping[str, Sequence[str]]) -> list[Part]:
    """The columns parted so that each part can stand under its licences; the main part first, `mixed` last.

    `licences`: those behind each column. What names and places a school is in the main part, then the ranking, then as
    much else as goes with them; every further part begins with the school's id, by which it is joined.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for column in columns:
        groups.setdefault(_of(column, licences), []).append(column)
    torn = [column for under, names in groups.items() if not reconciled(under) for column in names]
    whole = {under: names for under, names in groups.items() if reconciled(under)}
    found: list[tuple[list[str], list[str]]] = []
    for under in sorted(whole, key=lambda u: _order(whole[u], u)):
        home = next((f for f in found if reconciled([*f[1], *under])), None)
        if home is None:
            found.append(home := ([], []))
        home[0].extend(whole[under])
        home[1].extend(u for u in under if u not in home[1])
    if not found:
        found.append(([], []))
    made = [
        _part("" if not n else _name(under), names, under, columns, n > 0) for n, (names, under) in enumerate(found)
    ]
    if torn:
        made.append(_part(MIXED, torn, [u for c in torn for u in _of(c, licences)], columns, True))
    return made


def _of(column: str, licences: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(licences.get(base_column(column), ())))


def _order(columns: list[str], under: tuple[str, ...]) -> tuple[int, bool, int, tuple[str, ...]]:
    first = 0 if any(c in columns for c in PLACE) else 1 if FIRST in columns else 2
    return first, not all(terms(u).commercial for u in under), -len(columns), under


def _name(under: Sequence[str]) -> str:
    strict = [t.family for t in map(terms, under) if not t.free]
    return "+".join(dict.fromkeys(strict)) or "other"


def _part(name: str, names: Sequence[str], under: Sequence[str], order: Sequence[str], keyed: bool) -> Part:
    kept = [c for c in order if c in set(names)]
    key = [KEY] if keyed and KEY not in kept else []
    return Part(name, (*key, *kept), tuple(dict.fromkeys(under)))
