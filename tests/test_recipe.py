"""A wrong recipe gets a message with file, key, reason and the nearest right name."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.recipe import read_recipe
from geodata.errors import RecipeError

GOOD = """
[place]
name = "Testland"
iso3 = "XAA"
levels = ["province", "district"]
[[source]]
name = "register"
path = "register.csv"
[source.columns]
school_id_govt = "ID"
num_computers = {columns = ["DESKTOPS", "LAPTOPS"], rule = "sum"}
[source.scope]
column = "STATUS"
keep = [1]
[source.sentinels]
"*" = [88888]
[policy]
device_ratio = 10
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "place.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_good_recipe_is_read(tmp_path: Path) -> None:
    recipe = read_recipe(write(tmp_path, GOOD))
    source = recipe.source[0]
    assert source.columns["school_id_govt"].raw == ("ID",)
    assert source.columns["num_computers"].rule == "sum"
    assert source.scope is not None
    assert source.scope.keep == ("1",)
    assert source.sentinels["*"] == ("88888",)


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ('levels = ["province"', 'level = ["province"', "did you mean 'levels'"),
        ("school_id_govt =", "school_id_gov =", "did you mean 'school_id_govt'"),
        ("device_ratio = 10", "device_ration = 10", "device_ratio"),
        ("device_ratio = 10", "device_ratio = -1", "must lie from"),
        ('rule = "sum"', 'rule = "add"', "sum"),
        ('name = "register"', "", "source.1.name: is missing"),
        ('iso3 = "XAA"', 'iso3 = "Testland"', "place.iso3"),
        ('path = "register.csv"', 'path = "register.csv"\nkind = "pupils"', "schools"),
        ('path = "register.csv"', 'path = "register.csv"\nkind = "cells"', "no [[source]] has kind"),
        ("[place]", "[place", "not valid TOML"),
    ],
)
def test_a_wrong_recipe_says_where_and_what(tmp_path: Path, wrong: str, right: str, said: str) -> None:
    path = write(tmp_path, GOOD.replace(wrong, right))
    with pytest.raises(RecipeError) as caught:
        read_recipe(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_no_recipe_and_not_a_recipe(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="There is no recipe"):
        read_recipe(tmp_path / "none.toml")
    with pytest.raises(RecipeError, match="is a folder"):
        read_recipe(tmp_path)
    data = tmp_path / "data.toml"
    data.write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(RecipeError, match="data file instead"):
        read_recipe(data)


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    twice = GOOD + '\n[[source]]\nname = "register"\npath = "b.csv"\n'
    with pytest.raises(RecipeError, match="must differ"):
        read_recipe(write(tmp_path, twice))
