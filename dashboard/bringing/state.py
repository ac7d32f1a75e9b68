"""What is known of an upload when a step of it is drawn: its recipe, what its file was found to be, the work on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from dashboard import page
from dashboard.bringing import choices, jobs
from dashboard.bringing.jobs import Job
from geodata.errors import RecipeError
from geodata.store import uploads
from geodata.store.uploads import Upload
from geodata.text import fold

KEPT = ("place", "boundary", "context", "policy", "check", "planning")  # of the recipe, when the file is read otherwise


@dataclass(frozen=True)
class Seen:
    """One upload as it stands on the disk now."""

    upload: Upload

    @cached_property
    def about(self) -> dict[str, Any]:
        """What came and what was chosen about the upload itself."""
        return self.upload.about

    @cached_property
    def look(self) -> dict[str, Any]:
        """What the file was found to be; empty before it was looked at."""
        return self.upload.told("look")

    @cached_property
    def job(self) -> Job:
        """The work that was last asked for."""
        return jobs.state(self.upload)

    @cached_property
    def text(self) -> str:
        """The recipe."""
        return self.upload.recipe_text

    @cached_property
    def recipe(self) -> dict[str, Any]:
        """The recipe as plain values; empty where there is none."""
        try:
            return choices.parsed(self.text)
        except RecipeError:
            return {}

    @property
    def mark(self) -> str:
        """A mark of the recipe and of how it is used: what was tried or checked under another one is of yesterday."""
        return sha256(f"{self.text}|{self.target}".encode()).hexdigest()[:16]

    @property
    def target(self) -> str:
        """The country that this updates, by its name in addresses; empty for a new place."""
        found = str(self.about.get("target") or "")
        return found if found in page.served().desks else ""

    def result(self, step: str) -> dict[str, Any]:
        """What came of a step, where it was done with the recipe as it stands; else empty."""
        return self.upload.told(step) if self.about.get(f"{step}_mark") == self.mark else {}

    @property
    def columns(self) -> list[dict[str, Any]]:
        """What was found out about each raw column."""
        return list(self.look.get("columns") or ())

    @property
    def source(self) -> dict[str, Any]:
        """The register in the recipe."""
        return choices.register(self.recipe)


def adopt(upload: Upload) -> bool:
    """Take over the draft of a file that was looked at, once; what was chosen about the place stays. Whether it did."""
    look, about = upload.told("look"), upload.about
    mark = sha256(str(look.get("recipe")).encode()).hexdigest()[:16] + str(about.get("looked") or "")
    if not look or about.get("adopted") == mark:
        return False
    draft, before = choices.parsed(look["recipe"]), choices.parsed(upload.recipe_text) if upload.recipe_text else {}
    upload.write("recipe.toml", choices.text_of({**draft, **{k: before[k] for k in KEPT if k in before}}))
    upload.note(adopted=mark)
    return True


def adopt_more(upload: Upload) -> bool:
    """Add a further file that was looked at to the recipe, as what it seems to be, once; whether it did."""
    more, about = upload.told("more"), upload.about
    if not more or more.get("file") in about.get("more", []) or not upload.recipe_text:
        return False
    kind = "boundary" if more["kind"] == "boundary" else "source"
    draft = choices.parsed(more["recipe"])
    upload.write("recipe.toml", choices.text_of(choices.with_more(choices.parsed(upload.recipe_text), draft, kind)))
    upload.note(more=[*about.get("more", []), more["file"]], added={"file": more["file"], "kind": more["kind"]})
    return True


def adopt_alike(upload: Upload) -> bool:
    """Take over the recipe of the country that this register is the next one of, once it was asked for."""
    recipe = upload.told("alike").get("recipe")
    if not recipe:
        return False
    upload.write("recipe.toml", choices.text_of(recipe))
    upload.forget("alike")
    return True


def slug_of(seen: Seen) -> str:
    """The name that a new country will have in addresses and on the disk: of its name, in plain letters, not taken yet."""
    plain = "".join(
        c if c.isascii() and c.isalnum() else "_" for c in fold(str((seen.recipe.get("place") or {}).get("name") or ""))
    )
    base = "_".join(filter(None, plain.split("_")))[:40] or "place"
    home = page.served().desk().atlas.link.absolute().parent
    mine = str(seen.about.get("slug") or "")
    others = {
        other.about.get("slug") for other in uploads.listed(seen.upload.folder.parent) if other.id != seen.upload.id
    }
    number = 1
    while True:
        name = base if number == 1 else f"{base}_{number}"
        if name == mine or not (
            any((home / f"{name}{end}").exists() for end in ("", ".d", ".raw")) or name == "uploads" or name in others
        ):
            return name
        number += 1
