"""From a recipe to an atlas: a visible list of steps, each of which writes its result before it is marked as done.

A build that stops half-way (power cut, kill -9, Ctrl-C) resumes after the last marked step; a file without its mark is
written again, and the old atlas stays in place until the new one is whole. The build id is a hash of inputs, recipe,
alias files and code: whatever changes starts a build of its own, which takes over the steps of the build before that
rest on nothing that changed (`etl.reuse`).

    for step in STEPS: read → merge → corrections → areas → joins → checks → predict → gaps → roll-up → people → reach → prices → series → others → manifest
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from etl.benchmarks import read_benchmarks
from etl.corrections import apply_corrections, decided_file
from etl.fetching.client import Client
from etl.fetching.missing import fetch_missing
from etl.fetching.opening import default_cache
from etl.fetching.passports import with_passports
from etl.fetching.settings import Settings
from etl.last_step import finish
from etl.manifest import build_id
from etl.origin import keep_origin
from etl.overlay import settle
from etl.people import count_people
from etl.predicting import predict_unknown
from etl.prices import read_prices
from etl.reach.step import look_around
from etl.recipe import read_recipe
from etl.reuse import SHELF, do, shelve
from etl.steps import (
    assign_areas,
    check_schools,
    derive_gaps,
    follow_years,
    join_layers,
    merge_sources,
    read_layers,
    read_schools,
    roll_areas_up,
)
from etl.what_changed import keep_changes
from etl.work import Work, silent
from geodata.errors import FirstMileError
from geodata.layers import Atlas, publish, workspace

# Hears one line for each step that ended: what it did.
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """One step: `function` reads and writes in the workspace, and returns what it did in a line."""

    name: str
    title: str
    function: Callable[[Work], str]


STEPS = (
    Step("schools", "Reading the registers", read_schools),
    Step("layers", "Reading the coverage layers", read_layers),
    Step("merge", "Bringing the sources together", merge_sources),
    Step("corrections", "Applying accepted corrections", apply_corrections),
    Step("areas", "Finding each school's area", assign_areas),
    Step("joins", "Measuring distances and coverage", join_layers),
    Step("checks", "Checking the schools", check_schools),
    Step("predict", "Predicting what nobody reported", predict_unknown),
    Step("gaps", "Working out gaps and priorities", derive_gaps),
    Step("rollup", "Adding up the areas", roll_areas_up),
    Step("people", "Counting children and their way to school", count_people),
    Step("reach", "Looking at what could connect each school", look_around),
    Step("prices", "Reading the country's unit prices", read_prices),
    Step("series", "Following the years", follow_years),
    Step("benchmarks", "Reading what others report of the country", read_benchmarks),
    Step("manifest", "Counting every row", finish),
)


def build(
    recipe_path: Path,
    *,
    data: Path,
    out: Path,
    progress: Progress | None = None,
    client: Client | None = None,
    home: Path | None = None,
) -> Atlas:
    """Build (or finish building) the atlas `out` from a recipe; relative paths in it start at `data`.

    Files that are not there and name a service or an address are fetched first, through `client`. What the passport
    beside a file states wins over the recipe's words.
    `home` is the data folder to remember where `data` is one that only this build uses, as `firstmile refresh` does.
    `progress(line)` hears what each step did as it ends. Raises a FirstMileError, with the old
    atlas intact, where the recipe or a file is wrong or another build of the same atlas is running.
    """
    recipe_path, data, out = Path(recipe_path), Path(data), Path(out)
    settle(out)
    recipe = read_recipe(recipe_path)
    tell = progress or silent
    fetch_missing(recipe, data, client or Client(Settings(), default_cache(), tell=tell))
    recipe = with_passports(recipe, data)
    accepted = decided_file(out)
    identity = build_id(recipe_path, recipe, data, accepted)
    with workspace(out, identity) as folder:
        work = Work(folder, recipe, recipe_path, data, identity, tell, accepted=accepted)
        wrote: dict[str, str] = {}
        for number, step in enumerate(STEPS, start=1):
            said = do(work, step.name, step.function, wrote, folder.parent / SHELF)
            tell(f"{number}/{len(STEPS)} {step.title}: {said}")
        shelve(folder, folder.parent / SHELF)
        tell(f"Since the build before: {keep_changes(out, folder, recipe)}")
        atlas = publish(out, folder, identity)
        keep_origin(out, recipe_path, home or data, recipe, data)
        return atlas


def main(arguments: list[str]) -> int:
    """`python -m etl.build RECIPE DATA OUT`: the bare build, for scripts; the `firstmile` command is the front door."""
    recipe, data, out = map(Path, arguments)

    def tell(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    try:
        build(recipe, data=data, out=out, progress=tell)
    except FirstMileError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. The old data stand as they were; the same command goes on from here.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
