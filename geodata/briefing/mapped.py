"""The map: areas inside, or hexagons, in classes of who is without; as coarse as the tier and the risk ask (item 4)."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from geodata.briefing import said
from geodata.briefing.parts import Mapped, Shape
from geodata.briefing.scope import Measure, Scope
from geodata.hexagons import outline
from geodata.layers import Atlas
from geodata.say import percent, told, tr, trn

CUTS = (0.25, 0.5, 0.75)  # a class begins above each
FINE, COARSE = (
    6,
    3,
)  # resolutions of hexagons where no areas lie inside; coarser where there are many, or the tier asks for it
MOST_CELLS = 300


def classes() -> tuple[str, ...]:
    """The classes in words, least first."""
    ends = [percent(c) for c in CUTS]
    return (
        tr("up to {high} without", high=ends[0]),
        *(tr("over {low}, to {high}", low=low, high=high) for low, high in pairwise(ends)),
        tr("over {low}", low=ends[-1]),
    )


def mapped(scope: Scope) -> Mapped | None:
    """The map of the scope; None where nothing of it has a geometry."""
    outlines = _outlines(scope.desk.atlas)
    shapes = _areas(scope, outlines) if scope.inner else ()
    by_areas = bool(shapes)
    if not shapes:
        shapes = (*_ground(scope, outlines), *_hexagons(scope))
    if not any(s.geometry is not None for s in shapes):
        return None
    title, words = _title(scope, shapes, by_areas=by_areas)
    source, date = scope.origin(("has_internet_for_learners", "num_students"))
    return Mapped(
        title=title,
        subtitle=_subtitle(scope, by_areas=by_areas),
        shapes=shapes,
        classes=classes(),
        unknown=tr("not reported, or too few"),
        contested=_contested(scope),
        alt=f"{title}. {words}",
        note=told(scope.desk.location_note),
        source=tr("Source: {source}, {date}", source=source, date=date) if source else "",
    )


@lru_cache(maxsize=2)
def _outlines(atlas: Atlas) -> dict[str, Any]:
    """Outline of each area by id; read once for all briefs of a batch."""
    if not atlas.has("areas"):
        return {}
    table = atlas.read("areas")
    if "geometry" not in table:
        return {}
    return {str(i): g for i, g in zip(table["area_id"], table["geometry"], strict=True) if g is not None and not g.is_empty}  # fmt: skip


def _areas(scope: Scope, outlines: dict[str, Any]) -> tuple[Shape, ...]:
    table = scope.parts
    rows = [row for _, row in table.iterrows() if str(row["area_id"]) in outlines]
    return tuple(_shape(scope, (str(r["area_id"]), str(r["name"])), scope.measure(scope.shown, r), r["num_schools"], outlines[str(r["area_id"])]) for r in rows)  # fmt: skip


def _shape(scope: Scope, name: tuple[str, str], m: Measure, schools: object, geometry: Any) -> Shape:
    """One area (`name`: key and label): its class where enough is reported, else the class of the unknown."""
    key, label = name
    if m.hidden:
        return Shape(key, label, said.too_few(), hidden=True, geometry=geometry)
    if schools == 0:
        return Shape(key, label, tr("no school"), outside=True, geometry=geometry)
    if not scope.says(m):
        return Shape(key, label, said.not_reported(), geometry=geometry)
    share = 1 - m.value
    return Shape(key, label, said.share_said(share), int(np.searchsorted(CUTS, share, side="left")), share, geometry=geometry)  # fmt: skip


def _ground(scope: Scope, outlines: dict[str, Any]) -> tuple[Shape, ...]:
    """The outline that hexagons lie in: the area's own, or the country's under a group."""
    key = scope.area or next((a for a, level in scope.desk.places.levels.items() if level == 0), "")
    if key not in outlines:
        return ()
    return (Shape(key, scope.desk.places.names[key], "", outside=True, geometry=outlines[key]),)


def _hexagons(scope: Scope) -> tuple[Shape, ...]:
    """Hexagons of a scope without areas inside. Learners of a few schools may stay hidden, so schools are counted."""
    if not scope.schools or np.isnan(scope.schools):
        return ()
    for resolution in range(FINE, COARSE - 1, -1):
        table = scope.desk.hexagons(scope.view, resolution, "internet_for_learners")
        if len(table) <= MOST_CELLS:
            break
    rows = [(str(cell), row) for cell, row in table.iterrows()]
    return tuple(_shape(scope, (cell, ""), scope.measure("internet_for_learners", row), row["num_schools"], outline(cell)) for cell, row in rows)  # fmt: skip


def _contested(scope: Scope) -> tuple[Any, ...]:
    atlas = scope.desk.atlas
    if not atlas.has("borders"):
        return ()
    lines = atlas.read("borders")
    return tuple(lines.geometry[lines["contested"].to_numpy(dtype=bool)])


def _title(scope: Scope, shapes: tuple[Shape, ...], *, by_areas: bool) -> tuple[str, str]:
    """What the map says, and the same with its counts for those who do not see it."""
    known = [s for s in shapes if s.klass >= 0]
    worst = [s for s in known if s.value > CUTS[1]]
    lost = sum(s.klass < 0 and not s.outside for s in shapes)
    if not known:
        return tr("Where learners are without cannot be drawn: too little is reported"), ""
    if by_areas:
        title = trn("More than half are without in {n} of {all} {areas}", "More than half are without in {n} of {all} {areas}", len(worst), all=said.exact(len(known)), areas=scope.level_word(scope.inner, many=True))  # fmt: skip
    elif len(known) == 1:
        title = tr("{share} of the schools are without", share=known[0].text)
    else:
        title = trn("In {n} of {all} hexagons more than half of the schools are without", "In {n} of {all} hexagons more than half of the schools are without", len(worst), all=said.exact(len(known)))  # fmt: skip
    ends = sorted(known, key=lambda s: s.value)
    parts = []
    if by_areas and ends[-1].label:
        parts.append(tr("Most: {name}, {share}.", name=ends[-1].label, share=ends[-1].text))
        parts.append(tr("Least: {name}, {share}.", name=ends[0].label, share=ends[0].text))
    if lost:
        parts.append(trn("{n} is hatched: not reported, or too few.", "{n} are hatched: not reported, or too few.", lost))  # fmt: skip
    return title, " ".join(parts)


def _subtitle(scope: Scope, *, by_areas: bool) -> str:
    if by_areas and scope.unit == "learners":
        return tr("Share of learners in schools without usable internet, of those reported; by {level}", level=scope.level_word(scope.inner))  # fmt: skip
    if by_areas:
        return tr("Share of schools without usable internet for learners, of those that report it; by {level}", level=scope.level_word(scope.inner))  # fmt: skip
    return tr("Share of schools without usable internet for learners, of those that report it; by hexagon")
