"""The files that a funder gets: their sums are the plan's, live, and nothing leaves that the tier may not see."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.exports.programme import write_programme
from tests import made_plan


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("programme")
    desk = made_plan.desk(folder)
    return write_programme(made_plan.plan(desk), None, folder / "out", desk=desk)


def test_the_files(written: dict[str, Path]) -> None:
    assert set(written) >= {"programme.xlsx", "master-plan.csv", "plan.json", "scenario.json"}
