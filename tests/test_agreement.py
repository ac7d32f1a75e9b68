"""Partners see a place of high risk under an agreement that is named and recorded (methods 6.2, 6.4)."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import firstmile
from dashboard.app import create_server
from firstmile_trail import agreed
from geodata.disclosure import check_agreement
from geodata.errors import DisclosureError
from geodata.store import open_store, whereabouts
from tests.attacked import country

TEXT = "Agreement with the education cluster of 3 March, to plan the winter's repairs"


def test_only_partners_of_a_place_of_high_risk_need_one() -> None:
    assert not any(
        check_agreement(t, r, "Norland", "") for t in ("public", "government") for r in ("low", "medium", "high")
    )
    assert not check_agreement("partner", "medium", "Norland", "")
    assert check_agreement("partner", "high", "Norland", TEXT)
    with pytest.raises(DisclosureError, match="under an agreement alone"):
        check_agreement("partner", "high", "Norland", "  ")


def test_it_is_recorded_before_anything_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = country(tmp_path, "high")
    with pytest.raises(DisclosureError, match="Name it"):
        agreed([place.link], "partner", "", "")
    agreed([place.link], "partner", TEXT, "")
    trail = open_store(whereabouts("", place.link))
    (entry,) = trail.entries(kind="agreement")
    assert (entry.reason, entry.role, trail.verify()) == (TEXT, "partner", [])
    monkeypatch.setenv("FIRSTMILE_ATLASES", str(place.link))
    monkeypatch.setenv("FIRSTMILE_TIER", "partner")
    monkeypatch.delenv("FIRSTMILE_AGREEMENT", raising=False)
    with pytest.raises(DisclosureError, match="under an agreement alone"):
        create_server()


def test_an_export_to_partners_says_what_it_is_for(tmp_path: Path) -> None:
    place = country(tmp_path, "high")
    wanted = ["export", str(place.link), str(tmp_path / "a.csv"), "--tier", "partner"]
    refused = CliRunner().invoke(firstmile.app, wanted)
    assert isinstance(refused.exception, DisclosureError)
    assert CliRunner().invoke(firstmile.app, [*wanted, "--purpose", TEXT]).exit_code == 0
