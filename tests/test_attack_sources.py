"""What comes in from outside now: recipes of strangers, answers of services, files dropped by hand. None of it is believed."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from etl.connect import Ask, Block, Connector, Key, Taken
from etl.fetching.client import Client
from etl.fetching.settings import Settings
from etl.fetching.snapshots import take_source
from etl.recipe import Reading
from geodata.errors import KeyNeededError

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
