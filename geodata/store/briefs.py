"""Sign-offs of briefs: a brief is a draft until a named person approves exactly this one, and again once that is withdrawn.

    sign(store, desk, brief, who="B. Director", reason="Cabinet of 3 March")
    approval(store, desk.atlas.slug, brief)      # who, when and which entry; None for a draft

What is approved is the brief's `key`: its data, plan, official figure and decisions, whatever its language.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode

from geodata.briefing.contents import Brief
from geodata.briefing.parts import Approval
from geodata.disclosure import Tier
from geodata.errors import StoreError
from geodata.query import Desk
from geodata.say import tr
from geodata.store.acts import may_read
from geodata.store.chain import Entry
from geodata.store.trail import Store

KIND, CREST = "brief", "crest"
LARGEST = 300_000  # bytes of a crest
MOST_NAME = 120


def sign(store: Store, desk: Desk, brief: Brief, *, who: str, reason: str, stands: bool = True) -> Entry:
    """Record that a person approves exactly this brief; not `stands`: that the approval is withdrawn.

    Raises StoreError for visitors of the public view, without a name or a reason, and where there is nothing to withdraw.
    """
    if desk.tier == Tier.PUBLIC:
        raise StoreError(tr("Visitors of the public view cannot approve a brief."))
    if not who.strip():
        raise StoreError(tr("Write your name: a brief is approved by a person."))
    if not reason.strip():
        raise StoreError(tr("Write the reason, such as the meeting that decided it."))
    if not stands and approval(store, desk.atlas.slug, brief) is None:
        raise StoreError(tr("This brief is not approved, so there is nothing to withdraw."))
    data = {"brief": brief.key, "title": brief.title, "area": brief.area, "stands": stands}
    return store.record(KIND, data, atlas=desk.atlas.slug, version=desk.atlas.version, who=who, role=desk.tier, reason=reason)  # fmt: skip


def approval(store: Store, atlas: str, brief: Brief) -> Approval | None:
    """The approval of exactly this brief that stands; None for a draft. The key holds the tier that it is for, so that a
    ministry can approve what the public reads, and visitors can approve nothing."""
    for entry in store.entries(KIND, atlas):  # newest first
        if entry.data["brief"] == brief.key:
            return Approval(entry.who, entry.at, str(entry.number), entry.role) if entry.data["stands"] else None
    return None


def keep_crest(store: Store, desk: Desk, image: bytes, *, name: str, who: str) -> Entry:
    """Keep a picture (checked before: PNG or JPEG) for the heads of briefs. Raises StoreError where it is too large."""
    if desk.tier == Tier.PUBLIC:
        raise StoreError(tr("Visitors of the public view cannot give a crest."))
    if len(image) > LARGEST:
        raise StoreError(tr("The picture is larger than {most} kB. Make it smaller, then choose it again.", most=LARGEST // 1000))  # fmt: skip
    if not name.strip():
        raise StoreError(tr("Write whose crest it is: it stands at the head of the brief."))
    text = json.dumps({"image": b64encode(image).decode()})
    data = {"name": " ".join(name.split())[:MOST_NAME], "size": len(image)}
    return store.record(CREST, data, atlas=desk.atlas.slug, version=desk.atlas.version, who=who, role=desk.tier, document=text)  # fmt: skip


def crests(store: Store, atlas: str, tier: str) -> list[Entry]:
    """The crests of a place that a tier may use, newest first."""
    return [e for e in store.entries(CREST, atlas) if may_read(e, tier)]


def crest(store: Store, atlas: str, number: int, tier: str) -> tuple[str, bytes]:
    """Whose crest it is, and the picture. Raises StoreError where there is none that this tier may use."""
    found = next((e for e in crests(store, atlas, tier) if e.number == number), None)
    if found is None:
        raise StoreError(tr("There is no such crest here. Choose one from the list, or none."))
    return str(found.data["name"]), b64decode(json.loads(store.document(found))["image"])
