"""A build that links: two sources without the register's ids find their schools, and a person's decisions stay."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import firstmile
from etl.build import build
from etl.harmonise import harmonise
from etl.linking.review import read_decisions
from etl.merge import Merged, Table, merge
from etl.recipe import read_recipe
from etl.source import read_raw
from geodata.errors import RecipeError
from geodata.layers import Atlas

REGISTER = """id,name,level,district,lat,lon,learners
001,Hope Primary School,primary,Alba,0.001,30.001,200
002,Hope Secondary School,secondary,Alba,0.0012,30.0012,300
003,St. Mary's Girls School,secondary,Alba,0.02,30.02,150
004,School No 3,primary,Bela,0.05,30.05,90
005,Lakeside Academy,primary,Bela,,,80
006,Tumaini Academy,primary,Bela,0.08,30.08,70
007,Tumaini Academy,primary,Bela,0.0802,30.0802,60
008,Moi Boys School,primary,Bela,0.1,30.1,50
"""
# name, latitude, longitude, internet, and what becomes of it
OSM: list[tuple[str, float, float, str, str]] = [
    ("HOPE PRY SCH", 0.0011, 30.0011, "no", "001"),
    ("Hope Sec.", 0.0011, 30.0013, "yes", "002"),
    ("مدرسة سانت ماري للبنات", 0.0201, 30.0201, "yes", "003"),
    ("School No 13", 0.0501, 30.0501, "no", "not linked"),
    ("Tumaini Academy", 0.0801, 30.0801, "yes", "to review"),
    ("Moi Girls School", 0.1001, 30.1001, "", "not linked"),
    ("Kibera Far School", 0.3, 30.3, "yes", "not linked"),
    ("HOPE PRY SCH", 0.0013, 30.0011, "no", "repeated"),
]
POWER = "school,district,power\nLakeside Acad.,ALBA,yes\nLakeside Acad.,BELA,yes\nHope Primary,Alba,no\nNowhere School,Alba,yes\n"  # fmt: skip
RECIPE = """
[place]
name = "Testland"
iso3 = "XAA"
levels = ["district"]

[[source]]
name = "register"
path = "register.csv"
columns = { school_id_govt = "id", school_name = "name", education_level = "level", admin1 = "district", latitude = "lat", longitude = "lon", num_students = "learners" }

[[source]]
name = "osm"
path = "osm.geojson"
columns = { school_id_giga = "osm_id", school_name = "name", has_internet = "internet" }
[source.link]
to = "register"
review = "links.csv"
unmatched = "UNMATCHED"

[[source]]
name = "power"
kind = "attributes"
path = "power.csv"
columns = { school_name = "school", admin1 = "district", has_electricity = "power" }
link = { review = "links.csv" }
"""


def write(folder: Path, unmatched: str = "leave") -> Path:
    """The three files and their recipe."""
    (folder / "register.csv").write_text(REGISTER, "utf-8")
    (folder / "power.csv").write_text(POWER, "utf-8")
    points = [
        {"type": "Feature", "properties": {"osm_id": f"n{n}", "name": name, "internet": net}, "geometry": {"type": "Point", "coordinates": [lon, lat]}}
        for n, (name, lat, lon, net, _) in enumerate(OSM)
    ]  # fmt: skip
    (folder / "osm.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": points}), "utf-8")
    recipe = folder / "mine.toml"
    recipe.write_text(RECIPE.replace("UNMATCHED", unmatched), "utf-8")
    return recipe


def built(folder: Path, unmatched: str = "leave") -> Atlas:
    return build(write(folder, unmatched), data=folder, out=folder / "atlas")


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return built(tmp_path_factory.mktemp("links"))


def rows_of(atlas: Atlas, source: str) -> dict[str, Any]:
    return dict(next(s for s in atlas.manifest["sources"] if s["name"] == source))


def test_each_row_of_the_other_source_ends_as_it_should(atlas: Atlas) -> None:
    links = atlas.read("links")
    osm = links[links["source"] == "osm"].drop_duplicates("other_id").set_index("other_id")
    ended = osm["school_id"].where(osm["outcome"] == "linked", osm["outcome"])
    assert ended.to_dict() == {f"n{n}": becomes for n, (*_, becomes) in enumerate(OSM)}


def test_linked_values_stand_beside_the_register_s(atlas: Atlas) -> None:
    schools = atlas.read("schools").set_index("school_id")
    assert len(schools) == 8
    assert schools.loc[["001", "002", "003"], "has_internet"].tolist() == [False, True, True]
    assert schools.loc[["001", "002", "003"], "has_internet_source"].unique().tolist() == ["osm"]
    assert schools.loc[["001", "002", "003"], "school_id_giga"].tolist() == ["n0", "n1", "n2"]
    assert schools.loc[["004", "006", "007"], "has_internet"].isna().all()  # unknown is never no
    assert schools.loc["001", "school_name"] == "Hope Primary School"
    assert schools.loc[["001", "005"], "has_electricity"].tolist() == [False, True]  # by name and district alone


def test_rows_are_conserved_with_reasons(atlas: Atlas) -> None:
    osm, power = rows_of(atlas, "osm"), rows_of(atlas, "power")
    keys = ("rows_read", "rows_accepted", "rows_out_of_scope", "rows_quarantined", "rows_linked")
    assert [osm[k] for k in keys] == [8, 3, 4, 1, 3]
    assert [power[k] for k in keys] == [4, 2, 2, 0, 2]
    gone = atlas.read("out_of_scope")
    assert gone[gone["source"] == "osm"]["reason"].str.contains("no register|twice").all()
    assert gone["raw"].str.startswith("{").all()
    waits = atlas.read("quarantine")
    assert waits[["source", "row", "check"]].values.tolist() == [["osm", 5, "link_undecided"]]
    told = {x["source"]: x for x in atlas.manifest["links"]}
    assert told["osm"]["outcomes"] == {"linked": 3, "not linked": 3, "repeated": 1, "to review": 1}
    assert told["osm"]["pairs_to_review"] == 2
    assert told["power"]["how"] == {"place and name": 2}


def test_names_and_places_are_no_conflicts(atlas: Atlas) -> None:
    assert atlas.read("conflicts").empty


def brought(folder: Path, unmatched: str) -> Merged:
    """The sources read and merged, without the rest of a build."""
    recipe = read_recipe(write(folder, unmatched))
    raws = [read_raw(source, folder) for source in recipe.source]
    return merge([Table(s, harmonise(raw, s).frame, raw.frame) for s, raw in zip(recipe.source, raws, strict=True)])


def test_unlinked_rows_may_become_schools_and_what_is_open_does_not(tmp_path: Path) -> None:
    merged = brought(tmp_path, "add")
    schools = merged.frame.set_index("school_id")
    assert sorted(set(schools.index) - {f"00{n}" for n in range(1, 9)}) == ["n3", "n5", "n6"]
    assert schools.loc["n6", ["school_name", "source_name"]].tolist() == ["Kibera Far School", "osm"]
    assert pd.concat(merged.out_of_scope)["row"].tolist() == [8, 1, 4]  # the repeated one; two of the power company's


def test_unlinked_rows_may_be_kept_for_a_person(tmp_path: Path) -> None:
    merged = brought(tmp_path, "review")
    checks = pd.concat(merged.rejected)["check"]
    assert checks.value_counts().to_dict() == {"not_linked": 3, "link_undecided": 1}
    assert len(merged.frame) == 8


def review_rows(atlas: Atlas) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((atlas.folder / "links_review.csv").read_text("utf-8-sig"))))


def test_a_person_s_decisions_are_respected_by_every_later_build(atlas: Atlas) -> None:
    first, folder = atlas, atlas.link.parent
    rows = review_rows(first)
    assert [r["outcome"] for r in rows[:2]] == ["to review", "to review"]
    for row in rows:
        if (row["outcome"], row["school_id"]) == ("to review", "007"):
            row.update(decision="accept", note="I rang them", decided_by="Asha")
        if row["school_id"] == "002":
            row.update(decision="reject", decided_by="Asha")
    save(folder / "links.csv", rows)
    second = built(folder)
    (folder / "links.csv").unlink()
    assert second.version != first.version  # her file is an input as any other
    schools = second.read("schools").set_index("school_id")
    assert schools.loc["007", ["school_id_giga", "has_internet"]].tolist() == ["n4", True]
    assert schools["has_internet"].isna().loc["002"]
    assert not any("no longer there" in note for note in second.manifest["notes"])  # one file serves both sources
    kept = {r["school_id"]: r for r in review_rows(second) if r["decision"]}
    assert (kept["007"]["outcome"], kept["007"]["note"], kept["007"]["decided_by"]) == ("linked", "I rang them", "Asha")
    assert kept["002"]["decision"] == "reject"
    assert read_decisions(second.folder / "links_review.csv").by_pair.keys() >= {r["pair"] for r in kept.values()}


def save(path: Path, rows: list[dict[str, str]]) -> None:
    """As a spreadsheet saves it: semicolons, no mark."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def test_the_order_of_rows_changes_no_link(tmp_path: Path, atlas: Atlas) -> None:
    write(tmp_path)
    table = pd.read_csv(tmp_path / "power.csv", dtype="str")
    table.iloc[::-1].to_csv(tmp_path / "power.csv", index=False)
    source = read_recipe(tmp_path / "mine.toml").source[2]
    ids = [
        set(harmonise(read_raw(source, folder), source).frame["school_id"]) for folder in (tmp_path, atlas.link.parent)
    ]
    assert ids[0] == ids[1]  # ids of rows without one are made of what they say, not of where they stand


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('to = "register"', 'to = "registr"'), "did you mean 'register'"),
        (('unmatched = "UNMATCHED"', 'unmatched = "ad"'), "leave"),
        (('link = { review = "links.csv" }', 'link = { unmatched = "add" }'), "schools.* alone can"),
        (('review = "links.csv"\n', "review_from = 0.9\n"), "must not be above accept_from"),
    ],
)
def test_a_wrong_link_says_how_to_mend_it(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(RECIPE.replace(*change).replace("UNMATCHED", "leave"), "utf-8")
    with pytest.raises(RecipeError, match=says):
        read_recipe(path)


def test_the_command_says_how_it_went_and_never_overwrites_a_decision(atlas: Atlas, tmp_path: Path) -> None:
    out = tmp_path / "links.csv"
    said = CliRunner().invoke(firstmile.app, ["links", str(atlas.link), "--csv", str(out)])
    assert said.exit_code == 0, said.output
    assert "osm: 8 schools, of which" in said.output
    assert "linked by place and name" in said.output
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    rows[0].update(decision="reject", note="asked the head", decided_by="Asha")
    rows.append({**rows[0], "pair": "Lffffffffffff", "decision": "accept", "other_id": "old", "school_id": "001"})
    save(out, rows)
    again = CliRunner().invoke(firstmile.app, ["links", str(atlas.link), "--csv", str(out)])
    assert again.exit_code == 0, again.output
    kept = {r["pair"]: r for r in csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))}
    assert (kept[rows[0]["pair"]]["decision"], kept[rows[0]["pair"]]["note"]) == ("reject", "asked the head")
    assert kept["Lffffffffffff"]["outcome"] == "no longer a pair"
    assert kept["Lffffffffffff"]["other_id"] == "old"
