"""Settings: from the environment or a file outside the project; keys survive whatever they are made of, and are not shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.fetching.opening import PROJECT, client_of, default_cache, read_settings
from etl.fetching.settings import Settings
from geodata.errors import SourceError

KEY = "a.b#c*d'e=0123456789"


def written(folder: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    path = folder / "settings.toml"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return {"FIRSTMILE_SETTINGS": str(path), "HOME": str(folder)}


@pytest.fixture(autouse=True)
def no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))


def test_the_environment_gives_addresses_and_keys() -> None:
    got = read_settings(
        {
            "FIRSTMILE_GIGA_MAPS_BASE": "https://giga.example/api/",
            "FIRSTMILE_GIGA_MAPS_KEY": f" {KEY} ",
            "FIRSTMILE_DHIS2_KEY_PASSWORD": "district",
            "FIRSTMILE_OSM_KEY": "",
            "FIRSTMILE_CONTACT": "me@ministry.example",
            "FIRSTMILE_CACHE": "/tmp/somewhere",
            "FIRSTMILE_STORE": "off",
        }
    )
    assert got.settings.base("giga_maps", "x") == "https://giga.example/api"
    assert got.settings.key("giga_maps") == KEY
    assert got.settings.key("dhis2", "password") == "district"
    assert got.settings.key("osm") is None
    assert got.settings.contact == "me@ministry.example"
    assert got.cache == Path("/tmp/somewhere")
    assert set(got.settings.secrets) == {KEY, "district"}


def test_the_file_gives_them_too_and_the_environment_wins(tmp_path: Path) -> None:
    text = f"""contact = "a@b"\ncache = "~/c"\n[opencellid]\nkey = "{KEY}"\n[dhis2]\nbase = "https://x.example/emis"\nuser = "ada"\npassword = "pass-word"\n"""
    environ = written(tmp_path, text)
    got = read_settings({**environ, "FIRSTMILE_DHIS2_KEY_PASSWORD": "newer"})
    assert got.settings.key("opencellid") == KEY
    assert got.settings.key("dhis2", "password") == "newer"
    assert got.settings.key("dhis2", "user") == "ada"
    assert "ada" not in got.settings.secrets
    assert got.cache == tmp_path / "c"
    assert got.warnings == []


def test_nothing_set_is_no_fault(tmp_path: Path) -> None:
    got = read_settings({})
    assert (got.settings, got.warnings) == (Settings(), [])
    assert got.cache == default_cache() == tmp_path / ".cache" / "firstmile"


def test_the_usual_place_is_read(tmp_path: Path) -> None:
    usual = tmp_path / ".config" / "firstmile" / "settings.toml"
    usual.parent.mkdir(parents=True)
    usual.write_text("[osm]\nbase = 'https://o.example'")
    usual.chmod(0o600)
    assert read_settings({}).settings.base("osm", "") == "https://o.example"


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_a_file_that_others_may_read_is_refused_or_warned_of(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="chmod 600"):
        read_settings(written(tmp_path, f'[osm]\nkey = "{KEY}"', 0o644))
    assert "chmod 600" in read_settings(written(tmp_path, f'[osm]\nkey = "{KEY}"', 0o640)).warnings[0]


def test_a_file_under_git_is_refused_here_and_warned_of_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (PROJECT / "etl" / "fetching").is_dir()
    monkeypatch.setattr("etl.fetching.opening.PROJECT", tmp_path)
    with pytest.raises(SourceError, match="project's own folder"):
        read_settings(written(tmp_path, ""))
    monkeypatch.setattr("etl.fetching.opening.PROJECT", tmp_path / "elsewhere")
    (tmp_path / ".git").mkdir()
    assert "git" in read_settings(written(tmp_path, "")).warnings[0]


@pytest.mark.parametrize("text", [f"[giga_maps]\nkey = {KEY}\n", f"[giga_maps\nkey='{KEY}'", f"key = '{KEY}\n", f"giga_maps = '{KEY}'", f"[x]\nkey = ['{KEY}']", "[x]\nkey = 5"])  # fmt: skip
def test_what_is_wrong_in_the_file_is_said_without_a_key(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_settings(written(tmp_path, text))
    assert KEY[:6] not in str(caught.value)
    assert "settings.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(SourceError, match="no settings file"):
        read_settings({"FIRSTMILE_SETTINGS": "/no/such.toml"})


@pytest.mark.parametrize("base", ["ftp://x", "x.example", "https://", "https://user:pw@x.example", "https://x/?key=1"])
def test_an_address_that_is_none_is_said_without_it(base: str) -> None:
    with pytest.raises(SourceError, match="address of osm") as caught:
        read_settings({"FIRSTMILE_OSM_BASE": base})
    assert "pw" not in str(caught.value)


def test_a_key_over_an_open_line_is_warned_of() -> None:
    open_line = {"FIRSTMILE_DHIS2_BASE": "http://emis.example", "FIRSTMILE_DHIS2_KEY": KEY}
    assert "unencrypted" in read_settings(open_line).warnings[0]
    assert read_settings({**open_line, "FIRSTMILE_DHIS2_BASE": "http://127.0.0.1:8072"}).warnings == []


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60))
def test_any_key_survives_and_is_not_shown(key: str) -> None:
    got = read_settings({"FIRSTMILE_X_KEY": key}).settings
    assert got.key("x") == key
    assert len(key) < 6 or key not in repr(got)


def test_warnings_are_told(tmp_path: Path) -> None:
    said: list[str] = []
    client = client_of(
        {"FIRSTMILE_OSM_BASE": "http://o.example", "FIRSTMILE_OSM_KEY": KEY}, offline=True, tell=said.append
    )
    assert len(said) == 1
    assert client.offline
    assert KEY not in repr(client)


def test_the_recipe_names_an_address_unless_the_settings_do() -> None:
    assert Settings().with_base("osm", "https://r.example").base("osm", "u") == "https://r.example"
    assert Settings({"osm": "https://s.example"}).with_base("osm", "https://r.example").base("osm", "u") == "https://s.example"  # fmt: skip
    assert Settings().with_base("osm", None).base("osm", "u") == "u"
