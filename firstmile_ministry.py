"""What `firstmile suggest` writes and says: a mapping file to be confirmed, and how a recipe uses it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from firstmile_say import say, stop

if TYPE_CHECKING:
    from etl.fetching.client import Client


def write_suggestions(service: str, client: Client, *, base: str, out: Path) -> None:
    """Ask the service, write the mapping file, say what comes next; a file that is there is never overwritten."""
    from etl.emis.suggesting import as_csv, columns_for, suggest

    if out.exists():
        stop(
            f"{out} is there already, and what a person confirmed is not overwritten. Choose another --out, or move it."
        )
    if not out.parent.is_dir():
        stop(f"There is no folder {out.parent} to write {out.name} in. Make it first.")
    if base:
        client = replace(client, settings=client.settings.with_base(service, base.rstrip("/")))
    found = suggest(service, client)
    if not found:
        stop(f"{service} has nothing whose name is like what First Mile looks for; write the mapping file by hand.")
    out.write_text(as_csv(found), "utf-8")
    for one in found:
        say(f"{one.score:3d}  {one.field} ← {one.name}: {one.reason}")
    say(
        f"Wrote {out}: {len(found)} suggestions. Write yes under confirmed where one is right; the others are not used."
    )
    say("In the recipe, beside the ids, names and places (docs/sources-ministry.md):")
    say("[source.columns]")
    for line in columns_for(found):
        say(line)
