"""Ways out: one function and one declaration a format; found by looking.

`write_export(desk, view, Path("schools.xlsx"))` writes the current selection and ranking; the suffix chooses the format.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from geodata.answers import nearest
from geodata.declare import Export, found
from geodata.errors import ExportError
from geodata.query import Desk
from geodata.say import in_english
from geodata.view import View


def formats() -> dict[str, Export]:
    """The declared exports by suffix (without the dot), in their order."""
    return {export.suffix: export for export in found(Export, "geodata.exports").values()}


def format_of(out: Path) -> Export:
    """The export that a file's suffix chooses; raises ExportError where there is none."""
    suffix = out.suffix.removeprefix(".").lower()
    known = formats()
    if suffix not in known:
        said = (
            f"ends in .{suffix}, which is no format that can be written"
            if suffix
            else "has no ending that says its format"
        )
        raise ExportError(f"{out} {said}.{nearest(suffix, known)} Use one of: {', '.join(f'.{s}' for s in known)}.")
    return known[suffix]


@in_english
def write_export(
    desk: Desk,
    view: View,
    out: Path,
    *,
    columns: Sequence[str] | None = None,
    licence_profile: str = "noncommercial",
    tier: str | None = None,
    decisions: Mapping[str, str] | None = None,
    part: str = "",
) -> int:
    """Write the schools of a view in its order, all rows; returns how many. Nothing half-written is ever left at `out`.

    `columns`: all that tier and licence profile allow, or these. `tier`: the desk's own, or another to see the same data
    as. `decisions`: what people decided about schools, by id, in a column beside the rank. `part`: the columns that stand
    apart under other licences (see `apart`); a workbook and a GeoPackage hold them anyway, each in a sheet or table. Raises ExportError (format, column, folder, too many rows), DisclosureError (column kept back), ViewError.
    """
    from geodata.exports.result import result  # noqa: PLC0415 - geopandas loads when a file is asked for

    export = format_of(out)
    if not out.parent.is_dir():
        raise ExportError(f"There is no folder {out.parent} to write {out.name} in. Make it first.")
    seen = desk if tier is None or tier == desk.tier else Desk(desk.atlas, tier=tier)
    made = result(seen, view, columns, licence_profile, decisions, part=part)
    unfinished = out.with_name(f".{out.stem}.part.{export.suffix}")
    try:
        export.write(made, unfinished)
        os.replace(unfinished, out)
    except OSError as error:
        raise ExportError(
            f"{out} could not be written ({error.strerror or error}). Is it open in another program, or the disk full?"
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return len(made.frame)


@in_english
def apart(
    desk: Desk, out: Path, *, columns: Sequence[str] | None = None, licence_profile: str = "noncommercial"
) -> dict[str, Path]:
    """The parts that a format of one table leaves out because of their licences, and the file that each would go to."""
    from geodata.exports.result import result  # noqa: PLC0415

    if format_of(out).several:
        return {}
    made = result(desk, View(), columns, licence_profile)
    return {p.name: out.with_name(f"{out.stem}.{p.name}{out.suffix}") for p in made.apart}
