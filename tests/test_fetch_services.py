"""`firstmile services`: each service with what it gives, its licence, key and address; keys are never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from etl.connect import Connector
from etl.fetching import listing
from etl.fetching.client import Client
from etl.fetching.settings import Settings
from firstmile_open import commands
from geodata.declare import found
from geodata.errors import SourceError

CONNECTORS = found(Connector, "etl.sources")
KEY = "planted-key-0123456789"


def run(tmp_path: Path, *words: str, **environ: str) -> str:
    given = {"FIRSTMILE_CACHE": str(tmp_path / "cache"), **environ}
    result = CliRunner().invoke(commands(given, lambda: "off"), ["services", *words])
    if isinstance(result.exception, SourceError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(autouse=True)
def no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))


def test_every_service_has_a_line(tmp_path: Path) -> None:
    lines = run(tmp_path).splitlines()
    assert lines[0].split() == list(listing.HEAD)
    names = [line.split()[0] for line in lines[1 : len(CONNECTORS) + 1]]
    assert sorted(names) == sorted(CONNECTORS)
    for name, connector in CONNECTORS.items():
        line = next(text for text in lines if text.startswith(f"{name} "))
        assert connector.gives in line
        assert connector.licence in line


def test_a_key_is_set_or_not_and_never_shown(tmp_path: Path) -> None:
    text = run(tmp_path, FIRSTMILE_OPENCELLID_KEY=KEY, FIRSTMILE_DHIS2_BASE="https://emis.example")
    lines = {line.split()[0]: line for line in text.splitlines() if line}
    assert "  set  " in lines["opencellid"]
    assert "not set (FIRSTMILE_GIGA_MAPS_KEY)" in lines["giga_maps"]
    assert "none needed" in lines["osm"]
    assert "https://emis.example" in lines["dhis2"]
    assert "not set (FIRSTMILE_OPENEMIS_BASE" in lines["openemis"]
    assert KEY not in text


def test_a_name_in_the_settings_that_is_no_service_is_said(tmp_path: Path) -> None:
    assert "'osmm', which is no service; did you mean 'osm'?" in run(tmp_path, FIRSTMILE_OSMM_BASE="https://x.example")
    assert "no service" not in run(tmp_path, FIRSTMILE_HDX_BASE="https://x.example")


def test_all_about_one(tmp_path: Path) -> None:
    text = run(tmp_path, "opencellid")
    connector = CONNECTORS["opencellid"]
    assert connector.key is not None
    for part in (connector.title, connector.licence, connector.by_hand, connector.key.where, *connector.options):
        assert part in text
    with pytest.raises(SourceError, match="did you mean 'opencellid'"):
        run(tmp_path, "opencelid")


def test_how_much_is_kept_counts_each_file_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1000)
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    assert listing.size_of(tmp_path) == 1000
    client = Client(Settings(), tmp_path, services={})
    assert listing.remarks(client) == [f"Answers are kept in {tmp_path} (0 MB)."]


@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_a_service_says_all_that_a_person_needs(name: str) -> None:
    connector = CONNECTORS[name]
    assert connector.title
    assert connector.publisher
    assert connector.by_hand, "what file may be put there by hand"
    assert connector.key is None or connector.key.where, "how to get a key"
    assert connector.base.startswith("https://") or (not connector.base and not connector.open_country)
