"""A disk that is full, in the middle of whatever is written: one sentence, nothing half-written, the file before as it was."""

from __future__ import annotations

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from firstmile_say import unforeseen
from geodata.briefing.contents import Brief, brief_of
from geodata.costing.books import book
from geodata.errors import ExportError, StoreError
from geodata.exports import write_export
from geodata.exports.brief_batch import Wanted, write_all
from geodata.exports.briefs import write_brief
from geodata.exports.fieldreport import write_accepted
from geodata.exports.fieldset import write_set
from geodata.exports.pack import write_pack
from geodata.exports.pricesheet import write_price_sheet
from geodata.layers import open_atlas
from geodata.query import Desk
from geodata.store import open_store
from geodata.view import View
from tests.factories import atlas, schools

BYTES = 4096  # that any file may have before the disk says no: less than any of these would be
BIG = b"x" * 3 * BYTES
MADE = {
    **{f"a.{kind}": lambda out, desk, _: write_export(desk, View(), out) for kind in ("csv", "gpkg", "geojson", "parquet")},
    "b.html": lambda out, _, brief: write_brief(brief, out),
    "prices.xlsx": lambda out, *_: write_price_sheet(book(), out),
    "stick": lambda out, *_: write_pack(out, [("index.html", BIG)]),
    "forms": lambda out, *_: write_set([("a.xlsx", BIG)], out),
}  # fmt: skip


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow past some bytes; the system tells it as it tells a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (BYTES, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    names = [f"School of a name that takes some room {n:03d}" for n in range(200)]
    where = {"latitude": [1.0 + n / 500 for n in range(200)], "longitude": [30.0] * 200}
    return Desk(open_atlas(atlas(tmp_path_factory.mktemp("disk"), schools(school_name=names, **where)).folder))


@pytest.fixture(scope="module")
def brief(desk: Desk) -> Brief:
    return brief_of(desk)


@pytest.mark.parametrize("name", MADE)
def test_a_full_disk_is_a_sentence_and_leaves_what_was_there(name: str, desk: Desk, brief: Brief, tmp_path: Path) -> None:  # fmt: skip
    before = {name: b"before"} if "." in name else {}
    for file, content in before.items():
        (tmp_path / file).write_bytes(content)
    with full_disk(), pytest.raises(ExportError, match="could not be written"):
        MADE[name](tmp_path / name, desk, brief)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_batch_on_a_full_disk_keeps_its_index(brief: Brief, tmp_path: Path) -> None:
    few = [Wanted(f"{n}", f"Area {n}", "x", lambda: brief) for n in range(2)]
    write_all(few, tmp_path, ".html")
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with full_disk(), pytest.raises(ExportError):
        write_all([Wanted(f"{n}", f"Area {n}", "y", lambda: brief) for n in range(2)], tmp_path, ".html")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_trail_on_a_full_disk_says_so_and_holds(tmp_path: Path) -> None:
    store = open_store(tmp_path / "trail.db")
    store.record("weights", {"name": "before"}, atlas="x")
    with full_disk(), pytest.raises(StoreError, match="cannot be written"):
        store.record("weights", {"name": "n" * 90_000}, atlas="x")
    assert store.verify() == []
    store.record("weights", {"name": "after"}, atlas="x")
    assert [e.data["name"] for e in store.entries()] == ["after", "before"]
    assert store.verify() == []
    write_accepted([], tmp_path / "corrections.csv")


def test_the_command_does_not_ask_to_report_a_full_disk() -> None:
    assert "Free some space" in unforeseen(OSError(errno.ENOSPC, "No space left on device"))
    assert "please report it" in unforeseen(OSError(errno.EIO, "Input/output error"))
