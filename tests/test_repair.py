"""Coordinate repairs: what they mend exactly, what they leave alone, and that they say which."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.recipe import Repair
from etl.repair import Located, degrees, locate
from geodata.errors import RecipeError

TOCANTINS = (-50.8, -13.5, -45.7, -5.1)


def located(pairs: list[tuple[Any, Any]], decimal: str = ".", **repair: Any) -> Located:
    lat, lon = (pd.Series([p[i] for p in pairs], dtype="str") for i in (0, 1))
    return locate(lat, lon, Repair(**repair), decimal)


def one(lat: str | None, lon: str | None, **repair: Any) -> tuple[Any, ...]:
    got = located([(lat, lon)], **repair)
    return tuple(
        None if pd.isna(s.iloc[0]) else s.iloc[0] for s in (got.latitude, got.longitude, got.repair, got.problem)
    )


def test_lost_decimal_point_at_any_scale() -> None:
    options = {"bounds": TOCANTINS, "lost_decimal_point": True}
    assert one("-96240167", "-491565213", **options) == (-9.6240167, -49.1565213, "lost_decimal_point", None)
    assert one("-927369752", "-4958056876", **options) == (-9.27369752, -49.58056876, "lost_decimal_point", None)
    assert one("-6559795", "-4747776", **options) == (-6.559795, -47.47776, "lost_decimal_point", None)
    assert one("-96.240.167", "-491.565.213", **options) == (-9.6240167, -49.1565213, "lost_decimal_point", None)
    assert one("-9.62", "-49.15", **options) == (-9.62, -49.15, None, None)  # what stands right is not touched


def test_an_ambiguous_point_is_not_repaired_and_said() -> None:
    assert one("123456", "345678", bounds=(33.0, -5.0, 42.0, 15.0), lost_decimal_point=True) == (
        None,
        None,
        None,
        "ambiguous",
    )
    assert one("123456", "999999", bounds=(33.0, -5.0, 42.0, 5.0), lost_decimal_point=True)[3] == "outside"


@given(
    st.lists(
        st.tuples(st.integers(-134_999_999, -51_000_001), st.integers(-507_999_999, -457_000_001)),
        min_size=1,
        max_size=30,
    ),
    st.integers(4, 7),
)
def test_a_destroyed_point_comes_back_to_the_last_digit(places: list[tuple[int, int]], digits: int) -> None:
    truth = [(round(a / 1e7, digits), round(b / 1e7, digits)) for a, b in places]
    broken = [tuple(f"{v:.{digits}f}".replace(".", "") for v in pair) for pair in truth]
    got = located(broken, bounds=TOCANTINS, lost_decimal_point=True)
    for i, (lat, lon) in enumerate(truth):
        if -13.5 <= lat <= -5.1 and -50.8 <= lon <= -45.7:
            assert (got.latitude[i], got.longitude[i]) == (lat, lon)
            assert got.decimals[i] == digits


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=20), st.booleans(), st.booleans())
def test_every_place_given_lies_in_the_bounds(pairs: list[tuple[str, str]], swapped: bool, dms: bool) -> None:
    got = located(pairs, bounds=TOCANTINS, lost_decimal_point=True, swapped=swapped, degrees_minutes=dms)
    known = got.latitude.notna()
    assert (known == got.longitude.notna()).all()
    assert got.latitude[known].between(-13.5, -5.1).all()
    assert got.longitude[known].between(-50.8, -45.7).all()
    assert got.problem[known].isna().all()


def test_swapped_only_where_that_falls_within() -> None:
    assert one("36.8", "-1.3", bounds=(33, -5, 42, 5), swapped=True) == (-1.3, 36.8, "swapped", None)
    assert one("-1.3", "36.8", bounds=(33, -5, 42, 5), swapped=True) == (-1.3, 36.8, None, None)
    assert one("80", "70", bounds=(33, -5, 42, 5), swapped=True)[3] == "outside"
    assert one("120.5", "14.6", swapped=True)[:3] == (14.6, 120.5, "swapped")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9°37'12\"S", -9.62), ("9° 37′ 12″ S", -9.62), ("S 9 37 12", -9.62), ("9º37,2'S", -9.62), ("49°9.36'O", -49.156),
        ("36d49m0sE", 36 + 49 / 60), ("-9 37 12", -9.62), ("9.62° S", -9.62), ("9 37 12S", -9.62), ("9 37 12sS", -9.62), ("6°30'L", 6.5), ("9°75'S", None), ("north", None), ("S9°S", None),
    ],
)  # fmt: skip
def test_degrees_minutes_seconds(text: str, value: float | None) -> None:
    assert degrees(text) == (None if value is None else pytest.approx(value))


def test_degrees_minutes_are_named() -> None:
    assert one("9°37'12\"S", "49°09'00\"W", degrees_minutes=True) == (
        pytest.approx(-9.62),
        pytest.approx(-49.15),
        "degrees_minutes",
        None,
    )
    assert one("9°37'12\"S", "49°09'00\"W")[3] == "not_a_number"


def test_projected_columns() -> None:
    lat, lon, name, problem = one("10045338.89", "143417.24", projected="EPSG:32737")
    assert (round(lat, 3), round(lon, 3), name, problem) == (0.41, 35.797, "projected", None)
    with pytest.raises(RecipeError, match="EPSG:32737"):
        one("1", "1", projected="nowhere")


def test_what_cannot_be_used_says_why() -> None:
    assert one("0", "0")[3] == "zero"
    assert one("0.0", "-0", zero_is_missing=False)[:2] == (0.0, 0.0)
    assert one("NaN", "Infinity")[3] == "not_finite"
    assert one("1e400", "3")[3] == "not_a_number"
    assert one("here", "there")[3] == "not_a_number"
    assert one("5", None)[3] == "half_given"
    assert one(None, None) == (None, None, None, None)
    assert one("91", "0.5")[3] == "outside_world"
    assert one("5", "50", bounds=TOCANTINS)[3] == "outside"


def test_decimal_comma_and_no_thousands_in_degrees() -> None:
    got = located([("-9,62", "-49,15")], ",")
    assert (got.latitude[0], got.longitude[0], got.decimals[0]) == (-9.62, -49.15, 2)
    assert located([("9,620", "49,150")]).problem[0] == "not_a_number"  # 9 620 degrees is nobody's meaning


def test_decimals_are_read_from_the_text() -> None:
    got = located([("1.50000", "36.12345"), ("1.5", "36.12345"), ("2", "36.1")])
    assert got.decimals.tolist() == [5, 1, 0]


def test_bounds_over_the_antimeridian() -> None:
    assert one("-17.7", "-179.9", bounds=(176.0, -20.0, -178.0, -15.0))[1] == -179.9
    assert one("-17.7", "0", bounds=(176.0, -20.0, -178.0, -15.0))[3] == "outside"


def test_lost_point_needs_bounds() -> None:
    with pytest.raises(RecipeError, match=r"repair\.bounds"):
        one("1", "1", lost_decimal_point=True)
