"""Suggestions for a mapping file: names in four languages, and nothing used before a person confirms it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from etl.emis.mapping import parse_mapping
from etl.emis.suggesting import as_csv, condition, likeness, suggest
from firstmile_open import commands
from geodata.errors import SourceError
from tests.replay import land
from tests.replay.server import Replay
from tests.replay.services import dhis2, openemis


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay(land) as server:
        yield server


def with_yes(written: str, field: str) -> str:
    """The file after a person confirmed the best line of a field."""
    rows = list(csv.DictReader(io.StringIO(written.split("\n", 1)[1])))
    next(r for r in rows if r["target_field"] == field)["confirmed"] = "yes"
    out = io.StringIO()
    table = csv.DictWriter(out, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "field"),
    [
        ("EMIS - Does the school have Internet access?", "BOOLEAN", "has_internet"),
        ("Nombre d'ordinateurs fonctionnels", "INTEGER", "num_computers"),
        ("Quantidade de computadores portáteis para alunos", "INTEGER_POSITIVE", "num_computers"),
        ("¿La escuela cuenta con acceso a Internet?", "BOOLEAN", "has_internet"),
        ("Número de tabletas", "NUMBER", "num_tablets"),
        ("A escola tem energia elétrica", "BOOLEAN", "has_electricity"),
        ("Main source of power", "TEXT", "electricity_type"),
        ("Effectif total des élèves", "INTEGER", "num_students"),
        ("Female students enrolled", "INTEGER", "num_students_girls"),
        ("Access to electrcity", "TRUE_ONLY", "has_electricity"),
        ("Eau potable disponible", "BOOLEAN", "has_water"),
        ("Teachers trained in ICT", "INTEGER", "num_teachers_trained_ict"),
    ],
)  # fmt: skip
def test_names_in_four_languages(name: str, kind: str, field: str) -> None:
    first, *_ = likeness(name, kind)
    assert first[0] == field
    assert first[1] >= 60
    assert "its name" in first[2]


@pytest.mark.parametrize("name", ["Malaria cases confirmed", "Blackboards", "Roof material", "Desks"])
def test_other_things_are_not_suggested(name: str) -> None:
    assert not [found for found in likeness(name, "NUMBER") if found[1] >= 60]


def test_types_that_do_not_fit_count_less_and_say_so() -> None:
    fit = {f: s for f, s, _ in likeness("Internet", "BOOLEAN")}["has_internet"]
    unfit = next(x for x in likeness("Internet", "INTEGER") if x[0] == "has_internet")
    assert unfit[1] < fit
    assert "but it is INTEGER" in unfit[2]


@pytest.mark.parametrize(
    ("word", "means"),
    [("Working", "yes"), ("Not working", "no"), ("In use", "yes"), ("En panne", "no"), ("Unknown", ""), ("Non fonctionnel", "no"), ("Bueno", "yes"), ("Indoor", "")],
)  # fmt: skip
def test_conditions(word: str, means: str) -> None:
    assert condition(word) == means


def test_dhis2_and_what_a_person_confirms(replay: Replay, tmp_path: Path) -> None:
    found = suggest("dhis2", replay.client(tmp_path, dhis2.KEYS))
    best = {s.field: s.dx for s in reversed(found)}
    wanted = {
        "num_students": "deLearners1", "num_computers": "deComputer1", "has_internet": "deInternet1", "has_electricity": "deElectric1",
        "electricity_type": "dePowerSrc1", "download_speed_contracted_mbps": "deSpeedKb01", "num_teachers": "deTeachers1", "has_water": "deWaterSrc1",
    }  # fmt: skip
    assert {f: best.get(f) for f in wanted} == wanted
    assert "deMeals0001" not in best.values()
    written = as_csv(found)
    with pytest.raises(SourceError, match="no confirmed line"):
        parse_mapping(written)
    confirmed = parse_mapping(with_yes(written, "num_computers"))
    assert [line.field for line in confirmed.lines] == ["num_computers"]
    assert confirmed.unconfirmed == len(found) - 1


def test_openemis_lookups(replay: Replay, tmp_path: Path) -> None:
    found = {s.field: s for s in suggest("openemis", replay.client(tmp_path, openemis.KEYS))}
    assert found["has_internet"].values == "Working=yes|Broken=no"
    assert found["has_electricity"].values == "Good=yes|Not functional=no"
    assert found["num_computers"].part == "asset_type_id=Desktop computer|Laptop"
    assert found["num_tablets"].part == "asset_type_id=Tablet"
    assert "Fibre=fiber" in found["connectivity_type"].values
    assert [line.field for line in parse_mapping(with_yes(as_csv(found.values()), "num_students")).lines] == [
        "num_students"
    ]


def test_the_command(replay: Replay, tmp_path: Path) -> None:
    environ = {"FIRSTMILE_DHIS2_KEY_TOKEN": dhis2.TOKEN, "FIRSTMILE_CACHE": str(tmp_path / "cache")}
    app, out = commands(environ, lambda: ""), tmp_path / "mapping.csv"
    asked = ["suggest", "dhis2", "--base", replay.url("dhis2"), "--out", str(out)]
    run = CliRunner().invoke(app, asked)
    assert run.exit_code == 0, run.output
    assert "num_computers ← Working computers" in run.output
    assert dhis2.TOKEN not in run.output + out.read_text("utf-8")
    again = CliRunner().invoke(app, asked)
    assert again.exit_code == 2
    with pytest.raises(SourceError, match="did you mean 'dhis2'"):
        suggest("dhis", replay.client(tmp_path))
