"""A rebuild takes over what rests on nothing that changed, and nothing else: the same bytes as a build from nothing."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from etl.build import STEPS, build
from etl.noted import NotedPolicy, Reads
from etl.recipe import read_recipe
from etl.reuse import AS_BEFORE, SHELF, do
from etl.work import STEPS as MARKS
from etl.work import Work
from geodata.policy import POLICY
from tests.test_build_kill import RECIPE, place

ROOT = Path(__file__).resolve().parents[1]
MORE = """
[[source]]
name = "extra"
kind = "attributes"
path = "extra.csv"
[source.columns]
school_id_govt = "ID"
num_teachers = "TEACHERS"
[[source]]
name = "sites"
kind = "cells"
path = "sites.csv"
[source.columns]
cell_id = "ID"
radio = "RADIO"
latitude = "LAT"
longitude = "LON"
[[context]]
name = "poverty"
path = "poverty.csv"
level = 1
key = "NAME"
[context.columns]
poverty_share = "SHARE"
[policy]
device_ratio = 5
"""


def country(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    recipe = place(folder, rows=60)
    recipe.write_text(RECIPE + MORE, "utf-8")
    (folder / "extra.csv").write_text("ID,TEACHERS\n" + "".join(f"{n:04d},{n % 9 + 1}\n" for n in range(60)), "utf-8")
    (folder / "sites.csv").write_text("ID,RADIO,LAT,LON\na,LTE,1.5,10.1\nb,LTE,2.5,10.2\n", "utf-8")
    (folder / "poverty.csv").write_text("NAME,SHARE\nP0,0.2\nP1,0.5\nP2,0.7\n", "utf-8")
    return recipe


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    """A folder with the data and a first build of them, and which steps were done."""
    folder = tmp_path_factory.mktemp("first")
    return folder, made(country(folder / "data"), folder / "atlas")[1]


@pytest.fixture
def built_once(first: tuple[Path, set[str]], tmp_path: Path) -> tuple[Path, Path]:
    """The recipe and the atlas of a copy of it."""
    shutil.copytree(first[0], tmp_path / "own", symlinks=True)
    return tmp_path / "own" / "data" / "place.toml", tmp_path / "own" / "atlas"


def made(recipe: Path, out: Path) -> tuple[dict[str, str], set[str]]:
    """Hashes of an atlas's files, and the steps that were done anew."""
    said: list[str] = []
    atlas = build(recipe, data=recipe.parent, out=out, progress=said.append)
    titles = {f"{n}/{len(STEPS)} {s.title}:": s.name for n, s in enumerate(STEPS, 1)}
    anew = {name for title, name in titles.items() for line in said if line.startswith(title) and AS_BEFORE not in line}
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in atlas.folder.iterdir()}, anew


def test_what_changed_is_done_anew_and_the_bytes_are_those_of_a_new_build(
    first: tuple[Path, set[str]], built_once: tuple[Path, Path], tmp_path: Path
) -> None:
    recipe, out = built_once
    assert first[1] == {s.name for s in STEPS}
    every = []

    def step(change: str) -> set[str]:
        files, anew = made(recipe, out)
        every.append((change, files))
        return anew

    recipe.write_text(recipe.read_text("utf-8").replace("device_ratio = 5", "device_ratio = 9"), "utf-8")
    assert step("policy") & {"schools", "layers", "merge", "areas", "joins", "checks", "predict"} == set()
    (recipe.parent / "sites.csv").write_text("ID,RADIO,LAT,LON\na,LTE,1.5,10.1\n", "utf-8")
    anew = step("sites")
    assert {"layers", "joins"} <= anew
    assert not anew & {"schools", "merge", "areas"}
    extra = (recipe.parent / "extra.csv").read_text("utf-8")
    (recipe.parent / "extra.csv").write_text(extra.replace("0003,4", "0003, 4"), "utf-8")
    anew = step("a space more")
    assert "schools" in anew
    assert not anew & {"layers", "areas", "joins", "gaps"}, "the same values, read anew: the chain stops"
    with (recipe.parent / "register.csv").open("a", encoding="utf-8") as stream:  # its source was taken over so far
        stream.write("new1,New,P0,1.5,10.5,70,1,yes\n")
    assert {"schools", "merge", "areas"} <= step("a school, after builds that took its source over")
    fresh, _ = made(recipe, tmp_path / "new")
    assert every[-1][1] == fresh
    assert len({json.dumps(files, sort_keys=True) for _, files in every}) == len(every)


def test_a_step_reads_nothing_that_it_did_not_note(built_once: tuple[Path, Path], tmp_path: Path) -> None:
    """Each step again, alone: only the files, frames and parts of the recipe that it noted are there. The same comes out."""
    recipe, out = built_once
    shelf, whole = out.with_name("atlas.d") / SHELF, read_recipe(recipe)
    for step in STEPS[:-1]:
        mark = json.loads((shelf / MARKS / f"{step.name}.done").read_text("utf-8"))
        kinds = [read.partition(":")[::2] for read in mark["reads"]]
        assert not [r for r in kinds if r[1] == "*" and r[0] in ("layers", "shelf", "recipe", "build")], step.name
        alone, data = tmp_path / step.name / "work", tmp_path / step.name / "data"
        (alone / MARKS).mkdir(parents=True)
        data.mkdir()
        for kind, name in kinds:
            names = {"frame": f"{MARKS}/{name}.parquet", "json": f"{MARKS}/{name}", "layer": f"{name}.parquet", "columns": f"{name.split(' ')[0]}.parquet"}  # fmt: skip
            if kind in names and (shelf / names[kind]).is_file() and names[kind] not in mark["wrote"]:
                (alone / names[kind]).write_bytes((shelf / names[kind]).read_bytes())
            if kind == "file" or (kind == "files" and name == "context"):
                file = name if kind == "file" else "poverty.csv"
                (data / file).write_bytes((recipe.parent / file).read_bytes())
        there = {p.relative_to(alone).as_posix() for p in alone.rglob("*") if p.is_file()}
        noted = {name for kind, name in kinds if kind == "recipe"}
        hidden = {part: None for part in type(whole).model_fields if part not in noted and part != "policy"}
        numbers = {name for kind, name in kinds if kind == "policy"}
        policy = {} if "*" in numbers else {n: v for n, v in whole.policy.items() if n in numbers}
        kept = dict(whole.policy) if "*" in numbers else policy
        work = Work(alone, whole.model_copy(update={**hidden, "policy": kept}), recipe, data, "another")
        do(work, step.name, step.function, dict.fromkeys(there, "given"), tmp_path / "none")
        again = json.loads((alone / MARKS / f"{step.name}.done").read_text("utf-8"))
        assert again["wrote"] == mark["wrote"], step.name
        assert again["said"] == mark["said"]


def test_a_damaged_shelf_is_never_taken(built_once: tuple[Path, Path], first: tuple[Path, set[str]]) -> None:
    recipe, out = built_once
    shelf = out.with_name("atlas.d") / SHELF / MARKS
    placed = shelf / "placed.parquet"
    content = placed.read_bytes()
    placed.unlink()
    placed.write_bytes(content[:-40] + b"x" * 40)
    recipe.write_text(recipe.read_text("utf-8") + "# a remark\n", "utf-8")
    files, anew = made(recipe, out)
    assert anew == {"areas", "manifest"}
    before = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (first[0] / "atlas").iterdir()}
    assert {n for n in files if files[n] != before[n]} == {"manifest.json"}


def test_notes_hold_what_was_looked_at() -> None:
    reads = Reads()
    policy = NotedPolicy(POLICY.items_, reads)
    assert policy.number("alpha") == POLICY.number("alpha")
    assert reads.found == {"policy:alpha"}
    assert policy.with_values({"alpha": 0.2}).number("alpha") == 0.2
    assert "policy:*" in reads.found
    for look in (lambda p: p == POLICY, hash, list, dict):
        noted = Reads()
        look(NotedPolicy(POLICY.items_, noted))
        assert "policy:*" in noted.found


def test_steps_read_through_the_work_that_notes_it(tmp_path: Path) -> None:
    """What notes nothing (the fields of Work) is for the build itself alone."""
    own = {"etl/work.py", "etl/reuse.py", "etl/build.py", "etl/steps.py"}
    silent = {"whole", "within", "written", "files", "identity", "hashes"}
    for path in sorted((ROOT / "etl").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        nodes = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)]  # fmt: skip
        found = {n.attr for n in nodes if n.value.id == "work" and n.attr in silent}  # type: ignore[attr-defined]
        assert not found or name in own, f"{name} reads {found}"
    work = Work(tmp_path, read_recipe(ROOT / "etl/recipes/demo.toml"), tmp_path, tmp_path, "one")
    assert (work.data, work.folder, work.build_id) == (tmp_path, tmp_path, "one")
    assert work.reads.found == {"files:*", "layers:*", "build:*"}
    one = replace(work, reads=Reads())
    one.keep("a", pd.DataFrame({"x": [1]}))
    assert one.has("a")
    assert not one.has("b")
    assert one.reads.found == {"frame:a", "frame:b"}
