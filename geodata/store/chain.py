"""The chain: an entry's canonical text, the hash that ties it to the one before it, and the search for a break.

Hash = SHA-256 of (hash of the previous entry + canonical JSON), both as text; the first entry has no previous hash
(methods 8.2, E10.1). Canonical JSON has sorted keys, the separators "," and ":", UTF-8, and no number that JSON lacks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from geodata.errors import StoreError

# What is recorded, in a word for people.
KINDS: dict[str, str] = {
    "build": "build",
    "export": "export",
    "weights": "saved weights",
    "override": "override",
    "gate": "warning answered",
    "sign_off": "sign-off",
    "agreement": "agreement",
    "scenario": "saved plan",
    "plan_decision": "decision in a plan",
    "plan_signed": "signed list of a plan",
    "substitution": "school replaced",
    "correction": "correction proposed",
    "correction_review": "correction reviewed",
    "view": "saved view",
    "list": "named list",
    "brief": "brief approved",
    "crest": "crest for briefs",
}
DOCUMENT = "document"  # key of an entry's data under which a document's hash stands
HASHED = ("number", "at", "kind", "atlas", "version", "code", "who", "role", "reason", "data")


@dataclass(frozen=True)
class Entry:
    """One act. `at` is UTC; `atlas` the place's name in addresses; `version` its build; `who` was typed and is unverified."""

    number: int
    at: str
    kind: str
    atlas: str
    version: str
    code: str
    who: str
    role: str
    reason: str
    data: Mapping[str, Any]
    previous: str
    hash: str

    @property
    def canonical(self) -> str:
        """The text that is hashed: everything but the two hashes."""
        return canonical({name: getattr(self, name) for name in HASHED})


def canonical(record: Mapping[str, Any]) -> str:
    """JSON of a record in the one form that is hashed. Raises StoreError for what JSON cannot hold."""
    try:
        return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise StoreError(f"This cannot be recorded: {error}. Give text, whole and finite numbers, lists.") from None


def chained(previous: str, text: str) -> str:
    """SHA-256 of the previous hash (empty for the first) and a canonical text, in hexadecimal."""
    return sha256((previous + text).encode("utf-8", "surrogatepass")).hexdigest()


def faults(entries: Iterable[Entry], *, known: Iterable[tuple[int, str, str]] = ()) -> list[str]:
    """Sentences about the first break of a chain given in order, and about heads noted elsewhere that it lacks.

    `known` holds (number, hash, where it was noted). What follows a break proves nothing, so one break is named.
    """
    before, number, wanted = "", 0, {n: (h, where) for n, h, where in known if n}
    met = set()
    for entry in entries:
        number += 1
        broken = _broken(entry, before, number)
        if broken:
            return [broken]
        if entry.number in wanted:
            met.add(entry.number)
            if wanted[entry.number][0] != entry.hash:
                return [
                    f"Entry {entry.number} is not the one noted in {wanted[entry.number][1]}: the chain was written anew up to it or beyond."
                ]
        before = entry.hash
    return [
        f"Entry {n} was noted in {where} and is gone: the trail ends at entry {number}."
        for n, (_, where) in sorted(wanted.items())
        if n not in met
    ]


def _broken(entry: Entry, before: str, number: int) -> str:
    if entry.number != number:
        return f"Entry {number} is missing: after entry {number - 1} comes entry {entry.number}."
    if entry.previous != before:
        return f"Entry {number} ({entry.kind}, {entry.at}) does not follow entry {number - 1}: one of the two was changed, or an entry was taken out."
    if chained(entry.previous, entry.canonical) != entry.hash:
        return f"Entry {number} ({entry.kind}, {entry.at}) was changed after it was written."
    return ""
