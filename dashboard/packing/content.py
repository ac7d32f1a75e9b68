"""Every file of a packed country, in the order in which they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dashboard.packing import drawn, sheets, spoken
from dashboard.packing.listed import SHOWN, Listed
from dashboard.packing.readme import MARKS, readme
from geodata.exports.pack import script
from geodata.exports.packlib import browser_files, page
from geodata.exports.passport import sources_of
from geodata.fields import FIELDS
from geodata.query import Desk
from geodata.say import LANGUAGES, speaking, tr

Files = Iterator[tuple[str, bytes]]


def contents(desk: Desk, profile: str = "noncommercial", progress: Callable[[str], None] = lambda _: None) -> Files:
    """The files of a pack: (path in the folder, content). `profile`: the licence profile. The same data, tier and profile
    give the same bytes."""
    listed = Listed(desk, profile) if desk.one_by_one else None
    language = LANGUAGES.get(spoken.default_language(desk), LANGUAGES["en"])
    yield "index.html", page(f"{desk.atlas.name} · First Mile", language.code, language.direction)
    yield from browser_files()
    progress(tr("The page"))
    yield "data/place.js", script("place", about(desk, listed))
    yield from _words(desk, listed)
    progress(tr("Its words in {count} languages", count=len(LANGUAGES)))
    yield from _schools(desk, listed)
    progress(tr("The schools"))
    yield "data/base.js", script("base", drawn.base(desk))
    for level, shapes in drawn.levels(desk):
        yield f"data/areas-{level}.js", script("areas", {"level": level, "shapes": shapes})
    progress(tr("The map"))
    with speaking(language.code):
        yield "README.txt", readme(desk, listed)
    if desk.tier != "public":
        yield MARKS[desk.tier], readme(desk, listed)


def _words(desk: Desk, listed: Listed | None) -> Files:
    for code in LANGUAGES:
        with speaking(code):
            yield f"data/words-{code}.js", script("words", spoken.spoken(desk, listed))
            if listed is not None:
                yield f"data/reasons-{code}.js", script("reasons", spoken.reasons_of(listed))


def _schools(desk: Desk, listed: Listed | None) -> Files:
    if listed is None:
        yield "data/told.js", script("told", drawn.told(desk))
        return
    yield "data/schools.js", script("schools", listed.content())
    yield "data/hexagons.js", script("hexagons", drawn.hexagons(listed))
    for number, content in sheets.content(listed):
        yield f"data/sheets-{number}.js", script("sheets", content)


def about(desk: Desk, listed: Listed | None) -> dict[str, Any]:
    """What the page must know of the country: its areas, what can be chosen, sources, what a CSV says of itself."""
    table = desk.places.table
    kind = "areas" if listed is None else "points" if desk.locations.cell is None else "cells"
    columns = listed.whole.columns if listed is not None else ()
    return {
        "name": desk.atlas.name,
        "slug": desk.atlas.slug,
        "version": desk.atlas.version,
        "tier": desk.tier,
        "synthetic": desk.atlas.synthetic,
        "kind": kind,
        "schools": len(listed.frame) if listed is not None else None,
        "language": spoken.default_language(desk),
        "languages": [[one.code, one.name, one.direction] for one in LANGUAGES.values()],
        "areas": [
            [str(a), int(n), str(name), str(up or "")]
            for a, n, name, up in zip(table["area_id"], table["level"], table["name"], table["parent_id"].fillna(""), strict=True)
        ],
        "shaped": [level for level, _ in drawn.levels(desk)],
        "colours": {n: drawn.colours(desk, n) for n in ([i.name for i in listed.indicators] if listed else SHOWN) if n in desk.indicators},
        "sources": [_source(s) for s in sources_of(desk, columns)],
        **({} if listed is None else _choices(listed)),
    }  # fmt: skip


def _source(source: dict[str, Any]) -> dict[str, str]:
    return {k: str(source.get(k) or "") for k in ("name", "publisher", "title", "licence", "date", "attribution")}


def _choices(listed: Listed) -> dict[str, Any]:
    """The filters, and what is needed to write a CSV as `firstmile export` does."""
    parts = {c: p.name for p in listed.whole.apart for c in p.columns if c in FIELDS and c != "school_id"}
    return {
        "sheet": sheets.EACH,
        "fed": sheets.fed(listed),
        "computed": sheets.computed(listed),
        "filters": [[c, FIELDS[c].kind, list(FIELDS[c].allowed)] for c in listed.filters],
        "cuts": {c.item: [float(listed.desk.policy[c.cutoff]), c.inclusive] for c in listed.criteria},
        "file": {"columns": list(listed.file.columns), "passport": listed.file.passport},
        "apart": parts,
    }
