"""Earlier years beside the current one: like with like, known and unknown counted, bounds kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.build import build
from geodata.layers import Atlas

RECIPE = """
[place]
name = "Testland"
iso3 = "XAA"
levels = ["province"]
[[source]]
name = "now"
path = "now.csv"
date = "2025"
[source.columns]
school_id_govt = "ID"
school_name = "NAME"
admin1 = "PROVINCE"
num_computers = "COMPUTERS"
has_internet = "INTERNET"
[[source]]
name = "whole year"
path = "whole.csv"
date = "2023"
series = true
[source.columns]
school_id_govt = "ID"
admin1 = "PROVINCE"
has_internet = "INTERNET"
[[source]]
name = "one province"
path = "part.csv"
date = "2021"
series = true
[source.columns]
school_id_govt = "ID"
admin1 = "PROVINCE"
has_internet = "INTERNET"
"""


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    folder: Path = tmp_path_factory.mktemp("years")
    (folder / "now.csv").write_text(
        "ID,NAME,PROVINCE,COMPUTERS,INTERNET\na,A,North,3,yes\nb,B,North,,no\nc,C,South,0,\nd,D,South,1,yes\n", "utf-8"
    )
    (folder / "whole.csv").write_text(
        "ID,PROVINCE,INTERNET\na,NORTH,no\nb,North,\nc,South,no\nold,South,yes\n", "utf-8"
    )
    (folder / "part.csv").write_text("ID,PROVINCE,INTERNET\na,North,no\nb,North,no\n", "utf-8")
    (folder / "place.toml").write_text(RECIPE, "utf-8")
    return build(folder / "place.toml", data=folder, out=folder / "atlas")


def test_the_whole_place_is_said_for_years_that_cover_it(atlas: Atlas) -> None:
    table = atlas.read("series")
    counts = table[table["indicator"] == "num_schools"].set_index(["area_id", "date"])["value"]
    assert counts["XAA"].to_dict() == {"2023": 4, "2025": 4}
    assert counts["XAA/north"].to_dict() == {"2021": 2, "2023": 2, "2025": 2}
    assert counts["XAA/south"].to_dict() == {"2023": 2, "2025": 2}


def test_known_unknown_and_bounds(atlas: Atlas) -> None:
    table = atlas.read("series")
    online = table[(table["indicator"] == "internet") & table["area_id"].notna()].set_index(["area_id", "date"])
    columns = ["value", "known", "unknown", "lower", "upper"]
    assert online.loc[("XAA", "2025"), columns].tolist() == pytest.approx([2 / 3, 3, 1, 0.5, 0.75])
    assert online.loc[("XAA/north", "2023"), columns].tolist() == pytest.approx([0, 1, 1, 0, 0.5])
    assert (online["lower"] <= online["value"]).all()
    assert (online["value"] <= online["upper"]).all()


def test_schools_are_followed_where_their_ids_persist(atlas: Atlas) -> None:
    table = atlas.read("series")
    mine = table[(table["indicator"] == "has_internet") & table["school_id"].notna()]
    got = mine.set_index(["school_id", "date"])["value"].to_dict()
    assert got == {
        ("a", "2021"): 0, ("a", "2023"): 0, ("a", "2025"): 1, ("b", "2021"): 0, ("b", "2025"): 0, ("c", "2023"): 0,
        ("d", "2025"): 1,
    }  # fmt: skip


def test_one_row_a_thing_and_date_and_nothing_unknown_as_zero(atlas: Atlas) -> None:
    table = atlas.read("series")
    assert not table.duplicated(["area_id", "school_id", "indicator", "date"]).any()
    assert table["value"].notna().all()
    assert (table["known"] > 0).all()
    devices = table[(table["indicator"] == "num_computers") & (table["date"] == "2023")]
    assert devices.empty  # the earlier file does not speak of devices
