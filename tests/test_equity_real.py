"""The audit of Tocantins and of Maracanaú, against the raw census files counted apart with pandas; and what bounds it gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.equity import tables
from geodata.equity.audit import Audit
from geodata.equity.selection import audit_of
from geodata.layers import Atlas
from geodata.query import Desk
from geodata.view import View
from scripts.audit import silent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tocantins(built: Callable[[str], Atlas]) -> Desk:
    return Desk(built("tocantins"), tier="government")


@pytest.fixture(scope="module")
def maracanau(built: Callable[[str], Atlas]) -> Desk:
    return Desk(built("maracanau"), tier="government")


@pytest.fixture(scope="module")
def raw_tocantins(real_data: Path) -> pd.DataFrame:
    frame = pd.read_excel(real_data / "brazil-tocantins" / "escolas-to-2025.xlsx", engine="calamine")
    return frame[frame["TP_SITUACAO_FUNCIONAMENTO"].eq(1)]


@pytest.fixture(scope="module")
def raw_maracanau(real_data: Path) -> pd.DataFrame:
    folder = real_data / "brazil-maracanau"
    parts = [pd.read_csv(folder / f"ESCOLAS_{code}_2024.csv", low_memory=False) for code in (2307650, 2307700)]
    frame = pd.concat(parts, ignore_index=True)
    return frame[frame["TP_SITUACAO_FUNCIONAMENTO"].eq(1)]


def counts(found: Audit, name: str) -> dict[str, tuple[float, float, float]]:
    """Yes, no and not reported of each group of a dimension."""
    by = found.of(name)
    assert by is not None
    return {g.name: (g.rate.yes, g.rate.no, g.rate.unknown) for g in by.groups}


def weighed(raw: pd.DataFrame, by: str, weight: str) -> dict[int, tuple[float, float]]:
    """With and without internet for learners by a raw code, weighed by a raw count."""
    yes = raw["IN_INTERNET_ALUNOS"].eq(1)
    people = raw[weight].where(raw[weight].ne(88888)).fillna(0)
    with_it, without = people.where(yes, 0).groupby(raw[by]).sum(), people.where(~yes, 0).groupby(raw[by]).sum()
    return {int(code): (float(with_it[code]), float(without[code])) for code in with_it.index}


def test_tocantins_by_place_and_land_as_the_census_counts_them(tocantins: Desk, raw_tocantins: pd.DataFrame) -> None:
    found = audit_of(tocantins, View())
    assert found.unit == "school"
    kinds_of = ["IN_INTERNET_ALUNOS", "TP_LOCALIZACAO", "TP_LOCALIZACAO_DIFERENCIADA"]
    ones = raw_tocantins[kinds_of].assign(one=1)
    place, land = weighed(ones, "TP_LOCALIZACAO", "one"), weighed(ones, "TP_LOCALIZACAO_DIFERENCIADA", "one")
    told = counts(found, "location")
    assert (told["urban"], told["rural"]) == ((*place[1], 0), (*place[2], 0))
    kinds = counts(found, "land")
    # INEP: 0 none, 1 agrarian settlement, 2 Indigenous land, 3 quilombo, 8 traditional communities
    for code, name in (
        (0, "none"),
        (1, "agrarian_settlement"),
        (2, "indigenous_land"),
        (3, "afro_descendant_community"),
    ):
        assert kinds[name] == (*land[code], 0), name
    gap = next(g for g in found.of("land").gaps if g.behind == "indigenous_land")  # type: ignore[union-attr]
    share = {code: yes / (yes + no) for code, (yes, no) in land.items()}
    assert gap.points.value == pytest.approx(share[2] - share[0])
    assert gap.adjusted.value == pytest.approx(share[2] / share[0])
    assert tables.sure(gap) == tables.CERTAIN
    assert not [g for g in found.of("land").gaps if g.behind == "traditional_community"]  # type: ignore[union-attr] # two schools


def test_tocantins_fifths_from_the_poverty_file(tocantins: Desk, raw_tocantins: pd.DataFrame, real_data: Path) -> None:
    poor = pd.read_csv(real_data / "brazil-poverty" / "AtlasBrasil_modus2019.csv", sep=";", decimal=",")
    poor = poor[poor["uf"].eq("TO")].assign(
        name=lambda f: f["munic"].str.replace(r" \(TO\)$", "", regex=True).str.casefold()
    )
    renamed = {"fortaleza do tabocão": "tabocão", "são valério": "são valério da natividade"}
    rates = {renamed.get(n, n): p for n, p in zip(poor["name"], poor["pobres_10"], strict=True)}
    town = raw_tocantins["NO_MUNICIPIO"].str.casefold()
    share = town.map(rates)
    frame = pd.DataFrame({"poor": share, "yes": raw_tocantins["IN_INTERNET_ALUNOS"].eq(1)}).dropna()
    assert len(frame) >= 0.97 * len(raw_tocantins)  # a name or two is written otherwise
    found = audit_of(tocantins, View())
    c = found.concentration
    assert c is not None
    # Erreygers by the covariance form: 8 × cov(h, R) with R the mean rank of ties, another way to the same number.
    place = (-frame["poor"]).rank(method="average").sub(0.5) / len(frame)
    by_covariance = 8 * float(np.cov(frame["yes"].astype(float), place, ddof=0)[0, 1])
    assert c.erreygers.value == pytest.approx(by_covariance, abs=0.01)
    fifths = counts(found, "wealth")
    assert sum(sum(v) for v in fifths.values()) == len(raw_tocantins)


def test_maracanau_by_sex_and_special_education_as_the_census_counts_them(
    maracanau: Desk, raw_maracanau: pd.DataFrame
) -> None:
    found = audit_of(maracanau, View())
    assert found.unit == "learner"
    of = ("QT_MAT_BAS_FEM", "QT_MAT_BAS_MASC", "QT_MAT_ESP", "QT_MAT_BAS")
    raw = raw_maracanau[["IN_INTERNET_ALUNOS", "TP_LOCALIZACAO", *of]].assign(all=1)
    girls, boys, special, every = (weighed(raw, "all", c)[1] for c in of)
    sexes, need = counts(found, "sex"), counts(found, "disability")
    assert sexes["girls"] == (*girls, 0)
    assert sexes["boys"] == (*boys, 0)
    assert need["with disabilities"] == (*special, 0)
    assert need["all others"] == (every[0] - special[0], every[1] - special[1], 0)
    gpia = (girls[0] / sum(girls)) / (boys[0] / sum(boys))
    assert found.of("sex").gaps[0].ratio.value == pytest.approx(gpia)  # type: ignore[union-attr]
    place = weighed(raw, "TP_LOCALIZACAO", "QT_MAT_BAS")
    assert counts(found, "location")["rural"] == (*place[2], 0)
    assert found.whole.uncounted == int(raw["QT_MAT_BAS"].isna().sum() + raw["QT_MAT_BAS"].eq(88888).sum())


def test_what_nobody_reports_has_bounds_alone(tocantins: Desk, maracanau: Desk) -> None:
    for desk in (tocantins, maracanau):
        found = audit_of(desk, View(), "meaningfully_connected")
        by = found.of("location")
        assert by is not None
        assert all(np.isnan(g.rate.share.value) and g.rate.share.lower == 0 for g in by.groups)
        assert {tables.sure(g) for g in by.gaps} == {tables.NOT_CERTAIN}
        assert found.concentration is None
        assert next(g for g in found.gates if g.name == "list").verdict == "inconclusive"


@pytest.mark.parametrize("name", ["tocantins", pytest.param("maracanau", marks=pytest.mark.thorough)])
def test_with_a_fifth_silent_the_range_holds_the_true_gap(name: str, request: pytest.FixtureRequest) -> None:
    truth, told = silent(request.getfixturevalue(name))
    compared = 0
    for real in truth.by_group:
        held = {g.behind: g for g in told.of(real.dimension.name).gaps}  # type: ignore[union-attr]
        for gap in real.gaps:
            if gap.behind in held:
                span = held[gap.behind]
                assert span.points.lower - 1e-9 <= gap.points.value <= span.points.upper + 1e-9
                assert span.adjusted.lower - 1e-9 <= gap.adjusted.value <= span.adjusted.upper + 1e-9
                assert span.certain is False or (span.points.value < 0) == (gap.points.value < 0)
                compared += 1
    assert compared >= 8
    if truth.concentration and told.concentration:
        e = told.concentration.erreygers
        assert e.lower <= truth.concentration.erreygers.value <= e.upper
