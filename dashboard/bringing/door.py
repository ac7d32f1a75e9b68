"""Who may bring a register, where uploads lie, and which upload and step the address speaks of (`/bring#<id>/<step>`).

The id stands behind the # of the address: it is not sent to other pages, and no link of theirs carries it on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from dashboard import page
from geodata.disclosure import Tier
from geodata.errors import DisclosureError, StoreError
from geodata.say import later, tr
from geodata.store import uploads
from geodata.store.uploads import Upload

KEY = "FIRSTMILE_BRING"
PATH = "/bring"
STEPS = ("file", "what", "check", "build")
TITLES = {
    "file": later("The file"),
    "what": later("What it says"),
    "check": later("Try it"),
    "build": later("Build it"),
}
PUBLIC_ONLY_LOOKS = later(
    "Registers are brought on the partner and the government view only: what strangers bring would be shown as this place's data. "
    "Whoever runs this server can start it so: firstmile serve … --tier government."
)


@dataclass(frozen=True)
class Settings:
    """What whoever runs the server decided: the largest file in bytes, the trail for builds, the partners' agreement."""

    largest: int = uploads.LARGEST
    store: str = ""
    agreement: str = ""


def settings_of(environ: Mapping[str, str]) -> Settings:
    """The settings as the environment says them: FIRSTMILE_UPLOAD_MB, FIRSTMILE_STORE, FIRSTMILE_AGREEMENT."""
    megabytes = environ.get("FIRSTMILE_UPLOAD_MB", "")
    largest = int(megabytes) << 20 if megabytes.isdecimal() else uploads.LARGEST
    return Settings(largest, environ.get("FIRSTMILE_STORE", ""), environ.get("FIRSTMILE_AGREEMENT", ""))


def settings() -> Settings:
    """The settings of this server."""
    found = current_app.config.get(KEY)
    return found if isinstance(found, Settings) else Settings()


def why_not() -> str:
    """Why this visitor may bring nothing; empty where she may."""
    return tr(PUBLIC_ONLY_LOOKS) if page.served().tier == Tier.PUBLIC else ""


def shelf() -> Path:
    """Where the uploads of this server lie. Raises DisclosureError for visitors of the public view."""
    if said := why_not():
        raise DisclosureError(said)
    return uploads.shelf_of(home())


def home() -> Path:
    """The built data that others are built beside."""
    return page.served().desk().atlas.link


def sees_others() -> bool:
    """Whether this visitor is shown uploads that she did not begin: partners do not know of each other's."""
    return page.served().tier == Tier.GOVERNMENT


def asked(fragment: str | None) -> tuple[Upload | None, str]:
    """The upload of the address, None where it names none, and the step that it asks for, empty where none.

    Raises StoreError where there is no such upload.
    """
    id_, _, step = (fragment or "").lstrip("#").partition("/")
    if not id_:
        return None, ""
    return uploads.opened(shelf(), id_), step if step in STEPS else ""


def upload_of(fragment: str | None) -> Upload:
    """The upload of the address. Raises StoreError where there is none."""
    upload, _ = asked(fragment)
    if upload is None:
        raise StoreError(tr("Choose a file first."))
    return upload


def at(upload: Upload, step: str = "") -> str:
    """What stands behind the # for a step of an upload."""
    return f"#{upload.id}/{step}" if step else f"#{upload.id}"
