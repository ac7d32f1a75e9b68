"""The files that a recipe names, whatever key names them, and the hashes of their content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

SIDECARS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
PASSPORT = ".passport.json"
CLOCK = ("retrieved",)  # what a passport says of the hour, which changes nothing
ELSEWHERE = ("service", "download")  # keys whose texts are no files that a build reads
LONGEST = 400  # characters of a path


def hash_of(path: Path) -> str:
    """SHA-256 of a file's content; raises OSError where it cannot be read."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def columns_hash(path: Path, columns: list[str]) -> str:
    """SHA-256 of some columns of a Parquet file, in the order of its rows."""
    table = pq.read_table(path, columns=columns).select(columns).replace_schema_metadata(None).combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return hashlib.sha256(sink.getvalue()).hexdigest()


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a part of a recipe (as plain values), but for those about services."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in ELSEWHERE:
                yield from texts_of(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_of(inner)


def files_of(value: Any, data: Path) -> dict[str, list[Path]]:
    """Name as the recipe gives it → the files behind it (several for a shapefile), of every text that names a file."""
    found: dict[str, list[Path]] = {}
    for text in texts_of(value):
        if text and len(text) <= LONGEST and "\n" not in text and "\0" not in text and text not in found:
            path = data / text
            if is_file(path):
                parts = [path]
                if path.suffix.lower() == ".shp":
                    parts = [p for s in SIDECARS if (p := path.with_suffix(s)).is_file()] or [path]
                passport = path.with_name(path.name + PASSPORT)
                found[text] = [*parts, passport] if passport.is_file() else parts
    return found


def is_file(path: Path) -> bool:
    """Whether there is such a file; a text that can be no path names none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def hashes_of(value: Any, data: Path, known: dict[str, str]) -> list[str]:
    """One line for each file that a part of a recipe names: name and hash. `known` keeps hashes through a build."""
    lines = []
    for name, paths in sorted(files_of(value, data).items()):
        for path in paths:
            if str(path) not in known:
                known[str(path)] = facts_hash(path) if path.name.endswith(PASSPORT) else hash_of(path)
            lines.append(f"{name} {path.suffix} {known[str(path)]}")
    return lines


def facts_hash(passport: Path) -> str:
    """Hash of what a passport states, without the hour it was fetched at."""
    try:
        stated = json.loads(passport.read_text("utf-8"))
    except (OSError, ValueError):
        return hash_of(passport)
    if isinstance(stated, dict):
        stated = {key: value for key, value in stated.items() if key not in CLOCK}
    return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()
