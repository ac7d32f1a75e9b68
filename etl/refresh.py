"""Bringing an atlas up to date: every source asked again, what changed said, and built anew where anything did.

The data folder and the atlas change together and last: sources are asked into an overlay, the atlas is built from that,
and only then the new files go into the data folder. Whatever stops it before leaves both as they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from filelock import FileLock, Timeout

from etl import overlay
from etl.corrections import decided_file
from etl.fetching.client import Client
from etl.fetching.missing import fetch_address, fetch_service, in_order
from etl.fetching.passports import read_passport, with_passports
from etl.filehashes import PASSPORT, hashes_of
from etl.manifest import build_id, code_version
from etl.origin import Origin, lines_of, shelf_of
from etl.recipe import Recipe, read_recipe
from etl.source import find, read_raw
from geodata.errors import FirstMileError, LayerError, SourceError
from geodata.layers import Atlas, open_atlas
from geodata.policy import POLICY

# Builds from (recipe, overlay, real data folder).
Builder = Callable[[Path, Path, Path], Atlas]
Tell = Callable[[str], None]


@dataclass
class Refreshed:
    """What came of it: `changed` what was asked again or found by hand to differ, `kept` sources whose old file stays
    because they could not be asked or gave something that cannot be right; `atlas` the new build, where there is one."""

    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    atlas: Atlas | None = None


def refresh(link: Path, origin: Origin, client: Client, build: Builder, *, tell: Tell, check: bool = False, accept: bool = False) -> Refreshed:  # fmt: skip
    """Ask every source of an atlas again, and build it anew where anything changed; `check` only says what would change.

    `accept` takes an answer although it has far fewer rows than before. Raises LayerError where another refresh runs,
    and whatever the build raises: then atlas and files stand as they were.
    """
    with _alone(link):
        overlay.settle(link)
        recipe, atlas = read_recipe(origin.recipe), open_atlas(link)
        found = Refreshed()
        folder = overlay.lay(link, recipe, origin.data)
        try:
            for reading in in_order(recipe):
                if reading.service is not None or reading.download:
                    _ask(reading, recipe, folder, origin.data, client, found, tell, accept)
            found.changed += _by_hand(recipe, origin, tell)
            version = build_id(origin.recipe, with_passports(recipe, folder), folder, decided_file(link))
            if version == atlas.version:
                tell("Nothing has changed: the data stand as they are.")
                return found
            found.changed += _otherwise(atlas, origin, found, tell)
            if not check:
                overlay.begin(link, version, folder, origin.data)
                found.atlas = build(origin.recipe, folder, origin.data)
                overlay.settle(link)
            return found
        finally:
            overlay.settle(link)
            overlay.clear(link)


@contextmanager
def _alone(link: Path) -> Iterator[None]:
    open_atlas(link)
    lock = FileLock(shelf_of(link) / ".refresh.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LayerError(f"{link} is being refreshed by another process. Wait for it to end.") from None
    try:
        yield
    finally:
        lock.release()


def _ask(reading: Any, recipe: Recipe, folder: Path, home: Path, client: Client, found: Refreshed, tell: Tell, accept: bool) -> None:  # fmt: skip # noqa: PLR0917 - one step of the loop
    """Asks one source again; its old file stays in the overlay unless the new one differs and can be right."""
    path, name = reading.path, reading.path
    if PurePath(path).is_absolute():
        found.kept.append(name)
        tell(f"{name}: not asked again, because the recipe gives its place as a whole path. Give it relative to the data folder.")  # fmt: skip
        return
    before, facts = _state(path, home), read_passport(home / path)
    for old in (path, path + PASSPORT):
        (folder / old).unlink(missing_ok=True)
    try:
        if reading.service is not None:
            fetch_service(reading, recipe, folder, client, told=False)
        else:
            fetch_address(reading, folder, client)
        fault = "" if _state(path, folder) == before else _wrong(reading, recipe, folder, home, accept)
    except SourceError as error:
        fault = f"could not be asked: {error}"
    except BaseException:
        overlay.restore(reading, folder, home)
        raise
    if fault:
        overlay.restore(reading, folder, home)
        found.kept.append(name)
        stays = "The old file stays." if (home / path).is_file() else "There is no file of it."
        tell(f"{name}: {fault} {stays}")
    elif _state(path, folder) == before:
        overlay.restore(reading, folder, home)
        tell(f"{name}: unchanged.")
    else:
        found.changed.append(name)
        tell(f"{name}: changed. {_what(reading, folder, home, facts)}".rstrip())


def _state(path: str, data: Path) -> list[str]:
    """Hashes of a file and of what its passport states, but for the hour it came."""
    return hashes_of([path], data, {})


def _wrong(reading: Any, recipe: Recipe, folder: Path, home: Path, accept: bool) -> str:
    """What speaks against a new file: it cannot be read, lacks columns that the recipe reads, has far fewer rows."""
    try:
        new = read_raw(reading, folder)
    except FirstMileError as error:
        return f"its answer cannot be used: {error}"
    try:
        old = read_raw(reading, home)
    except FirstMileError:
        return ""
    used = {c for feed in getattr(reading, "columns", {}).values() for c in getattr(feed, "raw", ())}
    lost = sorted(c for c in used if c in old.frame and c not in new.frame)
    if lost:
        return f"its answer lacks what the recipe reads: {', '.join(lost)}."
    least = POLICY.with_values(recipe.policy).number("refresh_rows_min")
    if len(new) < least * len(old) and not accept:
        return f"its answer has {len(new):,} rows, and {len(old):,} are kept. If that is right: --accept."
    return ""


def _what(reading: Any, folder: Path, home: Path, facts: dict[str, Any] | None) -> str:
    """What differs of a new file: rows, date, version, licence."""
    said = []
    if (home / reading.path).is_file():
        try:
            rows = [len(read_raw(reading, data)) for data in (home, folder)]
        except FirstMileError:
            rows = [0, 0]
        if any(rows):
            said.append(f"{rows[1]:,} rows, before {rows[0]:,}")
    new = read_passport(find(reading.path, folder)) or {}
    for key in ("date", "version", "licence"):
        was, now = (str((f or {}).get(key) or "") for f in (facts, new))
        if was != now:
            said.append(f"{key} {now or 'not stated'}, before {was or 'not stated'}")
    return f"{'; '.join(said)}." if said else ""


def _by_hand(recipe: Recipe, origin: Origin, tell: Tell) -> list[str]:
    """Files of the data folder that somebody changed since the build."""
    if not origin.files:
        return []
    then, now = (_by_name(lines) for lines in (origin.files, lines_of(recipe, origin.data)))
    changed = sorted(n for n in {*then, *now} if then.get(n) != now.get(n))
    for name in changed:
        word = "new" if name not in then else "no longer there" if name not in now else "changed by hand"
        tell(f"{name}: {word} since the last build.")
    return changed


def _by_name(lines: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        found.setdefault(line.rsplit(" ", 2)[0], []).append(line)
    return found


def _otherwise(atlas: Atlas, origin: Origin, found: Refreshed, tell: Tell) -> list[str]:
    """What else makes a new build: the recipe, the program."""
    said = []
    if hashlib.sha256(origin.recipe.read_bytes()).hexdigest() != atlas.manifest.get("recipe_sha256"):
        said.append("the recipe")
    if code_version() != atlas.manifest.get("code_version"):
        said.append("the program")
    if said:
        tell(f"Changed since the last build: {' and '.join(said)}.")
    return said
