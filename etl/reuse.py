"""Steps of the build before that need not be done again: the same code, and all that they read is the same.

A finished step's mark holds the hash of each thing it read and of each file it wrote. The last finished build keeps
these files on a shelf beside the atlas (`ATLAS.d/.shelf`, hard links where the disk allows them). A later build takes
a step over where every hash is the same, so a step whose inputs were made anew with the same content stops the chain.
Each file is hashed again before it is taken: what was damaged or changed on the shelf is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from etl.filehashes import columns_hash, hash_of, hashes_of
from etl.manifest import code_version
from etl.noted import Reads
from etl.recipe import Recipe
from etl.work import STEPS, Work, read_json, read_mark
from geodata.errors import LayerError
from geodata.policy import POLICY

SHELF = ".shelf"
ABSENT = "absent"
AS_BEFORE = " (as before)"
Files = dict[str, str]  # file of the workspace → hash of its content


def do(work: Work, step: str, function: Callable[[Work], str], done: Files, shelf: Path) -> str:
    """Does one step, or takes it over; returns what it did, in a line. `done` (what earlier steps wrote) gains its files."""
    mark = work.done(step)
    if mark is None:
        mark = take_over(work, step, done, shelf)
        if mark is not None:
            mark = {**mark, "said": str(mark["said"]).removesuffix(AS_BEFORE) + AS_BEFORE}
        else:
            mark = _made(work, step, function, done)
        work.mark(step, **{key: mark[key] for key in ("said", "code", "reads", "wrote")})
    done.update(mark["wrote"])
    return str(mark["said"])


def _made(work: Work, step: str, function: Callable[[Work], str], done: Files) -> dict[str, Any]:
    own = replace(work, reads=Reads())
    before = {name: _stamp(work.within / name) for name in done}
    said = function(own)
    there = {p.relative_to(work.within).as_posix(): p for p in _files(work.within)}
    wrote = {name: hash_of(p) for name, p in sorted(there.items()) if before.get(name) != _stamp(p)}
    reads = {read: digest(read, work, done) for read in sorted(own.reads.found)}
    return {"said": said, "code": code_version(), "reads": reads, "wrote": wrote}


def take_over(work: Work, step: str, done: Files, shelf: Path) -> dict[str, Any] | None:
    """The mark of a step of the last build, its files now in the workspace; None where it has to be done again."""
    mark = read_mark(shelf / STEPS, step)
    if mark is None or mark.get("code") != code_version() or not isinstance(mark.get("reads"), dict):
        return None
    if any(digest(read, work, done) != was for read, was in mark["reads"].items()):
        return None
    return mark if _taken(mark["wrote"], shelf, work.within) else None


def _taken(wrote: Mapping[str, str], shelf: Path, folder: Path) -> bool:
    """Whether all of these files could be taken from the shelf, whole and unchanged."""
    (folder / STEPS).mkdir(exist_ok=True)
    for name, known in wrote.items():
        try:
            if hash_of(shelf / name) != known:
                return False
            part = (folder / name).with_name(f"{Path(name).name}.part")
            part.unlink(missing_ok=True)
            link(shelf / name, part)
            os.replace(part, folder / name)
        except OSError:
            return False
    return True


def part_of_step(work: Work, name: str, *, rests_on: Sequence[str], function: Callable[[], None]) -> None:
    """Does a part of a step, such as reading one source, or takes it over where all that it `rests_on` is the same.

    The part writes frames and values whose names begin with `name` and a point, and nothing else.
    """
    mark, key = f"{name}.made", _key(*rests_on, code_version())
    shelves = [work.within, work.within.parent / SHELF]
    for shelf in shelves:
        made = read_json(shelf / STEPS / mark)
        if made.get("key") == key and (shelf is work.within or _taken(made["wrote"], shelf, work.within)):
            break
    else:
        function()
    mine = [p for p in _files(work.within) if p.parent.name == STEPS and p.name.startswith(f"{name}.")]
    work.keep_json(
        mark, {"key": key, "wrote": {f"{STEPS}/{p.name}": hash_of(p) for p in sorted(mine) if p.name != mark}}
    )


# --- what was read ------------------------------------------------------------------------------------------------


def digest(read: str, work: Work, done: Files) -> str:
    """The hash of one thing that a step read, as it is now; `done` is what the steps before wrote."""
    kind, _, name = read.partition(":")
    every = name == "*"
    if kind == "build":
        return work.identity
    if kind == "decided":
        there = work.accepted is not None and work.accepted.is_file()
        return hash_of(work.accepted) if there and work.accepted is not None else ABSENT
    if kind == "layers":
        return _key(*(f"{n} {h}" for n, h in sorted(done.items()) if not n.startswith(f"{STEPS}/")))
    if kind == "shelf":
        return _key(*(f"{n} {h}" for n, h in sorted(done.items()) if n.startswith(f"{STEPS}/")))
    if kind == "layer":
        return done.get(f"{name}.parquet", ABSENT)
    if kind == "columns":
        layer, *columns = name.split(" ")
        return columns_hash(work.within / f"{layer}.parquet", columns) if f"{layer}.parquet" in done else ABSENT
    if kind == "frame":
        return done.get(f"{STEPS}/{name}.parquet", ABSENT)
    if kind == "json":
        return done.get(f"{STEPS}/{name}", ABSENT)
    if kind == "recipe":
        return _key(*(part_text(work.whole, part) for part in Recipe.model_fields if every or part == name))
    if kind == "policy":
        return _key(*(f"{n} {v!r}" for n, v in POLICY.with_values(work.whole.policy).items_ if every or n == name))
    return _files_digest(kind, name, work)


def _files_digest(kind: str, name: str, work: Work) -> str:
    """The hash of files of the recipe: all (`*`), those that a part names, or one by its path."""
    if kind == "file":
        return _key(*hashes_of([name], work.files, work.hashes))
    parts = Recipe.model_fields if name == "*" else (name,)
    dumped = [work.whole.model_dump(mode="json", include={part}) for part in parts]
    return _key(*hashes_of(dumped, work.files, work.hashes))


def part_text(recipe: Recipe, part: str) -> str:
    """One part of a recipe as text, the same for the same content."""
    return json.dumps(recipe.model_dump(mode="json", include={part}), sort_keys=True, ensure_ascii=False)


def _key(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


# --- the shelf ----------------------------------------------------------------------------------------------------


def shelve(folder: Path, shelf: Path) -> None:
    """Keeps the files of a finished workspace for the next build, in the place of what was kept before.

    The workspace stays as it is, so a build that is stopped here goes on from its marks.
    """
    fresh, old = shelf.with_name(f"{SHELF}.new"), shelf.with_name(f"{SHELF}.old")
    for folder_of in (fresh, old):
        shutil.rmtree(folder_of, ignore_errors=True)
    (fresh / STEPS).mkdir(parents=True)
    for path in _files(folder, marks=True):
        link(path, fresh / path.relative_to(folder))
    if shelf.exists():
        shelf.rename(old)
    fresh.rename(shelf)
    shutil.rmtree(old, ignore_errors=True)


def link(source: Path, target: Path) -> None:
    """The same file under a second name; a copy where the disk has no such links. Files here are replaced, never edited."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)


def _files(folder: Path, *, marks: bool = False) -> list[Path]:
    """The whole files of a workspace: layers and what steps keep; with the marks where asked."""
    (folder / STEPS).mkdir(exist_ok=True)
    found = [p for p in (*folder.iterdir(), *(folder / STEPS).iterdir()) if p.is_file() and p.suffix != ".part"]
    return [p for p in found if marks or p.suffix != ".done"]


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        about = path.stat()
    except FileNotFoundError:
        raise LayerError(f"{path} is gone while it was being built. Do not tidy up in {path.parent}.") from None
    return about.st_ino, about.st_mtime_ns, about.st_size
