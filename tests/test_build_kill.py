"""A build that is killed at any moment leaves the old data open, and the next build succeeds; the same input gives the
same bytes."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from etl.build import STEPS, build
from geodata.errors import LayerError
from geodata.layers import open_atlas

ROOT = Path(__file__).resolve().parents[1]
RECIPE = """
[place]
name = "Testland"
iso3 = "XAA"
levels = ["province"]
[[source]]
name = "register"
path = "register.csv"
date = "2025"
[source.columns]
school_id_govt = "ID"
school_name = "NAME"
admin1 = "PROVINCE"
latitude = "LAT"
longitude = "LON"
num_students = "LEARNERS"
num_computers = "COMPUTERS"
has_internet = "INTERNET"
"""
# Each moment: the mark after which the build is killed, and how many seconds later.
MOMENTS = [(step.name, 0.0) for step in STEPS[:9]] + [("manifest", 0.01)]


def place(folder: Path, rows: int = 120) -> Path:
    lines = ["ID,NAME,PROVINCE,LAT,LON,LEARNERS,COMPUTERS,INTERNET"]
    for n in range(rows):
        lat, lon = 1 + (n % 20) / 10, 10 + (n // 20) / 10
        lines.append(f"{n:04d},School {n},P{n % 3},{lat:.5f},{lon:.5f},{50 + n},{n % 7},{('yes', 'no', '')[n % 3]}")
    (folder / "register.csv").write_text("\n".join(lines) + "\n", "utf-8")
    recipe = folder / "place.toml"
    recipe.write_text(RECIPE, "utf-8")
    return recipe


def start(recipe: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "etl.build", str(recipe), str(recipe.parent), str(out)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def forked(recipe: Path, out: Path) -> BaseProcess:
    """A build in a process of its own, forked from one that has loaded everything: ten of them load it once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["etl.build"])
    process = context.Process(target=build_here, args=(recipe, out))
    process.start()
    return process


def build_here(recipe: Path, out: Path) -> None:
    build(recipe, data=recipe.parent, out=out)


def wait_for(running: Callable[[], bool], shelf: Path, mark: str) -> None:
    """Until the mark of a step stands in a workspace, or the build has ended."""
    for _ in range(60_000):
        if not running() or any(shelf.glob(f".work-*/.steps/{mark}.done")):
            return
        time.sleep(0.001)
    raise AssertionError(f"the step {mark} was never marked")


@pytest.mark.thorough
@pytest.mark.slow
def test_kill_9_at_ten_moments(tmp_path: Path) -> None:
    """Every other moment of one build, the others of the next: each goes on after five kills, and is whole in the end."""
    recipe, out = place(tmp_path), tmp_path / "atlas"
    version = build(recipe, data=tmp_path, out=out).version
    killed = 0
    for number, moments in enumerate((MOMENTS[::2], MOMENTS[1::2])):
        with (tmp_path / "register.csv").open("a", encoding="utf-8") as stream:
            stream.write(f"new{number},New,P0,1.5,10.5,70,1,yes\n")  # something to build
        for mark, delay in moments:
            process = forked(recipe, out)
            wait_for(process.is_alive, tmp_path / "atlas.d", mark)
            time.sleep(delay)
            process.kill()
            process.join()
            killed += process.exitcode == -signal.SIGKILL
            atlas = open_atlas(out)
            assert len(atlas.read("schools")) in (120 + number, 121 + number)  # the old one, or the new one whole
        fresh = build(recipe, data=tmp_path, out=out)
        assert len(fresh.read("schools")) == 121 + number
        assert fresh.version != version
        version = fresh.version
        assert not list((tmp_path / "atlas.d").glob(".work-*"))
    assert killed >= 8


def test_a_stopped_build_goes_on_after_its_last_mark(tmp_path: Path) -> None:
    recipe, out = place(tmp_path), tmp_path / "atlas"
    said: list[str] = []

    def stop(line: str) -> None:
        said.append(line)
        if len(said) == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(recipe, data=tmp_path, out=out, progress=stop)
    with pytest.raises(LayerError):
        open_atlas(out)
    work = next((tmp_path / "atlas.d").glob(".work-*"))
    kept = (work / ".steps/0.frame.parquet").stat().st_mtime_ns
    (work / ".steps/joined.parquet").write_bytes(b"half")  # the step after the last mark was torn
    (work / ".steps/joins.done").unlink()
    build(recipe, data=tmp_path, out=out, progress=lambda line: said.append(line) if kept else None)
    assert said[:6] == said[6:12]
    assert len(open_atlas(out).read("schools")) == 120


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_ends_cleanly(tmp_path: Path) -> None:
    recipe, out = place(tmp_path), tmp_path / "atlas"
    process = start(recipe, out)
    wait_for(lambda: process.poll() is None, tmp_path / "atlas.d", "merge")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode in (0, 130)
    assert b"Traceback" not in errors
    assert len(build(recipe, data=tmp_path, out=out).read("schools")) == 120


def test_same_input_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("etl.manifest", "etl.last_step"):  # somebody may be editing the code while the tests run
        monkeypatch.setattr(f"{room}.code_version", lambda: "code")
    recipe = place(tmp_path)
    first = build(recipe, data=tmp_path, out=tmp_path / "one")
    second = build(recipe, data=tmp_path, out=tmp_path / "two")
    files = sorted(p.name for p in first.folder.iterdir())
    assert files == sorted(p.name for p in second.folder.iterdir())
    for name in files:
        a, b = ((atlas.folder / name).read_bytes() for atlas in (first, second))
        assert hashlib.sha256(a).digest() == hashlib.sha256(b).digest(), name
