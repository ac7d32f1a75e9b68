"""What each act records, and what stands now: saved weights, overrides of a rank, sign-offs of a list.

Nothing is ever changed: a newer entry takes the place of an older one, and both stay. A rank is never altered by an
override; it stands beside the computed one with its reason. A sign-off holds for one list alone: this build, this
selection, these weights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.disclosure import Tier
from geodata.errors import StoreError
from geodata.policy import NUMBERS, POLICY
from geodata.store.chain import Entry
from geodata.store.trail import Store
from geodata.view import View

if TYPE_CHECKING:
    from geodata.layers import Atlas

OPERATOR = "operator"  # who works at the machine itself
MOST_NAME = 80
TIERS = tuple(tier.value for tier in Tier)
ROWS = ("rows_read", "rows_accepted", "rows_out_of_scope", "rows_quarantined")


# --- what is recorded ---------------------------------------------------------------------------------------------


def record_build(store: Store, atlas: Atlas, before: str = "", *, who: str = "", reason: str = "") -> Entry:
    """A finished build: hashes of what went in and came out, recipe, policy, rows, the build it replaced (or itself)."""
    manifest = atlas.manifest
    policy = POLICY.with_values(manifest.get("policy") or {})
    kept = ("name", "path", "kind", "sha256", *ROWS)
    data = {
        "inputs": [{key: s.get(key) for key in kept} for s in manifest.get("sources") or []],
        "recipe_sha256": manifest.get("recipe_sha256", ""),
        "build_code": manifest.get("code_version", ""),
        "policy": {name: policy[name] for name in NUMBERS},
        "rows": {key: sum(int(s.get(key) or 0) for s in manifest.get("sources") or []) for key in ROWS},
        "outputs": {file.name: file_hash(file) for file in sorted(atlas.folder.glob("*.parquet"))},
        "models": [{k: m.get(k) for k in ("target", "usable", "verdict")} for m in manifest.get("models") or []],
        "before": before,
        "unchanged": before == atlas.version,
    }
    return store.record("build", data, atlas=atlas.slug, version=atlas.version, who=who, role=OPERATOR, reason=reason)


def record_export(
    store: Store,
    atlas: Atlas,
    *,
    view: View,
    columns: Iterable[str] | None,
    tier: str,
    licence_profile: str,
    purpose: str,
    rows: int,
    sha256: str,
    file: str,
    who: str = "",
) -> Entry:
    """A file that left: which schools, which columns, who may see it, what for, and the hash of its bytes."""
    data = {
        "view": view.with_screen(**dict.fromkeys(dict(view.screen), "")).query(),
        "columns": None if columns is None else list(columns),
        "licence_profile": licence_profile,
        "rows": rows,
        "sha256": sha256,
        "file": file,
    }
    return store.record("export", data, atlas=atlas.slug, version=atlas.version, who=who, role=tier, reason=purpose)


def record_agreement(store: Store, atlas: Atlas, *, tier: str, risk: str, text: str, who: str = "") -> Entry:
    """Under which agreement a place of high risk is shown to partners."""
    data = {"tier": tier, "risk": risk}
    return store.record("agreement", data, atlas=atlas.slug, version=atlas.version, who=who, role=tier, reason=text)


def save_weights(
    store: Store, atlas: Atlas, name: str, values: Mapping[str, float | str], *, tier: str, who: str, reason: str
) -> Entry:
    """The policy numbers of a view under a name; the same name again takes the place of the earlier one.

    Raises StoreError without a name, PolicyError for a number that is unknown or out of bounds.
    """
    name = " ".join(name.split())[:MOST_NAME]
    if not name:
        raise StoreError("Give the weights a name, such as “Workshop of 3 March”, so that they can be found again.")
    held = {key: NUMBERS[key].check(value) for key, value in values.items()}
    data = {"name": name, "policy": held}
    return store.record("weights", data, atlas=atlas.slug, version=atlas.version, who=who, role=tier, reason=reason)


def override(
    store: Store,
    atlas: Atlas,
    school_id: str,
    decision: str,
    *,
    computed: Mapping[str, Any],
    tier: str,
    who: str,
    reason: str,
) -> Entry:
    """A person's decision about one school, beside what was computed (`rank`, `tier`, `list`, and the view's query).

    An empty `decision` withdraws the one before. Raises StoreError without a reason: an override answers for itself.
    """
    if not reason.strip():
        raise StoreError("Write the reason: an override stands beside the rank for everyone to read.")
    data = {"school_id": school_id, "decision": " ".join(decision.split()), "computed": dict(computed)}
    return store.record("override", data, atlas=atlas.slug, version=atlas.version, who=who, role=tier, reason=reason)


def sign_off(
    store: Store,
    atlas: Atlas,
    view: View,
    school_ids: Iterable[str],
    *,
    tier: str,
    who: str,
    reason: str,
    decisions: int = 0,
) -> Entry:
    """The approval of a list: this build, selection, weights and order, with the hash of its ids in order.

    `decisions` counts the overrides that stand beside it.

    Raises StoreError without a name: an approval is a person's.
    """
    if not who.strip():
        raise StoreError("Write your name: a list is approved by a person.")
    ids = list(school_ids)
    data = {
        "list": list_key(view),
        "schools": len(ids),
        "ids_sha256": hashlib.sha256("\n".join(ids).encode()).hexdigest(),
        "decisions": decisions,
    }
    return store.record("sign_off", data, atlas=atlas.slug, version=atlas.version, who=who, role=tier, reason=reason)


def list_key(view: View) -> str:
    """What makes a list the same list: its selection and weights; neither the order on screen nor what else is shown."""
    return view.schools_only.query()


# --- what stands now ----------------------------------------------------------------------------------------------


def saved_weights(store: Store, atlas: str) -> list[Entry]:
    """The saved weights of a place, newest first, each name once."""
    newest: dict[str, Entry] = {}
    for entry in store.entries("weights", atlas):
        newest.setdefault(str(entry.data["name"]), entry)
    return list(newest.values())


def overrides(store: Store, atlas: str) -> dict[str, Entry]:
    """The decision that stands about each school, by its id; withdrawn ones are left out."""
    newest: dict[str, Entry] = {}
    for entry in store.entries("override", atlas):
        newest.setdefault(str(entry.data["school_id"]), entry)
    return {school: entry for school, entry in newest.items() if entry.data["decision"]}


def signed(store: Store, atlas: Atlas, view: View, tier: str) -> Entry | None:
    """The newest sign-off of exactly this list as this tier sees it, or None: another build or weight is another list."""
    key = list_key(view)
    for entry in store.entries("sign_off", atlas.slug):
        if entry.version == atlas.version and entry.role == tier and entry.data["list"] == key:
            return entry
    return None


def signed_elsewhere(store: Store, atlas: Atlas, tier: str) -> Entry | None:
    """The newest sign-off of any list of this build in another tier's view, or None."""
    found = store.entries("sign_off", atlas.slug)
    return next((e for e in found if e.version == atlas.version and e.role != tier), None)


def may_read(entry: Entry, tier: str) -> bool:
    """Whether a tier may read what an entry says: builds are open, the rest to the tier that acted and those above it."""
    if entry.kind == "build":
        return True
    return entry.role in TIERS and TIERS.index(tier) >= TIERS.index(entry.role)


# --- hashes -----------------------------------------------------------------------------------------------------


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
