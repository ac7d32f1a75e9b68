"""How the console command records: builds and exports before they are done with, and the trail printed and verified."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from firstmile_say import FAILED, say, steps, stop, warn

if TYPE_CHECKING:
    from etl.fetching.client import Client
    from geodata.layers import Atlas
    from geodata.query import Desk
    from geodata.store import Entry, Store
    from geodata.view import View

OFF = "off"
SHOWN = 50


def trail_of(where: str, atlas: Path, *, must: bool) -> Store | None:
    """The trail beside built data, or at `where`; None where it is switched off, or may be missed and cannot be opened.

    Raises StoreError where what follows must be recorded and cannot be.
    """
    from geodata.errors import StoreError
    from geodata.store import open_store, whereabouts

    if where == OFF:
        if must:
            raise StoreError(
                "What is not for the public must be recorded, and the trail is switched off (FIRSTMILE_STORE=off)."
            )
        return None
    try:
        return open_store(whereabouts(where, atlas))
    except StoreError as error:
        if must:
            raise
        warn(f"Not recorded: {error}")
        return None


def view_of(desk: Desk, query: str, trail: Store | None) -> View:
    """The view of an address or its query part, with the schools of the named list that it asks for."""
    from geodata.store import lists
    from geodata.view import View

    return lists.opened(trail, desk.atlas.slug, View.parse(query.split("?", 1)[-1]), desk.tier)


def agreed(atlases: list[Path], tier: str, agreement: str, where: str) -> None:
    """Record the agreement under which partners see each place of high risk; raises DisclosureError where none is named."""
    from geodata.disclosure import check_agreement
    from geodata.layers import open_atlas
    from geodata.store import acts

    for path in atlases:
        atlas = open_atlas(path)
        risk = str((atlas.manifest.get("place") or {}).get("risk") or "medium")
        if check_agreement(tier, risk, atlas.name, agreement):
            trail = trail_of(where, path, must=True)
            if trail is not None:
                acts.record_agreement(trail, atlas, tier=tier, risk=risk, text=agreement)
                trail.close()


def recorded_build(
    recipe: Path,
    data: Path,
    out: Path,
    where: str,
    *,
    who: str = "",
    reason: str = "",
    client: Client | None = None,
    home: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Atlas:
    """Build (files that are missing are asked for through `client`), and record what went in and came out. The trail is opened first: nothing is built that cannot be recorded."""
    from etl.build import build
    from etl.corrections import keep_decided
    from geodata.errors import LayerError
    from geodata.layers import open_atlas
    from geodata.store import acts
    from geodata.store.corrections import accepted

    store = None if where == OFF else trail_of(where, out, must=True)
    try:
        before = open_atlas(out).version
    except LayerError:
        before = ""
    if store is not None:
        keep_decided(out, accepted(store, out.absolute().name))
    with nullcontext(progress) if progress else steps() as tell:
        atlas = build(recipe, data=data, out=out, progress=tell, client=client, home=home)
    if store is not None:
        acts.record_build(store, atlas, before, who=who, reason=reason)
        store.close()
    return atlas


def bring_corrections(atlas: Path, where: str) -> None:
    """Write the accepted corrections of the trail beside an atlas, where its next build finds them."""
    from etl.corrections import keep_decided
    from geodata.store.corrections import accepted

    store = None if where == OFF else trail_of(where, atlas, must=True)
    if store is not None:
        keep_decided(atlas, accepted(store, atlas.absolute().name))
        store.close()


def recorded_export(
    desk: Desk,
    view: View,
    out: Path,
    store: Store | None,
    *,
    columns: list[str] | None,
    licence_profile: str,
    purpose: str,
    who: str,
    official: bool = False,
) -> int:
    """Write a file and record it; returns how many rows (schools counted, where the tables are the official ones).

    A file that must be recorded and cannot be is taken back.
    """
    from geodata.errors import StoreError
    from geodata.exports import apart, write_export
    from geodata.store import acts
    from geodata.store.listing import decisions

    written = [out]
    if official:
        from geodata.exports.official import write_official

        if view.query() or columns:
            stop("The official tables are of the whole place, with their own columns: leave out --view and --columns.")
        count = write_official(desk, out, licence_profile=licence_profile)
    else:
        decided = decisions(store, desk.atlas.slug, desk.tier) if store else {}
        kept = {"columns": columns, "licence_profile": licence_profile}
        count = write_export(desk, view, out, decisions=decided, **kept)
        more = apart(desk, out, **kept)
        for part, path in more.items():
            write_export(desk, view, path, part=part, **kept)
            say(f"{path.name} holds the columns under {part}, which cannot stand in one table with the others; join them by school_id.")  # fmt: skip
        written += more.values()
    if store is None:
        return count
    try:
        for path in written:
            acts.record_export(
                store, desk.atlas, view=view, columns=columns, tier=desk.tier, licence_profile=licence_profile,
                purpose=purpose, rows=count, sha256=acts.file_hash(path), file=path.name, who=who,
            )  # fmt: skip
    except StoreError as error:
        if desk.tier != "public":
            for path in written:
                path.unlink(missing_ok=True)
            raise
        warn(f"Not recorded: {error}")
    finally:
        store.close()
    return count


def show_trail(where: str, *, place: str, kind: str, csv: Path | None, verify: bool, head: str) -> None:
    """Print the newest entries, write them all to a CSV, or verify the chain; ends with 1 where it is broken."""
    from geodata.store import KINDS, open_store
    from geodata.store.listing import write_csv

    if where == OFF:
        stop("The trail is switched off (FIRSTMILE_STORE=off).")
    if "://" not in where and not Path(where).is_file():
        stop(f"There is no trail {where}. Builds and exports begin one; --store says where another is.")
    if kind and kind not in KINDS:
        stop(f"The trail knows no {kind!r}; it records {', '.join(KINDS)}.")
    if csv is not None and not csv.parent.is_dir():
        stop(f"There is no folder {csv.parent} to write {csv.name} in. Make it first.")
    store = open_store(where)
    asked = {"kind": kind or None, "atlas": place or None}
    if csv is not None:
        say(f"Wrote {write_csv(reversed(store.entries(**asked)), csv):,} entries to {csv}.")
    elif not verify:
        found, total = store.entries(**asked, limit=SHOWN), store.count(**asked)
        for entry in reversed(found):
            _line(entry)
        say(
            f"{total:,} entries"
            + (f", the last {len(found)} shown; --csv writes them all." if total > len(found) else ".")
        )
    if verify:
        _verify(store, head)


def _line(entry: Entry) -> None:
    from geodata.store import KINDS
    from geodata.store.listing import in_words, when

    who = f" by {entry.who} (unverified)" if entry.who else ""
    why = f" Reason: {entry.reason}" if entry.reason else ""
    seen = f" [{entry.role}]" if entry.role else ""
    say(f"{entry.number:>5}  {when(entry)}  {KINDS[entry.kind]}{who}{seen}: {entry.atlas} {entry.version[:8]}: {in_words(entry)}.{why}  {entry.hash[:12]}")  # fmt: skip


def _verify(store: Store, head: str) -> None:
    number, _, digest = head.strip().partition(" ")
    if head and not (number.isdigit() and len(digest) == 64):
        stop('--head is a number and a hash as --verify prints them: --head "12 3f0a…".')
    broken = store.verify((int(number), digest) if head else None)
    for sentence in broken:
        warn(sentence)
    if broken:
        stop("The trail is broken: what follows the named entry proves nothing. Keep the file and compare it with a copy.", FAILED)  # fmt: skip
    last, last_hash = store.head()
    say(
        f"The chain holds: {last:,} {'entry' if last == 1 else 'entries'}, each as it was written and none missing between them."
    )
    if last:
        say(f"Note the head elsewhere, for who may write the file could write it anew: {last} {last_hash}")
