"""Columns whose licences cannot stand in one table leave in tables of their own, joined by the school's id."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
from python_calamine import load_workbook
from typer.testing import CliRunner

import firstmile
from dashboard.taking import address, aside
from geodata.errors import ExportError
from geodata.exports import apart, write_export
from geodata.exports.passport import stamped
from geodata.layers import Atlas, write_manifest
from geodata.query import Desk
from geodata.store import open_store
from geodata.view import View
from tests.factories import atlas, t8

ODBL, SA, NCSA = "ODbL-1.0", "CC-BY-SA-4.0", "CC-BY-NC-SA-4.0"
FED = {
    "register": (ODBL, ("school_id", "school_name", "latitude", "longitude", "priority_score")),
    "towers": (SA, ("nearest_4g_distance_m",)),
    "speeds": (NCSA, ("ookla_fixed_mbps",)),
}
GUESS = "predicted_electricity"  # made of schools and towers together


@pytest.fixture
def country(tmp_path: Path) -> Atlas:
    frame = t8().assign(latitude=np.arange(8.0), longitude=1.0, nearest_4g_distance_m=np.arange(8.0) * 100, ookla_fixed_mbps=2.5)  # fmt: skip
    made = atlas(tmp_path, frame, name="Quenara")
    sources = [{"name": n, "publisher": n.title(), "licence": licence, "attribution": f"© {n}"} for n, (licence, _) in FED.items()]  # fmt: skip
    columns = {c: {"sources": [n], "licences": [licence]} for n, (licence, names) in FED.items() for c in names}
    columns[GUESS] = {"sources": ["register", "towers"], "licences": [ODBL, SA]}
    write_manifest(made.folder, {**made.manifest, "sources": sources, "columns": columns})
    return Atlas(made.link, made.folder)


def test_flat_files_hold_what_goes_together_and_the_rest_is_a_file_of_its_own(country: Atlas, tmp_path: Path) -> None:
    desk = Desk(country, tier="government")
    out = tmp_path / "list.csv"
    assert {k: p.name for k, p in apart(desk, out).items()} == {
        "CC-BY-SA": "list.CC-BY-SA.csv", "CC-BY-NC-SA": "list.CC-BY-NC-SA.csv", "mixed": "list.mixed.csv",
    }  # fmt: skip
    write_export(desk, View(), out)
    main = pd.read_csv(out, dtype=str)
    assert {"latitude", "priority_score"} <= set(main)
    assert not {"nearest_4g_distance_m", "ookla_fixed_mbps", GUESS} & set(main)
    assert set(main["data_licence"]) == {ODBL}
    assert "CC-BY-NC-SA: ookla_fixed_mbps" in main["notice"][0]
    for part, column in (("CC-BY-SA", "nearest_4g_distance_m"), ("CC-BY-NC-SA", "ookla_fixed_mbps")):
        write_export(desk, View(), tmp_path / "part.csv", part=part)
        back = pd.read_csv(tmp_path / "part.csv", dtype=str)
        assert list(back)[:2] == ["school_id", column]
        assert "latitude" not in back
        assert list(back["school_id"]) == list(main["school_id"])  # the same schools in the same order
        assert [licence.startswith(part) for licence in set(back["data_licence"])] == [True]
        assert "join them by school_id" in back["notice"][0]
    write_export(desk, View(), tmp_path / "part.parquet", part="CC-BY-SA")
    assert pd.read_parquet(tmp_path / "part.parquet", columns=["geometry"])["geometry"].isna().all()
    with pytest.raises(ExportError, match=r"no part 'CC-BY-XX'"):
        write_export(desk, View(), out, part="CC-BY-XX")


def test_what_no_licence_can_cover_is_not_for_the_public(country: Atlas, tmp_path: Path) -> None:
    public, own = (Desk(country, tier=tier) for tier in ("public", "government"))
    assert "mixed" not in apart(public, tmp_path / "a.csv")
    write_export(public, View(), tmp_path / "a.csv")
    assert f"whose licences cannot stand together: {GUESS}" in pd.read_csv(tmp_path / "a.csv")["notice"][0]
    write_export(own, View(), tmp_path / "a.csv", part="mixed")
    back = pd.read_csv(tmp_path / "a.csv", dtype=str)
    assert GUESS in back
    assert "not for publication" in back["notice"][0]
    with pytest.raises(ExportError, match="no part 'mixed'"):
        write_export(public, View(), tmp_path / "a.csv", part="mixed")


def test_a_workbook_and_a_geopackage_hold_the_parts_side_by_side(country: Atlas, tmp_path: Path) -> None:
    desk = Desk(country, tier="government")
    assert apart(desk, tmp_path / "a.xlsx") == {}
    write_export(desk, View(), tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    assert book.sheet_names == ["data", "data CC-BY-SA", "data CC-BY-NC-SA", "data mixed", "dictionary", "sources"]
    assert "ookla_fixed_mbps" not in book.get_sheet_by_name("data").to_python()[0]
    assert book.get_sheet_by_name("data CC-BY-NC-SA").to_python()[0][:2] == ["school_id", "ookla_fixed_mbps"]
    write_export(desk, View(), tmp_path / "a.gpkg")
    layers = dict(pyogrio.list_layers(tmp_path / "a.gpkg"))
    assert layers["schools"] == "Point"
    assert layers["schools CC-BY-SA"] is None


def test_the_command_writes_and_records_each(country: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trail = tmp_path / "trail.db"
    monkeypatch.setenv("FIRSTMILE_STORE", str(trail))
    said = CliRunner().invoke(firstmile.app, ["export", str(country.link), str(tmp_path / "list.csv")])
    assert said.exit_code == 0, said.output
    assert "list.CC-BY-NC-SA.csv holds the columns under CC-BY-NC-SA" in said.output
    assert sorted(p.name for p in tmp_path.glob("list*")) == ["list.CC-BY-NC-SA.csv", "list.CC-BY-SA.csv", "list.csv"]
    store = open_store(str(trail))
    assert [e.data["file"] for e in store.entries("export")] == ["list.CC-BY-NC-SA.csv", "list.CC-BY-SA.csv", "list.csv"]  # fmt: skip
    store.close()


def test_the_panel_offers_the_parts_of_a_flat_file(country: Atlas) -> None:
    desk = Desk(country, tier="government")
    assert aside(desk, View(), "xlsx") == []
    links = str(aside(desk, View(), "csv"))
    assert "Columns under CC-BY-SA" in links
    assert "part=CC-BY-NC-SA" in links
    assert aside(desk, View(), "csv", ["school_name", "num_students"]) == []
    assert "part=mixed" in address(desk, View(), "csv", part="mixed")


def test_other_files_say_their_licences_too(country: Atlas) -> None:
    desk = Desk(country, tier="government")
    table = stamped(desk, pd.DataFrame({"cell": ["a", "b"]}), [GUESS])
    assert set(table["data_licence"]) == {f"{SA}; {ODBL}"}
    assert set(table["attribution"]) == {"© register. © towers."}
    assert set(table["notice"]) == {"Synthetic demonstration data. Invented."}
