"""The benchmark compares the outputs before the speeds: the two builds agree, and it sees when they do not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench import ours, plain
from bench.compare import EXACT, Tolerance, compare, differing
from bench.inputs import write_inputs
from geodata.tables import GAP_COLUMNS, PRIORITY_COLUMNS


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("bench")
    inputs = write_inputs(folder / "in", 1500)
    ours.build(inputs, folder / "ours")
    plain.build(inputs, folder / "plain")
    return folder / "ours", folder / "plain"


@pytest.mark.slow
def test_both_builds_say_the_same(folders: tuple[Path, Path]) -> None:
    agreement = compare(*folders)
    assert len(agreement) == 27 + len(GAP_COLUMNS) + len(PRIORITY_COLUMNS)
    assert {name: row["differ"] for name, row in agreement.items() if not row["agrees"]} == {}


@pytest.mark.slow
def test_a_wrong_area_is_seen(folders: tuple[Path, Path], tmp_path: Path) -> None:
    import geopandas as gpd

    schools = gpd.read_parquet(folders[1] / "schools.parquet")
    schools.loc[0, "admin1_id"] = "elsewhere"
    schools.to_parquet(tmp_path / "schools.parquet")
    row = compare(folders[0], tmp_path)["admin1_id"]
    assert not row["agrees"]
    assert row["differ"] == pytest.approx(1 / 1500)


def test_unknown_equals_unknown_only() -> None:
    a, b = pd.Series([1.0, None, None, 2.0]), pd.Series([1.0, None, 0.0, 2.02])
    assert differing(a, b, Tolerance(relative=0.02)).tolist() == [False, False, True, False]
    yes, unknown = pd.Series([True, None], dtype="boolean"), pd.Series([None, None], dtype="boolean")
    assert differing(yes, unknown, EXACT).tolist() == [True, False]
