"""An atlas on disk: swapped in whole, never half seen, the same bytes for the same input."""

from __future__ import annotations

import json
import multiprocessing as mp
import os
from pathlib import Path

import pandas as pd
import pytest

from geodata.errors import LayerError
from geodata.layers import MANIFEST, open_atlas, points, publish, workspace, write_layer, write_manifest
from tests.factories import atlas, schools


def three(**columns: object) -> pd.DataFrame:
    return schools(latitude=[1.0, None, 2.0], longitude=[3.0, 4.0, 5.0], **columns)


def test_written_schools_are_read_back(tmp_path: Path) -> None:
    written = atlas(tmp_path, three(num_students=[10, None, 0], has_internet=[True, None, False]))
    read = written.read("schools").set_index("school_id").sort_index()
    assert read.loc["s3", "num_students"] == 0
    assert pd.isna(read.loc["s2", "num_students"])
    assert read["has_internet"].dtype == "boolean"
    assert read.geometry.isna().tolist() == [False, True, False]
    assert read.crs.to_epsg() == 4326


def test_a_window_reads_only_its_schools(tmp_path: Path) -> None:
    found = atlas(tmp_path, three()).read("schools", ["school_id"], bounds=(2, 0, 4, 2))
    assert found["school_id"].tolist() == ["s1"]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    one.mkdir()
    two.mkdir()
    first = write_layer(one, "schools", points(three()))
    second = write_layer(two, "schools", points(three()))
    assert first.read_bytes() == second.read_bytes()


def test_a_new_build_replaces_the_old_and_keeps_it_for_its_readers(tmp_path: Path) -> None:
    old = atlas(tmp_path, three(), build_id="one")
    new = atlas(tmp_path, three(), build_id="two")
    assert open_atlas(tmp_path / "testland").version == "two"
    assert len(old.read("schools")) == 3
    atlas(tmp_path, three(), build_id="three")
    assert not old.folder.exists()
    assert len(new.read("schools")) == 3


def test_building_the_same_again_changes_nothing(tmp_path: Path) -> None:
    atlas(tmp_path, three(), build_id="one")
    again = atlas(tmp_path, three(), build_id="one")
    assert len(again.read("schools")) == 3


def test_an_unfinished_build_is_never_seen(tmp_path: Path) -> None:
    atlas(tmp_path, three(), build_id="one")
    with workspace(tmp_path / "testland", "two") as work:
        write_layer(work, "schools", points(three().iloc[:1]))
    assert open_atlas(tmp_path / "testland").version == "one"


def _hold(link: str, started: mp.synchronize.Event, done: mp.synchronize.Event) -> None:
    with workspace(Path(link), "one"):
        started.set()
        done.wait(30)


def test_two_builds_of_one_place_do_not_mix(tmp_path: Path) -> None:
    context = mp.get_context("spawn")
    started, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(str(tmp_path / "x"), started, done))
    other.start()
    try:
        assert started.wait(30)
        with pytest.raises(LayerError, match="another process"), workspace(tmp_path / "x", "two"):
            pass
    finally:
        done.set()
        other.join(30)


def test_nothing_there_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="firstmile build"):
        open_atlas(tmp_path / "nowhere")


def test_an_ordinary_folder_is_never_overwritten(tmp_path: Path) -> None:
    precious = tmp_path / "x"
    precious.mkdir()
    (precious / "thesis.txt").write_text("mine")
    with workspace(precious, "one") as work:
        write_manifest(work, {"name": "X", "version": "one", "synthetic": False})
        with pytest.raises(LayerError, match="ordinary folder"):
            publish(precious, work, "one")
    assert (precious / "thesis.txt").read_text() == "mine"


def test_a_damaged_layer_says_so(tmp_path: Path) -> None:
    built = atlas(tmp_path, three())
    built.file("schools").write_bytes(built.file("schools").read_bytes()[:200])
    with pytest.raises(LayerError, match="cannot be read"):
        built.read("schools")


def test_a_missing_layer_says_so(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="no layer 'cells'"):
        atlas(tmp_path, three()).read("cells")


def test_where_links_are_not_allowed_a_pointer_file_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("links need a privilege")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    atlas(tmp_path, three(), build_id="one")
    atlas(tmp_path, three(), build_id="two")
    link = tmp_path / "testland"
    assert not os.path.islink(link)  # noqa: PTH114
    assert open_atlas(link).version == "two"
    assert json.loads((open_atlas(link).folder / MANIFEST).read_text())["version"] == "two"
