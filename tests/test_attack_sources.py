"""What comes in from outside now: recipes of strangers, answers of services, files dropped by hand. None of it is believed."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from etl import boxes
from etl.connect import Ask, Block, Connector, Key, Taken
from etl.fetching import inside
from etl.fetching.client import Client
from etl.fetching.inside import fault_of
from etl.fetching.settings import Settings
from etl.fetching.snapshots import take_source
from etl.raster import open_population
from etl.recipe import Reading
from etl.source import read_raw
from etl.sources.polygons import read_shapes
from geodata.errors import KeyNeededError, SourceError

KEY = "Planted-Key-0123456789"


# --- a recipe of somebody else ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/tmp/x.csv", "../x.csv", "a/../../x.csv", "C:\\x.csv", "..\\x.csv", "\\\\host\\x.csv", "a\0.csv", ""])  # fmt: skip
def test_what_a_recipe_fetches_stays_in_the_folder(path: str) -> None:
    for way in ({"download": "https://e.example/x"}, {"service": {"name": "osm"}}):
        with pytest.raises(ValidationError, match="leads out of the folder"):
            Reading(path=path, **way)  # type: ignore[arg-type]
    assert Reading(path=path).path == path  # what is only read may lie elsewhere: a person's own choice


def test_a_recipe_does_not_decide_where_a_key_goes(tmp_path: Path) -> None:
    def take(client: Client, ask: Ask) -> Taken:
        raise AssertionError("asked")

    service = Connector("giga_maps", "Giga", "Giga", "schools", "https://giga.example/api", "ODbL-1.0", take, (Block("source", "Giga", "g.csv"),), key=Key())  # fmt: skip
    client = Client(Settings(keys={("giga_maps", "key"): KEY}), tmp_path / "cache", tell=lambda _: None)
    for base in ("https://thief.example", "http://giga.example/api", "https://giga.example.thief.example/"):
        reading = Reading(path="g.csv", service={"name": "giga_maps", "base": base})  # type: ignore[arg-type]
        with pytest.raises(KeyNeededError, match="FIRSTMILE_GIGA_MAPS_BASE") as error:
            take_source(reading, service, client, Ask("XQA"), tmp_path)
        assert KEY not in str(error.value)


# --- files that hold others, or point to them ---------------------------------------------------------------------

VIRTUAL = '<OGRVRTDataSource><OGRVRTLayer name="own"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
PIPELINE = '{{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read {}"}}'


@pytest.mark.parametrize("text", [VIRTUAL, "\ufeff \n" + VIRTUAL, PIPELINE, "http://127.0.0.1/{}"])
def test_no_file_leads_to_another_of_this_machine(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.csv").write_text("name,key\nada,secret\n")
    text = text.format(tmp_path / "own.csv")
    (tmp_path / "schools.geojson").write_text(text)
    with pytest.raises(SourceError, match="no file of shapes"):
        read_raw(Reading(path="schools.geojson"), tmp_path)
    with pytest.raises(SourceError, match="no file of shapes"):
        read_shapes(tmp_path / "schools.geojson", "schools.geojson", [])
    with zipfile.ZipFile(tmp_path / "areas.zip", "w") as archive:
        archive.writestr("adm1.shp", text)
    with pytest.raises(SourceError, match="no file of shapes"):
        read_shapes(f"/vsizip/{tmp_path}/areas.zip/adm1.shp", "areas.zip", [])
    (tmp_path / "people.tif").write_text('<VRTDataset rasterXSize="1" rasterYSize="1"/>')
    with pytest.raises(SourceError, match="cannot be read as a raster"):
        open_population(tmp_path / "people.tif")


def test_a_bomb_is_said_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "MOST_IN_MEMORY", 1 << 20)
    monkeypatch.setattr(boxes, "MOST_UNPACKED", 4 << 20)
    monkeypatch.setattr(inside, "MOST_UNPACKED", 4 << 20)
    (tmp_path / "s.csv.gz").write_bytes(gzip.compress(b"id\n" + b"0" * (3 << 20)) * 2)
    with pytest.raises(SourceError, match="more than can be read"):
        read_raw(Reading(path="s.csv.gz"), tmp_path)
    with zipfile.ZipFile(tmp_path / "s.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (5 << 20))
    with pytest.raises(SourceError, match="more than can be read"):
        read_raw(Reading(path="s.xlsx"), tmp_path)
    assert "would unpack to" in fault_of(tmp_path / "s.xlsx", ()).what  # type: ignore[union-attr]
    with pytest.raises(SourceError, match="would unpack to"):
        boxes.files_in(tmp_path / "s.xlsx")


def test_names_that_lead_out_of_an_archive_are_not_seen(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("../../x.csv", "/etc/x.csv", "a\\..\\x.csv", "b/../../x.csv", "\x1b[2J.csv", "in/x.csv"):
            archive.writestr(name, "a")
    assert boxes.names_in(tmp_path / "a.zip") == ["in/x.csv"]


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=4))
@settings(max_examples=30)
def test_gzip_of_any_members_unpacks_as_it_was(parts: list[bytes]) -> None:
    assert boxes.gunzipped(b"".join(map(gzip.compress, parts)) + b"\0\0", "x.gz") == b"".join(parts)
