"""A brief of every area or group that the console command was asked for: what is wanted, written, kept."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstmile_briefed import Asked, record, table_in
from firstmile_say import say, stop, warn

if TYPE_CHECKING:
    from geodata.briefing.groups import Grouping
    from geodata.exports.brief_batch import Done, Wanted

OUTLINES = (".geojson", ".json", ".gpkg", ".parquet")


def write_every(asked: Asked, folder: Path, kind: str) -> None:
    """Write a brief of every area of a level, or of every group, with the index; goes on where an earlier run stopped."""
    from rich.console import Console
    from rich.progress import Progress

    from geodata.exports.brief_batch import INDEX, write_all
    from geodata.exports.briefs import FORMATS

    if kind not in FORMATS:
        stop(f"--format is {kind!r}; it must be one of {', '.join(FORMATS)}.")
    if asked.approved_by:
        stop("A person approves one brief at a time, after reading it: name one file, without --all-areas.")
    if not folder.absolute().parent.is_dir():
        stop(f"There is no folder {folder.parent} to make {folder.name} in. Make it first.")
    wanted = _wanted(asked, kind)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Briefs", total=len(wanted))

        def done(line: Done) -> None:
            bar.update(task, advance=1, description=line.name[:40])
            if line.file and not line.kept:
                record(asked, folder / line.file, 0, "" if asked.grouping else line.key)

        lines = write_all(wanted, folder, f".{kind}", letterhead=asked.letterhead, crest=asked.picture, progress=done)
    kept, lost = sum(d.kept for d in lines), [d for d in lines if not d.file]
    say(f"{len(lines) - len(lost) - kept:,} briefs written, {kept:,} kept, {len(lost):,} left out; {INDEX} lists them all in {folder}.")  # fmt: skip
    for line in lost[:5]:
        warn(f"  {line.name}: {line.note}")


def _wanted(asked: Asked, kind: str) -> list[Wanted]:
    """What is to be written, each with the hash of its inputs."""
    from geodata.exports.brief_batch import Wanted

    if asked.grouping is not None:
        found = _groups(asked)
        for note in found.notes:
            warn(f"  {note}")
        members = {name: found.schools(name) for name in found.names}
        every = [Wanted("", asked.desk.atlas.name, _inputs(asked, kind, "", found.of), lambda: asked.brief("", groups=found))]  # fmt: skip
        return every + [Wanted(n, n, _inputs(asked, kind, n, ids), lambda n=n, ids=ids: asked.brief("", n, ids)) for n, ids in members.items()]  # type: ignore[misc]  # fmt: skip
    table = asked.desk.places.of_level(asked.level)
    if table.empty:
        stop(f"{asked.desk.atlas.name} has no areas of level {asked.level}.")
    pairs = [(str(i), str(n)) for i, n in zip(table["area_id"], table["name"], strict=True)]
    return [Wanted(i, n, _inputs(asked, kind, i, ""), lambda i=i: asked.brief(i)) for i, n in pairs]  # type: ignore[misc]


def _inputs(asked: Asked, kind: str, area: str, members: Any) -> str:
    """SHA-256 of all that decides a file: data, code, plan, what people gave, language, format."""
    from geodata.store.code import code_version

    plan, solved = asked.plans
    given = [f.read_bytes().hex() if f else "" for f in (asked.crest, asked.decisions)]
    held = [
        asked.desk.atlas.version, code_version(), asked.tier, asked.lang, kind, area, members, asked.annex, asked.letterhead,
        plan.key if plan else "", [p.terms.total for p in solved], str(asked.officials), given, asked.desk.policy.changes(),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(held, sort_keys=True, default=str).encode()).hexdigest()


def _groups(asked: Asked) -> Grouping:
    """The groups of a look-up or of outlines."""
    from geodata.briefing.groups import from_outlines, from_table

    path = asked.grouping
    if path is None or not path.is_file():
        stop(f"There is no file {path}.")
    if path.suffix.lower() not in OUTLINES:
        return from_table(asked.desk, table_in(path), asked.name_column)
    import geopandas as gpd

    try:
        frame = gpd.read_parquet(path) if path.suffix.lower() == ".parquet" else gpd.read_file(path)
    except (OSError, ValueError, RuntimeError) as error:
        stop(f"{path} could not be read as outlines ({error}).")
    if asked.name_column not in frame:
        stop(f"{path.name} has no column {asked.name_column!r}; it has {', '.join(map(str, frame.columns))}. Name it with --name-column.")  # fmt: skip
    frame = frame.to_crs(4326) if frame.crs is not None else frame
    return from_outlines(asked.desk, frame[asked.name_column].tolist(), frame.geometry.tolist())
