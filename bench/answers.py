"""How long the server takes to answer after a filter was changed: areas on the map, first rows of the list, panel beside it.

    python -m bench.answers [ATLAS] [--schools 20000 220000] [--times 40]

The schools of a built country (without one named, Tocantins is built from its recipe) are taken as often as the size asks
for, each time under other ids, and the pages' own functions answer in one process, without network and browser. Each
answer is to a filter that nobody asked before; the first few, which fill what is kept for all visitors, count apart.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from bench.briefs import tocantins
from dashboard import areas, panels
from dashboard.app import create_app
from dashboard.pages import prioritise
from geodata.layers import open_atlas, write_layer
from geodata.query import Desk
from geodata.view import View

FACTS = ("has_electricity", "has_internet_for_learners", "school_area_type", "education_level")
WARM = 3
ANSWERS = ("map and panel", "list", "map, panel and list", "after a weight")


def grown(atlas: Path, schools: int, folder: Path) -> Path:
    """A copy of a built country with so many schools."""
    source = open_atlas(atlas)
    place = folder / source.slug
    shutil.copytree(source.file("schools").parent, place)
    some = source.read("schools")
    often = -(-schools // len(some))
    parts = [some.assign(school_id=some["school_id"].astype(str) + (f"x{i}" if i else "")) for i in range(often)]
    write_layer(place, "schools", pd.concat(parts, ignore_index=True).iloc[:schools])
    return place


def views(desk: Desk) -> list[View]:
    """Filters over places and facts, in an order that is the same each time."""
    names = [name for name in FACTS if name in desk.whole and desk.whole[name].notna().any()]
    said = {"True": "yes", "False": "no"}
    words = [sorted({said.get(str(v), str(v)) for v in desk.whole[name].dropna().unique()})[:3] for name in names]
    places = ["", *sorted(map(str, desk.places.of_level(1)["area_id"]))]
    every = [
        "&".join(f"{name}={word}" for name, word in zip(("area", *names), picked, strict=True) if word)
        for picked in itertools.product(places, *(["", *some] for some in words))
    ]
    order = np.random.default_rng(7).permutation(len(every))
    return [View.parse(every[i]) for i in order]


def on_the_map(desk: Desk, view: View) -> None:
    """What Explore asks of the server when a filter changes."""
    areas.values(desk, view, areas.level_of(desk, view.area))
    panels.right(desk, view)
    panels.count_line(desk, view)


def in_the_list(desk: Desk, view: View) -> None:
    """What Prioritise asks: the first hundred rows, and the words around them."""
    prioritise.rows(desk, view, 0, 100)
    for part in (prioritise.head, prioritise.changed, prioritise.empty, prioritise.foot):
        part(desk, view)


def measure(place: Path, times: int) -> dict[str, np.ndarray]:
    """Wall seconds of every kind of answer; the first few, which warm the process, are under `first`."""
    app = create_app([open_atlas(place)], tier="government")
    desk = next(iter(app.server.config["FIRSTMILE"].desks.values()))
    took: dict[str, list[float]] = {name: [] for name in ("first", *ANSWERS)}
    with app.server.test_request_context("/explore"):
        for at, view in enumerate(views(desk)[: times + WARM]):
            start = time.perf_counter()
            on_the_map(desk, view)
            middle = time.perf_counter()
            in_the_list(desk, view)
            whole = time.perf_counter()
            if at < WARM:
                took["first"].append(whole - start)
                continue
            heavier = view.with_policy({"weight_poverty": 0.9 - at / 100}, desk.policy)
            prioritise.rows(desk, heavier, 0, 100)
            weighed = time.perf_counter()
            for name, seconds in zip(ANSWERS, (middle - start, whole - middle, whole - start, weighed - whole), strict=True):  # fmt: skip
                took[name].append(seconds)
    return {name: np.array(seconds) for name, seconds in took.items()}


def main() -> None:
    """Print a row a size and kind of answer."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("atlas", type=Path, nargs="?")
    options.add_argument("--data", type=Path, default=Path(os.environ.get("FIRSTMILE_TEST_DATA", "../shared/data")))
    options.add_argument("--schools", type=int, nargs="*", default=[20_000, 220_000])
    options.add_argument("--times", type=int, default=40)
    given = options.parse_args()
    atlas = given.atlas or tocantins(given.data).folder
    table = Table("schools", "answer", "half within", "95 % within", "longest", title="Seconds of one answer, in one process")  # fmt: skip
    for schools in given.schools:
        with tempfile.TemporaryDirectory() as folder:
            took = measure(grown(atlas, schools, Path(folder)), given.times)
        for name in ANSWERS:
            table.add_row(f"{schools:,}", name, *(f"{np.quantile(took[name], q):.2f}" for q in (0.5, 0.95, 1.0)))
        table.add_row(f"{schools:,}", "the very first", "", "", f"{took['first'].max():.2f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
